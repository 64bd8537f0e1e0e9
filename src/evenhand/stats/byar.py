"""Limits of a count: exact Poisson for few events, Byar's approximation for more."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..errors import InputError

EXACT_BELOW = 10  # PHE technical guide on confidence intervals: Byar's holds from 10 events

Floats = NDArray[np.float64]


def count_limits(events: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of the number of events to expect, of each count in an array; NaN stays NaN.

    Raises
    ------
    InputError
        If a count is negative or the level is not between 0 and 1.

    Source: Garwood (1936) Biometrika 28:437 (exact); Byar's formula in Breslow & Day (1987), IARC 82, page 69.

    >>> low, high = count_limits([2, 10])
    >>> [round(float(x), 3) for x in (low[0], high[0], low[1], high[1])]
    [0.242, 7.225, 4.787, 18.391]
    """
    x = np.asarray(events, dtype=np.float64)
    if np.any(x < 0):
        raise InputError(f"events: expected 0 or more, found {x[x < 0].ravel()[0]:g}")
    if not 0 < level < 1:
        raise InputError(f"level: expected a share between 0 and 1, found {level:g}")
    z, tail = float(stats.norm.ppf((1 + level) / 2)), (1 - level) / 2
    some = np.where(x > 0, x, 1.0)
    low = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    high = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    exact_low = np.where(x == 0, 0.0, stats.chi2.ppf(tail, 2 * some) / 2)
    exact_high = stats.chi2.ppf(1 - tail, 2 * x + 2) / 2
    few = x < EXACT_BELOW
    return np.where(few, exact_low, np.where(np.isnan(x), np.nan, low)), np.where(few, exact_high, high)
