"""Drivers: what the uncertainty of a total comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records import Record

Floats = NDArray[np.float64]

BINS = 40  # of an input: enough for a curve, few enough for some hundreds of draws in each


@dataclass(frozen=True, eq=False)
class Driver(Record):
    """One input, and the share of the total's variance that would go if it were known (a first-order Sobol index).

    The shares of all inputs sum to 1 or less; what is missing lies in how they act together.
    """

    driver: str
    variance_share: float


def variance_share(drawn: Floats, total: Floats) -> float:
    """How much of the variance of `total` (n,) goes with one input `drawn` (n,), 0 to 1, the chance of few draws
    taken off.

    Source: Sobol (1993); by bins of equal size, the within-bin error of each mean subtracted.

    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.normal(size=(2, 20_000))
    >>> round(variance_share(a, a + b), 1), round(variance_share(rng.normal(size=20_000), a + b), 2)
    (0.5, 0.0)
    """
    spread = float(total.var())
    if spread <= 0 or np.all(drawn == drawn[0]):
        return 0.0
    parts = np.array_split(total[np.argsort(drawn, kind="stable")], min(BINS, max(2, len(total) // 25)))
    sizes = np.array([len(part) for part in parts])
    means = np.array([part.mean() for part in parts])
    between = float(np.average((means - total.mean()) ** 2, weights=sizes))
    chance = float(np.average([part.var(ddof=1) / len(part) for part in parts], weights=sizes))
    return float(np.clip((between - chance) / spread, 0, 1))
