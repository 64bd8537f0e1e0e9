"""Count models over time: a log line, an offset for what the counts are out of, and errors that counts deserve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import digamma

from ..errors import InputError
from .ar1 import ar1
from .contrasts import Fitted
from .robust import long_run

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Family = Literal["poisson", "quasipoisson", "negbin"]

ROUNDS, ENOUGH = 200, 1e-12  # of reweighted least squares; the relative change of beta at which it stands still
EXACT = 1e-20  # a dispersion that is rounding: the counts lie on the lines
PLENTY = 1e7  # a theta beyond it is Poisson to every digit that is shown


@dataclass(frozen=True)
class Counts:
    """A count model as fitted: beta are logs of rate ratios.

    mean (n,): expected counts; dispersion: Pearson's chi-square over n - k; theta: of the negative binomial, else NaN;
    phi: autocorrelation, NaN unless it was asked for.
    """

    fitted: Fitted
    mean: Floats
    dispersion: float
    theta: float
    phi: float
    at_edge: bool = False


def counts(
    y: Floats, X: Floats, when: Whole, offset: Floats, *, family: Family, lags: int | None = None, leaning: bool = False
) -> Counts:
    """Fit log E(y) = offset + X beta.

    poisson and negbin: normal intervals from the model; quasipoisson: errors x the root of the dispersion, t(n - k).
    `lags`: Newey-West's errors instead, x n/(n - k), normal. `leaning` (quasipoisson only): months lean on one another
    by AR(1), found by restricted likelihood on the working values of the quasi-Poisson fit.

    Raises
    ------
    InputError
        If there is no count above 0 on one side, so that a log has no end.

    Source: McCullagh and Nelder (1989), Generalized Linear Models, ch. 6 and 9; Venables and Ripley (2002), MASS,
    7.4 (negative binomial); Breslow and Clayton (1993), JASA 88:9 (working values).
    """
    n, k = X.shape
    beta, mean = _iterate(y, X, offset, np.inf)
    theta = np.nan
    if family == "negbin":
        theta, beta, mean = _negative_binomial(y, X, offset, mean)
    weight = mean / (1 + mean / theta) if family == "negbin" else mean
    bread: Floats = np.asarray(np.linalg.inv(X.T @ (X * weight[:, None])), dtype=np.float64)
    dispersion = float(np.sum((y - mean) ** 2 * weight / mean**2) / (n - k))
    if leaning and dispersion > EXACT:
        return _leaning(y, X, when, offset, beta, dispersion)
    if lags is not None:
        scores = X * ((y - mean) * weight / mean)[:, None]
        cov = bread @ long_run(scores, when, lags) @ bread * n / (n - k)
        return Counts(Fitted(beta, cov, np.inf), mean, dispersion, theta, np.nan)
    if family == "quasipoisson":
        return Counts(Fitted(beta, bread * dispersion, n - k), mean, dispersion, theta, np.nan)
    return Counts(Fitted(beta, bread, np.inf), mean, dispersion, theta, np.nan)


def _iterate(y: Floats, X: Floats, offset: Floats, theta: float, start: Floats | None = None) -> tuple[Floats, Floats]:
    """Beta and expected counts by reweighted least squares."""
    eta = np.log(y + 0.5) if start is None else np.log(start)
    beta: Floats = np.zeros(X.shape[1])
    for _ in range(ROUNDS):
        mean = np.exp(eta)
        weight = mean / (1 + mean / theta)
        root = np.sqrt(weight)
        working = eta - offset + (y - mean) / mean
        new = np.asarray(np.linalg.lstsq(X * root[:, None], root * working, rcond=None)[0], dtype=np.float64)
        eta = offset + X @ new
        if not np.all(np.abs(eta) < 300):  # exp(300) and beyond: no count is near it
            break
        if np.max(np.abs(new - beta)) <= ENOUGH * (1 + np.max(np.abs(new))):
            return np.asarray(new, dtype=np.float64), np.asarray(np.exp(eta), dtype=np.float64)
        beta = new
    raise InputError("the count model finds no end: on one side, or in one month of the year, every count is 0")


def _negative_binomial(y: Floats, X: Floats, offset: Floats, mean: Floats) -> tuple[float, Floats, Floats]:
    """Theta by maximum likelihood and beta given theta, in turn."""
    theta, beta = np.inf, np.zeros(X.shape[1])
    for _ in range(ROUNDS):
        before = theta
        theta = _theta(y, mean)
        beta, mean = _iterate(y, X, offset, theta, mean)
        if theta >= PLENTY or abs(theta - before) <= 1e-10 * theta:
            break
    return theta, beta, mean


def _theta(y: Floats, mean: Floats) -> float:
    """Where the likelihood's slope in theta is 0; PLENTY where the counts vary no more than Poisson's."""

    def slope(log_theta: float) -> float:
        t = float(np.exp(log_theta))
        return float(np.sum(digamma(y + t) - digamma(t) + np.log(t) + 1 - np.log(t + mean) - (y + t) / (t + mean)))

    low, high = float(np.log(1e-4)), float(np.log(PLENTY))
    tried = np.linspace(high, low, 60)
    steep = np.array([slope(value) for value in tried])
    turn = np.flatnonzero((steep[:-1] < 0) & (steep[1:] >= 0))
    if not turn.size:
        return PLENTY
    at = int(turn[0])
    return float(np.exp(brentq(slope, tried[at + 1], tried[at], xtol=1e-13)))


def _leaning(y: Floats, X: Floats, when: Whole, offset: Floats, beta: Floats, dispersion: float) -> Counts:
    """One step of restricted likelihood from the quasi-Poisson fit, which is consistent whatever leans on what.

    Going on to a fixed point adds nothing in large samples, and near a random walk it may run away.
    """
    mean = np.exp(offset + X @ beta)
    found = ar1(X @ beta + (y - mean) / mean, X, when, weights=mean)
    fitted = Fitted(found.beta, found.cov, found.df, found.profile, counted=True)
    return Counts(fitted, np.exp(offset + X @ found.beta), dispersion, np.nan, found.phi, found.at_edge)
