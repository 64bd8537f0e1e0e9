"""Which months of which units are compared with which, so that a season, a break or a gap is never taken for harm."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]

YEAR = 12
FEWEST_SINCE_BREAK = 3  # METHODS F.6: three months at least, on either side


@dataclass(frozen=True)
class Panel:
    """names (N,), table (N, T) with NaN where missing, its first month, and who is treated (N,)."""

    names: tuple[str, ...]
    table: Floats
    first: np.datetime64
    mine: NDArray[np.bool_]

    @property
    def last(self) -> np.datetime64:
        """The last calendar month that any unit has."""
        last: np.datetime64 = self.first + (self.table.shape[1] - 1)
        return last

    def only(self, kept: NDArray[np.bool_]) -> Panel:
        """Some of the units."""
        names = tuple(name for name, keep in zip(self.names, kept, strict=True) if keep)
        return Panel(names, self.table[kept], self.first, self.mine[kept])

    def until(self, month: np.datetime64) -> Panel:
        """Nothing after a month."""
        width = max(0, int((month - self.first).astype(int)) + 1)
        return Panel(self.names, self.table[:, :width], self.first, self.mine)


@dataclass(frozen=True)
class Comparison:
    """Every month after the start: its column, and the columns of the months before that it is compared with."""

    pairs: tuple[tuple[int, tuple[int, ...]], ...]

    def columns(self) -> list[int]:
        """All columns that are needed."""
        return sorted({c for after, before in self.pairs for c in (after, *before)})

    def changes(self, table: Floats) -> Floats:
        """Each unit's mean change (N,)."""
        each = [table[:, after] - table[:, list(before)].mean(axis=1) for after, before in self.pairs]
        return np.asarray(np.mean(each, axis=0))


def panel(units: Sequence[str], months: Months, values: Floats, treated: Sequence[bool]) -> Panel:
    """Rows as units by calendar months.

    Raises
    ------
    InputError
        If a unit is both treated and not, or has a month twice.
    """
    months = months.astype("datetime64[M]")
    sides: dict[str, bool] = {}
    for unit, side in zip(units, treated, strict=True):
        if sides.setdefault(unit, bool(side)) != bool(side):
            raise InputError(f"unit {unit!r} is treated in some rows and not in others; expected one or the other")
    first, place = months.min(), {name: row for row, name in enumerate(sides)}
    table = np.full((len(sides), int((months.max() - first).astype(int)) + 1), np.nan)
    seen = np.zeros(table.shape, dtype=bool)
    for unit, month, value in zip(units, months, values, strict=True):
        cell = place[unit], int((month - first).astype(int))
        if seen[cell]:
            raise InputError(f"unit {unit!r} has {month} twice; expected one row for each unit and month")
        seen[cell], table[cell] = True, value
    return Panel(tuple(sides), table, first, np.array(list(sides.values()), dtype=bool))


def compare(given: Panel, start: np.datetime64, breaks: Mapping[np.datetime64, str]) -> Comparison | str:
    """Pair the months after the start with those before, none across a break; or say in words why it cannot be.

    With a full year before (and since the last break), each month goes with the same calendar month of the last year
    before the start; with less, with the mean of all of them. A month at a break that no unit has is on neither side.
    """
    first, last = given.first, given.last
    launch = start.astype("datetime64[M]")
    opening = launch if launch == start.astype("datetime64[D]") else launch + 1
    if last < opening:
        return f"no month after the start ({opening}); the last month is {last}"
    if launch <= first:
        return f"no month before the start ({launch}); the first month is {first}"
    late = [month for month in sorted(breaks) if launch < month <= last]
    if late:
        return (f"the measure changed in {late[0]} ({breaks[late[0]]}): months from then on cannot be compared with "
                f"those before the start ({launch})")  # fmt: skip
    since = max([first, *(month for month in breaks if first < month <= launch)])
    broken = since > first
    while broken and since < launch and not np.isfinite(given.table[:, int((since - first).astype(int))]).any():
        since += 1
    held = int((launch - since).astype(int))
    if broken and held < FEWEST_SINCE_BREAK:
        named = max(month for month in breaks if first < month <= launch)
        return (f"the measure changed in {named} ({breaks[named]}): {held} months from then to the start ({launch}); "
                f"need {FEWEST_SINCE_BREAK}")  # fmt: skip
    begin = int((launch - first).astype(int))
    after = range(int((opening - first).astype(int)), int((last - first).astype(int)) + 1)
    if held < YEAR:
        return Comparison(tuple((column, tuple(range(begin - held, begin))) for column in after))
    return Comparison(tuple((column, (column - YEAR * math.ceil((column - begin + 1) / YEAR),)) for column in after))


def gap(given: Panel, wanted: Comparison) -> str:
    """The first missing month that is needed, in words; empty if none is."""
    needed = wanted.columns()
    missing = np.argwhere(np.isnan(given.table[:, needed]))
    if not len(missing):
        return ""
    row, column = missing[0]
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    return f"{given.names[row]} has no value for {given.first + needed[column]}{more}, which is needed"
