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

from .importance import sample

ANYWHERE = 1e-3  # share of units that may lie anywhere; see above
SKEW_SD = 0.4  # prior spread of the log-normal's shape: 0.44 is a skewness of 1.5, which stays likely
SKEW_MOST = 1.5
WIDEST = 4.0  # how far log sd may lie from the first guess
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

    cells: float64 (N, J), each unit's likelihood. Flat in centre and sd. The skew is 0 or free with equal odds
    beforehand; the units say which (by the evidence for each), so that skew is learnt only where it shows.
    """

    def log_posterior(parameters: Floats) -> Floats:
        full = np.column_stack([parameters, np.zeros((len(parameters), 3 - parameters.shape[1]))])
        inside = (np.abs(full[:, 1] - np.log(grid.sd)) < WIDEST) & (np.abs(full[:, 2]) < SKEW_MOST)
        out = np.full(len(full), -np.inf)
        for rows in np.array_split(np.flatnonzero(inside), max(1, len(full) // BATCH)):
            if len(rows):
                out[rows] = np.log(cells @ masses(full[rows], grid)).sum(axis=0) + full[rows, 1]
        if parameters.shape[1] == 3:
            out -= 0.5 * (full[:, 2] / SKEW_SD) ** 2 + np.log(SKEW_SD * np.sqrt(2 * np.pi))
        return out

    start, step = np.array([grid.centre, np.log(grid.sd), 0.0]), np.array([0.1 * grid.sd, 0.1, 0.1])
    plain, skewed = (sample(log_posterior, start[:k], step[:k], count, rng) for k in (2, 3))
    odds = 1 / (1 + np.exp(np.clip(plain.log_evidence - skewed.log_evidence, -700, 700)))
    drawn = np.column_stack([plain.draws, np.zeros(count)])
    return np.where((rng.random(count) < odds)[:, None], skewed.draws, drawn)


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
