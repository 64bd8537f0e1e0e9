"""`evenhand see outliers` and `see changed` on a small lake: a planted practice named, a planted change seen."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.lake import Lake
from evenhand.measures import build
from evenhand.story import chemical_sights, sights
from evenhand.story.moved import moved
from evenhand.story.outlying import by_measure
from tiny_lake import TinyLake

COSTLY, CHEAP = "0601023AEAAAAAA", "0601023X0AAAAAA"  # two chemicals of one sub-paragraph, as in tests/planted.py
MONTHS = [str(np.datetime64("2024-01", "M") + i) for i in range(14)]
PRACTICES = [f"P{i:02d}" for i in range(30)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Thirty practices, 14 months; P03 prescribes the costly one twice as often, P07 does since December 2024."""
    folder = tmp_path_factory.mktemp("outliers") / "lake"
    rng, tiny = np.random.default_rng(1), TinyLake(folder)
    for t, month in enumerate(MONTHS):
        rows = []
        for i, practice in enumerate(PRACTICES):
            share = 0.6 if i == 3 or (i == 7 and t >= 11) else 0.3
            costly = int(rng.binomial(200, share))
            rows += [(practice, COSTLY, costly, costly * 28, costly * 30.0),
                     (practice, CHEAP, 200 - costly, (200 - costly) * 28, (200 - costly) * 4.0)]  # fmt: skip
        tiny.prescribed(month, rows)
    tiny.belongs(dict.fromkeys(PRACTICES, "practice"), [], as_of="2024-01")
    build(tiny.lake)
    return folder


def _told(capsys, *words):
    assert main(["see", *(str(word) for word in words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_chemical_prescribed_twice_as_often_is_named(capsys, lake):
    ask = ("outliers", "--level", "practice", "--lake", lake, "--by", "chemical", "--organisation")
    found = _told(capsys, *ask, "P03")
    assert found["months"] == ["2024-09", "2025-02"]
    top = {row["chemical"]: row["outlier"] for row in found["rows"]}
    assert top == {COSTLY[:9]: "high", CHEAP[:9]: "low"}
    assert found["compared"] == 2
    assert found["expected_by_chance_at_99_8"] == pytest.approx(0.004)
    assert _told(capsys, *ask, "P05")["named"] == 0


def test_measures_are_compared_and_what_moved_is_told_with_pounds(capsys, lake):
    found = _told(capsys, "outliers", "--level", "practice", "--organisation", "P03", "--lake", lake)
    assert "high" in {row["outlier"] for row in found["rows"]}
    moved = _told(capsys, "changed", "--level", "practice", "--organisation", "P07", "--lake", lake)
    row = next(row for row in moved["rows"] if row["measure"] == "diabetes_dpp4_cost")
    assert row["direction"] == "up"
    assert row["point_type"] == "special_cause_concern"
    assert row["pounds"] < 0
    assert row["value"] > row["before"]


def test_an_organisation_that_is_not_there_is_refused(capsys, lake):
    for command in (("outliers", "--by", "chemical"), ("changed",)):
        assert main(["see", *command, "--level", "practice", "--organisation", "P99", "--lake", str(lake)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "P99" in err
        assert err.count("\n") == 1


def test_what_is_stored_tells_the_same_as_what_is_worked_out(lake):
    held, some = Lake.open(lake), ["diabetes_dpp4_cost", "diabetes_metformin_mr", "prescribing_cost"]

    def rows(found):
        return [{key: repr(cell) for key, cell in row.items()} for row in found.rows if row["measure"] in some]

    fresh = rows(by_measure(held, "practice", "P07")), rows(moved(held, "practice", "P07"))
    sights.build(held, some)
    stored = Lake.open(lake)
    assert (rows(by_measure(stored, "practice", "P07")), rows(moved(stored, "practice", "P07"))) == fresh
    assert {row["measure"] for row in by_measure(stored, "practice", "P07", stored_only=True).rows} <= set(some)
    for file in (lake / "sights").glob("standing~*"):  # as after one definition of many has changed
        file.unlink()
    assert (rows(by_measure(stored, "practice", "P07")), rows(moved(stored, "practice", "P07"))) == fresh


def test_stored_chemicals_are_those_worked_out_to_the_last_digit_and_follow_the_data(capsys, lake, monkeypatch):
    opened = Lake.open(lake)
    shutil.rmtree(lake / "sights_of_chemicals", ignore_errors=True)
    asked = ("--level", "practice", "--organisation", "P03", "--lake", str(lake), "--by", "chemical")
    assert main(["see", "outliers", *asked, "--stored"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    plain = _told(capsys, "outliers", *asked)
    assert chemical_sights.build(opened)[0] == "practice"
    with monkeypatch.context() as patched:  # levels where nobody is are known too: nothing is counted again
        patched.setattr(chemical_sights, "counted", None)
        assert chemical_sights.build(opened) == ()
    assert _told(capsys, "outliers", *asked, "--stored") == plain
    (lake / "sights_of_chemicals" / "practice~of_another_state.parquet").write_bytes(b"")
    chemical_sights.build(opened)
    assert not (lake / "sights_of_chemicals" / "practice~of_another_state.parquet").exists()
