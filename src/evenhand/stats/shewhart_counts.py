"""Lines for what is counted: shares (p), rates (u), counts (c), and p' and u' for large denominators."""

from __future__ import annotations

import math

import numpy as np

from .chart_lines import Floats, Lines, Phase, lines
from .moving_range import D2, mean_range, one_of, pooled, unchanging


def p(phase: Phase) -> Lines:
    """Shares: binomial chance alone, about the share of all that was counted.

    Source: Montgomery, Introduction to Statistical Quality Control, section 7.2.
    """
    centre = pooled(phase)
    return lines(len(phase.values), centre, 3 * _of_share(phase, centre), least=0.0, most=1.0)


def u(phase: Phase) -> Lines:
    """Rates: Poisson chance alone, about all events over all exposure.

    Source: Montgomery, section 7.3.
    """
    centre = pooled(phase)
    return lines(len(phase.values), centre, 3 * _of_rate(phase, centre), least=0.0)


def c(phase: Phase) -> Lines:
    """Counts over equal areas of opportunity: Poisson chance alone.

    Source: Montgomery, section 7.3.
    """
    base = phase.values[phase.base]
    centre = math.fsum(base) / len(base) if len(base) else math.nan
    return lines(len(phase.values), centre, 3 * math.sqrt(centre), least=0.0)


def p_prime(phase: Phase) -> Lines:
    """Shares of so many that binomial chance is not all there is: widened (or narrowed) by what months vary.

    Source: Laney (2002), Quality Engineering 14:531.
    """
    centre = pooled(phase)
    return _widened(phase, centre, _of_share(phase, centre), most=1.0)


def u_prime(phase: Phase) -> Lines:
    """Rates over so much exposure that Poisson chance is not all there is.

    Source: Laney (2002), Quality Engineering 14:531.
    """
    centre = pooled(phase)
    return _widened(phase, centre, _of_rate(phase, centre), most=math.inf)


def _widened(phase: Phase, centre: float, sigma: Floats, *, most: float) -> Lines:
    base = np.where(phase.base, phase.values, np.nan)
    if unchanging(base):
        return lines(len(base), one_of(base), 0 * sigma, least=0.0, most=most)
    with np.errstate(divide="ignore", invalid="ignore"):
        ranges = np.abs(np.diff((base - centre) / sigma))
    wider = mean_range(ranges, screening=phase.screening) / D2
    return lines(len(base), centre, 3 * sigma * wider, least=0.0, most=most)


def _of_share(phase: Phase, centre: float) -> Floats:
    return np.sqrt(max(centre * (1 - centre), 0.0) / _exposed(phase)) if math.isfinite(centre) else phase.below * np.nan


def _of_rate(phase: Phase, centre: float) -> Floats:
    return np.sqrt(centre / _exposed(phase))


def _exposed(phase: Phase) -> Floats:
    return np.where(phase.below > 0, phase.below, np.nan)
