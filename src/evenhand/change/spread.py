"""Spread: who has taken up a change so far, how far it will go, and how sure one can be of that."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from ..errors import InputError
from ..records import Record
from ..stats.ensemble import ensemble
from .spread_model import ahead as paths_ahead
from .spread_model import chosen, first, likelihood, meaning, prior
from .spread_words import identified, says

Floats = NDArray[np.float64]

MODELS = ("bass", "logistic")
FEWEST_COUNTS = 4  # three intervals: below, a curve of three parameters is only its assumptions (our rule)
YEAR = 365.25  # days
UNKNOWN = 20  # times the adopters so far: the most that may adopt where nobody says how many could (our rule)
_HALF = 0.5


@dataclass(frozen=True, eq=False)
class Range(Record):
    """A number with its 90% interval."""

    median: float
    low_90: float
    high_90: float


@dataclass(frozen=True, eq=False)
class Spread(Record):
    """The curve that fits, and where it leads.

    dates, adopters: what was counted, cumulative (T,). p, q: rates a year at which people start by themselves and
    follow others. ceiling: how many adopt in the end; clumps: variance over what chance alone gives. ahead (F,) with
    median, low_90, high_90 (F,): the forecast of cumulative adopters. half: when half of the ceiling is or was
    passed. per_adopter: new adopters each adopter brings in a quarter, as things stand now. told: what the counts say
    of each parameter ('told', 'weakly told', 'not told').
    """

    model: str
    population: float
    population_given: bool
    dates: NDArray[np.datetime64]
    adopters: NDArray[np.int64]
    p: Range
    q: Range
    ceiling: Range
    clumps: Range
    half: Range
    per_adopter: Range
    peak_passed: float
    ahead: NDArray[np.datetime64]
    median: Floats
    low_90: Floats
    high_90: Floats
    told: dict[str, str]
    sentence: str
    seed: int


def spread(
    dates: NDArray[np.datetime64], adopters: NDArray[np.int64], ahead: NDArray[np.datetime64], *,
    population: float | None = None, model: str = "bass", seed: int = 1,
) -> Spread:  # fmt: skip
    """Fit diffusion to cumulative counts, and say how many will have adopted on each date of `ahead`.

    The chance that one more adopts between two counts follows from those who have (Bass), counts being a
    beta-binomial about it: adopters come in groups. All that is not known (rates, ceiling, groups) is drawn from its
    posterior, so that an early forecast is as wide as it should be. The first count is taken as it is.

    Parameters
    ----------
    dates, adopters
        (T,), in order, T at least 4; `adopters` never falls.
    ahead
        (F,), after the last of `dates`, in order.
    population
        How many could adopt; None if nobody knows: then at most 20 times the adopters so far.
    model
        bass; or logistic, in which nobody starts by himself.

    Raises
    ------
    InputError
        If there are fewer than four counts, a count falls, nobody has adopted, or all have or more than could.

    Source: Bass (1969), Management Science 15:215; priors: METHODS E.3.

    >>> months = np.datetime64("2025-01") + np.arange(8)
    >>> counts = np.array([2, 5, 11, 22, 38, 56, 71, 81])
    >>> ahead = (np.datetime64("2025-09") + np.arange(6)).astype("datetime64[D]")
    >>> found = spread(months.astype("datetime64[D]"), counts, ahead, population=100)
    >>> bool(81 <= found.low_90[-1] <= found.high_90[-1] <= 100), found.told["ceiling"]
    (True, 'told')
    """
    _check(dates, adopters, population, model)
    could = float(population) if population is not None else float(UNKNOWN * adopters[-1])
    rng = np.random.default_rng(seed)
    years = np.diff(dates.astype("datetime64[D]").astype(np.float64)) / YEAR
    before, new = adopters[:-1].astype(np.float64), np.diff(adopters).astype(np.float64)
    wide = population is None

    def density(points: Floats) -> Floats:
        return prior(points) + likelihood(points, before, new, years, could, model, wide)

    tried = first(rng, model)
    height = likelihood(tried, before, new, years, could, model, wide)
    if not np.isfinite(height).any():  # nearly all who could have adopted: no ceiling that was tried lies that high
        tried[:, 2] = logit(rng.uniform(adopters[-1] / could, 1.0, len(tried)))
        height = likelihood(tried, before, new, years, could, model, wide)
    start = chosen(rng, tried, height)
    drawn = ensemble(density, start, rng)
    p, q, ceiling, clumps = meaning(drawn, could, model, wide, adopters[-1])
    gaps = np.diff(np.concatenate([dates[-1:], ahead]).astype("datetime64[D]").astype(np.float64)) / YEAR
    paths = paths_ahead(rng, p, q, ceiling, clumps, float(adopters[-1]), gaps, could)
    share = adopters[-1] / ceiling
    peak = np.where(q > p, 0.5 * (1 - p / q), 0.0)  # the share at which new adopters are most
    told = identified(drawn, tried, model, wide)
    half = _half(p, q, ceiling, float(adopters[-1]))
    low, middle, high = np.quantile(paths, [0.05, 0.5, 0.95], axis=0)
    end = _range(ceiling)
    passed = float((share > peak).mean())
    return Spread(
        model, could, population is not None, dates.astype("datetime64[D]"), adopters, _range(p), _range(q), end,
        _range(clumps), _range(half), _range(q * (1 - share) / 4), passed,
        ahead.astype("datetime64[D]"), middle, low, high, told,
        says(told, adopters, could, population is not None, end.as_json(), passed), seed,
    )  # fmt: skip


def _check(dates: NDArray[np.datetime64], adopters: NDArray[np.int64], population: float | None, model: str) -> None:
    if model not in MODELS:
        raise InputError(f"model: expected bass or logistic, found {model!r}")
    if len(adopters) < FEWEST_COUNTS:
        raise InputError(f"expected {FEWEST_COUNTS} counts or more to fit a spread to, found {len(adopters)}")
    falls = np.flatnonzero(np.diff(adopters) < 0)
    if len(falls):
        k = int(falls[0])
        raise InputError(f"adopters fall from {adopters[k]} on {dates[k]} to {adopters[k + 1]} on {dates[k + 1]}; "
                         "expected all so far, or new ones given as new")  # fmt: skip
    if adopters[-1] <= 0:
        raise InputError("nobody has adopted yet; expected at least one adopter, so that there is a spread")
    if population is not None and adopters[-1] > population:
        raise InputError(f"population: {adopters[-1]} have adopted already, of {population:g}; "
                         "expected at least as many as adopted")  # fmt: skip
    if population is not None and adopters[-1] == population:
        raise InputError(f"population: all {population:g} who could adopt have adopted; there is nothing to forecast")
    if model == "logistic" and adopters[0] == 0:
        raise InputError("logistic: with no adopter at the first count nobody can follow; expected model bass, or a "
                         "first count above 0")  # fmt: skip


def _half(p: Floats, q: Floats, ceiling: Floats, now: float) -> Floats:
    """Years from the last count until half of the ceiling has adopted; below 0 if it had already.

    Going back beyond the start of a spread is meant as 'long ago' and cut at minus 50 years, ahead at 100.
    """
    share = np.clip(now / ceiling, 1e-9, 1 - 1e-9)

    def place(f: Floats | float) -> Floats:
        found: Floats = np.log((p + q * f) / (1 - np.asarray(f)))
        return found

    years: Floats = (place(_HALF) - place(share)) / (p + q)
    return np.clip(years, -50.0, 100.0)


def _range(values: Floats) -> Range:
    median, low, high = np.quantile(values, [0.5, 0.05, 0.95])
    return Range(float(median), float(low), float(high))
