"""General to specific, for thousands of series at once: from all candidate breaks to those that are needed.

One search (`eliminate`) starts from a regression on every candidate. Each candidate that is not significant opens a
path: it is taken out, then again and again the least significant that is left, until all that are left are
significant. The ends of the paths, and the regression on all, are compared by Schwarz's criterion. Paths that meet
go on as one, so each set of candidates is looked at once for each series. Taking a column out is one update of the
inverse of X'X, and the series share their designs, so no regression is run twice.

Source: Pretis, Reade and Sucarrat (2018), Journal of Statistical Software 86(3); Sucarrat and Escribano (2012),
Oxford Bulletin of Economics and Statistics 74:716.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .changes_design import Flags, Floats, blocks, indicators, orthonormal

Counts = NDArray[np.int64]

TIED = 1e-9  # our rule: candidates whose weakness differs by less tie, and the earliest goes; rounding must not choose
CHUNK = 256  # series at a time: their regressions stay in the processor's cache (measured: 128 to 1,024 are alike)


@dataclass(frozen=True)
class Settings:
    """What is looked for and how strictly. `whole`: a regression on all its candidates may win a search."""

    shape: str = "trend"
    p: float = 1e-6
    largest: int = 15
    whole: bool = True


@dataclass(frozen=True)
class Fit:
    """The chosen regressions of U series: coefficients of the candidates (U, n - 1), of the kept columns (U, C).

    inverse: of X'X among a series' chosen candidates (k, k), one each; free: degrees of freedom (U,).
    """

    chosen: Flags
    coefficients: Floats
    inverse: tuple[Floats, ...]
    kept: Floats
    rss: Floats
    free: Counts
    fitted: Floats


def search(series: Floats, marks: Floats, settings: Settings) -> Flags:
    """Which breaks each series needs: bool (U, n - 1), column j a break at point j + 1 counted from 0.

    series: float64 (U, n), no gaps; marks: float64 (U, n, C), the columns every regression keeps.
    Block by block, then among what the blocks kept, twice.
    """
    units, n = series.shape
    chosen = np.zeros((units, n - 1), dtype=bool)
    for first, past in blocks(n, marks.shape[2], settings.largest):
        offered = np.zeros_like(chosen)
        offered[:, first:past] = True
        chosen |= eliminate(series, marks, offered, settings)
    for _ in range(2):
        chosen = eliminate(series, marks, chosen, settings)
    return chosen


def fit(series: Floats, marks: Floats, chosen: Flags, shape: str) -> Fit:
    """Regress each series on its kept columns and its chosen breaks."""
    units, n = series.shape
    kept = marks.shape[2]
    coefficients = np.zeros((units, n - 1))
    inverse = [np.zeros((0, 0))] * units
    constants = np.zeros((units, kept))
    rss = np.zeros(units)
    free = np.zeros(units, dtype=np.int64)
    fitted = np.zeros((units, n))
    stayed = np.zeros_like(chosen)
    for rows, width in _alike(chosen):
        regression = _regress(series[rows], marks[rows], chosen[rows], width, shape)
        rss[rows] = np.maximum(regression.rss, regression.floor)
        free[rows] = n - regression.stayed.sum(axis=1)
        for place, row in enumerate(rows):
            here = regression.stayed[place, kept:]
            points = regression.points[place][here]
            stayed[row, points] = True
            coefficients[row, points] = regression.beta[place, kept:][here]
            inverse[row] = regression.inverse[place][np.ix_(here, here)]
        constants[rows] = regression.beta[:, :kept]
        fitted[rows] = regression.fitted
    return Fit(stayed, coefficients, tuple(inverse), constants, rss, free, fitted)


def eliminate(series: Floats, marks: Floats, offered: Flags, settings: Settings) -> Flags:
    """One search for each series among the candidates offered to it: bool (U, n - 1), those it ends with."""
    chosen = np.zeros_like(offered)
    for rows, width in _alike(offered):
        if width:
            regression = _regress(series[rows], marks[rows], offered[rows], width, settings.shape)
            best = _best(regression, series.shape[1], marks.shape[2], settings)
            for place, row in enumerate(rows):
                chosen[row, regression.points[place][best[place]]] = True
    return chosen


@dataclass(frozen=True)
class _Regression:
    """Regressions on all that is offered. points: int64 (U, K) candidates; stayed, beta: (U, C + K)."""

    points: Counts
    stayed: Flags
    beta: Floats
    inverse: Floats  # of X'X among the candidates: (U, K, K)
    rss: Floats
    floor: Floats
    fitted: Floats


def _alike(offered: Flags) -> list[tuple[Counts, int]]:
    """Series in chunks of about as many candidates, with the most of each chunk."""
    many = offered.sum(axis=1)
    order = np.argsort(many, kind="stable")
    cuts = range(CHUNK, len(order), CHUNK)
    return [(rows, int(many[rows].max(initial=0))) for rows in np.split(order, list(cuts)) if len(rows)]


def _regress(series: Floats, marks: Floats, offered: Flags, width: int, shape: str) -> _Regression:
    n, kept = marks.shape[1:]
    points = np.argsort(~offered, axis=1, kind="stable")[:, :width]
    there = np.arange(width)[None, :] < offered.sum(axis=1)[:, None]
    keys = np.concatenate([marks.reshape(len(marks), -1), np.where(there, points, -1)], axis=1)
    _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    candidates = np.moveaxis(indicators(n, shape)[:, points[first]], 0, 1) * there[first][:, None, :]
    columns = np.concatenate([marks[first], candidates], axis=2)
    present = np.concatenate([np.ones((len(first), kept), dtype=bool), there[first]], axis=1)
    basis, inverse, stayed = orthonormal(columns, present)
    along = np.einsum("unk,un->uk", basis[which], series)
    fitted = np.einsum("unk,uk->un", basis[which], along)
    beta = np.einsum("ujk,uk->uj", inverse[which], along)
    square = inverse @ np.swapaxes(inverse, 1, 2)
    # Our rule, where a line fits without a remainder: what rounding could have left counts as noise.
    spread = 1e-9 * np.ptp(series, axis=1) + 1e-15 * np.abs(series).max(axis=1)
    floor = n * spread**2
    rss = ((series - fitted) ** 2).sum(axis=1)
    return _Regression(points, stayed[which], beta, square[which][:, kept:, kept:], rss, floor, fitted)


def _best(gum: _Regression, n: int, kept: int, settings: Settings) -> Flags:
    """The end with the lowest criterion for each series: bool (U, K)."""
    inside = gum.stayed[:, kept:]
    units = len(inside)
    rss = np.maximum(gum.rss, gum.floor)
    worth = gum.beta[:, kept:] ** 2 / np.diagonal(gum.inverse, axis1=1, axis2=2)
    free = n - kept - inside.sum(axis=1)
    bar = critical(n, settings.p)[np.clip(free, 0, n)]
    weak = inside & ~(worth * free[:, None] >= (bar * rss)[:, None])
    best = inside.copy()
    lowest = np.full(units, np.inf)
    whole = (free > 0) & (settings.whole | ~weak.any(axis=1))
    lowest[whole] = schwarz(rss[whole], free[whole], n)
    unit, out = np.nonzero(weak)
    ends = _Paths(gum, inside, unit, out, n, kept, settings).walk()
    for found, left, left_over in ends:
        value = schwarz(left_over, n - kept - left.sum(axis=1), n)
        for k in np.lexsort((value, found)):  # the lowest of each series first
            if value[k] < lowest[found[k]]:
                lowest[found[k]] = value[k]
                best[found[k]] = left[k]
    return best


class _Paths:
    """All paths of a chunk of series, a step at a time."""

    def __init__(
        self, gum: _Regression, inside: Flags, unit: Counts, out: Counts, n: int, kept: int, settings: Settings
    ) -> None:
        self.unit, self.inside = unit, inside[unit]
        self.beta, self.inverse = gum.beta[unit, kept:], gum.inverse[unit]
        self.rss, self.floor = gum.rss[unit], gum.floor
        self.degrees = n - kept
        self.bar = critical(n, settings.p)
        self.out = out

    def walk(self) -> list[tuple[Counts, Flags, Floats]]:
        """The ends: series, what is left in, residual sum of squares; those of one step together."""
        ends = []
        out = self.out
        while len(self.unit):
            self._take(out)
            self._keep(self._distinct())
            worth = np.where(self.inside, self.beta**2 / np.diagonal(self.inverse, axis1=1, axis2=2), np.inf)
            least = worth.min(axis=1)
            out = (worth <= (least * (1 + TIED))[:, None]).argmax(axis=1)
            rss = np.maximum(self.rss, self.floor[self.unit])
            free = self.degrees - self.inside.sum(axis=1)
            done = ~self.inside.any(axis=1) | (least * free >= self.bar[np.clip(free, 0, None)] * rss)
            ends.append((self.unit[done], self.inside[done], rss[done]))
            self._keep(np.flatnonzero(~done))
            out = out[~done]
        return ends

    def _take(self, out: Counts) -> None:
        """Take one candidate out of each regression."""
        rows = np.arange(len(out))
        column = self.inverse[rows, :, out]
        scale = column[rows, out]
        ratio = self.beta[rows, out] / scale
        self.rss += ratio * self.beta[rows, out]
        self.beta -= column * ratio[:, None]
        self.inverse -= column[:, :, None] * (column / scale[:, None])[:, None, :]
        self.inside[rows, out] = False
        self.inverse[rows, out, out] = 1.0

    def _distinct(self) -> Counts:
        """The first of each set of paths that stand at one point."""
        bits = np.packbits(self.inside, axis=1)
        key = np.concatenate([self.unit.astype(">i4").view(np.uint8).reshape(-1, 4), bits], axis=1)
        whole = np.ascontiguousarray(key).view(np.dtype((np.void, key.shape[1]))).reshape(-1)
        return np.sort(np.unique(whole, return_index=True)[1])

    def _keep(self, rows: Counts) -> None:
        if len(rows) < len(self.unit):
            self.unit, self.inside, self.rss = self.unit[rows], self.inside[rows], self.rss[rows]
            self.beta, self.inverse = self.beta[rows], self.inverse[rows]


def schwarz(rss: Floats, free: Counts, n: int) -> Floats:
    """Schwarz's criterion of a regression with `free` degrees of freedom, as gets has it (variance rss / free)."""
    variance = rss / free
    log_likelihood = -n * np.log(2 * np.pi * variance) / 2 - free / 2
    value: Floats = (-2 * log_likelihood + (n - free) * np.log(n)) / n
    return value


@lru_cache(maxsize=16)
def critical(n: int, p: float) -> Floats:
    """The square of Student's t at the two-sided p for 0 to n degrees of freedom; none is reached with 0."""
    bar = np.full(n + 1, np.inf)
    bar[1:] = stats.t.isf(p / 2, np.arange(1, n + 1)) ** 2
    return bar
