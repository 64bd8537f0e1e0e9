"""Cochran: do units differ more than chance, and how much variance lies between them?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from .noise import Noise

GATE = 0.001  # METHODS B.5: no variation is claimed unless Cochran's Q rejects at this level

Floats = NDArray[np.float64]


def differ(q: float, spare: int, noise: Noise) -> bool:
    """Whether Cochran's Q rejects, its variance that of counts: with rare events it exceeds a chi-square's."""
    stretch = max(0.5, 1 + float(noise.excess().mean()) / 2)  # variance of Q over 2 * spare; Welch's two moments
    return bool(stats.chi2.sf(q / stretch, spare / stretch) < GATE)


def weighted_fit(value: Floats, variance: Floats, design: Floats) -> tuple[float, Floats, Floats]:
    """Cochran's Q about the weighted fit, its coefficients and their covariance."""
    weight = 1 / variance
    cover = np.asarray(np.linalg.inv(design.T @ (design * weight[:, None])), dtype=np.float64)
    beta = cover @ (design.T @ (weight * value))
    return float(np.sum(weight * (value - design @ beta) ** 2)), beta, cover


def between_units(value: Floats, variance: Floats, design: Floats, spare: float) -> float:
    """The variance between units at which Q is `spare`: what chance expects (Paule & Mandel, 1982), or, for an end of
    its interval, a quantile of it (Viechtbauer, 2007)."""
    if weighted_fit(value, variance, design)[0] <= spare:
        return 0.0
    top = float(value.var()) * 10 + float(variance.max())
    while weighted_fit(value, variance + top, design)[0] > spare:
        top *= 4
    return float(brentq(lambda t: weighted_fit(value, variance + t, design)[0] - spare, 0.0, top, rtol=1e-6))
