"""Stored panels stand until their definition or their source changes, and a build that is killed harms nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand.errors import InputError
from evenhand.lake import Lake, month_number
from evenhand.measures import Measure, build, load_all, panel, read
from evenhand.measures.held import is_stored, months_held
from evenhand.measures.panel import unnamed
from evenhand.measures.side import read_codes
from tiny_lake import TinyLake

DPP4 = "diabetes_dpp4_cost"
SITA, LINA, STRIP = "0601023X0AAAAAA", "0601023AEAAAAAA", "0601060D0CUABA0"
EVERY = load_all()


@pytest.fixture
def tiny(tmp_path: Path) -> TinyLake:
    tiny = TinyLake(tmp_path / "lake")
    tiny.prescribed("2024-01", [("A", SITA, 6, 168, 10.0), ("A", LINA, 4, 112, 120.0), ("B", STRIP, 5, 250, 46.0)])
    tiny.prescribed("2024-02", [("A", SITA, 8, 224, 13.0), ("A", LINA, 2, 56, 60.0), ("B", SITA, 3, 84, 5.0)])
    return tiny


def files(lake: Lake) -> dict[str, bytes]:
    return {str(f.relative_to(lake.path)): f.read_bytes() for f in sorted(lake.path.rglob("*")) if f.is_file()}


def stored(lake: Lake) -> set[tuple[str, int]]:
    rows = lake.table("panel").select("measure", "month").distinct().to_pyarrow().to_pylist()
    return {(row["measure"], row["month"]) for row in rows}


def test_building_twice_changes_not_one_byte(tiny: TinyLake) -> None:
    first = build(tiny.lake)
    before = files(tiny.lake)
    second = build(Lake.open(tiny.lake.path))
    assert first.months == second.unchanged == ("2024-01", "2024-02")
    assert second.months == ()
    assert files(tiny.lake) == before


def test_a_stored_panel_says_what_counting_says(tiny: TinyLake) -> None:
    counted = panel(tiny.lake, DPP4, "practice")
    build(tiny.lake)
    assert panel(tiny.lake, DPP4, "practice") == counted
    assert counted.numerator.tolist() == [[4.0, 2.0], [0.0, 0.0]]
    assert counted.denominator.tolist() == [[10.0, 10.0], [0.0, 3.0]]


def test_reading_writes_nothing(tiny: TinyLake) -> None:
    before = files(tiny.lake)
    panel(tiny.lake, DPP4, "practice")
    assert files(tiny.lake) == before


def test_only_the_months_and_measures_that_are_asked_for_are_built(tiny: TinyLake) -> None:
    build(tiny.lake, [DPP4], ["2024-02"])
    assert stored(tiny.lake) == {(DPP4, months_held(tiny.lake)[1])}


def test_a_second_measure_is_added_beside_the_first(tiny: TinyLake) -> None:
    build(tiny.lake, [DPP4])
    build(tiny.lake, ["diabetes_test_strips"])
    assert {name for name, _ in stored(tiny.lake)} == {DPP4, "diabetes_test_strips"}


def test_a_new_release_of_a_month_rebuilds_that_month_only(tiny: TinyLake) -> None:
    build(tiny.lake, [DPP4])
    tiny.prescribed("2024-02", [("A", SITA, 1, 28, 2.0), ("A", LINA, 9, 252, 270.0)])
    built = build(tiny.lake, [DPP4])
    assert (built.months, built.unchanged) == (("2024-02",), ("2024-01",))
    assert panel(tiny.lake, DPP4, "practice").value[0].tolist() == [0.4, 0.9]


def test_a_new_list_size_rebuilds_too(tiny: TinyLake) -> None:
    build(tiny.lake, ["diabetes_spend"])
    tiny.listed("2024-01", {"A": 2000})
    assert build(tiny.lake, ["diabetes_spend"]).months == ("2024-01",)


def test_a_month_of_appointments_or_of_a_and_e_leaves_the_months_before_it_as_they_stand(tiny: TinyLake) -> None:
    def publish(month: str) -> None:
        number = month_number(month)
        tiny.listed(month, {"A": 1000})
        tiny.add("appointments", f"{month}/practice/A", [
            {"month": number, "level": "practice", "code": "A", "status": "attended", "professional": "gp",
             "mode": "telephone", "category": None, "wait": wait, "appointments": n}
            for wait, n in (("same_day", 30), ("more_than_28_days", 10))
        ])  # fmt: skip
        tiny.add("ae", month, [{"month": number, "provider": "T", "type": "1", "attendances": 900, "over_4_hours": 90,
                                "admissions": 300}])  # fmt: skip

    access = ["gp_appointments_two_weeks", "gp_appointments_per_patient", "ae_within_four_hours"]
    publish("2024-01")
    publish("2024-02")
    assert build(tiny.lake, access).months == ("2024-01", "2024-02")
    publish("2024-03")
    built = build(tiny.lake, access)
    assert (built.months, built.unchanged) == (("2024-03",), ("2024-01", "2024-02"))
    levels = ("practice", "practice", "provider")
    assert [panel(tiny.lake, name, level).value[0].tolist() for name, level in zip(access, levels, strict=True)] == [
        [0.75] * 3, [40.0] * 3, [0.9] * 3,
    ]  # fmt: skip


def test_another_definition_is_counted_again_and_the_old_panel_goes(tiny: TinyLake) -> None:
    build(tiny.lake, [DPP4])
    changed = dict(EVERY)
    changed[DPP4] = EVERY[DPP4].model_copy(update={"numerator": read_codes("0601023X0")})
    assert build(tiny.lake, [DPP4], measures=changed).months == ("2024-01", "2024-02")
    rows = tiny.lake.table("panel").to_pyarrow().to_pylist()
    assert {row["definition"] for row in rows if row["month"] == rows[0]["month"]} == {rows[0]["definition"]}
    assert rows[0]["numerator"] == 6.0


def test_a_panel_of_a_measure_that_is_no_more_is_removed(tiny: TinyLake) -> None:
    mine = unnamed(read_codes("0601023X0"), read_codes("0601"))
    build(tiny.lake, ["unnamed"], measures={**EVERY, "unnamed": mine})
    build(tiny.lake, [DPP4])
    assert {name for name, _ in stored(tiny.lake)} == {DPP4}


def test_a_stale_panel_is_never_read(tiny: TinyLake) -> None:
    build(tiny.lake, [DPP4])
    tiny.prescribed("2024-02", [("A", LINA, 9, 252, 270.0)])
    assert not is_stored(tiny.lake, months_held(tiny.lake)[1], EVERY[DPP4], EVERY)
    assert panel(tiny.lake, DPP4, "practice").value[0].tolist() == [0.4, 1.0]


def test_a_build_that_is_killed_leaves_whole_months_and_goes_on(
    tiny: TinyLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Lake.write

    def dies(self: Lake, table: str, key: str, content: object, **more: object) -> object:
        if key == "2024-02":
            raise KeyboardInterrupt
        return whole(self, table, key, content, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Lake, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        build(tiny.lake, [DPP4])
    monkeypatch.undo()
    built = build(Lake.open(tiny.lake.path), [DPP4])
    assert (built.months, built.unchanged) == (("2024-02",), ("2024-01",))


def test_a_measure_that_matches_nothing_is_refused_by_name_and_the_others_are_built(tiny: TinyLake) -> None:
    built = build(tiny.lake)
    assert "diabetes_needles" in built.refused
    assert "210109" in built.refused["diabetes_needles"]
    with pytest.raises(InputError, match="the numerator matches none of the 3 presentations"):
        read(tiny.lake, "diabetes_needles", "practice")
    assert DPP4 not in built.refused


def test_an_unknown_measure_or_no_month_is_refused(tiny: TinyLake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no measure 'diabetes_dpp4'; did you mean 'diabetes_dpp4_cost'"):
        build(tiny.lake, ["diabetes_dpp4"])
    empty = Lake.create(tmp_path / "empty")
    assert build(empty).months == ()
    with pytest.raises(InputError, match="holds no month of prescribing"):
        panel(empty, DPP4, "practice")


def test_the_lakes_own_measures_are_built_with_the_others(tiny: TinyLake) -> None:
    own = _yaml(EVERY[DPP4])
    (tiny.lake.path / "measures").mkdir()
    (tiny.lake.path / "measures" / "mine.yaml").write_text(own, encoding="utf-8")
    build(tiny.lake, ["mine"])
    mine, theirs = (panel(tiny.lake, name, "practice").numerator.tolist() for name in ("mine", DPP4))
    assert mine == theirs


def _yaml(measure: Measure) -> str:
    from evenhand.measures.library import DEFINITIONS

    text = (DEFINITIONS / "measures" / f"{measure.id}.yaml").read_text(encoding="utf-8")
    return text.replace(f"id: {measure.id}", "id: mine")
