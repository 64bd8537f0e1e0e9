"""Where an RTT extract's header stands, and which of its columns are week bands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .unpack import Unpacked, plain_name

_BAND = re.compile(r"gt_(\d+)_to_(\d+)_weeks_sum_1")
_OPEN = re.compile(r"gt_(\d+)_weeks_sum_1")
_NEEDED = ("Period", "Provider Org Code", "Commissioner Org Code", "RTT Part Type", "Treatment Function Code",
           "Total All")  # fmt: skip


@dataclass(frozen=True)
class Band:
    """A column of pathways that have waited more than `weeks` weeks, and at most one more unless it is open."""

    column: str
    weeks: int
    open: bool


@dataclass(frozen=True)
class Layout:
    """The header row's place (0 is the first), the columns in file order, and which holds what; '' is not there."""

    missing: tuple[str, ...] | None
    header: int
    columns: tuple[str, ...]
    bands: tuple[Band, ...]

    def at(self, name: str) -> str:
        """The file's own spelling of a column, or ''."""
        return next((c for c in self.columns if plain_name(c) == plain_name(name)), "")

    @property
    def period(self) -> str:
        """The column that holds the month."""
        return self.at("Period")


def layout(file: Unpacked) -> Layout:
    """Look for the header in the first rows."""
    rows = list(enumerate(file.top)) if file.kind == "csv" else [(0, file.columns)]
    for place, cells in rows[:5]:
        names = {plain_name(cell) for cell in cells}
        lacking = tuple(name for name in _NEEDED if plain_name(name) not in names)
        if len(lacking) > 2:
            continue
        columns = tuple(cell or f"column {i}" for i, cell in enumerate(cells, start=1))
        bands = _bands(columns)
        return Layout(lacking or _gaps(bands), place, columns, bands)
    return Layout(None, 0, (), ())


def _bands(columns: tuple[str, ...]) -> tuple[Band, ...]:
    found = []
    for column in columns:
        name = plain_name(column)
        if (match := _BAND.fullmatch(name)) and int(match[2]) == int(match[1]) + 1:
            found.append(Band(column, int(match[1]), False))
        elif match := _OPEN.fullmatch(name):
            found.append(Band(column, int(match[1]), True))
    return tuple(sorted(found, key=lambda band: (band.open, band.weeks)))


def _gaps(bands: tuple[Band, ...]) -> tuple[str, ...]:
    """Bands must follow one another from 0 weeks and end with an open one."""
    for place, band in enumerate(bands):
        if band.weeks != place:
            return (f"Gt {place:02d} To {place + 1:02d} Weeks SUM 1",)
    if not bands or not bands[-1].open:
        return (f"Gt {len(bands):02d} Weeks SUM 1",)
    return ()
