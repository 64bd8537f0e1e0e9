"""Missing months in a search for breaks: one mark for all of them, and what the published tables made of them."""

from __future__ import annotations

import numpy as np

from .changes_design import Floats
from .changes_read import SAME
from .changes_search import Fit

FILLED = -1.0  # published analysis: what stood in for a missing month


def filled(values: Floats, whole: bool) -> tuple[Floats, Floats, Floats]:
    """Series without gaps, the columns each regression keeps, and what stands in the gaps.

    Missing months share one mark. What stands in them is then of no account; the unit's mean is kindest to rounding.
    """
    constant = np.ones(values.shape)
    if whole:
        return values, constant[:, :, None], np.zeros(len(values))
    gaps = np.isnan(values)
    fill = np.nanmean(values, axis=1)
    return np.where(gaps, fill[:, None], values), np.stack([constant, gaps.astype(float)], axis=2), fill


def lines(regression: Fit, place: int, values: Floats, fill: float) -> tuple[Floats, Floats]:
    """The fitted line, also through missing months; and what the published tables looked levels up in.

    They dropped every fitted value below zero: in missing months, where -1 stood in, and where the line itself dips
    below. All later levels then move up one place.
    """
    line = regression.fitted[place].copy()
    seen = line.copy()
    gaps = np.isnan(values)
    if gaps.any():
        seen[gaps] += FILLED - fill
        line[gaps] -= regression.kept[place, 1]
    return line, seen[seen >= -SAME * np.nanmax(np.abs(values))]
