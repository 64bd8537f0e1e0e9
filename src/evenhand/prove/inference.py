"""From what each cluster contributes to an interval: jackknife or influence, Student's t, and a joint test."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr, stdtrit

Floats = NDArray[np.float64]


def jackknife(estimate: Floats, left_out: Floats) -> Floats:
    """Covariance (m, m) from the estimates without each cluster (G, m), about the estimate with all (m,).

    Rows and columns are NaN for what cannot be known without some cluster.

    Source: CR3 as the jackknife: MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232:272.
    """
    count = len(left_out)
    away = left_out - estimate
    return np.asarray((count - 1) / count * away.T @ away)


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
