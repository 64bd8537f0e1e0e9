"""Lines for single values, from the moving range: XmR, I, I' (I prime), and the run chart, which has a median only."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction

import numpy as np

from .chart_lines import Floats, Lines, Phase, lines

XMR = 2.66  # Making Data Count: 3 / 1.128, as published, rounded
SCREEN = 3.267  # Making Data Count, Nelson (1982): upper limit of a moving range; a larger one is left out, once
SCREEN_PRIME = 3.2665  # Taylor (2017), the I' chart; qicharts2 0.8.1 keeps its fourth decimal there
TERMS, LARGE = 8, 1e300  # of an exact sum: two or three are usual; beyond this a sum of doubles may overflow
D2 = 1.128  # Montgomery, appendix VI: mean range of two standard normal values


def xmr(phase: Phase) -> Lines:
    """Mean and limits as Making Data Count draws them."""
    centre, average = _individuals(phase)
    return lines(len(phase.values), centre, XMR * average)


def individuals(phase: Phase) -> Lines:
    """The I chart: three standard deviations, each 1/1.128 of the mean moving range.

    Source: Montgomery, Introduction to Statistical Quality Control, section 6.4.
    """
    centre, average = _individuals(phase)
    return lines(len(phase.values), centre, 3 * (average / D2))


def individuals_prime(phase: Phase) -> Lines:
    """The I' chart of a ratio: limits that follow the denominator, their width from the data alone.

    Source: Taylor (2017), Normalized Individuals (I_N) control chart, variation.com; every moving range is put on
    the scale of one unit of the denominator, sqrt(pi/2) |difference| / sqrt(1/n + 1/n before).
    """
    base = np.where(phase.base, phase.values, np.nan)
    centre = pooled(phase)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.where(phase.below > 0, phase.below, np.nan)
        ranges = math.sqrt(math.pi / 2) * np.abs(np.diff(base)) / np.sqrt(1 / below[1:] + 1 / below[:-1])
    sigma = mean_range(ranges, screening=phase.screening, factor=SCREEN_PRIME)
    if unchanging(base):
        centre, sigma = one_of(base), 0.0
    return lines(len(base), centre, 3 * sigma / np.sqrt(below))


def run_chart(phase: Phase) -> Lines:
    """The median, and no limits."""
    base = phase.values[phase.base]
    return lines(len(phase.values), float(np.median(base)) if len(base) else math.nan, math.nan)


def mean_range(ranges: Floats, *, screening: bool, factor: float = SCREEN) -> float:
    """The mean of the moving ranges that there are, those of `factor` means or more left out once; NaN of none."""
    known = ranges[np.isfinite(ranges)]
    if len(known) == 0:
        return math.nan
    average = exact_mean(known)
    return exact_mean(known[known < factor * average]) if screening and average > 0 else average


def pooled(phase: Phase) -> float:
    """All that was counted over all that it was counted in."""
    below = math.fsum(phase.below[phase.base])
    return math.fsum(phase.top[phase.base]) / below if below > 0 else math.nan


def exact_mean(values: Floats) -> float:
    """The mean, rounded once: a point that lies on it must not fall beside it.

    The exact sum is taken as a few numbers, each the rounded rest of what those before it leave; that takes a tenth of
    the time of fractions throughout.
    """
    given = values.tolist()
    total, rests = Fraction(0), list(given)
    for _ in range(TERMS):
        part = math.fsum(rests) if max(map(abs, given), default=0.0) < LARGE else math.nan
        if part == 0:
            return float(total / len(given))
        if not math.isfinite(part):
            break
        total += Fraction(part)
        rests.append(-part)
    return float(statistics.mean(given))


def unchanging(values: Floats) -> bool:
    """Whether all of 2 values or more are one, but for the last digits of a division."""
    known = values[np.isfinite(values)]
    return len(known) > 1 and float(np.ptp(known)) <= 1e-14 * float(np.max(np.abs(known)))  # some 50 roundings


def one_of(values: Floats) -> float:
    """The first value that is known."""
    return float(values[np.isfinite(values)][0])


def _individuals(phase: Phase) -> tuple[float, float]:
    base = np.where(phase.base, phase.values, np.nan)
    if not phase.base.any():
        return math.nan, math.nan
    average = mean_range(np.abs(np.diff(base)), screening=phase.screening)
    if average == 0 and np.nanmax(base) > np.nanmin(base):  # only gaps lie between the changes
        average = math.nan
    return exact_mean(base[phase.base]), average
