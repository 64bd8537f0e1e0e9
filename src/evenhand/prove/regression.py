"""Least squares with the errors a trial needs: classical, and by cluster, also when clusters are few or uneven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit
from statsmodels.regression.linear_model import OLS

Floats = NDArray[np.float64]
Errors = Literal["CR1", "CR2", "CR3"]

EXACT = 1e-12  # of the length of y: a residual below it is rounding


@dataclass(frozen=True)
class Fit:
    """Coefficients (k,), their standard errors (k,) and the degrees of freedom of each (k,)."""

    beta: Floats
    se: Floats
    df: Floats

    def interval(self, column: int, level: float = 0.95) -> tuple[float, float]:
        """The two ends of the interval of one coefficient."""
        half = float(stdtrit(self.df[column], (1 + level) / 2)) * float(self.se[column])
        return float(self.beta[column]) - half, float(self.beta[column]) + half

    def p(self, column: int) -> float:
        """The two-sided p of one coefficient; NaN where its standard error is 0."""
        if not self.se[column] > 0:
            return float("nan")
        return float(2 * stdtr(self.df[column], -abs(self.beta[column] / self.se[column])))


def fit(y: Floats, X: Floats, *, clusters: Sequence[str] | None = None, errors: Errors = "CR1") -> Fit:
    """Least squares of y (n,) on X (n, k), whose columns must be linearly independent.

    Where y lies on them but for rounding, the errors are 0 and no p is known.

    Without clusters: classical errors, t(n - k). With clusters, by `errors`:
    CR1, the sandwich times G/(G-1) x (n-1)/(n-k), and t(G - 1), as statsmodels and fixest have it;
    CR2, the bias-reduced sandwich, or CR3, the jackknife that leaves one cluster out at a time, both with
    Satterthwaite's degrees of freedom. CR2 is right when units are alike; CR3 stays on the safe side when they are not.
    """
    length = np.linalg.norm(X, axis=0)  # columns of one length: pounds beside shares lose no digits to one another
    found = _fit(y, X / length, clusters, errors)
    dust = EXACT * np.linalg.norm(y)
    if np.linalg.norm(y - X @ (found.beta / length)) > dust:
        return Fit(found.beta / length, found.se / length, found.df)
    return Fit(np.where(np.abs(found.beta) > dust, found.beta / length, 0.0), np.zeros(len(length)), found.df)


def _fit(y: Floats, X: Floats, clusters: Sequence[str] | None, errors: Errors) -> Fit:
    if clusters is None:
        plain = OLS(y, X).fit()
        return Fit(plain.params, plain.bse, np.full(X.shape[1], float(plain.df_resid)))
    groups = np.unique(np.asarray(clusters, dtype=object).astype(str), return_inverse=True)[1]
    if errors != "CR1":
        return _reduced(y, X, groups, errors)
    robust = OLS(y, X).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}, use_t=True)
    return Fit(robust.params, robust.bse, np.full(X.shape[1], float(groups.max())))


def _reduced(y: Floats, X: Floats, groups: NDArray[np.int64], errors: Errors) -> Fit:
    """CR2 or CR3 errors, and Satterthwaite's df of CR2 with independent units as its working model.

    Source: Bell and McCaffrey (2002), Survey Methodology 28:169; Pustejovsky and Tipton (2018), JBES 36:672;
    MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232:272 (CR3 as the jackknife, for uneven clusters).
    """
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ X.T @ y
    residual = y - X @ beta
    count, k = int(groups.max()) + 1, X.shape[1]
    parts: Floats = np.zeros((count, k))
    own: Floats = np.zeros((count, k))
    pull: Floats = np.zeros((count, k, k))
    for g, rows in enumerate(np.split(np.argsort(groups, kind="stable"), np.cumsum(np.bincount(groups))[:-1])):
        spared = np.eye(len(rows)) - X[rows] @ bread @ X[rows].T
        adjusted = _power(spared, -0.5) @ X[rows] @ bread
        pulled = adjusted if errors == "CR2" else _power(spared, -1.0) @ X[rows] @ bread
        parts[g] = pulled.T @ residual[rows]
        own[g] = np.sum(adjusted**2, axis=0)
        pull[g] = X[rows].T @ adjusted
    df = np.array([_satterthwaite(own[:, j], pull[:, :, j], np.asarray(bread)) for j in range(k)])
    scale = 1.0 if errors == "CR2" else (count - 1) / count
    return Fit(beta, np.sqrt(scale * np.sum(parts**2, axis=0)), df)


def _satterthwaite(own: Floats, pull: Floats, bread: Floats) -> float:
    """(sum of eigenvalues)^2 / sum of their squares, of the matrix diag(own) - pull bread pull'; never built whole."""
    shared = np.einsum("gi,ij,gj->g", pull, bread, pull)
    inner = bread @ pull.T @ pull
    squares = np.sum(own**2) - 2 * np.sum(own * shared) + np.trace(inner @ inner)
    return float(np.sum(own - shared) ** 2 / squares)


def _power(matrix: Floats, exponent: float) -> Floats:
    """A power of a symmetric matrix; directions that the model fits perfectly carry nothing."""
    values, vectors = np.linalg.eigh(matrix)
    keep = values > 1e-10  # a residual direction below rounding error
    return np.asarray((vectors[:, keep] * values[keep] ** exponent) @ vectors[:, keep].T)
