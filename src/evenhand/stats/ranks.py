"""Ranks: where a value stands among others, from 0 (lowest) to 1 (highest)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata


def percent_rank(values: ArrayLike) -> NDArray[np.float64]:
    """The share of the others that are lower, for each value (N,); missing values are left out and stay missing.

    (rank - 1) / (n - 1) with ties sharing the lowest of their ranks, over the n values that are there. One value
    alone has rank 0.

    Source: SQL:2003 PERCENT_RANK; the same as OpenPrescribing's percentile of an organisation.

    >>> percent_rank([5.0, 1.0, 5.0, np.nan, 9.0]).tolist()
    [0.3333333333333333, 0.0, 0.3333333333333333, nan, 1.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    there = np.isfinite(numbers)
    ranks = np.full(numbers.shape, np.nan)
    if there.any():
        ranks[there] = (rankdata(numbers[there], method="min") - 1) / max(1, int(there.sum()) - 1)
    return ranks
