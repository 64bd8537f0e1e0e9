"""One row a unit and one column a point, evenly spaced: what a search for breaks needs of dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

DAYS = 365.25 / 12  # in a month
SPARSE = 10  # months for each that has a value: beyond it a date is wrong (our rule)
Points = NDArray[Any]  # datetime64 or int64 (T,)


@dataclass(frozen=True)
class Grid:
    """Units in first appearance, points in order (dates, or whole numbers), values float64 (U, T), NaN if missing."""

    units: tuple[str, ...]
    points: Points
    values: NDArray[np.float64]
    months_per_point: float = 1.0


def grid(units: Sequence[str], points: Points, values: NDArray[np.float64]) -> Grid:
    """Lay out long rows (one value each) as a grid; a point that no row has, but the spacing asks for, is missing.

    points: whole numbers, in equal steps; or dates, one a month (or quarter, year), or evenly spaced by days.

    Raises
    ------
    InputError
        If a unit has two values for one point, or the dates have no even spacing.
    """
    names = list(dict.fromkeys(units))
    place = {name: i for i, name in enumerate(names)}
    row = np.fromiter((place[unit] for unit in units), dtype=np.int64, count=len(units))
    every, step = regular(points)
    keys = _months(points) if monthly(points) else points
    known = _months(every) if monthly(points) else every
    column = np.searchsorted(known, keys)
    cell = row * len(every) + column
    order = np.argsort(cell, kind="stable")
    twice = np.flatnonzero(cell[order][1:] == cell[order][:-1])
    if len(twice):
        at = order[twice[0] + 1]
        raise InputError(f"unit {units[at]!r} has two values for {points[at]}; each must be given once")
    whole = np.full((len(names), len(every)), np.nan)
    whole[row, column] = values
    return Grid(tuple(names), every, whole, step)


def regular(points: Points) -> tuple[Points, float]:
    """The points that are there and those missing between them, in order; and months from one to the next.

    >>> dates = np.array(["2024-01-01", "2024-02-01", "2024-04-01"], dtype="datetime64[D]")
    >>> [str(date) for date in regular(dates)[0]]
    ['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01']
    """
    there = np.unique(points)
    if len(there) == 1:
        return there, 1.0
    if there.dtype.kind != "M":
        step = int(np.gcd.reduce(np.diff(there)))
        every = np.arange(there[0], there[-1] + 1, step)
        if len(every) > 2 * len(there):
            raise InputError(f"the whole numbers {there[0]}, {there[1]} ... {there[-1]} leave out more points than "
                             "they name; expected points one step apart, or dates as YYYY-MM-DD (a spreadsheet may "
                             "have made days of them, counted from 1900)")  # fmt: skip
        return every, 1.0
    if monthly(points):
        months = _months(there)
        step = int(np.gcd.reduce(np.diff(months)))
        every = np.arange(months[0], months[-1] + 1, step)
        if len(every) > SPARSE * len(there):
            raise InputError(f"the dates run from {there[0]} to {there[-1]}, and {len(every) - len(there)} of "
                             f"{len(every)} months between are in no row; is a year mistyped?")  # fmt: skip
        dates = every.astype("datetime64[M]").astype("datetime64[D]")
        days = (there - there.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
        if (days == days[0]).all():  # all on the 15th, say: the missing ones too
            dates = dates + days[0]
        dates[np.searchsorted(every, months)] = there
        return dates, float(step)
    days = there.astype("datetime64[D]").astype(np.int64)
    step = int(np.gcd.reduce(np.diff(days)))
    every = np.arange(days[0], days[-1] + 1, step)
    if len(every) > 2 * len(days):
        raise InputError("the dates are not evenly spaced; expected one a month, or one every so many days")
    return every.astype("datetime64[D]"), step / DAYS


def monthly(points: Points) -> bool:
    """Whether no calendar month holds two different dates."""
    if points.dtype.kind != "M":
        return False
    months = _months(np.unique(points))
    return all(a != b for a, b in pairwise(months.tolist()))


def _months(points: Points) -> NDArray[np.int64]:
    return points.astype("datetime64[M]").astype(np.int64)
