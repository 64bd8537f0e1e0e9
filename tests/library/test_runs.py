"""Runs: numbers by two keys, added up from their own rows and no others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenhand.lake import runs

WIDE = st.one_of(st.integers(-3, 9), st.sampled_from([-128, -127, 127, 128, 254, 255, 1_000, -40_000]))


def written(file, cells, piece=1_000):
    """Cells {(key, member): value} as a file of runs, so many of them a piece."""
    key, member = (np.array([pair[side] for pair in sorted(cells)], np.int64) for side in (0, 1))
    value = np.array([cells[pair] for pair in sorted(cells)], np.int64)
    parts = [slice(begin, begin + piece) for begin in range(0, len(key), piece)]
    runs.write(file, lambda: ((key[part], member[part], value[part]) for part in parts))
    return runs.look(file)


@given(
    cells=st.dictionaries(st.tuples(st.integers(1, 6), st.integers(1, 900)), WIDE, min_size=1, max_size=60),
    wanted=st.sets(st.integers(0, 8)), marked=st.sets(st.integers(0, 8)), piece=st.integers(1, 20),
)  # fmt: skip
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_sums_are_those_of_the_cells(tmp_path, cells, wanted, marked, piece):
    held, keys = written(tmp_path / "a.arrow", cells, piece), np.array(sorted(wanted), np.int64)
    there, found = held.sums(keys, {"all": np.ones(len(keys), bool), "some": np.isin(keys, sorted(marked))})
    chosen = {pair: value for pair, value in cells.items() if pair[0] in wanted}
    assert set(np.flatnonzero(there).tolist()) == {member for _, member in chosen}
    for name, keep in (("all", wanted), ("some", wanted & marked)):
        sums = dict.fromkeys((member for _, member in chosen), 0)
        for (key, member), value in chosen.items():
            sums[member] += value if key in keep else 0
        assert {member: int(found[name][member]) for member in sums} == sums
        assert found[name].sum() == sum(sums.values())  # nothing lies where no member is
    assert runs.count(tmp_path / "a.arrow") == len(cells)
    place, member, first, end = held.cells(keys)
    assert list(zip(keys[place].tolist(), member.tolist(), strict=True)) == sorted(chosen)
    every = sorted(cells)
    assert [every[a:b] for a, b in zip(first, end, strict=True)] == [
        [pair for pair in every if pair[0] == key] for key in sorted({key for key, _ in chosen})
    ]


def test_long_ways_and_large_values_are_kept_in_single_bytes_where_they_are_rare(tmp_path):
    cells = {(key, member): 1 for key in range(1, 9) for member in range(1, 60)}
    cells |= {(3, 400): 300, (3, 910): -500, (3, 911): 128}  # portions, and then a way, between two members
    held = written(tmp_path / "a.arrow", cells)
    assert (held.steps.dtype, held.values.dtype) == (np.uint8, np.int8)
    there, found = held.sums(np.array([3]), {"it": np.array([True])})
    assert np.flatnonzero(there).tolist() == [*range(1, 60), 400, 910, 911]
    assert found["it"][[59, 400, 655, 910, 911]].tolist() == [1, 300, 0, -500, 128]


@pytest.mark.parametrize(
    ("member", "value", "kinds"),
    [(200_000, 3, (np.uint32, np.int8)), (3, 9_000_000, (np.uint8, np.int32)), (3, -(10**12), (np.uint8, np.int64))],
)
def test_numbers_are_as_wide_as_they_must_be_for_few_rows_more(tmp_path, member, value, kinds):
    held = written(tmp_path / "a.arrow", {(key, member): value for key in range(1, 50)})
    assert (held.steps.dtype, held.values.dtype, len(held.steps)) == (*kinds, 49)
    assert held.sums(np.array([7]), {"it": np.array([True])})[1]["it"][member] == value


def test_the_file_is_one_that_anything_which_reads_arrow_reads(tmp_path):
    written(tmp_path / "a.arrow", {(1, 2): 5, (1, 9): 6, (4, 1): -1})
    assert pa.ipc.open_file(str(tmp_path / "a.arrow")).read_all().to_pydict() == {
        "key": [1, 4], "members": [2, 1], "steps": [[2, 7], [1]], "values": [[5, 6], [-1]],
    }  # fmt: skip


def test_the_share_of_rows_counts_keys_that_are_there(tmp_path):
    held = written(tmp_path / "a.arrow", {(1, 1): 1, (2, 1): 1, (2, 2): 1, (2, 3): 1, (5, 1): 1})
    assert held.share(np.array([0, 2, 3, 9])) == pytest.approx(0.6)
    assert held.share(np.array([], np.int64)) == 0.0
