"""From what each cluster contributes to an interval: jackknife or influence, Student's t, and a joint test."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr, stdtrit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def jackknife(estimate: Floats, left_out: Floats, waves: Ints | None = None) -> tuple[Floats, float]:
    """Covariance (m, m) and degrees of freedom, from the estimates without each cluster (G, m) about the whole (m,).

    `waves` (G,), int: what clusters of one wave have in common, such as a larger effect, is no error of an estimate for
    these very waves: they are set about their wave's mean, which costs a degree of freedom. -1: in no wave, or alone.
    Squares about a mean of n are taken times the root of n / (n - 1), halfway (in logarithms) between CR3 as it stands,
    which finds too much in waves of four, and CR3 with n / (n - 1), which finds too little: decision 0089. Rows and
    columns are NaN for what cannot be known without some cluster.

    Source: CR3 as the jackknife: MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232:272; effects set about
    their group's mean: Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91:3253, section 4.3.
    """
    count = len(left_out)
    away, used = left_out - estimate, 0
    for wave in np.unique(waves[waves >= 0]) if waves is not None else ():
        own = np.flatnonzero(waves == wave)
        if len(own) > 1:
            away[own] = (away[own] - away[own].mean(axis=0)) * (len(own) / (len(own) - 1)) ** 0.25
            used += 1
    return np.asarray((count - 1) / count * away.T @ away), float(count - max(used, 1))


def student(estimate: float, se: float, df: float, level: float) -> tuple[float, float, float]:
    """Low, high and two-sided p by Student's t; NaN where the error is not known, or is 0."""
    if not (se > 0 and df > 0):
        return float("nan"), float("nan"), float("nan")
    half = float(stdtrit(df, (1 + level) / 2)) * se
    return estimate - half, estimate + half, float(2 * stdtr(df, -abs(estimate / se)))


def hotelling(estimate: Floats, covariance: Floats, clusters: int) -> tuple[float, float, float, float]:
    """Whether m estimates are all 0, when their covariance rests on G clusters: F, p and its degrees of freedom.

    NaN where m is 0, G is not above m, or the covariance is not known or not of full rank.

    Source: Hotelling (1931), Annals of Mathematical Statistics 2:360: T2 x (G - m) / (m (G - 1)) is F(m, G - m).
    """
    m, nothing = len(estimate), float("nan")
    if m == 0 or clusters <= m or not np.isfinite(covariance).all():
        return nothing, nothing, float(m), float(clusters - m)
    scale = np.sqrt(np.diag(covariance))
    if (scale == 0).any() or np.linalg.matrix_rank(covariance / np.outer(scale, scale), tol=1e-9) < m:
        return nothing, nothing, float(m), float(clusters - m)
    t2 = float(estimate @ np.linalg.solve(covariance, estimate))
    f = t2 * (clusters - m) / (m * (clusters - 1))
    return f, float(fdtrc(m, clusters - m, f)), float(m), float(clusters - m)
