"""Few presentations: the sums that the query engine gives, from the parts of a month's file that hold them."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand import measures, sources
from evenhand.lake import ITEMS, Lake, Origin, picking, runs, transaction
from evenhand.measures import few, quick
from published import METFORMIN, SERTRALINE, bytes_of, month_of_prescribing, prescribing_file
from tiny_lake import TinyLake

CODES = [f"0601023A0AA{place:02d}{place:02d}" for place in range(10, 50)]
PRACTICES = [f"P{place:02d}" for place in range(30)]
MONTHS = ("2025-01", "2025-02", "2025-03")
SUM = st.sampled_from(["items", "items", "cost", "quantity"])
RULE = {"numerator": measures.read_codes(CODES[0])}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """Three months of forty presentations in thirty practices, in parts of sixteen rows."""
    rng, tiny = np.random.default_rng(3), TinyLake(tmp_path_factory.mktemp("few") / "lake")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transaction, "ROW_GROUP", 16)
        for month in MONTHS:
            rows = [(practice, code, int(rng.integers(1, 9)), 28.0, round(float(rng.uniform(0.01, 90)), 5))
                    for code in CODES for practice in PRACTICES if rng.random() < 0.6]  # fmt: skip
            tiny.prescribed(month, rows)
            tiny.listed(month, dict.fromkeys(PRACTICES, 1000))
    tiny.belongs(dict.fromkeys(PRACTICES, "practice"), [])
    return tiny.lake


@pytest.fixture(scope="module")
def newer(lake, tmp_path_factory):
    """The same lake, of which the last two months were written with runs of their items."""
    place = tmp_path_factory.mktemp("newer") / "lake"
    shutil.copytree(lake.path, place)
    newer = Lake.open(place)
    for month in MONTHS[1:]:
        held = newer.snapshot("prescribing", month)
        rows = pq.read_table(newer.path / held.part("prescribing").path)
        rows = rows.sort_by([("presentation_id", "ascending"), ("practice_id", "ascending")])
        cells = [rows[c].to_numpy().astype(np.int64) for c in ("presentation_id", "practice_id", "items")]
        newer.manifest_file("prescribing", month).unlink()  # as if it were loaded for the first time
        with pytest.MonkeyPatch.context() as patched, newer.transaction() as begun:
            patched.setattr(transaction, "ROW_GROUP", 16)
            file = begun.beside("items.arrow")
            runs.write(file, lambda cells=cells: [tuple(cells)])
            begun.stage("prescribing", month, {"prescribing": rows, ITEMS: file}, Origin("with runs"))
    return newer


def sums(lake, rules):
    """By month and practice, in order."""
    held = quick.months_held(lake, "prescribing")
    order = [("month", "ascending"), ("practice_id", "ascending")]
    found = quick._sums(lake, rules, min(held), max(held)).sort_by(order)
    return {name: [value or 0 for value in column] for name, column in found.to_pydict().items()}  # none is 0


def same_both_ways(place, rules):
    """What the query engine says and what is picked, without asking it, are equal."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("FEW", "MORE"):
            patched.setattr(few, name, -1.0)
        engine = sums(place, rules)
        for name in ("FEW", "MORE"):
            patched.setattr(few, name, 0.99)
        patched.setattr(type(place), "table", _not_asked(type(place).table))
        assert sums(place, rules) == engine
    assert engine["numerator"]


@given(st.data())
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
def test_sums_are_those_of_the_query_engine_to_the_last_digit(lake, data):
    chosen = data.draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=5, unique=True))
    among = data.draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=5, unique=True))
    rules = {"numerator": measures.read_codes(",".join(chosen)),
             "denominator": measures.read_codes(",".join(among), sum="nic")}  # fmt: skip
    same_both_ways(lake, rules)


@given(st.data())
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
def test_sums_are_those_of_the_query_engine_whether_months_have_runs_or_not(newer, data):
    chosen = data.draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=6, unique=True))
    begins = data.draw(st.integers(0, len(CODES) - 4))
    rules = {"numerator": measures.read_codes(",".join(chosen)),
             "denominator": measures.read_codes(",".join(CODES[begins : begins + 4]), sum=data.draw(SUM))}  # fmt: skip
    same_both_ways(newer, rules)


def test_runs_are_read_where_they_are_and_months_without_them_as_before(newer, tmp_path):
    held, low = quick.snapshots_of(newer, "prescribing"), quick.months_held(newer, "prescribing")[0]
    assert [items and items.suffix for _, _, items in few._files(newer, low, low + 2)] == [None, ".arrow", ".arrow"]
    place = tmp_path / "lake"
    shutil.copytree(newer.path, place)
    (place / held[low + 1][0].part(ITEMS).path).unlink()
    lost = Lake.open(place)
    assert sums(lost, RULE) == sums(newer, RULE)


def test_presentations_that_no_run_holds_sum_to_nothing(newer):
    low, nobody = quick.months_held(newer, "prescribing")[0], np.array([9_999], np.int32)
    assert few.sums(newer, RULE, {"numerator": np.array([True])}, nobody, low + 1, low + 2).num_rows == 0


def test_a_revised_month_is_added_up_as_it_is_now(tmp_path):
    lake, rows = Lake.create(tmp_path / "lake"), month_of_prescribing()
    for number, more in enumerate((0, 1_000)):
        rows = [{**row, "items": row["items"] + more} if row["code"] == METFORMIN else row for row in rows]
        sources.load(lake, prescribing_file(tmp_path / f"{number}.csv", rows=rows))
    rules = {"numerator": measures.read_codes(f"{METFORMIN},{SERTRALINE}")}
    assert [items.suffix for _, _, items in few._files(lake, 0, 999)] == [".arrow"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(few, "FEW", -1.0)
        patched.setattr(few, "MORE", -1.0)
        engine = sums(lake, rules)
        patched.setattr(few, "FEW", 1.0)
        assert sums(lake, rules) == engine
    assert sum(engine["numerator"]) > 2_000
    assert len(list((lake.path / "tables" / ITEMS).iterdir())) == 2  # the former release's are kept


def test_a_lake_from_before_takes_the_same_rows_without_a_change(tmp_path):
    lake = Lake.create(tmp_path / "lake")
    sources.load(lake, prescribing_file(tmp_path / "a.csv"))
    file = lake.manifest_file("prescribing", "2017-09")
    said = json.loads(file.read_text())
    said["parts"] = [part for part in said["parts"] if part["table"] != ITEMS]
    file.write_text(json.dumps(said))
    shutil.rmtree(lake.path / "tables" / ITEMS)
    before = bytes_of(lake.path)
    lake.forget()
    (done,) = sources.load(lake, prescribing_file(tmp_path / "b.csv", rows=month_of_prescribing()[::-1]))
    assert (done.state, bytes_of(lake.path)) == ("unchanged", before)


def _not_asked(real):
    def table(self, name):
        assert name != "prescribing", "the engine was asked for rows"
        return real(self, name)

    return table


def test_only_the_parts_that_can_hold_a_presentation_are_read(lake):
    (snapshot,) = quick.snapshots_of(lake, "prescribing")[quick.months_held(lake, "prescribing")[0]]
    file = lake.path / snapshot.part("prescribing").path
    every = np.arange(1, len(CODES) + 1, dtype=np.int64)
    assert few.share(file, "presentation_id", every[5:7]) < 0.2
    assert few.share(file, "presentation_id", every) == 1.0
    assert few.share(file, "presentation_id", np.array([10_000])) == 0.0


def test_presentations_that_no_month_holds_sum_to_nothing(lake):
    low, nobody = quick.months_held(lake, "prescribing")[0], np.array([9_999], np.int32)
    rule, flags = {"numerator": measures.read_codes(CODES[0])}, {"numerator": np.array([True])}
    assert few.sums(lake, rule, flags, nobody, low, low + 2).num_rows == 0


def test_rows_that_lie_in_no_order_are_left_to_the_engine_or_read_right(tmp_path):
    keys = np.random.default_rng(1).permutation(np.repeat(np.arange(40), 5))
    table = pa.table({"key": keys, "value": np.arange(200)})
    pq.write_table(table, tmp_path / "parts.parquet", row_group_size=20)
    pq.write_table(table, tmp_path / "one.parquet")
    assert picking.share(tmp_path / "parts.parquet", "key", np.array([3])) == 1.0
    place, found = picking.pick(tmp_path / "one.parquet", "key", np.array([3, 7]), ("value",))
    rows = np.flatnonzero((keys == 3) | (keys == 7))
    assert (found["value"].tolist(), np.array([3, 7])[place].tolist()) == (rows.tolist(), keys[rows].tolist())


def test_rows_whose_place_is_known_are_taken_as_they_are(tmp_path):
    table = pa.table({"key": np.repeat(np.arange(40), 5), "value": np.arange(200) ** 2})
    pq.write_table(table, tmp_path / "parts.parquet", row_group_size=7)
    for first, end in (([0], [1]), ([3, 60, 61], [4, 61, 90]), ([6, 139], [8, 200]), ([], []), ([0], [200])):
        taken = picking.take(tmp_path / "parts.parquet", "key", np.array(first, int), np.array(end, int), ("value",))
        rows = [row for begins, last in zip(first, end, strict=True) for row in range(begins, last)]
        assert taken["value"].tolist() == (np.array(rows, int) ** 2).tolist()
