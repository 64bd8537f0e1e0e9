"""Least squares over time with classical, heteroscedasticity-consistent or Newey-West errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .contrasts import Fitted

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def least_squares(y: Floats, X: Floats, when: Whole, *, lags: int | None) -> Fitted:
    """Fit y (n,) on X (n, k) by least squares; t(n - k).

    `lags` None: classical errors. Else Newey and West's, x n/(n - k); 0 lags are HC1. `when` (n,) counts months, so
    that two months are one lag apart by the calendar, and not because what lies between them is missing.

    Source: Newey and West (1987), Econometrica 55:703, without prewhitening; as R's sandwich::NeweyWest.
    """
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ X.T @ y
    u = y - X @ beta
    df = len(y) - X.shape[1]
    if lags is None:
        return Fitted(beta, bread * float(u @ u) / df, df)
    return Fitted(beta, bread @ long_run(X * u[:, None], when, lags) @ bread * (len(y) / df), df)


def long_run(scores: Floats, when: Whole, lags: int) -> Floats:
    """The sum of products of scores (n, k) up to `lags` apart, with Bartlett's weights 1 - l/(lags + 1)."""
    grid = np.zeros((int(when[-1] - when[0]) + 1, scores.shape[1]))
    grid[when - when[0]] = scores
    total = grid.T @ grid
    for lag in range(1, min(lags, len(grid) - 1) + 1):
        part = grid[lag:].T @ grid[:-lag]
        total += (1 - lag / (lags + 1)) * (part + part.T)
    return total


def usual_lags(n: int) -> int:
    """The lags usually taken for n points: floor(4 (n/100)^(2/9)).

    Source: Newey and West (1994), Review of Economic Studies 61:631.

    >>> [usual_lags(n) for n in (36, 61, 93, 120)]
    [3, 3, 3, 4]
    """
    return int(4 * (n / 100) ** (2 / 9))
