"""A table on a terminal: every cell whole and as it is, whatever its text says and however narrow the terminal.

What does not fit beside one another stands below one another, the first column in front again. Where no terminal
reads it (a file, a pipe), lines are as long as they need to be, unless COLUMNS says how long.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..records import plain

SENTENCE = 40  # letters from which a text is worth wrapping to keep it beside its row
FRAME = 3  # letters that a column takes besides its own


def show(rows: Sequence[Mapping[str, Any]], title: str) -> None:
    """Print the rows under their title."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    values = [[plain(row.get(name)) for name in names] for row in rows]
    cells = [[_cell(value) for value in row] for row in values]
    full = [max(map(_width, (name, *column))) for name, column in zip(names, _turned(cells, len(names)), strict=True)]
    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(width=max(80, sum(full) + FRAME * len(full) + 1, *map(_width, title.split("\n"))))
    if title:
        console.print(Text(title, style="italic"))
    words = [not all(value is None or isinstance(value, (int, float)) for value in column)
             for column in _turned(values, len(names))]  # fmt: skip
    for block in _blocks(full, words, console.width):
        shown = Table()
        for place in block:
            shown.add_column(Text(names[place]), no_wrap=not words[place], overflow="fold")
        for row in cells:
            shown.add_row(*(Text(row[place]) for place in block))
        console.print(shown)


def _blocks(full: Sequence[int], words: Sequence[bool], room: int) -> list[list[int]]:
    """Which columns stand beside one another; the first stands in each block."""
    found: list[list[int]] = [[]]
    used = 1
    for place, width in enumerate(full):
        wide = FRAME + (min(width, SENTENCE) if words[place] else width)
        if used + wide > room and len(found[-1]) > 1:
            found.append([0])
            used = 1 + FRAME + (min(full[0], SENTENCE) if words[0] else full[0])
        found[-1].append(place)
        used += wide
    return found


def _turned(rows: Sequence[Sequence[Any]], columns: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(columns)]


def _width(text: str) -> int:
    return max((cell_len(line) for line in text.split("\n")), default=0)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):  # from ten thousand on pounds and pence would be written as 1.2e+04
        return f"{value:,.0f}" if 9999.5 <= abs(value) < 1e15 else f"{value:,.4g}"
    return str(value)
