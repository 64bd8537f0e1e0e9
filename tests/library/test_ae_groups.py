"""A&E: a group of columns is there whole or not at all; the total is given once."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake
from further import FILES

SMALL = FILES["ae"]


def without(*words: str) -> list[list[object]]:
    kept = [i for i, column in enumerate(SMALL.cells[0]) if not any(word in str(column) for word in words)]
    return [[row[i] for i in kept] for row in SMALL.cells]


@pytest.mark.parametrize("column", [c for c in SMALL.cells[0] if "Booked" in c or "via" in c or "DTA" in c])
def test_a_part_of_a_group_is_a_sum_too_small_and_refused(tmp_path: Path, column: str) -> None:
    path = SMALL.write(tmp_path, without(column))

    with pytest.raises(InputError, match="looks like ae but has no column"):
        sources.load(Lake.create(tmp_path / "lake"), path)


def test_a_release_older_than_booked_appointments_loads(tmp_path: Path) -> None:
    done = sources.load(Lake.create(tmp_path / "lake"), SMALL.write(tmp_path, without("Booked")))

    assert done[0].totals["attendances"] == 19


def test_a_total_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="TOTAL is given 2 times"):
        sources.load(Lake.create(tmp_path / "lake"), SMALL.write(tmp_path, [*SMALL.cells, SMALL.cells[-1]]))
