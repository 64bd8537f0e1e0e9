"""Credibility: how far can one practice's own figures be trusted, by its size?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Credibility(Record):
    """within: variance of one patient's worth of a year's figure; between: variance of practices' lasting levels;
    half: patients at which a practice's own figure counts for one half, within / between."""

    within: float
    between: float

    @property
    def half(self) -> float:
        """The k of Z = n / (n + k)."""
        return self.within / self.between


def credibility(value: Floats, weight: Floats) -> Credibility:
    """Estimate how much of the spread of yearly figures lasts, and how much is chance.

    Parameters
    ----------
    value
        float64 (practices, years): a figure for each year, such as cost against need.
    weight
        float64 (practices, years): what stands behind it, such as patients; above 0.

    Raises
    ------
    InputError
        If there are fewer than two practices or two years, or no lasting difference can be seen.

    Source: Buhlmann and Straub (1970), unbiased estimators; checked against Hachemeister (1975).
    """
    practices, years = value.shape
    if practices < 2 or years < 2:
        raise InputError(f"credibility needs two practices and two years or more; found {practices} and {years}")
    size = weight.sum(axis=1)
    own = (weight * value).sum(axis=1) / size
    within = float((weight * (value - own[:, None]) ** 2).sum()) / (practices * (years - 1))
    whole = float(size.sum())
    mean = float((size * own).sum()) / whole
    spread = float((size * (own - mean) ** 2).sum()) - (practices - 1) * within
    between = spread / (whole - float((size**2).sum()) / whole)
    if between <= 0:
        raise InputError(
            "the yearly figures show no lasting difference between practices, so no credibility can be estimated from "
            "them; give it as a number of patients"
        )
    return Credibility(within, between)


def trust(population: Floats, half: float) -> Floats:
    """Z: the share at which a practice of so many patients is trusted, 0 to 1, float64 (P,).

    >>> trust(np.array([0.0, 2000.0, 6000.0]), 2000.0).tolist()
    [0.0, 0.5, 0.75]
    """
    together = population + half
    return np.divide(population, together, out=np.ones_like(population), where=together > 0)
