"""Apart: how far each unit of a measure lies from the rest, on one scale for measures of every kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..measures import Measure
from ..see.outliers import scattered, z_scores

FEWEST_PLACES = 10  # units to be compared with, as for a picture of a funnel
BY_COUNTS, BY_SCATTER = "counts", "scatter of organisations of like size"

Floats = NDArray[np.float64]


def apart(
    measure: Measure, numerator: Floats, denominator: Floats, fair: NDArray[np.bool_], expected: Floats
) -> tuple[Floats, Floats, str]:
    """z-scores of the values and of observed over expected, each float64 (U,), and what they rest on.

    Standard normal by chance and the variation that all share. NaN for a unit that is not `fair`, for all where fewer
    than ten are, and without an `expected`; '' where nothing could be compared. Pounds are no counts: they are
    compared with organisations of like size, as they are and over what is expected of their patients.
    """
    missing = np.full(len(numerator), np.nan)
    if fair.sum() < FEWEST_PLACES:
        return missing, missing, ""
    top, bottom, foreseen = (np.where(fair, side, np.nan) for side in (numerator, denominator, expected))
    told = fair & (foreseen > 0)
    foreseen = np.where(told, foreseen, np.nan)
    few = told.sum() < FEWEST_PLACES
    with np.errstate(invalid="ignore"):
        if counted(measure, top[fair]):
            share = measure.is_share and bool((top[fair] <= bottom[fair]).all())
            z = z_scores(top, bottom, kind="proportion" if share else "rate")
            unlike = missing if few else z_scores(top, foreseen, kind="ratio")
        else:
            z, unlike = scattered(top / bottom, bottom), missing if few else scattered(top / foreseen, bottom)
    if not np.isfinite(z).any():
        return z, unlike, ""
    return z, unlike, BY_COUNTS if counted(measure, top[fair]) else BY_SCATTER


def counted(measure: Measure, numerator: Floats) -> bool:
    """Whether the numerators are counts, of which chance is known."""
    if measure.unit.startswith("£"):
        return False
    return bool((numerator == np.round(numerator)).all() and (numerator >= 0).all())
