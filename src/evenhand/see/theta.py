"""True levels: draws of where units truly lie, with chance and case-mix taken out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..errors import InputError
from .cochran import between_units, differ, weighted_fit
from .dispersion import PLAIN, TAIL, Dispersion, dispersion
from .noise import SHARP, Noise
from .prior import Grid, learn, levels
from .scatter import learn_scatter

HALF_MORE = 1.5  # times chance's variance: the doubt that is told of
REACH = 8.0  # the grid spans this many deviations of true levels each way, more where a sharp unit lies further
FURTHEST = 25.0
CORE, FINE = 3.0, 6.0  # deviations each way in fine cells, and cells a deviation there: finer moved totals by < 0.1%
GROWTH = 1.25  # of one cell over the next beyond the core
OUTER = 10  # draws of an unknown scatter; levels are redrawn within each
TREND = 2.58  # standard errors from which levels are taken to go with the size of units (1 in 100 by chance)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Levels:
    """draws: float64 (M, N), levels with case-mix taken out; value, shift: float64 (N,), the observed value and
    what case-mix adds to it; chance, explained: variances; differ: whether the units differ beyond chance; spread:
    how many times chance's variance the counts were found to scatter; low, high: what the ends of an interval of the
    total are to be multiplied by, as counts may cluster unseen; ceiling: where no difference is shown, the largest
    deviation of true levels that chance would still hide in 1 of 20; noise: chance's deviation in a middling unit over
    that of true levels; doubt: what the opportunity would be multiplied by if counts scattered half more than found."""

    draws: Floats
    value: Floats
    shift: Floats
    chance: float
    explained: float
    differ: bool
    family: str
    spread: float = 1.0
    low: float = 1.0
    high: float = 1.0
    ceiling: float = 0.0
    noise: float = 0.0
    doubt: float = 1.0


def true_levels(
    hits: Floats, base: Floats, family: str, se: Floats | None, mix: Floats | None, draws: int,
    rng: np.random.Generator, monthly: Floats | None = None,
) -> Levels:  # fmt: skip
    """Draw the true levels of N units from their posterior; all alike if Cochran's Q finds no difference.

    monthly: how many times chance's variance the counts scatter, as their months tell; a few equally likely values.
    """
    design = np.ones((len(hits), 1)) if mix is None else np.column_stack([np.ones(len(hits)), mix - mix.mean(axis=0)])
    if len(hits) < design.shape[1] + 2:
        raise InputError(
            f"an opportunity compares units: expected {design.shape[1] + 2} or more with a denominator, "
            f"found {len(hits)}"
        )
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError("case-mix: a column is constant or repeats the others; leave it out")
    noises, odds, widen = [Noise(family, hits, base, se)], np.ones(1), PLAIN
    gate: bool | None = None
    if family == "normal" and se is None:
        scatter = learn_scatter(hits / base, base, design, OUTER, rng)
        noises, odds = [Noise(family, hits, base, s) for s in scatter.se], np.full(OUTER, 1 / OUTER)
        gate = scatter.differ
    elif monthly is not None:
        noises = [Noise(family, hits, base, se, float(each)) for each in monthly]
        odds = np.full(len(noises), 1 / len(noises))
    first = noises[len(noises) // 2] if monthly is not None else noises[0]
    variance = first.variance()
    spare = len(hits) - design.shape[1]
    if not (variance > 0).all():  # nothing, or everything, was counted in every unit
        return _alike(first, np.zeros(len(hits)), variance, design, draws, rng)
    q, beta, _ = weighted_fit(first.value, variance, design)
    if gate is None:
        gate = differ(q, spare, first)
        if gate and se is None and monthly is None:
            noises, widen = _clustered(first, variance, design, spare)
            odds, first = widen.odds, noises[int(np.argmax(widen.odds))]
            variance = first.variance()
            q, beta, _ = weighted_fit(first.value, variance, design)
            gate = differ(q, spare, first)
    if not gate:
        alike = _alike(first, design[:, 1:] @ beta[1:], variance, design, draws, rng)
        hidden = between_units(first.value, noises[0].variance(), design, float(stats.chi2.ppf(TAIL, spare)))
        return replace(alike, ceiling=float(np.sqrt(hidden)))
    parts = np.bincount(rng.choice(len(noises), draws, p=odds), minlength=len(noises))
    found = [_drawn(noise, design, int(count), rng) for noise, count in zip(noises, parts, strict=True) if count]
    best = found[int(np.argmax([count for count in parts if count]))]
    drawn = np.concatenate([each.draws for each in found])
    return Levels(drawn[rng.permutation(draws)] if len(found) > 1 else drawn, best.value, best.shift, best.chance,
                  best.explained, True, family, float(odds @ [noise.spread for noise in noises]),
                  widen.low, widen.high, noise=best.noise, doubt=best.doubt)  # fmt: skip


def _clustered(plain: Noise, variance: Floats, design: Floats, spare: int) -> tuple[list[Noise], Dispersion]:
    """The noise of counts that may scatter more than chance, in a few sizes and how likely each is."""
    between = between_units(plain.value, variance, design, spare)
    _, beta, _ = weighted_fit(plain.value, variance + between, design)
    found = dispersion(plain.value - design @ beta, variance)
    return [replace(plain, spread=plain.spread * float(each)) for each in found.times], found


def _drawn(noise: Noise, design: Floats, draws: int, rng: np.random.Generator) -> Levels:
    """Levels under one kind of noise.

    Where levels go with the size of units (their logarithm), so does what is expected of each before it is looked
    at; otherwise small units would be drawn to the level of large ones.
    """
    variance, width = noise.variance(), design.shape[1]
    full, between = _with_size(noise, variance, design)
    if between == 0:  # counts that scatter so much leave no variation
        _, beta, _ = weighted_fit(noise.value, variance, design)
        return _alike(noise, design[:, 1:] @ beta[1:], variance, design, draws, rng)
    _, beta, cover = weighted_fit(noise.value, variance + between, full)
    shift = full[:, 1:] @ beta[1:]
    grid = _grid(noise, shift, float(beta[0]), float(np.sqrt(between)), variance)
    cells = noise.cells(grid.edges, shift)
    parameters = learn(cells, grid, draws, rng)
    drawn = levels(cells, grid, parameters, rng)
    _sharpen(drawn, noise, grid, shift, parameters, rng)
    if full.shape[1] > 1:
        # Coefficients drawn anew: a level known but for its noise goes with them by as much as it was shrunk.
        off = rng.standard_normal((draws, full.shape[1])) @ np.linalg.cholesky(cover).T
        keep = between / (between + variance)
        drawn -= keep * (off[:, 1:width] @ full[:, 1:width].T)
        if full.shape[1] > width:
            trend = full[:, width:]
            drawn += trend @ beta[width:] + (1 - keep) * (off[:, width:] @ trend.T)
    removed = design[:, 1:] @ beta[1:width]
    mixed = cover[:width, :width]
    chance = variance - between / noise.base if noise.family == "binomial" else variance  # p(1-p) holds their spread
    ratio = float(np.sqrt(np.median(variance) / between))
    return Levels(drawn, noise.value, removed, float(np.mean(np.maximum(chance, 0))),
                  _explained(removed, design, mixed), True, noise.family, noise=ratio,
                  doubt=_doubt(noise, variance, full))  # fmt: skip


def _doubt(noise: Noise, variance: Floats, design: Floats) -> float:
    """By how much less true levels would spread, if counts scattered HALF_MORE than was taken for chance."""
    if noise.family == "normal":
        return 1.0
    spare = len(variance) - design.shape[1]
    less, all_of_it = (between_units(noise.value, times * variance, design, spare) for times in (HALF_MORE, 1.0))
    return float(np.sqrt(less / all_of_it)) if all_of_it > 0 else 1.0


def _with_size(noise: Noise, variance: Floats, design: Floats) -> tuple[Floats, float]:
    """The design, with the logarithm of the size where levels go with it, and the variance left between units."""
    spare = len(variance) - design.shape[1]
    between = between_units(noise.value, variance, design, spare)
    size = np.log(noise.base)
    full = np.column_stack([design, size - size.mean()])
    if spare < 2 or np.linalg.matrix_rank(full) < full.shape[1]:
        return design, between
    _, beta, cover = weighted_fit(noise.value, variance + between, full)
    if abs(beta[-1]) < TREND * np.sqrt(cover[-1, -1]):
        return design, between
    left = between_units(noise.value, variance, full, spare - 1)
    return (full, left) if left > 0.01 * between else (design, between)  # all of it size: nothing left to learn from


def _sharpen(
    drawn: Floats, noise: Noise, grid: Grid, shift: Floats, parameters: Floats, rng: np.random.Generator
) -> None:
    """Redraw units whose noise is narrower than their cell: from it, and a normal spread, without cells."""
    own, level = noise.own_deviation(), noise.value - shift
    width = np.diff(grid.edges)
    at = np.clip(np.searchsorted(grid.edges, level) - 1, 0, len(width) - 1)
    inside = (level > grid.edges[0]) & (level < grid.edges[-1])
    sharp = np.flatnonzero(inside & (own < SHARP * np.minimum(width[at], 1 / FINE * grid.sd)))
    if not len(sharp):
        return
    centre, sd = parameters[:, :1], np.exp(parameters[:, 1:2])
    keep = sd**2 / (sd**2 + own[sharp] ** 2)
    chance = rng.standard_normal((len(drawn), len(sharp)))
    drawn[:, sharp] = centre + keep * (level[sharp] - centre) + np.sqrt(keep) * own[sharp] * chance


def _alike(
    noise: Noise, shift: Floats, variance: Floats, design: Floats, draws: int, rng: np.random.Generator
) -> Levels:
    """Every unit at the same level, known as well as all units together tell it."""
    known, middle, explained = 0.0, float(noise.hits.sum() / noise.base.sum()), 0.0
    if (variance > 0).all():
        _, beta, cover = weighted_fit(noise.value, variance, design)
        known, middle, explained = float(cover[0, 0]), float(beta[0]), _explained(shift, design, cover)
    centre = middle + np.sqrt(known) * rng.standard_normal((draws, 1))
    return Levels(np.repeat(centre, len(noise.hits), axis=1), noise.value, shift, float(variance.mean()), explained,
                  False, noise.family, noise.spread)  # fmt: skip


def _grid(noise: Noise, shift: Floats, centre: float, sd: float, variance: Floats) -> Grid:
    """Fine cells where units are expected, wider ones towards where a strange unit may lie."""
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
    core = np.arange(-CORE * FINE, CORE * FINE + 1) / FINE
    steps = np.cumsum(GROWTH ** np.arange(1, 40)) / FINE
    wide = np.concatenate((-CORE - steps[::-1], core, CORE + steps)) * sd + centre
    room = 0.5 / FINE * sd  # no sliver of a cell at an end
    edges = np.concatenate(([low], wide[(wide > low + room) & (wide < high - room)], [high]))
    return Grid(edges if len(edges) > 8 else np.linspace(low, high, 25), centre, sd)


def _explained(shift: Floats, design: Floats, cover: Floats) -> float:
    """The variance that case-mix explains, less what its coefficients would by chance."""
    if design.shape[1] == 1:
        return 0.0
    by_chance = np.mean(np.einsum("ij,jk,ik->i", design[:, 1:], cover[1:, 1:], design[:, 1:]))
    return float(max(0.0, shift.var(ddof=1) - by_chance))
