"""Ranks: where a value stands among others, from 0 (lowest) to 1 (highest); deciles; groups of equal number."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from ..errors import InputError


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


def deciles(values: ArrayLike) -> NDArray[np.float64]:
    """The nine deciles of each column of values (N, T), lowest first: float64 (9, T), or (9,) of values (N,).

    Missing values are left out; a column without any has NaN.

    Source: quantiles of type 7 (Hyndman & Fan 1996), as PERCENTILE_CONT in SQL and on OpenPrescribing's charts.

    >>> deciles([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, np.nan]).tolist()
    [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    table = np.sort(numbers.reshape(len(numbers), -1), axis=0)  # NaN last
    count = np.isfinite(table).sum(axis=0)
    out = np.full((9, table.shape[1]), np.nan)
    there = np.flatnonzero(count)
    at = np.arange(1, 10)[:, None] / 10 * (count[there] - 1)[None, :]
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, count[there] - 1)
    low, high = table[below, there], table[above, there]
    out[:, there] = low + (at - below) * (high - low)
    return out.reshape(9, *numbers.shape[1:])


def quantile_groups(values: ArrayLike, groups: int, *, highest_first: bool = False) -> NDArray[np.float64]:
    """The group, 1 to `groups`, of each value (N,) when they are cut into groups of equal number; NaN stays NaN.

    Ties fall into one group. 1 holds the lowest values, or with `highest_first` the highest.

    Raises
    ------
    InputError
        If there are fewer values than groups, or fewer than two groups.

    Source: OHID's published method for area deciles, as PHEindicatormethods 2.1.0 has it.

    >>> quantile_groups([3.0, 1.0, 2.0, np.nan, 4.0], 2).tolist()
    [2.0, 1.0, 1.0, nan, 2.0]
    """
    numbers = np.asarray(values, dtype=np.float64)
    there = np.isfinite(numbers)
    n = int(there.sum())
    if groups < 2 or n < groups:
        raise InputError(f"groups: expected 2 or more and at least as many values, found {groups} of {n} values")
    rank = rankdata(-numbers[there] if highest_first else numbers[there], method="min")
    out = np.full(numbers.shape, np.nan)
    out[there] = np.maximum(1, np.floor(groups + 1 - np.ceil((n + 1 - rank) / (n / groups))))
    return out
