"""Scatter: the noise of a value that is no count (pounds), learnt from how much more small units scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..errors import InputError

GATE = 0.001  # as Cochran's Q; METHODS B.5
STEPS = 60  # a side of the grid of the two standard deviations: finer moved nothing seen
UNEVEN = 1.1  # largest over smallest 1/denominator below which noise and spread cannot be told apart

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scatter:
    """se: float64 (M, N), draws of each unit's noise; differ: whether units differ beyond it."""

    se: Floats
    differ: bool


def learn_scatter(value: Floats, base: Floats, design: Floats, count: int, rng: np.random.Generator) -> Scatter:
    """Tell noise, whose variance is a constant over the denominator, from a spread between units that is not.

    Raises
    ------
    InputError
        If denominators are too alike to tell the two apart, or values do not scatter at all.
    """
    if base.max() < UNEVEN * base.min():
        raise InputError(
            "the numerator is no count and denominators are nearly equal, so chance cannot be told from variation; "
            "give each unit's standard error"
        )
    weight = base / base.sum()
    left = value - design @ np.linalg.lstsq(design * np.sqrt(weight)[:, None], value * np.sqrt(weight), rcond=None)[0]
    size = float(np.sqrt(np.mean(left**2 * base)))
    if size == 0:
        raise InputError("every unit has the same value: there is no variation to look at")
    noise = np.geomspace(size / 100, size * 3, STEPS)  # deviation of value * sqrt(denominator)
    spread = np.concatenate(([0.0], np.geomspace(float(left.std()) / 100, float(left.std()) * 3, STEPS)))
    log = np.array([[_log_likelihood(value, n**2 / base + s**2, design) for s in spread] for n in noise])
    alone, best = float(log[:, 0].max()), float(log.max())
    differ = 0.5 * stats.chi2.sf(2 * (best - alone), 1) < GATE  # a variance tested at its edge: half a chi-square
    prior = (
        np.log(noise)[:, None] + np.concatenate(([-np.inf], np.log(spread[1:])))[None, :]
    )  # flat in both, on log steps
    posterior = np.exp(log - best + prior - prior[np.isfinite(prior)].max()).sum(axis=1)
    if not differ:
        posterior = np.exp(log[:, 0] - alone)
    chosen = rng.choice(noise, count, p=posterior / posterior.sum())
    chosen[0] = noise[int(np.argmax(posterior))]
    return Scatter(chosen[:, None] / np.sqrt(base)[None, :], bool(differ))


def _log_likelihood(value: Floats, variance: Floats, design: Floats) -> float:
    """Restricted log-likelihood of a normal model with these variances."""
    weight = 1 / variance
    inside = design.T @ (design * weight[:, None])
    beta = np.linalg.solve(inside, design.T @ (weight * value))
    left = value - design @ beta
    return float(0.5 * np.log(weight).sum() - 0.5 * np.linalg.slogdet(inside)[1] - 0.5 * np.sum(weight * left**2))
