"""Anhoej's two rules for a run chart: is a run too long, or the centre line crossed too seldom?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..records import Runs

CROSSINGS_TAIL = 0.05  # Anhoej (2015): fewer crossings than 5% of random series have


def runs(values: NDArray[np.float64], centre: float, *, phase: int = 0) -> Runs:
    """Ask whether a series wanders about its centre line as chance would have it.

    Points on the centre line and gaps say nothing and are left out.

    Source: Anhoej & Olesen (2014) PLoS ONE 9(11):e113825; Anhoej (2015) PLoS ONE 10(3):e0121349: the longest
    run is at most round(log2 n) + 3, crossings at least the 5% point of a binomial(n - 1, 1/2).

    >>> runs(np.array([1.0, 1, 1, 1, 1, 1, 1, 1, 2, 1]), 1.5).longest_run
    8
    """
    side = np.sign(values - centre)
    side = side[np.isfinite(side) & (side != 0)]
    useful = len(side)
    if useful == 0:
        return Runs(phase, None, None, None, None, None)
    turns = np.flatnonzero(np.diff(side) != 0) + 1
    longest = int(np.max(np.diff(np.concatenate(([0], turns, [useful])))))
    longest_max = longest_run_limit(useful)
    crossings_min = crossings_limit(useful)
    return Runs(phase, longest, longest_max, len(turns), crossings_min,
                longest > longest_max or len(turns) < crossings_min)  # fmt: skip


def longest_run_limit(useful: int) -> int:
    """The longest run that chance may give among `useful` points (a half is rounded to even)."""
    return round(math.log2(useful)) + 3


def crossings_limit(useful: int) -> int:
    """The fewest crossings that chance may give among `useful` points."""
    return max(0, int(stats.binom.ppf(CROSSINGS_TAIL, useful - 1, 0.5))) if useful > 1 else 0
