"""Noise: how far chance alone may take a unit's value from its true level, for each kind of numerator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..errors import InputError, did_you_mean

FAMILIES = ("binomial", "poisson", "normal")
WHOLE = 1e-9  # relative distance to the next whole number that still counts as whole
GAUSS = 0.5 / 3**0.5  # where Gauss's two points lie in a cell, from its middle, in widths
SHARP = 0.7  # deviations of noise in a cell's width below which two points would miss the peak
LEAST = 1e-30  # of a cell's likelihood, the likeliest being 1: single precision ends at 1e-38

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Noise:
    """What the values of N units are made of: hits over base, and for normal the known deviation of the value.

    spread: how many times chance's variance the counts scatter (1 for plain counts).
    """

    family: str
    hits: Floats
    base: Floats
    se: Floats | None = None
    spread: float = 1.0

    @property
    def value(self) -> Floats:
        """hits / base, float64 (N,)."""
        return self.hits / self.base

    def variance(self) -> Floats:
        """The sampling variance of each value if all units were truly alike, float64 (N,)."""
        level = self.hits.sum() / self.base.sum()
        if self.family == "binomial":
            return np.asarray(self.spread * level * (1 - level) / self.base)
        if self.family == "poisson":
            return np.asarray(self.spread * level / self.base)
        assert self.se is not None
        return self.se**2

    def excess(self) -> Floats:
        """The excess kurtosis of each value about a level that all share, float64 (N,); 0 for normal."""
        level = self.hits.sum() / self.base.sum()
        if self.family == "normal" or not level > 0:
            return np.zeros(len(self.hits))
        size = self.base / self.spread
        if self.family == "poisson":
            return np.asarray(1 / (size * level))
        inside = level * (1 - level)
        return np.asarray((1 - 6 * inside) / (size * inside))

    def own_deviation(self) -> Floats:
        """The deviation of each value about its own level, float64 (N,); never 0."""
        if self.se is not None:
            return self.se
        one = (self.hits + 0.5) / (self.base + 1.0)
        inside = one * np.maximum(1 - one, 0.5 / (self.base + 1.0)) if self.family == "binomial" else one
        return np.asarray(np.sqrt(self.spread * inside / self.base))

    def cells(self, edges: Floats, shift: Floats) -> Singles:
        """The mean likelihood of each unit in each cell of true level, float32 (J, N), largest 1 in a column.

        edges: float64 (J + 1,); shift: float64 (N,), what case-mix adds to a unit's level. By Gauss's two points in
        a cell, or for a unit sharper than a cell by the normal distribution. The outermost cells hold what lies
        beyond them.
        """
        width = np.diff(edges)
        middle = (edges[:-1] + edges[1:]) / 2
        log = np.logaddexp(*(self._log(middle + side * GAUSS * width, shift) for side in (1, -1)))
        own, level = self.own_deviation(), self.value - shift
        near = np.clip(np.searchsorted(edges, level) - 1, 0, len(width) - 1)
        if (sharp := own < SHARP * width[near]).any():
            up = special.ndtr((edges[:, None] - level[sharp]) / own[sharp])
            up[0], up[-1] = 0.0, 1.0
            log[:, sharp] = np.log(np.maximum(np.diff(up, axis=0), LEAST) / width[:, None])
        log -= log.max(axis=0)
        return np.maximum(np.exp(log.astype(np.float32)), np.float32(LEAST))

    def _log(self, at: Floats, shift: Floats) -> Floats:
        """The logarithm of the likelihood at levels (J,) plus each unit's shift (N,), up to a constant a unit."""
        plain = not shift.any()
        level = at[:, None] if plain else at[:, None] + shift
        if self.family == "normal":
            assert self.se is not None
            return np.asarray(-0.5 * ((level - self.value) / self.se) ** 2)
        hits, base = self.hits / self.spread, self.base / self.spread
        some = np.log(np.maximum(level, 1e-12))
        if self.family == "poisson":
            return np.asarray(hits * some - base * np.maximum(level, 0))
        return np.asarray(hits * some + (base - hits) * np.log(np.maximum(1 - level, 1e-12)))


def family_of(hits: Floats, base: Floats, family: str, known_se: bool) -> str:
    """The family that fits what was counted, unless one is named.

    Whole numbers of a whole denominator that they never exceed are hits (binomial); other whole numbers are
    counts (poisson); anything else, such as pounds, is normal, and so is a value with a known standard error.

    Raises
    ------
    InputError
        If the named family is unknown.
    """
    if family == "auto":
        if known_se or not _whole(hits):
            return "normal"
        return "binomial" if _whole(base) and bool(np.all(hits <= base)) else "poisson"
    if family not in FAMILIES:
        known = ("auto", *FAMILIES)
        raise InputError(f"family: expected {', '.join(known)}, found {family!r}{did_you_mean(family, known)}")
    return family


def _whole(values: Floats) -> bool:
    return bool(np.all(np.abs(values - np.round(values)) <= WHOLE * np.maximum(1, np.abs(values))))
