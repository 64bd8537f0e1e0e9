"""Lines for several values a period: their mean (xbar) and their standard deviation (s), subgroups of any size."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from .chart_lines import Floats, Lines, Phase, lines


def summed(values: Floats, point: NDArray[np.int64], points: int) -> tuple[Floats, Floats, Floats]:
    """Mean, standard deviation and number of the values (N,) of each point, each float64 (points,).

    `point` (N,) is the position of each value's subgroup, 0 to points - 1. Missing values are not counted; one
    value has no deviation, none have no mean.
    """
    known = np.isfinite(values)
    values, point = values[known], point[known]
    number = np.bincount(point, minlength=points).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(point, values, points) / number
        squares = np.bincount(point, (values - mean[point]) ** 2, points)
        deviation = np.where(number > 1, np.sqrt(squares / (number - 1)), np.nan)
    return mean, deviation, number


def xbar(phase: Phase) -> Lines:
    """Means of subgroups, about the mean of all values; limits from the deviation within subgroups.

    A subgroup of one value has no limit: nothing of its own says how far it may lie.

    Source: Montgomery, Introduction to Statistical Quality Control, section 6.3: A3 = 3 / (c4 sqrt(n)).
    """
    number = phase.below[phase.base]
    centre = math.fsum(number * phase.values[phase.base]) / math.fsum(number) if len(number) else math.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = 3 / (c4(phase.below) * np.sqrt(phase.below)) * _within(phase)
    return lines(len(phase.values), centre, reach)


def s(phase: Phase) -> Lines:
    """Standard deviations within subgroups; limits B3 and B4. Too skewed for nearness to a limit to mean anything.

    Source: Montgomery, section 6.3: 1 -/+ (3 / c4) sqrt(1 - c4 squared).
    """
    centre, factor = _within(phase), c4(phase.below)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = lines(len(phase.values), centre, 3 / factor * np.sqrt(1 - factor**2) * centre, least=0.0)
    none = np.full(len(phase.values), np.nan)
    return Lines(found.centre, found.lower, found.upper, none, none)


def c4(number: Floats) -> Floats:
    """The mean standard deviation of `number` standard normal values; NaN below two.

    >>> c4(np.array([2.0, 5.0])).round(4)        # Montgomery, appendix VI
    array([0.7979, 0.94  ])
    """
    n = np.where(number > 1, number, np.nan)
    return np.asarray(np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2)), dtype=np.float64)


def _within(phase: Phase) -> float:
    """The deviation within subgroups: the mean of equal ones, pooled over unequal ones."""
    use = phase.base & np.isfinite(phase.spread)
    number, spread = phase.below[use], phase.spread[use]
    if len(number) == 0:
        return math.nan
    if np.unique(phase.below[phase.base]).size == 1:
        return math.fsum(spread) / len(spread)
    return math.sqrt(math.fsum((number - 1) * spread**2) / math.fsum(number - 1))
