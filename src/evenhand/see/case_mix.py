"""Case-mix of units: what is expected of each, its rows summed first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .expected import expected
from .units import check_counts, columns, summed

Floats = NDArray[np.float64]


def by_case_mix(
    units: Sequence[str], numerator: ArrayLike, denominator: ArrayLike, case_mix: ArrayLike
) -> tuple[Floats, Floats]:
    """Each unit's observed numerator and the one that its case-mix lets expect, float64 (N,), in order of appearance.

    Case-mix of several rows is their mean, weighted by denominators. NaN for a unit with a missing number or no
    denominator; the expected add up to the observed over all others. Observed over expected is a unit's ratio,
    adjusted; put it into a funnel of kind ratio.

    Raises
    ------
    InputError
        As `expected`, or if a count is negative or a case-mix is missing.

    >>> observed, foreseen = by_case_mix(list("abcde"), [10, 21, 30, 39, 50], [100] * 5, [0, 1, 2, 3, 4])
    >>> (observed / foreseen).round(2).tolist()
    [0.96, 1.04, 1.0, 0.98, 1.01]
    """
    names, (hits, base) = summed(units, numerator, denominator)
    check_counts(names, hits, base, share=False)
    mix = columns(units, case_mix, denominator)
    there = np.flatnonzero(np.isfinite(hits) & (base > 0))
    foreseen = np.full(len(names), np.nan)
    foreseen[there] = expected(hits[there], base[there], mix[there])
    return np.where(np.isfinite(foreseen), hits, np.nan), foreseen
