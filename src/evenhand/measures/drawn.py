"""Drawn tables: a few rows in a YAML file, cells between `|`, that a reader can add up by eye."""

from __future__ import annotations

from ..errors import InputError

Row = dict[str, str]


def read(text: str, *, where: str, needs: tuple[str, ...], may: tuple[str, ...] = ()) -> list[Row]:
    """The rows of a drawn table, every cell as text.

    >>> read("code | items\\nA | 3", where="example", needs=("code", "items"))
    [{'code': 'A', 'items': '3'}]

    Raises
    ------
    InputError
        If a column is missing or unknown, or a row has more or fewer cells than the heading.
    """
    lines = [line for line in text.splitlines() if line.strip(" |-+")]
    if not lines:
        raise InputError(f"{where}: the table is empty; draw a heading and rows")
    heading = _cells(lines[0])
    for name in needs:
        if name not in heading:
            raise InputError(f"{where}: no column {name!r}; draw {' | '.join(needs)}")
    for name in heading:
        if name not in (*needs, *may):
            raise InputError(f"{where}: unknown column {name!r}; there may be: {', '.join((*needs, *may))}")
    rows = []
    for i, line in enumerate(lines[1:], start=1):
        cells = _cells(line)
        if len(cells) != len(heading):
            raise InputError(f"{where}: row {i} has {len(cells)} cells, the heading {len(heading)}")
        rows.append(dict(zip(heading, cells, strict=True)))
    return rows


def number(row: Row, column: str, *, where: str) -> float:
    """A cell as a number; `-` is NaN."""
    if row[column] == "-":
        return float("nan")
    try:
        return float(row[column].replace(",", ""))
    except ValueError:
        raise InputError(f"{where}: column {column!r}: expected a number or -, found {row[column]!r}") from None


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
