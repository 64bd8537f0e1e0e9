"""Noise: how far chance alone may take a unit's value from its true level, for each kind of numerator."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..errors import InputError, did_you_mean

FAMILIES = ("binomial", "poisson", "normal")
WHOLE = 1e-9  # relative distance to the next whole number that still counts as whole

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """What the values of N units are made of: hits over base, and for normal the known deviation of the value."""

    family: str
    hits: Floats
    base: Floats
    se: Floats | None = None

    @property
    def value(self) -> Floats:
        """hits / base, float64 (N,)."""
        return self.hits / self.base

    def variance(self) -> Floats:
        """The sampling variance of each value if all units were truly alike, float64 (N,)."""
        level = self.hits.sum() / self.base.sum()
        if self.family == "binomial":
            return np.asarray(level * (1 - level) / self.base)
        if self.family == "poisson":
            return np.asarray(level / self.base)
        assert self.se is not None
        return self.se**2

    def cells(self, edges: Floats, shift: Floats) -> Floats:
        """The likelihood of each unit in each cell of true level, float64 (N, J), largest 1 in a row.

        edges: float64 (J + 1,); shift: float64 (N,), what case-mix adds to a unit's level. Exact for counts; the
        outermost cells hold all that lies beyond them.
        """
        level = edges[None, :] + shift[:, None]
        if self.family == "binomial":
            up = special.betainc(self.hits[:, None] + 1, (self.base - self.hits)[:, None] + 1, np.clip(level, 0, 1))
        elif self.family == "poisson":
            up = special.gammainc(self.hits[:, None] + 1, self.base[:, None] * np.maximum(level, 0))
        else:
            assert self.se is not None
            up = special.ndtr((level - self.value[:, None]) / self.se[:, None])
        up[:, 0], up[:, -1] = 0.0, 1.0
        inside = np.maximum(np.diff(up, axis=1), 1e-300)
        return np.asarray(inside / inside.max(axis=1, keepdims=True))


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
