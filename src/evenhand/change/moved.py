"""Moved: what a series shows before and after a moment, against its own month-to-month noise. It proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from ..errors import InputError
from ..records import Estimate, Record

Floats = NDArray[np.float64]
Times = NDArray[Any]

IMPROVES = ("increase", "decrease", "neutral")
D2 = 1.128  # sigma from the mean moving range of two points; Shewhart's constant, as on an XmR chart
SCREEN = 3.267  # METHODS F.2: moving ranges so many times their mean are left out, once
KNOWN = 0.605  # degrees of freedom a moving range: Cryer and Ryan (1990), J Qual Technol 22:187, its efficiency
FEWEST_RANGES = 5  # fewer tell no noise: t with 3 degrees of freedom is where the interval is still of use (our rule)
LONGEST = 12  # months on either side, so that the seasons are in both (our rule)


@dataclass(frozen=True, eq=False)
class Moved(Record):
    """Means before and after a moment, and their difference, each with its interval; NaN where it cannot be known.

    points_before, points_after: known values that each rests on. way: better, worse or changed (neither way is
    better) if chance does not explain the difference; same if it does; None if nobody can tell.
    """

    before: Estimate
    after: Estimate
    change: Estimate
    points_before: int
    points_after: int
    way: str | None


def moved(values: Floats, after: NDArray[np.bool_], *, improves: str = "increase", longest: int = LONGEST) -> Moved:
    """Did a series lie elsewhere after a moment than before it, by more than its own noise?

    The noise is that of an XmR chart: the mean moving range within each side, so that a step between them is none of
    it. Holds for a series without a strong season or trend; both are in the difference if it has them, and so is
    regression to the mean where the moment was chosen for a bad month. It is what the data shows, not what the
    moment caused.

    Parameters
    ----------
    values
        float64 (T,) in time order, NaN at a gap.
    after
        bool (T,), False up to the moment and True from then on.
    improves
        increase, decrease or neutral.
    longest
        So many points on either side, those nearest to the moment before it and the latest after it.

    Raises
    ------
    InputError
        If improves is none of the three, the lengths differ, or `after` goes back to False.

    Source: Shewhart's moving range; degrees of freedom by Cryer and Ryan (1990), J Qual Technol 22:187.

    >>> series = np.array([30.0, 31, 29, 30, 32, 30, 29, 31, 24, 23, 25, 24, 25])
    >>> found = moved(series, np.arange(13) >= 8, improves="decrease")
    >>> found.way, round(found.change.value, 2), bool(found.change.high < 0)
    ('better', -6.05, True)
    """
    if improves not in IMPROVES:
        raise InputError(f"improves: expected one of {', '.join(IMPROVES)}, found {improves!r}")
    if len(values) != len(after) or np.any(np.diff(after.astype(np.int8)) < 0):
        raise InputError("after: expected one answer for each value, no and then yes")
    first, second = values[~after][-longest:], values[after][-longest:]
    spread, known = noise(first, second)
    n0, n1 = (int(np.isfinite(part).sum()) for part in (first, second))
    before, now = mean(first, spread, known), mean(second, spread, known)
    both = n0 > 0 and n1 > 0
    change = interval(now.value - before.value if both else float("nan"),
                      spread * np.sqrt(1 / n0 + 1 / n1) if both else float("nan"), known)  # fmt: skip
    return Moved(before, now, change, n0, n1, way(change, improves))


def noise(*parts: Floats) -> tuple[float, float]:
    """The standard deviation of a point about its level, and its degrees of freedom; no range spans two parts.

    NaN and 0 where fewer than five moving ranges are known.
    """
    ranges = np.concatenate([np.abs(np.diff(part)) for part in parts] or [np.zeros(0)])
    ranges = ranges[np.isfinite(ranges)]
    if len(ranges) < FEWEST_RANGES:
        return float("nan"), 0.0
    kept = ranges[ranges < SCREEN * ranges.mean()] if ranges.any() else ranges
    return float(kept.mean()) / D2, KNOWN * len(kept)


def mean(part: Floats, spread: float, known: float) -> Estimate:
    """The mean of the known points of one part, with the interval that the noise gives it."""
    there = part[np.isfinite(part)]
    if not len(there):
        return Estimate(float("nan"))
    return interval(float(there.mean()), spread / np.sqrt(len(there)), known)


def interval(value: float, se: float, known: float, *, level: float = 0.95) -> Estimate:
    """An estimate with Student's interval; NaN ends where the noise is not known."""
    if not np.isfinite(value) or not np.isfinite(se):
        return Estimate(value)
    wide = float(student.ppf(0.5 + level / 2, known)) * se
    return Estimate(value, float(se), value - wide, value + wide, level)


def way(change: Estimate, improves: str) -> str | None:
    """better, worse, changed, same; None where the interval is not known."""
    if not np.isfinite(change.low):
        return None
    if change.low <= 0 <= change.high:
        return "same"
    if improves == "neutral":
        return "changed"
    return "better" if (change.value > 0) == (improves == "increase") else "worse"


def suggested_size(value: float, best_quarter: float, *, improves: str) -> float:
    """How far a promise might go: half of the way to the best quarter, to two figures; NaN where there is no way.

    >>> suggested_size(0.31, 0.22, improves="decrease"), suggested_size(0.2, 0.22, improves="decrease")
    (-0.045, nan)
    """
    gap = best_quarter - value
    better = gap > 0 if improves == "increase" else gap < 0
    if improves == "neutral" or not np.isfinite(gap) or not better:
        return float("nan")
    return float(f"{gap / 2:.2g}")
