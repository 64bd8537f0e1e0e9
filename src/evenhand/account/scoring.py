"""Scoring: how good forecasts were, once the truth is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ..errors import InputError
from ..records import Record
from ..stats.wilson import wilson

Floats = NDArray[np.float64]

_Z90 = 1.6448536269514722  # half a 90% interval of a normal, in standard deviations
_Z50 = 0.6744897501960817


@dataclass(frozen=True, eq=False)
class Guess(Record):
    """One forecast, for scoring. probability: that the truth is at least `target` (NaN if none was given);
    quantiles: (K,) at 1/(K+1) ... K/(K+1), or empty: then a normal is laid through median and 90% interval."""

    name: str
    median: float
    low_90: float
    high_90: float
    low_50: float = float("nan")
    high_50: float = float("nan")
    probability: float = float("nan")
    target: float = float("nan")
    quantiles: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Scored(Record):
    """One forecast and its truth. crps in the unit of the truth, 0 is perfect; brier: (probability - came true)^2;
    place: the share of the forecast that lies below the truth, which should be anywhere between 0 and 1."""

    forecast: str
    truth: float
    median: float
    low_90: float
    high_90: float
    crps: float
    brier: float
    reached: bool | None
    inside_50: bool
    inside_90: bool
    place: float


@dataclass(frozen=True, eq=False)
class Scores(Record):
    """All forecasts together. crps_of_median: what the bare medians, without their intervals, would score; bias: mean
    of median minus truth; coverage with a 95% interval by Wilson; brier_of_base_rate: what always saying how often
    targets were reached would score. NaN where nothing says it."""

    n: int
    crps: float
    crps_of_median: float
    bias: float
    brier: float
    brier_of_base_rate: float
    coverage_50: float
    coverage_50_low: float
    coverage_50_high: float
    coverage_90: float
    coverage_90_low: float
    coverage_90_high: float
    forecasts: tuple[Scored, ...]


def score(guesses: Sequence[Guess], truth: Sequence[float]) -> Scores:
    """Hold forecasts against what came.

    Parameters
    ----------
    truth
        One number a forecast, in the same order and unit.

    Raises
    ------
    InputError
        If there is no forecast, or an interval is the wrong way round.

    Source: Gneiting and Raftery (2007), JASA 102:359 (CRPS); Brier (1950), Monthly Weather Review 78:1.

    >>> found = score([Guess("a", 10, 0, 20, probability=0.8, target=8)], [12.0])
    >>> round(found.brier, 2), found.coverage_90
    (0.04, 1.0)
    """
    if not guesses:
        raise InputError("expected at least one forecast whose truth is known, found none")
    rows = tuple(_one(guess, float(value)) for guess, value in zip(guesses, truth, strict=True))
    came = np.array([row.reached for row in rows if row.reached is not None], dtype=float)
    errors = np.array([row.median - row.truth for row in rows])
    half = wilson(sum(row.inside_50 for row in rows), len(rows))
    most = wilson(sum(row.inside_90 for row in rows), len(rows))
    briers = np.array([row.brier for row in rows if np.isfinite(row.brier)])
    nothing = float("nan")
    return Scores(
        len(rows), float(np.mean([row.crps for row in rows])), float(np.abs(errors).mean()), float(errors.mean()),
        float(briers.mean()) if len(briers) else nothing,
        float(((came - came.mean()) ** 2).mean()) if len(came) else nothing,
        half.value, half.low, half.high, most.value, most.low, most.high, rows,
    )  # fmt: skip


def crps_normal(mean: float, sd: float, truth: float) -> float:
    """The CRPS of a normal forecast.

    >>> round(crps_normal(0.0, 1.0, 0.0), 4)   # Gneiting and Raftery (2007): 2 phi(0) - 1/sqrt(pi)
    0.2337
    """
    if sd <= 0:
        return abs(truth - mean)
    z = (truth - mean) / sd
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return float(sd * (z * (2 * ndtr(z) - 1) + 2 * density - 1 / np.sqrt(np.pi)))


def crps_quantiles(quantiles: Floats, truth: float) -> float:
    """The CRPS of a forecast given by K quantiles at k/(K+1): twice the mean pinball loss."""
    levels = np.arange(1, len(quantiles) + 1) / (len(quantiles) + 1)
    error = truth - quantiles
    return float(2 * np.mean(np.where(error >= 0, levels * error, (levels - 1) * error)))


def _one(guess: Guess, truth: float) -> Scored:
    if not guess.low_90 <= guess.median <= guess.high_90:
        raise InputError(f"forecast {guess.name!r}: expected low_90 <= median <= high_90, found {guess.low_90:g}, "
                         f"{guess.median:g}, {guess.high_90:g}")  # fmt: skip
    if not (np.isnan(guess.probability) or 0 <= guess.probability <= 1):
        raise InputError(f"forecast {guess.name!r}: probability: expected 0 to 1, found {guess.probability:g}")
    sd = (guess.high_90 - guess.low_90) / (2 * _Z90)
    low, high = guess.low_50, guess.high_50
    if np.isnan(low) or np.isnan(high):
        low, high = guess.median - _Z50 * sd, guess.median + _Z50 * sd
    if guess.quantiles:
        known = np.asarray(guess.quantiles)
        crps = crps_quantiles(known, truth)
        place = float((np.sum(known < truth) + 0.5 * np.sum(known == truth)) / len(known))
    else:
        crps = crps_normal(guess.median, sd, truth)
        place = float(ndtr((truth - guess.median) / sd)) if sd > 0 else float(0.5 * (np.sign(truth - guess.median) + 1))
    judged = np.isfinite(guess.target) and np.isfinite(guess.probability)
    reached = bool(truth >= guess.target) if judged else None
    brier = (guess.probability - float(bool(reached))) ** 2 if judged else float("nan")
    return Scored(
        guess.name, truth, guess.median, guess.low_90, guess.high_90, crps, brier, reached,
        bool(low <= truth <= high), bool(guess.low_90 <= truth <= guess.high_90), place,
    )  # fmt: skip
