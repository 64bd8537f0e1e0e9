"""The store of what pages show: the same numbers as worked out afresh, idempotent, whole after a kill, never stale."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pytest

from evenhand import measures
from evenhand.lake import Lake, Origin, month_number
from evenhand.measures.held import WITHOUT_ROWS
from evenhand.story import sight_keys, sights
from evenhand.story.spreads import spreads

MEASURE = "diabetes_dpp4_cost"


@pytest.fixture(scope="module")
def lake(demo_lake) -> Lake:
    return Lake.open(demo_lake)


@pytest.fixture(scope="module")
def measure(lake):
    return measures.for_lake(lake)[MEASURE]


@pytest.fixture
def own(demo_lake, tmp_path) -> Lake:
    """A lake of one's own with the same data and nothing stored."""
    shutil.copytree(demo_lake, tmp_path / "own", ignore=shutil.ignore_patterns("published", "sights"))
    return Lake.open(tmp_path / "own")


def test_what_is_stored_is_what_is_worked_out(lake, measure):
    for level, fresh in spreads(lake, measure).items():
        stored = sights.spread(lake, measure, level, course=True)
        assert stored is not None
        for name in ("first", "last", "codes", "outlier", "icon", "together"):
            assert getattr(stored, name) == getattr(fresh, name), name
        for name in ("numerator", "denominator", "expected", "pounds", "low", "high", "top", "bottom"):
            assert np.array_equal(getattr(stored, name), getattr(fresh, name), equal_nan=True), name


def test_a_standing_is_the_row_of_its_spread(lake, measure):
    whole = sights.spread(lake, measure, "practice", course=True)
    code = whole.codes[17]
    mine = next(s for s in sights.standings(lake, [("practice", code)]) if s.measure == MEASURE)
    assert (mine.value, mine.pounds, mine.middle) == (whole.value[17], whole.pounds[17], whole.facts["middle"])
    assert np.array_equal(mine.top, whole.top[17])
    panel = measures.panel(lake, MEASURE, "practice")
    assert np.array_equal(mine.course, panel.value[panel.row(code)], equal_nan=True)


def test_without_a_store_a_list_is_empty_says_what_waits_and_a_measure_is_worked_out(lake, own, measure):
    assert sights.standings(own, [("practice", "DEMO-P0001")]) == []
    assert MEASURE in sights.waiting(own)
    assert MEASURE not in sights.waiting(lake)
    fresh, kept = (sights.spread(held, measure, "icb") for held in (own, lake))
    assert fresh.codes == kept.codes
    assert np.array_equal(fresh.value, kept.value)
    assert not (own.path / "sights").exists()  # a page reads and never writes


def test_building_twice_changes_no_byte_and_a_new_definition_builds_that_measure_again(own):
    sights.build(own, [MEASURE, "wait_within_18_weeks"])
    before = {f.name: f.read_bytes() for f in (own.path / "sights").iterdir()}
    assert sights.build(own, [MEASURE]).done == ()
    assert {f.name: f.read_bytes() for f in (own.path / "sights").iterdir()} == before
    (own.path / "measures").mkdir()
    text = (measures.library.DEFINITIONS / "measures" / f"{MEASURE}.yaml").read_text(encoding="utf-8")
    mine = text.replace(f"id: {MEASURE}", "id: own_gliptins").replace("direction: lower", "direction: neutral")
    (own.path / "measures" / "own.yaml").write_text(mine, encoding="utf-8")
    built = sights.build(own, ["own_gliptins", MEASURE])
    assert (built.done, built.unchanged) == (("own_gliptins",), (MEASURE,))
    assert np.isnan(sights.spread(own, measures.for_lake(own)["own_gliptins"], "practice").pounds).all()


def test_where_one_definition_changed_the_others_still_stand(own):
    other = "wait_within_18_weeks"
    text = (measures.library.DEFINITIONS / "measures" / f"{MEASURE}.yaml").read_text(encoding="utf-8")
    mine = own.path / "measures" / "own.yaml"
    mine.parent.mkdir()
    mine.write_text(text.replace(f"id: {MEASURE}", "id: own_gliptins"), encoding="utf-8")
    sights.build(own, ["own_gliptins", other])
    place = ("icb", sights.spread(own, measures.for_lake(own)[other], "icb").codes[0])
    assert {s.measure for s in sights.standings(own, [place])} == {"own_gliptins", other}
    text = mine.read_text(encoding="utf-8").replace("direction: lower", "direction: neutral")
    mine.write_text(text, encoding="utf-8")
    assert [s.measure for s in sights.standings(own, [place])] == [other]
    assert sights.standings(own, [place], ["own_gliptins"]) == []
    sights.build(own, ["own_gliptins"])
    assert {s.measure for s in sights.standings(own, [place])} == {"own_gliptins", other}


def test_new_data_makes_everything_stored_out_of_date(own, measure):
    sights.build(own, [MEASURE])
    assert sights.is_stored(own, measure)
    (own.path / "snapshots" / "rtt").joinpath(next((own.path / "snapshots" / "rtt").iterdir()).name).unlink()
    fresh = Lake.open(own.path)
    assert not sights.is_stored(fresh, measure)
    sights.build(fresh, [MEASURE])
    assert len(list((own.path / "sights").glob(f"{MEASURE}~practice~*.parquet"))) == 1  # the old one is swept


@pytest.mark.parametrize("after", [0.5, 1.6])
def test_a_kill_leaves_nothing_half_written_and_the_next_run_goes_on(own, measure, after):
    folder = own.path / "sights"
    code = f"from evenhand.lake import Lake; from evenhand.story import sights; print('go', flush=True); " \
           f"sights.build(Lake.open({str(own.path)!r}), [{MEASURE!r}, 'wait_within_18_weeks'])"  # fmt: skip
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert run.stdout.readline() == b"go\n"
    time.sleep(after)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    run.stdout.close()
    for file in folder.glob("[!.]*.parquet"):
        assert sights.pq.ParquetFile(file).read().num_rows
    sights.build(own, [MEASURE, "wait_within_18_weeks"])
    assert sights.is_stored(own, measure)
    assert not list(folder.glob(".*"))


def test_a_month_of_panels_without_rows_is_noticed(own):
    before, panel = sight_keys.state(own), own.table("panel")
    held = panel.filter(panel.measure == MEASURE).drop("month").to_pyarrow()
    for month, source in (("2020-01", "measures"), ("2020-02", WITHOUT_ROWS)):
        number = pa.repeat(pa.scalar(month_number(month), pa.int16()), len(held))
        rows = held.append_column("month", number).select(panel.columns)
        own.write("panel", month, rows, source=Origin(file="measures", rows=len(held), source=source))
        changed = sight_keys.state(Lake.open(own.path)) != before  # what is counted from rows is in the hash with those
        assert changed == (source == WITHOUT_ROWS)
