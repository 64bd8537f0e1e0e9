"""Panels: ratios of sums by today's membership; missing is missing, none is none, ambiguity is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.measures import Counted, adhoc, build, panel, read, read_codes, versions
from evenhand.records import Organisations
from tiny_lake import TinyLake

DPP4 = "diabetes_dpp4_cost"
SITA, LINA, STRIP = "0601023X0AAAAAA", "0601023AEAAAAAA", "0601060D0CUABA0"
LEVELS = {"A": "practice", "B": "practice", "C": "practice", "P1": "pcn", "P2": "pcn", "S": "sicbl", "I": "icb"}
TIES = [("A", "P1"), ("B", "P1"), ("C", "P2"), ("P1", "S"), ("P2", "S"), ("S", "I")]


@pytest.fixture
def tiny(tmp_path: Path) -> TinyLake:
    tiny = TinyLake(tmp_path / "lake")
    tiny.prescribed("2024-01", [("A", LINA, 1, 28, 30.0), ("A", SITA, 9, 252, 14.0), ("B", LINA, 60, 1680, 1800.0),
                                ("B", SITA, 30, 840, 45.0), ("C", STRIP, 2, 100, 18.0)])  # fmt: skip
    tiny.prescribed("2024-03", [("A", LINA, 2, 56, 60.0), ("A", SITA, 2, 56, 3.0)])
    return tiny


def value(tiny: TinyLake, level: str, **more: object) -> dict[str, list[float]]:
    found = panel(tiny.lake, DPP4, level, **more)  # type: ignore[arg-type]
    return dict(zip(found.organisations, found.value.tolist(), strict=True))


def test_a_higher_level_is_a_ratio_of_sums_and_not_a_mean_of_ratios(tiny: TinyLake) -> None:
    tiny.belongs(LEVELS, TIES)
    assert value(tiny, "pcn")["P1"][0] == 61 / 100
    assert value(tiny, "icb") == {"I": [61 / 100, 2 / 4]}


def test_a_practice_that_prescribed_and_had_nothing_to_count_has_nought(tiny: TinyLake) -> None:
    found = panel(tiny.lake, DPP4, "practice")
    assert found.numerator[found.row("C")].tolist()[0] == 0
    assert np.isnan(found.value[found.row("C")]).all()


def test_a_practice_without_a_month_is_missing_and_never_nought(tiny: TinyLake) -> None:
    found = panel(tiny.lake, DPP4, "practice")
    assert np.isnan(found.numerator[found.row("B")]).tolist() == [False, True]


def test_a_month_that_was_not_published_is_not_there(tiny: TinyLake) -> None:
    assert [str(m) for m in panel(tiny.lake, DPP4, "nation").months] == ["2024-01", "2024-03"]


def test_history_is_told_with_the_memberships_of_today(tiny: TinyLake) -> None:
    ties = [("A", "P1", None, "2024-01"), ("A", "P2", "2024-02"), ("B", "P1"), ("C", "P2"), *TIES[3:]]
    tiny.belongs(LEVELS, ties)
    assert value(tiny, "pcn") == {"P1": [60 / 90, pytest.approx(float("nan"), nan_ok=True)], "P2": [0.1, 0.5]}


def test_today_is_the_latest_month_that_anything_speaks_of(tiny: TinyLake) -> None:
    tiny.belongs(LEVELS, [("A", "P1", None, "2024-06"), ("A", "P2", "2024-07"), *TIES[1:]], as_of="2026-01")
    reading = read(tiny.lake, DPP4, "pcn")
    assert reading.membership == "2026-01"
    assert reading.panel.numerator[reading.panel.row("P2")].tolist() == [1.0, 2.0]


def test_who_belongs_to_nothing_is_named_as_left_out(tiny: TinyLake) -> None:
    tiny.belongs(LEVELS, [tie for tie in TIES if tie[0] != "B"])
    assert read(tiny.lake, DPP4, "pcn").left_out == ("B",)


def test_the_nation_needs_no_organisations(tiny: TinyLake) -> None:
    assert value(tiny, "nation") == {"ENG": [61 / 100, 2 / 4]}


def test_a_level_that_is_not_known_is_refused_with_those_that_are(tiny: TinyLake) -> None:
    tiny.belongs(LEVELS, TIES)
    with pytest.raises(InputError, match="no organisations of level 'icbs' are loaded; did you mean 'icb'"):
        value(tiny, "icbs")


def test_a_users_own_groups_are_levels_too(tiny: TinyLake) -> None:
    tiny.belongs(LEVELS, TIES)
    none = np.array(["NaT", "NaT", "NaT"], dtype="datetime64[M]")
    own = Organisations(
        ("N", "S2"), ("North", "South"), ("locality", "locality"), ("A", "C", "B"), ("N", "N", "S2"), none, none
    )
    assert value(tiny, "locality", organisations=own) == {"N": [0.1, 0.5], "S2": [60 / 90, pytest.approx(
        float("nan"), nan_ok=True)]}  # fmt: skip


def test_two_groups_of_one_level_at_once_are_refused_and_not_guessed(tiny: TinyLake) -> None:
    tiny.belongs(LEVELS, TIES)
    none = np.array(["NaT", "NaT"], dtype="datetime64[M]")
    own = Organisations(("N", "S2"), ("N", "S2"), ("locality", "locality"), ("A", "A"), ("N", "S2"), none, none)
    with pytest.raises(InputError, match="A belongs to 2 organisations of level 'locality' at once"):
        value(tiny, "locality", organisations=own)


def test_who_is_no_general_practice_is_left_out_everywhere(tiny: TinyLake) -> None:
    tiny.belongs({**LEVELS, "B": "walk_in_centre"}, TIES)
    assert "B" not in value(tiny, "practice")
    assert value(tiny, "nation")["ENG"][0] == 0.1


def test_unidentified_prescribers_are_no_practice_but_stay_in_the_sums_above(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path / "lake")
    tiny.prescribed("2024-01", [("A", LINA, 4, 112, 120.0), ("A", SITA, 6, 168, 9.0), ("-S", LINA, 10, 280, 300.0)])
    tiny.listed("2024-01", {"A": 1000})
    tiny.belongs({"A": "practice", "-S": "unidentified", "S": "sicbl"}, [("A", "S"), ("-S", "S")])
    assert value(tiny, "practice") == {"A": [0.4]}
    assert value(tiny, "sicbl") == {"S": [14 / 20]}
    spend = panel(tiny.lake, "diabetes_spend", "sicbl")
    assert spend.numerator.tolist() == [[429.0]]
    assert spend.denominator.tolist() == [[1.0]]


def test_over_patients_a_practice_without_a_list_has_no_value_and_is_in_no_sum(tiny: TinyLake) -> None:
    tiny.listed("2024-01", {"A": 2000, "B": 500, "Z": 9})
    rate = panel(tiny.lake, "diabetes_spend", "practice", last="2024-01")
    assert dict(zip(rate.organisations, rate.denominator[:, 0].tolist(), strict=True)) == {
        "A": 2.0, "B": 0.5, "C": pytest.approx(float("nan"), nan_ok=True)
    }  # fmt: skip
    assert panel(tiny.lake, "diabetes_spend", "nation", last="2024-01").denominator.tolist() == [[2.5]]


def test_months_outside_the_lake_are_refused(tiny: TinyLake) -> None:
    with pytest.raises(InputError, match="no month between 2025-01 and 2024-03; the lake holds 2024-01 to 2024-03"):
        value(tiny, "nation", first="2025-01")


def test_a_panel_names_the_snapshots_it_was_counted_from(tiny: TinyLake) -> None:
    sources = panel(tiny.lake, DPP4, "practice").source
    assert [s.split(" ")[:2] for s in sources] == [["prescribing", "2024-01"], ["prescribing", "2024-03"]]


def test_the_panel_is_the_same_whether_stored_or_not(tiny: TinyLake) -> None:
    tiny.belongs(LEVELS, TIES).listed("2024-01", {"A": 2000})
    before = [panel(tiny.lake, m, "pcn") for m in (DPP4, "diabetes_spend", "diabetes_test_strips")]
    build(tiny.lake)
    assert [panel(tiny.lake, m, "pcn") for m in (DPP4, "diabetes_spend", "diabetes_test_strips")] == before


def test_any_numerator_over_any_denominator(tiny: TinyLake) -> None:
    found = adhoc(tiny.lake, read_codes("0601023AE"), read_codes("0601023"), "nation")
    assert found.value.tolist() == [[0.61, 0.5]]
    tiny.listed("2024-01", {"A": 2000, "B": 500, "C": 0})
    spend = adhoc(tiny.lake, read_codes("all", sum="cost"), Counted(patients=1), "practice", last="2024-01")
    assert spend.value[:2, 0].tolist() == [44.0 / 2000, 1845.0 / 500]
    assert np.isnan(spend.value[2, 0])


def test_on_the_spot_every_code_must_be_known(tiny: TinyLake) -> None:
    with pytest.raises(InputError, match="numerator: no presentation in the lake has '0601023ZZ'"):
        adhoc(tiny.lake, read_codes("0601023AE,0601023ZZ"), read_codes("0601023"), "nation")


# Indicators: two extracts are two versions, and neither replaces the other.
OLD = [("2023-01", "S", 10.0, 100.0), ("2023-02", "S", 11.0, 100.0), ("2023-02", "T", 1.0, 50.0)]
NEW = [("2023-02", "S", 21.0, 100.0), ("2023-03", "S", 22.0, 100.0)]


def test_the_version_that_reaches_furthest_is_read_unless_one_is_named(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).indicated("lpzomnibus", "old", "sicbl", OLD).indicated("lpzomnibus", "new", "sicbl", NEW)
    latest, named = (read(tiny.lake, "low_priority_spend", "sicbl", version=v) for v in (None, "old"))
    assert (latest.version, latest.panel.numerator.tolist()) == ("new", [[21.0, 22.0]])
    assert named.panel.only(["S"]).numerator.tolist() == [[10.0, 11.0]]
    assert named.panel.source == (f"indicator lpzomnibus/old/sicbl {_sha(tiny, 'lpzomnibus/old/sicbl')}",)


def test_two_versions_that_reach_the_same_month_are_refused_until_one_is_named(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).indicated("x", "a", "sicbl", OLD).indicated("x", "b", "sicbl", OLD)
    with pytest.raises(InputError, match="2 versions reach 2023-02; choose one with --version: 'a', 'b'"):
        panel(tiny.lake, "x", "sicbl")
    assert panel(tiny.lake, "x", "sicbl", version="b").numerator.shape == (2, 2)
    with pytest.raises(InputError, match="no version 'c'"):
        panel(tiny.lake, "x", "sicbl", version="c")


def test_an_indicator_without_a_file_is_a_neutral_measure(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).indicated("anything_at_all", "1", "practice", OLD)
    assert read(tiny.lake, "anything_at_all", "nation").measure.direction == "neutral"
    assert panel(tiny.lake, "anything_at_all", "nation").numerator.tolist() == [[10.0, 12.0]]
    assert versions(tiny.lake, ("anything_at_all",))[0].months == ("2023-01", "2023-02")
    with pytest.raises(InputError, match="no measure 'anything_at_al'; did you mean 'anything_at_all'"):
        panel(tiny.lake, "anything_at_al", "nation")


def test_an_indicator_may_have_a_name_that_no_measure_can(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).indicated("E38000-NDRS.1", "1", "practice", OLD)
    assert panel(tiny.lake, "E38000-NDRS.1", "nation").numerator.tolist() == [[10.0, 12.0]]


def test_an_indicator_is_added_up_but_never_split(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).indicated("x", "1", "sicbl", OLD).belongs(LEVELS, TIES)
    assert panel(tiny.lake, "x", "icb").organisations == ("I",)
    with pytest.raises(InputError, match="no numbers at or below level 'practice'; it was loaded at: sicbl"):
        panel(tiny.lake, "x", "practice")
    with pytest.raises(InputError, match="nothing is loaded"):
        panel(tiny.lake, "diabetes_prevalence", "practice")


# Waits
WAITED = [
    ("R1", "S", "C_130", 3, 30), ("R1", "S", "C_130", 30, 10), ("R1", "T", "X02", 17, 5), ("R2", "T", "X02", 18, 5),
    ("R2", "T", "X02", 104, 5), ("R1", "S", "C_999", 3, 40),
]  # fmt: skip


def test_waits_are_read_by_trust_by_commissioner_by_function_and_upward(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).waited("2024-01", WAITED).belongs({"S": "sicbl", "T": "sicbl", "I": "icb"}, [("S", "I")])

    def shares(level: str) -> dict[str, float]:
        found = panel(tiny.lake, "wait_within_18_weeks", level)
        return dict(zip(found.organisations, found.value[:, 0].tolist(), strict=True))

    assert shares("provider") == {"R1": 35 / 45, "R2": 0.0}
    assert shares("sicbl") == {"S": 0.75, "T": 5 / 15}
    assert shares("specialty") == {"C_130": 0.75, "X02": 5 / 15}
    assert shares("icb") == {"I": 0.75}
    assert shares("nation") == {"ENG": 35 / 55}
    before = panel(tiny.lake, "wait_over_52_weeks", "provider")
    build(tiny.lake)
    assert panel(tiny.lake, "wait_over_52_weeks", "provider") == before
    assert before.numerator.tolist() == [[0.0], [5.0]]


def test_waits_have_no_practices(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).waited("2024-01", WAITED)
    with pytest.raises(InputError, match="published by provider, sicbl, specialty; not by practice"):
        panel(tiny.lake, "wait_within_18_weeks", "practice")


def test_bands_that_stop_too_early_leave_a_wait_unknown(tmp_path: Path) -> None:
    from evenhand.measures.model import Measure
    from evenhand.measures.publications import Waits

    tiny = TinyLake(tmp_path).waited("2024-01", WAITED)
    measure: Measure = read(tiny.lake, "wait_over_52_weeks", "provider").measure
    longer = measure.model_copy(update={"numerator": Counted(waits=Waits(over_weeks=130))})
    assert np.isnan(read(tiny.lake, longer, "provider").panel.numerator).all()


def _sha(tiny: TinyLake, key: str) -> str:
    return next(s.sha256 for s in tiny.lake.snapshots("indicator") if s.key == key)
