"""The four rules of the XmR chart, each as a function of one phase: which points does it catch?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RUN = 7  # Making Data Count: points in a shift, and in a trend
NEAR = 2 / 3  # Making Data Count: "near the limit" is two thirds of the way there
RULES = ("plotthedots", "mdc2023")

Floats = NDArray[np.float64]
Signs = NDArray[np.int64]


def labels(values: Floats, mean: float, lower: float, upper: float, *, rules: str) -> list[str | None]:
    """The label of each point: outside, then trend, then 2 in 3, then shift; None for common cause."""
    with np.errstate(invalid="ignore"):
        outside = (values > upper).astype(np.int64) - (values < lower)
        near = (values > mean + NEAR * (upper - mean)).astype(np.int64) - (values < mean - NEAR * (mean - lower))
        side = np.nan_to_num(np.sign(values - mean)).astype(np.int64)
    close = np.where(outside == 0, near, 0)
    rising, two, moved = trend(values), two_of_three(side, close, outside if rules == "mdc2023" else None), shift(side)
    return [_label(*signs) for signs in zip(outside, rising, two, moved, strict=True)]


def shift(side: Signs) -> Signs:
    """+1 or -1 on every point of 7 or more in a row on one side of the mean; a point on the mean breaks the run."""
    found = np.zeros(len(side), dtype=np.int64)
    for first in np.flatnonzero(np.abs(_sums(side, RUN)) == RUN):
        found[first : first + RUN] = side[first]
    return found


def trend(values: Floats) -> Signs:
    """+1 or -1 on all 7 points of 6 strict rises (or falls) in a row; a peak of two trends belongs to the later."""
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(np.sign(np.diff(values))).astype(np.int64)
    found = np.zeros(len(values), dtype=np.int64)
    for first in np.flatnonzero(np.abs(_sums(steps, RUN - 1)) == RUN - 1):
        found[first : first + RUN] = steps[first]
    return found


def two_of_three(side: Signs, close: Signs, outside: Signs | None = None) -> Signs:
    """+1 or -1 on the close points of any 3 in a row on one side of the mean of which 2 are close to its limit.

    With `outside`, a point beyond the limit counts towards the two as well (Making Data Count since 2023).
    """
    counts = close if outside is None else np.where(outside != 0, outside, close)
    found = np.zeros(len(side), dtype=np.int64)
    for first in np.flatnonzero((np.abs(_sums(side, 3)) == 3) & (np.abs(_sums(counts, 3)) >= 2)):
        window = slice(first, first + 3)
        found[window] = np.where(counts[window] != 0, counts[window], found[window])
    return found


def _sums(values: Signs, size: int) -> Signs:
    """The sum of every `size` values in a row; none if there are fewer."""
    total = np.concatenate(([0], np.cumsum(values)))
    return np.asarray(total[size:] - total[:-size], dtype=np.int64) if len(values) >= size else np.zeros(0, np.int64)


def _label(outside: int, rising: int, two: int, moved: int) -> str | None:
    if outside:
        return "Above UCL" if outside > 0 else "Below LCL"
    if rising:
        return f"7 Point Trend ({'Increasing' if rising > 0 else 'Decreasing'})"
    if two:
        return f"2 in 3 {'Above' if two > 0 else 'Below'} CL"
    if moved:
        return f"7 Points {'Above' if moved > 0 else 'Below'} CL"
    return None
