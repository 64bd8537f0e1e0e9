"""What a kind of control chart is given of one phase, and the lines it answers with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEAR = 2 / 3  # Making Data Count: "near the limit" is two thirds of the way there

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Phase:
    """T points of one phase, each float64 (T,), in time order; NaN at a gap.

    values: what is drawn. top, below: what it was divided from, where it was (subgroup sizes for xbar and s).
    spread: the standard deviation within each subgroup. base: bool (T,), the counted points that set the lines.
    """

    values: Floats
    top: Floats
    below: Floats
    spread: Floats
    base: NDArray[np.bool_]
    screening: bool


@dataclass(frozen=True)
class Lines:
    """Centre, limits, and two thirds of the way to them, each float64 (T,); NaN where there is none."""

    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats


def lines(points: int, centre: float, reach: Floats | float, *, least: float = -np.inf, most: float = np.inf) -> Lines:
    """Lines about a centre, `reach` to either side, cut off at what the measure can be at least and at most."""
    middle = np.full(points, centre)
    lower, upper = middle - reach, middle + reach
    near_lower, near_upper = middle - NEAR * (middle - lower), middle + NEAR * (upper - middle)
    return Lines(middle, *(np.clip(line, least, most) for line in (lower, upper, near_lower, near_upper)))
