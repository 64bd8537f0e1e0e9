"""Lines for rare events: the time between them (t), and the cases between them (g)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from .chart_lines import Floats, Lines, Phase
from .moving_range import individuals

POWER = 3.6  # Nelson (1994): time between Poisson events to this root is nearly normal


def t(phase: Phase) -> Lines:
    """Time between events, on the scale of `rooted`: an I chart there, cut off at no time at all.

    Source: Nelson (1994), Journal of Quality Technology 26:232; Montgomery, section 7.3.5.
    """
    found = individuals(phase)
    return replace(found, lower=np.maximum(found.lower, 0.0), near_lower=np.maximum(found.near_lower, 0.0))


def g(phase: Phase) -> Lines:
    """Cases between events: limits of a geometric count, about the median, so that half of all points lie above.

    Nearness to a limit says nothing on so skewed a scale, so there is none.

    Source: Benneyan (2001), Health Care Management Science 4:305; centre line as qicharts2 0.8.1 draws it.
    """
    base, points = phase.values[phase.base], len(phase.values)
    none = np.full(points, np.nan)
    if len(base) == 0:
        return Lines(none, none, none, none, none)
    mean = math.fsum(base) / len(base)
    reach = 3 * math.sqrt(mean * (mean + 1))
    lower, upper = np.full(points, max(mean - reach, 0.0)), np.full(points, mean + reach)
    return Lines(np.full(points, float(np.median(base))), lower, upper, none, none)


def rooted(values: Floats) -> Floats:
    """Time on the scale where it is nearly normal."""
    return np.asarray(values ** (1 / POWER), dtype=np.float64)


def unrooted(values: Floats) -> Floats:
    """Back to time."""
    return np.asarray(values**POWER, dtype=np.float64)
