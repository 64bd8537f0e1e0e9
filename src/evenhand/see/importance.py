"""Importance: draws from a posterior of two or three parameters, and the evidence for its model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

CANDIDATES = 600  # a round: about 500 count where the posterior is well behaved
TAILS = 6.0  # degrees of freedom of the t that proposes: heavier than any posterior seen
ENOUGH = 200.0  # effective draws after which no further round is tried
ROUNDS = 4
LOWEST = 1e12  # minus the logarithm of what is impossible, for a search that knows no infinity
ENOUGH_DRAWN, TIMES = 100, 4  # of 500 draws, 125 parameters moved no end of an interval by more than chance does
FLAT, NEAR = 0.01, 1.0  # the mode is found once the simplex is as flat as this: draws are weighed, wherever they start

Floats = NDArray[np.float64]
Height = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Sample:
    """candidates: float64 (C, K); weight: float64 (C,), how likely each is; log_evidence: of the model, up to what
    models of the same data share."""

    candidates: Floats
    weight: Floats
    log_evidence: float

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """`count` draws, float64 (count, K), those from one candidate next to each other.

        Systematic along the second parameter (here the spread), which steadies quantiles; beyond ENOUGH_DRAWN each is
        drawn up to TIMES over, as what follows costs most for a new one.
        """
        if count == 0:
            return self.candidates[:0]
        order = np.argsort(self.candidates[:, 1])
        distinct = min(count, max(ENOUGH_DRAWN, -(-count // TIMES)))
        at = np.searchsorted(np.cumsum(self.weight[order]), (np.arange(distinct) + rng.random()) / distinct)
        chosen = order[np.minimum(at, len(order) - 1)]
        return self.candidates[chosen[np.arange(count) * distinct // count]]


def sample(log_posterior: Height, start: Floats, step: Floats, rng: np.random.Generator) -> Sample:
    """Draw from exp(log_posterior), a function of float64 (M, K), -inf where impossible.

    A t around the mode proposes; it is moved and stretched to what was found until enough draws count.
    `step` is a small move of each parameter.

    Source: Rubin (1988), sampling importance resampling; Oh & Berger (1992), adapting the proposal.
    """
    centre, scale = _mode(log_posterior, start, step)
    size = len(start)
    constant = gammaln((TAILS + size) / 2) - gammaln(TAILS / 2) - size / 2 * np.log(TAILS * np.pi)
    for _ in range(ROUNDS):
        t = rng.standard_normal((CANDIDATES, size)) / np.sqrt(rng.chisquare(TAILS, (CANDIDATES, 1)) / TAILS)
        candidates = centre + t @ scale.T
        proposed = (
            constant - np.log(abs(np.linalg.det(scale))) - (TAILS + size) / 2 * np.log1p((t**2).sum(axis=1) / TAILS)
        )
        log_weight = log_posterior(candidates) - proposed
        top = float(log_weight.max())
        weight = np.exp(log_weight - top)
        evidence = top + float(np.log(weight.mean()))
        weight /= weight.sum()
        if 1 / (weight**2).sum() >= ENOUGH:
            break
        centre = weight @ candidates
        away = candidates - centre
        spread = (away * weight[:, None]).T @ away
        scale = np.linalg.cholesky(spread + np.diag(0.1 * np.diag(spread) + 1e-6 * step**2))
    return Sample(candidates, weight, evidence)


def _mode(log_posterior: Height, start: Floats, step: Floats) -> tuple[Floats, Floats]:
    """The likeliest parameters, and a square root of the inverse curvature there."""

    def height(point: Floats) -> float:
        value = float(log_posterior(point[None, :])[0])
        return -value if np.isfinite(value) else LOWEST

    simplex = np.vstack([start, start + 2 * np.diag(step)])
    found = minimize(height, start, method="Nelder-Mead",
                     options={"initial_simplex": simplex, "xatol": NEAR, "fatol": FLAT, "maxfev": 400})  # fmt: skip
    size = len(start)
    moves = np.array([(i, j, a, b) for i in range(size) for j in range(size) for a in (1, -1) for b in (1, -1)])
    points = np.repeat(found.x[None, :], len(moves), axis=0)
    rows = np.arange(len(moves))
    np.add.at(points, (rows, moves[:, 0]), moves[:, 2] * step[moves[:, 0]])
    np.add.at(points, (rows, moves[:, 1]), moves[:, 3] * step[moves[:, 1]])
    heights = -log_posterior(points)
    heights[~np.isfinite(heights)] = LOWEST
    curvature = np.zeros((size, size))
    np.add.at(curvature, (moves[:, 0], moves[:, 1]), moves[:, 2] * moves[:, 3] * heights / 4)
    bend, turn = np.linalg.eigh((curvature + curvature.T) / 2)
    return found.x, step[:, None] * turn / np.sqrt(np.maximum(bend, 1e-2))
