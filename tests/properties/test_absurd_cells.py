"""Whatever stands in a cell or wherever a file is cut, the lake holds only numbers that can be, or is as it was."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import TABLES, Lake
from further import FILES
from published import bytes_of

ABSURD = ("1e30", "-1e30", "nan", "inf", "0x10", "1,2,3", "£", "９９", "2024-13-45", "=1+1", "' OR 1=1 --", "x" * 999)
_MOST = 1e12  # above every limit of a source


def load_or_leave(lake: Lake, path: Path) -> bool:
    """Whether it loaded; a refusal is one line and leaves every byte."""
    before = bytes_of(lake.path)
    try:
        sources.load(lake, path)
        said = ""
    except InputError as error:
        said = str(error)
    assert "\n" not in said
    assert not said or bytes_of(lake.path) == before
    return not said


def numbers(lake: Lake, name: str) -> list[float]:
    found: list[float] = []
    for table in sources.known()[name].tables:
        held = lake.table(table).to_pyarrow()
        for field in TABLES[table]:
            if str(field.type) in ("double", "int64"):
                found += [value for value in held[field.name].to_pylist() if value is not None]
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_cell_makes_a_number_that_cannot_be(tmp_path: Path, name: str) -> None:
    small, chance = FILES[name], random.Random(name)
    top = next(i for i, row in enumerate(small.cells) if len([cell for cell in row if cell]) > 1)
    for attempt in range(2):
        cells = [list(line) for line in small.cells]
        row = chance.randrange(top + (not small.headless), len(cells))
        column = chance.randrange(len(cells[row]))
        cells[row][column] = chance.choice(ABSURD)
        lake = Lake.create(tmp_path / f"lake{attempt}")
        if load_or_leave(lake, small.write(tmp_path, cells)):
            assert all(math.isfinite(value) and abs(value) <= _MOST for value in numbers(lake, name)), cells[row]


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_gives_no_row_that_was_not_there(tmp_path: Path, name: str) -> None:
    small, chance = FILES[name], random.Random(f"{name} cut")
    whole = small.text()
    rows = len(small.cells)
    path = tmp_path / small.name
    path.write_text(whole[: chance.randrange(len(whole))])
    lake = Lake.create(tmp_path / "lake")
    if load_or_leave(lake, path):
        assert sum(snapshot.rows for snapshot in lake.snapshots()) <= 2 * rows
