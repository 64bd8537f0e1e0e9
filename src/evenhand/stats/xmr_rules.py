"""The four rules of a control chart, each as a function of one phase: which points does it catch?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .chart_lines import Lines

RUN = 7  # Making Data Count: points in a shift, and in a trend
RULES = ("plotthedots", "mdc2023")
ALL = frozenset({"outside", "trend", "two_of_three", "shift"})

Floats = NDArray[np.float64]
Signs = NDArray[np.int64]


def labels(values: Floats, lines: Lines, *, rules: str, used: frozenset[str] = ALL) -> list[str | None]:
    """The label of each point: outside, then trend, then 2 in 3, then shift; None for common cause."""
    with np.errstate(invalid="ignore"):
        outside = (values > lines.upper).astype(np.int64) - (values < lines.lower)
        near = (values > lines.near_upper).astype(np.int64) - (values < lines.near_lower)
        side = np.nan_to_num(np.sign(values - lines.centre)).astype(np.int64)
    close, none = np.where(outside == 0, near, 0), np.zeros(len(values), dtype=np.int64)
    rising = trend(values) if "trend" in used else none
    two = two_of_three(side, close, outside if rules == "mdc2023" else None) if "two_of_three" in used else none
    moved = shift(side) if "shift" in used else none
    return [label(*signs) for signs in zip(outside, rising, two, moved, strict=True)]


def shift(side: Signs) -> Signs:
    """+1 or -1 on every point of 7 or more in a row on one side of the mean; a point on the mean breaks the run."""
    return _spread(shift_ends(side), RUN)


def shift_ends(side: Signs) -> Signs:
    """+1 or -1 where a run of 7 points on one side of the mean is complete: on its seventh point, and each after it."""
    return _ends(side, RUN, len(side))


def trend(values: Floats) -> Signs:
    """+1 or -1 on all 7 points of 6 strict rises (or falls) in a row; a peak of two trends belongs to the later."""
    return _spread(trend_ends(values), RUN)


def trend_ends(values: Floats) -> Signs:
    """+1 or -1 where the sixth rise (or fall) in a row is complete, and on each point after it that goes on."""
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(np.sign(np.diff(values))).astype(np.int64)
    return _ends(steps, RUN - 1, len(values))


def two_of_three(side: Signs, close: Signs, outside: Signs | None = None) -> Signs:
    """+1 or -1 on the close points of any 3 in a row on one side of the mean of which 2 are close to its limit.

    With `outside`, a point beyond the limit counts towards the two as well (Making Data Count since 2023).
    """
    counts = close if outside is None else np.where(outside != 0, outside, close)
    return np.where(two_of_three_windows(side, counts) != 0, counts, 0)


def two_of_three_windows(side: Signs, counts: Signs) -> Signs:
    """1 on all points of any 3 in a row on one side of the mean of which 2 count, whether they count or not."""
    found = np.zeros(len(side), dtype=np.int64)
    for first in np.flatnonzero((np.abs(_sums(side, 3)) == 3) & (np.abs(_sums(counts, 3)) >= 2)):
        found[first : first + 3] = 1
    return found


def label(outside: int, rising: int, two: int, moved: int) -> str | None:
    """The label of a point of which each rule says +1, -1 or nothing: the first rule that holds, in this order."""
    if outside:
        return "Above UCL" if outside > 0 else "Below LCL"
    if rising:
        return f"7 Point Trend ({'Increasing' if rising > 0 else 'Decreasing'})"
    if two:
        return f"2 in 3 {'Above' if two > 0 else 'Below'} CL"
    if moved:
        return f"7 Points {'Above' if moved > 0 else 'Below'} CL"
    return None


def _ends(signs: Signs, size: int, points: int) -> Signs:
    """The sign of `size` equal signs in a row, on the last of their `points`."""
    found = np.zeros(points, dtype=np.int64)
    totals = _sums(signs, size)
    if len(totals):
        found[points - len(totals) :] = np.where(np.abs(totals) == size, np.sign(totals), 0)
    return found


def _spread(ends: Signs, size: int) -> Signs:
    """Each end's sign on all `size` points up to it; a later end overrides an earlier one."""
    found = np.zeros(len(ends), dtype=np.int64)
    for last in np.flatnonzero(ends):
        found[last - size + 1 : last + 1] = ends[last]
    return found


def _sums(values: Signs, size: int) -> Signs:
    """The sum of every `size` values in a row; none if there are fewer."""
    total = np.concatenate(([0], np.cumsum(values)))
    return np.asarray(total[size:] - total[:-size], dtype=np.int64) if len(values) >= size else np.zeros(0, np.int64)
