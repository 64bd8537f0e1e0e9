"""True levels: draws of where units truly lie, with chance and case-mix taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from ..errors import InputError
from .noise import Noise
from .prior import Grid, learn, levels
from .scatter import learn_scatter

GATE = 0.001  # METHODS B.5: no variation is claimed unless Cochran's Q rejects at this level
REACH = 8.0  # the grid spans this many deviations of true levels each way, more where a sharp unit lies further
FURTHEST = 25.0
FINE = 6.0  # cells a deviation: four times as many moved totals by less than 0.1%
MOST_CELLS = 400
OUTER = 20  # draws of case-mix coefficients or of an unknown scatter; levels are redrawn within each

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Levels:
    """draws: float64 (M, N), levels with case-mix taken out; value, shift: float64 (N,), the observed value and
    what case-mix adds to it; chance, explained: variances; differ: whether the units differ beyond chance."""

    draws: Floats
    value: Floats
    shift: Floats
    chance: float
    explained: float
    differ: bool
    family: str


def true_levels(
    hits: Floats, base: Floats, family: str, se: Floats | None, mix: Floats | None, draws: int, rng: np.random.Generator
) -> Levels:
    """Draw the true levels of N units from their posterior; all alike if Cochran's Q finds no difference."""
    design = np.ones((len(hits), 1)) if mix is None else np.column_stack([np.ones(len(hits)), mix - mix.mean(axis=0)])
    if len(hits) < design.shape[1] + 2:
        raise InputError(
            f"an opportunity compares units: expected {design.shape[1] + 2} or more with a denominator, "
            f"found {len(hits)}"
        )
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError("case-mix: a column is constant or repeats the others; leave it out")
    noises = [Noise(family, hits, base, se)]
    gate: bool | None = None
    if family == "normal" and se is None:
        scatter = learn_scatter(hits / base, base, design, OUTER, rng)
        noises = [Noise(family, hits, base, s) for s in scatter.se]
        gate = scatter.differ
    first = noises[0]
    variance = first.variance()
    if not (variance > 0).all():  # nothing, or everything, was counted in every unit
        return _alike(first, np.zeros(len(hits)), variance, design, draws, rng)
    q, _, _ = _weighted(first.value, variance, design)
    spare = len(hits) - design.shape[1]
    if not (stats.chi2.sf(q, spare) < GATE if gate is None else gate):
        _, beta, cover = _weighted(first.value, variance, design)
        return _alike(first, design[:, 1:] @ beta[1:], variance, design, draws, rng)
    between = _between(first.value, variance, design, spare)
    _, beta, cover = _weighted(first.value, variance + between, design)
    shift = design[:, 1:] @ beta[1:]
    grid = _grid(first, shift, float(beta[0]), float(np.sqrt(between)), variance)
    cells = first.cells(grid.edges, shift)
    parameters = learn(cells, grid, draws, rng)
    if mix is None and len(noises) == 1:
        drawn = levels(cells, grid, parameters, rng)
    else:
        drawn = _outer(noises, design, beta, cover, grid, parameters, rng)
    chance = variance - between / base if family == "binomial" else variance  # p(1-p) holds the units' own spread
    return Levels(drawn, first.value, shift, float(np.mean(np.maximum(chance, 0))), _explained(shift, design, cover),
                  True, family)  # fmt: skip


def _outer(
    noises: list[Noise], design: Floats, beta: Floats, cover: Floats, grid: Grid, parameters: Floats,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """Levels with the case-mix coefficients, and an unknown scatter, drawn anew for each part of the draws."""
    root = np.linalg.cholesky(cover)
    parts = []
    for number, rows in enumerate(np.array_split(np.arange(len(parameters)), OUTER)):
        drawn = beta + root @ rng.standard_normal(len(beta))
        cells = noises[number % len(noises)].cells(grid.edges, design[:, 1:] @ drawn[1:])
        parts.append(levels(cells, grid, parameters[rows], rng))
    return np.concatenate(parts)


def _alike(
    noise: Noise, shift: Floats, variance: Floats, design: Floats, draws: int, rng: np.random.Generator
) -> Levels:
    """Every unit at the same level, known as well as all units together tell it."""
    known, middle, explained = 0.0, float(noise.hits.sum() / noise.base.sum()), 0.0
    if (variance > 0).all():
        _, beta, cover = _weighted(noise.value, variance, design)
        known, middle, explained = float(cover[0, 0]), float(beta[0]), _explained(shift, design, cover)
    centre = middle + np.sqrt(known) * rng.standard_normal((draws, 1))
    return Levels(np.repeat(centre, len(noise.hits), axis=1), noise.value, shift, float(variance.mean()), explained,
                  False, noise.family)  # fmt: skip


def _weighted(value: Floats, variance: Floats, design: Floats) -> tuple[float, Floats, Floats]:
    """Cochran's Q about the weighted fit, its coefficients and their covariance."""
    weight = 1 / variance
    cover = np.asarray(np.linalg.inv(design.T @ (design * weight[:, None])), dtype=np.float64)
    beta = cover @ (design.T @ (weight * value))
    return float(np.sum(weight * (value - design @ beta) ** 2)), beta, cover


def _between(value: Floats, variance: Floats, design: Floats, spare: int) -> float:
    """The variance between units at which Q is what chance expects. Source: Paule & Mandel (1982)."""
    top = float(value.var()) * 10 + float(variance.max())
    return float(brentq(lambda t: _weighted(value, variance + t, design)[0] - spare, 0.0, top, xtol=top * 1e-12))


def _grid(noise: Noise, shift: Floats, centre: float, sd: float, variance: Floats) -> Grid:
    level = noise.value - shift
    sharp = level[np.sqrt(variance) < sd]
    low, high = centre - REACH * sd, centre + REACH * sd
    if len(sharp):
        low, high = min(low, sharp.min() - 2 * sd), max(high, sharp.max() + 2 * sd)
    low, high = max(low, centre - FURTHEST * sd), min(high, centre + FURTHEST * sd)
    if noise.family != "normal":
        low = max(low, float(-shift.max()))
    if noise.family == "binomial":
        high = min(high, float(1 - shift.min()))
    cells = int(min(MOST_CELLS, np.ceil((high - low) / sd * FINE)))
    return Grid(np.linspace(low, high, max(cells, 24) + 1), centre, sd)


def _explained(shift: Floats, design: Floats, cover: Floats) -> float:
    """The variance that case-mix explains, less what its coefficients would by chance."""
    if design.shape[1] == 1:
        return 0.0
    by_chance = np.mean(np.einsum("ij,jk,ik->i", design[:, 1:], cover[1:, 1:], design[:, 1:]))
    return float(max(0.0, shift.var(ddof=1) - by_chance))
