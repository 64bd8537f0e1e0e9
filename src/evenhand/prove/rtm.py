"""What chance alone gives back when units are chosen for being far out: regression to the mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import erfcx, ndtr

from ..errors import InputError
from ..records import Record


@dataclass(frozen=True, eq=False)
class Regression(Record):
    """What to expect of units chosen beyond a cut, when nothing at all is done.

    regression_to_the_mean: how far their mean moves back towards the mean of all (>= 0, in the measure's unit);
    selected_mean: their mean when chosen; expected_mean: their mean when looked at again;
    share_selected: the share of units beyond the cut; reliability: between / (between + within / months).
    """

    regression_to_the_mean: float
    selected_mean: float
    expected_mean: float
    share_selected: float
    reliability: float


def rtm(
    *,
    mean: float,
    sd_between: float,
    sd_within: float,
    months: int = 1,
    cut: float,
    side: Literal["above", "below"] = "above",
) -> Regression:
    """Work out the regression to the mean to expect when units beyond a cut are chosen.

    Holds where true values and noise are near normal; for skewed measures it says too little (Linden 2013).

    Parameters
    ----------
    mean
        The mean of all units.
    sd_between, sd_within
        The spread of true values between units, and of one unit's months about its true value.
    months
        Months that are averaged when units are chosen.
    cut
        Units above it (or below it, by `side`) are chosen.

    Raises
    ------
    InputError
        If a spread is below 0, both are 0, or months is below 1.

    Source: Barnett, van der Pols and Dobson (2005), Int J Epidemiology 34:215, equation 1, with m measurements.

    >>> round(rtm(mean=60, sd_between=0, sd_within=15, cut=40, side="below").regression_to_the_mean, 2)
    26.97
    """
    if sd_between < 0 or sd_within < 0 or sd_between + sd_within == 0:
        raise InputError(f"need two spreads of 0 or more, not both 0; got {sd_between:g} between, {sd_within:g} within")
    if months < 1:
        raise InputError(f"months: expected a whole number above 0, got {months}")
    noise = sd_within**2 / months
    total = float(np.sqrt(sd_between**2 + noise))
    z = (cut - mean) / total if side == "above" else (mean - cut) / total
    # phi(z) / (1 - Phi(z)), by the scaled complement so that it holds far out
    c = float(np.sqrt(2 / np.pi) / erfcx(z / np.sqrt(2)))
    back = c * noise / total
    outward = 1 if side == "above" else -1
    selected = mean + outward * c * total
    return Regression(back, selected, selected - outward * back, float(ndtr(-z)), sd_between**2 / total**2)
