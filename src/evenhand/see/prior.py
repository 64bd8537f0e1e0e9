"""The spread of true levels across units, learnt from the units themselves: normal, or skewed either way.

True levels are centre + sd * f(Z), f standardised: normal, a shifted log-normal or a shifted gamma, either of which
may lean to either side. The units say which, by the evidence for each. A normal prior alone overstates an
opportunity by a sixth where true levels are skewed to the left (benchmarks/opportunity_truth.py). A thousandth of
the units may lie anywhere, so that one strange unit does not set the spread of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from .importance import Sample, sample

ANYWHERE = 1e-3  # share of units that may lie anywhere; see above
NORMAL, LOGNORMAL, GAMMA = 0.0, 1.0, 2.0
# Family -> prior deviation of its shape, its largest, and its odds beforehand. A log-normal's shape of 0.44 and a
# gamma's of 1.5 are both a skewness of 1.5, which stays likely.
SHAPES = {LOGNORMAL: (0.4, 1.5, 0.25), GAMMA: (1.2, 2.5, 0.25)}
ODDS_NORMAL = 0.5
FLAT = {LOGNORMAL: 1e-4, GAMMA: 0.02}  # shapes nearer 0 are as good as normal
WIDEST = 4.0  # how far log sd may lie from the first guess
BATCH = 250  # candidates weighed at a time: keeps the largest array near 7 MB for 7,000 units

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Grid:
    """Cells of true level: edges float64 (J + 1,), and what is known before the units are looked at."""

    edges: Floats
    centre: float
    sd: float


def masses(parameters: Floats, grid: Grid) -> Floats:
    """The share of units in each cell, float64 (J, M), for M rows of centre, log sd, shape, family.

    All NaN in a column whose units would lie beyond the grid: no such parameters are possible.
    """
    z = (grid.edges[:, None] - parameters[:, 0]) / np.exp(parameters[:, 1])
    up = np.empty_like(z)
    for family, below in ((NORMAL, _normal), (LOGNORMAL, _lognormal), (GAMMA, _gamma)):
        if (own := parameters[:, 3] == family).any():
            up[:, own] = below(z[:, own], parameters[own, 2])
    inside = np.maximum(np.diff(up, axis=0), 0.0)
    total = inside.sum(axis=0)
    width = (np.diff(grid.edges) / (grid.edges[-1] - grid.edges[0]))[:, None]
    spread = inside / np.where(total > 0, total, np.nan)
    return np.asarray((1 - ANYWHERE) * spread + ANYWHERE * width)


def _normal(z: Floats, shape: Floats) -> Floats:
    return np.asarray(special.ndtr(z))


def _lognormal(z: Floats, shape: Floats) -> Floats:
    shape = np.where(np.abs(shape) < FLAT[LOGNORMAL], FLAT[LOGNORMAL], shape)
    mean = np.exp(shape**2 / 2)
    stretch = mean * np.sqrt(np.expm1(shape**2))  # the deviation of exp(shape Z)
    inner = mean + np.sign(shape) * stretch * z
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(special.ndtr(np.where(inner > 0, np.log(inner) / shape, -np.sign(shape) * np.inf)))


def _gamma(z: Floats, shape: Floats) -> Floats:
    shape = np.where(np.abs(shape) < FLAT[GAMMA], FLAT[GAMMA], shape)
    k = 4 / shape**2  # a gamma's skewness is 2 / sqrt(k)
    up = special.gammainc(k, np.maximum(k + np.sign(shape) * np.sqrt(k) * z, 0.0))
    return np.where(shape > 0, up, 1 - up)


def learn(cells: Singles, grid: Grid, count: int, rng: np.random.Generator) -> Floats:
    """`count` draws of (centre, log sd, shape, family) from their posterior, float64 (count, 4).

    cells: float32 (J, N), each unit's likelihood. Flat in centre and sd; the shape's family by the evidence.
    """

    def posterior(family: float) -> Sample:
        """What is known under one family."""
        wide, most, _ = SHAPES.get(family, (0.0, 0.0, ODDS_NORMAL))

        def height(parameters: Floats) -> Floats:
            full = np.zeros((len(parameters), 4))
            full[:, : parameters.shape[1]], full[:, 3] = parameters, family
            inside = (np.abs(full[:, 1] - np.log(grid.sd)) < WIDEST) & (np.abs(full[:, 2]) <= most)
            out = np.full(len(full), -np.inf)
            for rows in np.array_split(np.flatnonzero(inside), max(1, len(full) // BATCH)):
                if len(rows):
                    found = masses(full[rows], grid).T.astype(np.float32) @ cells
                    told = np.log(found).sum(axis=1, dtype=np.float64) + full[rows, 1]
                    out[rows] = np.where(np.isnan(told), -np.inf, told)
            if wide:
                out -= 0.5 * (full[:, 2] / wide) ** 2 + np.log(wide * np.sqrt(2 * np.pi))
            return out

        size = 3 if wide else 2
        start, step = np.array([grid.centre, np.log(grid.sd), 0.0]), np.array([0.1 * grid.sd, 0.1, 0.25 * wide])
        return sample(height, start[:size], step[:size], rng)

    families = (NORMAL, *SHAPES)
    found = [posterior(family) for family in families]
    odds = np.array([ODDS_NORMAL, *(odds for _, _, odds in SHAPES.values())])
    log = np.array([each.log_evidence for each in found])
    weight = odds * np.exp(log - log.max())
    parts = []
    for family, each, own in zip(families, found, rng.multinomial(count, weight / weight.sum()), strict=True):
        full = np.zeros((int(own), 4))
        full[:, : each.candidates.shape[1]], full[:, 3] = each.draw(int(own), rng), family
        parts.append(full)
    return np.concatenate(parts)


def levels(cells: Singles, grid: Grid, parameters: Floats, rng: np.random.Generator) -> Floats:
    """One draw of every unit's true level for each row of parameters, float64 (M, N)."""
    shares = masses(parameters, grid).astype(np.float32)
    width = np.diff(grid.edges)
    out = np.empty((len(parameters), cells.shape[1]))
    stack, below = np.empty_like(cells), np.empty(cells.shape, dtype=bool)
    for row in range(len(parameters)):
        if row == 0 or (parameters[row] != parameters[row - 1]).any():  # draws come with like ones together
            np.multiply(cells, shares[:, row : row + 1], out=stack)
            for j in range(1, len(stack)):  # cumulated down the columns: several times as fast as cumsum
                np.add(stack[j], stack[j - 1], out=stack[j])
        np.less(stack, rng.random(cells.shape[1], dtype=np.float32) * stack[-1], out=below)
        cell = np.add.reduce(below.view(np.uint8), axis=0, dtype=np.uint8)  # a grid has fewer than 256 cells
        out[row] = grid.edges.take(cell) + width.take(cell) * rng.random(cells.shape[1])
    return out
