"""Patients: what is known of them beside their ages, taken out of a comparison; with whom one chooses to compare."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand import see
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.lake import Lake, month_number
from evenhand.measures import for_lake
from evenhand.measures.patient_mix import REGISTERS, SHARES, patient_mix
from evenhand.story.comparators import among, comparators
from evenhand.story.spread_patients import Expected, _kept
from evenhand.story.spreads import spreads
from tiny_lake import TinyLake

MONTH, CODE, OTHER = "2024-03", "0601023AEAAAAAA", "0601023X0AAAAAA"
PRACTICES = [f"P{i:02d}" for i in range(40)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Lake:
    """Forty practices whose share of the costly drug follows the deprivation of their patients and nothing else."""
    folder = tmp_path_factory.mktemp("mix") / "lake"
    tiny, rng = TinyLake(folder), np.random.default_rng(2)
    score = rng.uniform(5, 60, len(PRACTICES))
    rows = []
    for practice, s in zip(PRACTICES, score, strict=True):
        costly = round(2000 * (0.1 + 0.01 * s))
        rows += [(practice, CODE, costly, costly * 28, costly * 30.0),
                 (practice, OTHER, 2000 - costly, (2000 - costly) * 28, (2000 - costly) * 4.0)]  # fmt: skip
    tiny.prescribed(MONTH, rows).listed(MONTH, {p: 1000 * (1 + i % 2) for i, p in enumerate(PRACTICES)})
    tiny.belongs(dict.fromkeys(PRACTICES, "practice") | {"N1": "pcn", "N2": "pcn"},
                 [(p, "N1" if i < 2 else "N2") for i, p in enumerate(PRACTICES)], as_of=MONTH)  # fmt: skip
    for edition, flip in (("2015", 1.0), ("2019", 0.0)):  # the older one says the contrary, and is not read
        tiny.add("deprivation", f"{edition}/practice", [
            {"edition": edition, "level": "practice", "code": p, "score": float(65 - s if flip else s), "decile": 1}
            for p, s in zip(PRACTICES, score, strict=True)])  # fmt: skip
    tiny.add("qof_register", MONTH, [
        {"month": month_number(MONTH), "practice": p, "register": "DM", "list_type": "17OV", "list_size": 800,
         "patients": 50} for p in PRACTICES])  # fmt: skip
    tiny.score = score
    return Lake.open(folder)


def test_deprivation_above_practices_is_the_mean_over_patients(lake):
    codes, own = patient_mix(lake, "practice")
    places, above = patient_mix(lake, "pcn")
    first = own["deprivation"][[codes.index("P00"), codes.index("P01")]]
    assert above["deprivation"][places.index("N1")] == pytest.approx((1000 * first[0] + 2000 * first[1]) / 3000)
    assert own["share_diabetes"][codes.index("P00")] == pytest.approx(50 / 1000)


def test_what_deprivation_explains_is_taken_out_and_said(lake):
    shown = spreads(lake, for_lake(lake)["diabetes_dpp4_cost"], ("practice",))["practice"]
    assert shown.facts["patients"] == "deprivation and long illness"
    assert np.nanstd(shown.value) > 0.1 * np.nanmean(shown.value)
    assert np.nanstd(shown.ratio) < 0.01
    assert shown.facts["split"]["left"] < 0.05


@pytest.mark.parametrize(("units", "kind", "kept"), [
    (20, "prescribing", [*SHARES]), (50, "prescribing", [*SHARES, "deprivation"]),
    (100, "prescribing", [*SHARES, "deprivation", *REGISTERS]), (5000, "qof", [*SHARES, "deprivation"]),
])  # fmt: skip
def test_few_units_are_held_against_little_and_qof_never_against_its_own_registers(lake, units, kind, kept):
    measure = for_lake(lake)["diabetes_dpp4_cost"].model_copy(update={"kind": kind})
    assert list(_kept((*SHARES, "deprivation", *REGISTERS), units, measure)) == kept


def test_what_is_taken_out_is_said_in_words():
    assert [Expected(np.zeros(0), names).words for names in (
        (), ("share_female",), ("share_female", "deprivation"), ("share_female", "deprivation", "share_copd"),
    )] == ["", "age and sex", "age and sex and deprivation", "age and sex, deprivation, and long illness"]  # fmt: skip


def test_practices_of_like_size_network_and_deprivation_are_those_that_a_reader_would_name(lake):
    sizes = {p: 1000 * (1 + i % 2) for i, p in enumerate(PRACTICES)}
    like = comparators(lake, "practice", "P03", "size").codes
    assert {sizes[code] for code in like[:19]} == {sizes["P03"]}  # all others of its own size come first
    assert "P03" not in like
    assert set(comparators(lake, "practice", "P03", "network").codes) == set(PRACTICES[2:]) - {"P03"}
    assert len(comparators(lake, "practice", "P03", "own", PRACTICES[:12]).codes) == 11


def test_among_those_chosen_middle_tenths_and_limits_are_theirs_alone(lake):
    measure = for_lake(lake)["diabetes_metformin_mr"]
    measure = for_lake(lake)["diabetes_dpp4_cost"] if not spreads(lake, measure, ("practice",)) else measure
    whole = spreads(lake, measure, ("practice",))["practice"]
    some = among(whole, measure, PRACTICES[5:25], "P02")
    assert set(some.codes) == {"P02", *PRACTICES[5:25]}
    value = [whole.value[whole.row(code)] for code in some.codes]
    assert some.facts["middle"] == pytest.approx(np.median(value))
    assert some.facts["tenths"][4] == pytest.approx(np.median(value))
    again = among(whole, measure, whole.codes, "P02")
    assert (again.facts["middle"], again.outlier) == (whole.facts["middle"], whole.outlier)
    if some.facts["funnel"] is not None:
        drawn = see.funnel(some.codes, some.numerator, some.denominator,
                           kind="proportion" if measure.is_share else "rate")  # fmt: skip
        assert some.outlier == drawn.outlier


@pytest.mark.parametrize(("by", "own", "says"), [
    ("siz", (), "did you mean 'size'"), ("own", ("P01", "NOBODY"), "'NOBODY'"), ("own", PRACTICES[:5], "10 or more"),
])  # fmt: skip
def test_a_choice_that_cannot_be_followed_is_refused(lake, by, own, says):
    with pytest.raises(InputError, match=says):
        comparators(lake, "practice", "P01", by, own)


def test_the_command_names_those_whom_the_page_compares_with(capsys, lake):
    asked = ("--level", "practice", "--organisation", "P03", "--lake", str(lake.path), "--json")
    assert main(["see", "peers", "--by", "size", *asked]) == 0
    found = json.loads(capsys.readouterr().out)
    assert tuple(row["code"] for row in found["peers"]) == comparators(lake, "practice", "P03", "size").codes
