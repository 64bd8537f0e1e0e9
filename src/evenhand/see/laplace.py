"""A random intercept for units, binomial or Poisson, by Laplace's approximation in one dimension a unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit

NEWTON = 60  # steps at most; 5 to 8 are usual, an all-or-nothing unit takes more
STEP = 4.0  # longest Newton step on the logit or log scale: keeps exp() in range
TIGHT = 1e-11  # relative tolerance of the outer searches; the deviance is flat to about its square
CLOSE = 0.1  # of deviance: a start that is no worse than by this is tried too, for all-or-nothing units have two peaks
FLAT = 1e-8  # of deviance: below it two starts came to one peak
WIDEST = 30.0  # largest standard deviation looked for: e**30 between units is no data any more

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """intercept and sd_unit on the link's scale; mode and conditional_sd (N,): each unit's effect; deviance."""

    intercept: float
    sd_unit: float
    mode: Floats
    conditional_sd: Floats
    deviance: float


def fit(hits: Floats, base: Floats, *, family: str) -> Fit:
    """Maximise the Laplace likelihood over intercept and standard deviation; a deviation of 0 is a result.

    hits, base: float64 (N,); the outer search is over the deviation, the inner over the intercept.
    """
    start = _link(hits.sum() / base.sum(), family)

    def profile(sd: float) -> float:
        return _best_intercept(hits, base, sd, start, family).deviance

    grid = np.concatenate(([0.0], np.geomspace(0.005, WIDEST, 24)))  # coarse first: never trust one start
    heights = [profile(float(sd)) for sd in grid]
    order = np.argsort(heights)
    found = None
    for best in order[: 1 + int(np.sum(np.sort(heights)[1:3] < heights[order[0]] + CLOSE))]:
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        here = minimize_scalar(profile, bounds=(float(low), float(high)), method="bounded", options={"xatol": TIGHT})
        found = here if found is None or here.fun < found.fun - FLAT else found
    assert found is not None
    sd = float(found.x) if found.fun < heights[0] else 0.0
    return _best_intercept(hits, base, sd, start, family)


def _best_intercept(hits: Floats, base: Floats, sd: float, start: float, family: str) -> Fit:
    warm = np.zeros(len(hits))

    def deviance(intercept: float) -> float:
        nonlocal warm
        mode, _, value = _modes(hits, base, intercept, sd, family, warm)
        warm = mode
        return value

    found = minimize_scalar(deviance, bracket=(start - 0.5, start), tol=TIGHT)
    intercept = float(found.x)
    mode, spread, value = _modes(hits, base, intercept, sd, family, warm)
    return Fit(intercept, sd, mode, spread, value)


def _modes(
    hits: Floats, base: Floats, intercept: float, sd: float, family: str, warm: Floats
) -> tuple[Floats, Floats, float]:
    """Each unit's most likely effect given the rest, its conditional deviation, and the Laplace deviance.

    Works with the effect in units of sd, so that sd = 0 needs no case of its own.
    """
    scaled = warm / sd if sd > 0 else np.zeros(len(hits))
    for _ in range(NEWTON):
        mean, weight = _mean(intercept + sd * scaled, base, family)
        step = (sd * (hits - mean) - scaled) / (1 + sd**2 * weight)
        if sd > 0:
            step = np.clip(step, -STEP / sd, STEP / sd)
        scaled = scaled + step
        if np.max(np.abs(step)) < 1e-12:
            break
    eta = intercept + sd * scaled
    _, weight = _mean(eta, base, family)
    curvature = 1 + sd**2 * weight
    likelihood = hits * eta - (base * np.logaddexp(0, eta) if family == "binomial" else base * np.exp(eta))
    deviance = float(np.sum(-2 * likelihood + scaled**2 + np.log(curvature)))
    return sd * scaled, sd / np.sqrt(curvature), deviance


def _mean(eta: Floats, base: Floats, family: str) -> tuple[Floats, Floats]:
    """The expected count and its variance."""
    if family == "binomial":
        p = expit(eta)
        return base * p, base * p * (1 - p)
    rate = base * np.exp(eta)
    return rate, rate


def _link(level: float, family: str) -> float:
    return float(np.log(level / (1 - level)) if family == "binomial" else np.log(level))
