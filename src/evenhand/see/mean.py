"""Means of groups, with Student's limits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from .rates import Rates
from .units import summed


def means(units: Sequence[str], values: ArrayLike, *, levels: Sequence[float] = (0.95, 0.998)) -> Rates:
    """Estimate each group's mean from its rows; NaN limits for one row alone, NaN for a group with a missing value.

    Source: Student (1908) Biometrika 6:1.

    >>> r = means(["a", "a", "a"], [1, 2, 3], levels=(0.95,))
    >>> print(f"{r.value[0]:.2f} ({r.low[0, 0]:.2f} to {r.high[0, 0]:.2f})")
    2.00 (-0.48 to 4.48)
    """
    x = np.asarray(values, dtype=np.float64)
    names, (total, count) = summed(units, x, np.ones(len(x)))
    mean = total / count
    where = {name: i for i, name in enumerate(names)}
    _, (square,) = summed(units, (x - mean[[where[unit] for unit in units]]) ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(square / (count - 1) / count)
        reach = np.array([stats.t.ppf((1 + level) / 2, count - 1) * error for level in levels])
    return Rates(names, mean, mean - reach, mean + reach)
