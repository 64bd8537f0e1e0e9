"""Do the months of a series lean on one another? Durbin-Watson, autocorrelations, Ljung-Box, Breusch-Godfrey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import gammaincc

from ..records import Record

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

MONTHS = 12  # lags that a year's pattern would show in


@dataclass(frozen=True, eq=False)
class Autocorrelation(Record):
    """What the residuals of least squares say of one another.

    phi: of the AR(1) fit, NaN where there is none; durbin_watson: 2 when months do not lean, 0 when each repeats the
    last, 4 when each turns it round, with its exact one-sided p for leaning; acf: at 1, 2 and 3 months;
    ljung_box (12 months) and breusch_godfrey (1 and 12 months) with their p.
    """

    phi: float
    durbin_watson: float
    durbin_watson_p: float
    acf: Floats
    ljung_box: float
    ljung_box_p: float
    breusch_godfrey_1: float
    breusch_godfrey_1_p: float
    breusch_godfrey_12: float
    breusch_godfrey_12_p: float


def autocorrelation(residual: Floats, X: Floats, when: Whole, *, phi: float = np.nan) -> Autocorrelation:
    """Describe the residuals (n,) of least squares on X (n, k); months that are missing between two keep them apart.

    Source: Durbin and Watson (1950), Biometrika 37:409, p by Imhof (1961), Biometrika 48:419; Ljung and Box (1978),
    Biometrika 65:297; Breusch (1978) and Godfrey (1978), as R's lmtest has them.
    """
    n = len(residual)
    grid = np.zeros(int(when[-1] - when[0]) + 1)
    grid[when - when[0]] = residual
    total = float(residual @ residual)
    acf = np.array([float(grid[lag:] @ grid[:-lag]) / total if lag < len(grid) else np.nan
                    for lag in range(1, MONTHS + 1)])  # fmt: skip
    known = acf[np.isfinite(acf)]
    box = n * (n + 2) * float(np.sum(known**2 / (n - np.arange(1, len(known) + 1)))) if n > MONTHS else np.nan
    watson, watson_p = _durbin_watson(residual, X, when)
    one, twelve = (_breusch_godfrey(residual, X, when, grid, lags) for lags in (1, MONTHS))
    return Autocorrelation(
        phi, watson, watson_p, acf[:3], box, _chi2(box, MONTHS), one, _chi2(one, 1), twelve, _chi2(twelve, MONTHS)
    )


def _durbin_watson(residual: Floats, X: Floats, when: Whole) -> tuple[float, float]:
    n = len(residual)
    near = np.flatnonzero(np.diff(when) == 1)
    if not near.size:
        return np.nan, np.nan
    D = np.zeros((len(near), n))
    D[np.arange(len(near)), near], D[np.arange(len(near)), near + 1] = -1.0, 1.0
    ratio = float(np.sum((D @ residual) ** 2) / (residual @ residual))
    Q, _ = np.linalg.qr(X)
    spared = np.eye(n) - Q @ Q.T
    roots = np.linalg.eigvalsh(spared @ (D.T @ D - ratio * np.eye(n)) @ spared)
    roots = roots[np.argsort(-np.abs(roots))][: n - X.shape[1]]
    return ratio * (n - 1) / len(near), _below_zero(roots / np.abs(roots).max())


def _below_zero(roots: Floats) -> float:
    """P(sum of roots x squared normals < 0), by Imhof's integral."""

    def part(u: float) -> float:
        angle = 0.5 * np.sum(np.arctan(roots * u))
        return float(np.sin(angle) / u * np.exp(-0.25 * np.sum(np.log1p((roots * u) ** 2))))

    above = quad(part, 0, 1, limit=200, epsabs=1e-12)[0] + quad(part, 1, np.inf, limit=200, epsabs=1e-12)[0]
    return float(min(max(0.5 - above / np.pi, 0.0), 1.0))


def _breusch_godfrey(residual: Floats, X: Floats, when: Whole, grid: Floats, lags: int) -> float:
    """n R^2 of the residuals on X and on themselves up to `lags` before, 0 where there is none."""
    if len(residual) <= X.shape[1] + lags:
        return float("nan")
    place = when - when[0]
    late = [np.where(place >= lag, grid[np.maximum(place - lag, 0)], 0.0) for lag in range(1, lags + 1)]
    Z = np.column_stack([X, *late])
    fitted = Z @ np.linalg.lstsq(Z, residual, rcond=None)[0]
    return float(len(residual) * (fitted @ fitted) / (residual @ residual))


def _chi2(value: float, df: int) -> float:
    return float(gammaincc(df / 2, value / 2)) if np.isfinite(value) else float("nan")
