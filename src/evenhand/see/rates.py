"""Shares and rates of groups, with limits that hold for few events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, did_you_mean
from ..stats.byar import count_limits
from ..stats.wilson import wilson
from .units import check_counts, ratio, summed

KINDS = ("proportion", "rate")


@dataclass(frozen=True)
class Rates:
    """value: float64 (N,); low, high: float64 (L, N), one row a level. NaN for a group without a denominator."""

    units: tuple[str, ...]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def rates(
    units: Sequence[str],
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: str,
    levels: Sequence[float] = (0.95, 0.998),
) -> Rates:
    """Estimate each group's share (Wilson) or rate (exact Poisson below 10 events, Byar from 10).

    Rows of a group are summed first.

    Raises
    ------
    InputError
        If a number is negative, a share exceeds 1, or the kind is unknown.

    Source: as `stats.wilson` and `stats.byar`.

    >>> r = rates(["a", "a"], [100, 152], [300, 300], kind="proportion", levels=(0.95,))
    >>> print(f"{r.value[0]:.3f} ({r.low[0, 0]:.3f} to {r.high[0, 0]:.3f})")
    0.420 (0.381 to 0.460)
    """
    if kind not in KINDS:
        raise InputError(f"kind: expected proportion or rate, found {kind!r}{did_you_mean(kind, KINDS)}")
    names, (hits, base) = summed(units, numerator, denominator)
    check_counts(names, hits, base, share=kind == "proportion")
    low, high = (np.full((len(levels), len(names)), np.nan) for _ in range(2))
    there = np.flatnonzero(np.isfinite(hits) & (base > 0))
    for row, level in enumerate(levels):
        if kind == "proportion":
            found = [wilson(float(hits[i]), float(base[i]), level=level) for i in there]
            low[row, there], high[row, there] = [e.low for e in found], [e.high for e in found]
        else:
            fewest, most = count_limits(hits[there], level=level)
            low[row, there], high[row, there] = fewest / base[there], most / base[there]
    return Rates(names, ratio(hits, base), low, high)
