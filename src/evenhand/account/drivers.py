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
    bins = min(BINS, max(2, len(total) // 25))
    sizes, means, variances = _in_bins(total[_order(drawn)], bins)
    between = float(np.average((means - total.mean()) ** 2, weights=sizes))
    chance = float(np.average(variances / sizes, weights=sizes))
    return float(np.clip((between - chance) / spread, 0, 1))


def _order(values: Floats) -> NDArray[np.intp]:
    """What puts `values` in order, equal ones as they stand: where no two are equal, in a fifth of the time."""
    order = np.argsort(values)
    inner = values[order]
    return np.argsort(values, kind="stable") if np.any(inner[1:] == inner[:-1]) else order


def _in_bins(values: Floats, bins: int) -> tuple[Floats, Floats, Floats]:
    """Size, mean and sample variance of each of `bins` runs of `values` that differ in length by one at most, the
    longer ones first, as `numpy.array_split` cuts them."""
    size, more = divmod(len(values), bins)
    cut = more * (size + 1)
    blocks = [values[:cut].reshape(more, size + 1), values[cut:].reshape(bins - more, size)]
    there = [block for block in blocks if len(block)]
    return (
        np.concatenate([np.full(len(block), float(block.shape[1])) for block in there]),
        np.concatenate([block.mean(axis=1) for block in there]),
        np.concatenate([block.var(axis=1, ddof=1) for block in there]),
    )
