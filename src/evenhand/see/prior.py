"""The spread of true levels across units, learnt from the units themselves: normal, or skewed either way.

True levels follow a shifted log-normal: level = centre + sd * f(Z), f standardised, with a skew that may have
either sign and is normal at 0. A normal prior alone overstates an opportunity by a sixth where true levels are
skewed to the left (benchmarks/opportunity_truth.py). A thousandth of the units may lie anywhere, so that one
strange unit does not set the spread of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special
from scipy.optimize import minimize

ANYWHERE = 1e-3  # share of units that may lie anywhere; see above
SKEW_SD = 0.4  # prior spread of the log-normal's shape: 0.44 is a skewness of 1.5, which stays likely
SKEW_MOST = 1.5
CANDIDATES = 2000  # importance draws a round; enough for 500 distinct ones to be kept
TAILS = 6.0  # degrees of freedom of the t that proposes: heavier than any posterior seen
ENOUGH = 400.0  # effective draws after which no further round is tried
ROUNDS = 4
BATCH = 250  # candidates weighed at a time: keeps the largest array near 15 MB for 7,000 units

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Equal cells of true level: edges float64 (J + 1,), and what is known before the units are looked at."""

    edges: Floats
    centre: float
    sd: float


def masses(parameters: Floats, grid: Grid) -> Floats:
    """The share of units in each cell, float64 (J, M), for M rows of centre, log sd, skew."""
    centre, sd = parameters[:, 0], np.exp(parameters[:, 1])
    shape = np.where(np.abs(parameters[:, 2]) < 1e-4, 1e-4, parameters[:, 2])
    mean = np.exp(shape**2 / 2)
    stretch = mean * np.sqrt(np.expm1(shape**2))  # the deviation of exp(shape Z)
    inner = mean + np.sign(shape) * stretch * (grid.edges[:, None] - centre) / sd
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(inner > 0, np.log(inner) / shape, -np.sign(shape) * np.inf)
    inside = np.maximum(np.diff(special.ndtr(z), axis=0), 0.0)
    total = inside.sum(axis=0)
    spread = np.where(total > 0, inside / np.where(total > 0, total, 1.0), 1 / len(inside))
    return np.asarray((1 - ANYWHERE) * spread + ANYWHERE / len(inside))


def learn(cells: Floats, grid: Grid, count: int, rng: np.random.Generator) -> Floats:
    """`count` draws of (centre, log sd, skew) from their posterior, float64 (count, 3).

    cells: float64 (N, J), each unit's likelihood. Flat in centre and sd, normal in skew; drawn by importance
    from a t around the mode, which is moved and stretched to fit until enough draws count.
    """

    def log_posterior(parameters: Floats) -> Floats:
        wide = np.abs(parameters[:, 1] - np.log(grid.sd)) > 4
        out = np.full(len(parameters), -np.inf)
        for rows in np.array_split(np.flatnonzero(~wide & (np.abs(parameters[:, 2]) < SKEW_MOST)), _parts(parameters)):
            if len(rows):
                likelihood = np.log(cells @ masses(parameters[rows], grid)).sum(axis=0)
                out[rows] = likelihood + parameters[rows, 1] - 0.5 * (parameters[rows, 2] / SKEW_SD) ** 2
        return out

    centre, scale = _mode(log_posterior, grid)
    for _ in range(ROUNDS):
        t = rng.standard_normal((CANDIDATES, 3)) / np.sqrt(rng.chisquare(TAILS, (CANDIDATES, 1)) / TAILS)
        candidates = centre + t @ scale.T
        log_weight = log_posterior(candidates) + (TAILS + 3) / 2 * np.log1p((t**2).sum(axis=1) / TAILS)
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        if 1 / (weight**2).sum() >= ENOUGH:
            break
        centre = weight @ candidates
        away = candidates - centre
        spread = (away * weight[:, None]).T @ away
        scale = np.linalg.cholesky(spread + np.diag(np.diag(spread)) * 0.1 + np.eye(3) * 1e-18)
    return np.asarray(candidates[rng.choice(CANDIDATES, count, p=weight)])


def levels(cells: Floats, grid: Grid, parameters: Floats, rng: np.random.Generator) -> Floats:
    """One draw of every unit's true level for each row of parameters, float64 (M, N)."""
    shares = masses(parameters, grid)
    width = grid.edges[1] - grid.edges[0]
    out = np.empty((len(parameters), len(cells)))
    stack = np.empty_like(cells)
    for row in range(len(parameters)):
        np.multiply(cells, shares[:, row], out=stack)
        np.cumsum(stack, axis=1, out=stack)
        cell = (stack < (rng.random(len(cells)) * stack[:, -1])[:, None]).sum(axis=1)
        out[row] = grid.edges[cell] + width * rng.random(len(cells))
    return out


def _mode(log_posterior: object, grid: Grid) -> tuple[Floats, Floats]:
    """The likeliest parameters, and a square root of the inverse curvature there."""
    assert callable(log_posterior)
    start = np.array([grid.centre, np.log(grid.sd), 0.0])
    step = np.array([0.1 * grid.sd, 0.1, 0.1])

    def height(point: Floats) -> float:
        value = float(log_posterior(point[None, :])[0])
        return -value if np.isfinite(value) else 1e12

    simplex = np.vstack([start, start + 2 * np.diag(step)])
    found = minimize(height, start, method="Nelder-Mead",
                     options={"initial_simplex": simplex, "xatol": 1e-4, "fatol": 1e-3, "maxfev": 400})  # fmt: skip
    moves = np.array([(i, j, a, b) for i in range(3) for j in range(3) for a in (1, -1) for b in (1, -1)])
    points = np.repeat(found.x[None, :], len(moves), axis=0)
    rows = np.arange(len(moves))
    np.add.at(points, (rows, moves[:, 0]), moves[:, 2] * step[moves[:, 0]])
    np.add.at(points, (rows, moves[:, 1]), moves[:, 3] * step[moves[:, 1]])
    heights = np.array([height(point) for point in points])
    curvature = np.zeros((3, 3))
    np.add.at(curvature, (moves[:, 0], moves[:, 1]), moves[:, 2] * moves[:, 3] * heights / 4)
    size, turn = np.linalg.eigh((curvature + curvature.T) / 2)
    return found.x, step[:, None] * turn / np.sqrt(np.maximum(size, 1e-2))


def _parts(parameters: Floats) -> int:
    return max(1, len(parameters) // BATCH)
