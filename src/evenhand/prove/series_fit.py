"""What the chosen errors make of a series: one fitted model, whichever it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import counts as count_models
from .ar1 import ar1
from .contrasts import Fitted
from .robust import least_squares, usual_lags
from .segmented import LEVEL, SLOPE, check_columns
from .series_window import Window

Floats = NDArray[np.float64]
Errors = Literal["ar1", "newey-west", "hc1", "model"]
Family = Literal["gaussian", "poisson", "quasipoisson", "negbin"]

LEAST_LEFT = 3  # points beyond the coefficients, so that a spread can be seen at all
EXACT = 1e-12  # of the length of y: a residual below it is rounding


@dataclass(frozen=True)
class Fit:
    """A fitted model, whichever it was; NaN where it has no such number."""

    fitted: Fitted
    logs: bool
    phi: float = float("nan")
    loglik: float = float("nan")
    sigma: float = float("nan")
    dispersion: float = float("nan")
    theta: float = float("nan")
    lags: int | None = None
    at_edge: bool = False
    exact: bool = False

    def value(self, X: Floats) -> Floats:
        """What the model expects at rows X."""
        line = X @ self.fitted.beta
        return np.exp(line) if self.logs else line

    def gradient(self, X: Floats) -> Floats:
        """How that moves with the coefficients."""
        return X * self.value(X)[:, None] if self.logs else X


def fit(seen: Window, X: Floats, names: list[str], *, errors: Errors, family: Family, lags: int | None) -> Fit:
    """Fit the model with the errors that were asked for."""
    check_columns(X, names, LEAST_LEFT)
    used = None if errors in ("ar1", "model") else 0 if errors == "hc1" else usual_lags(len(seen.y))
    used = lags if lags is not None else used
    if family != "gaussian":
        return _counts(seen, X, family, errors, used)
    plain = least_squares(seen.y, X, seen.at, lags=None)
    left = seen.y - X @ plain.beta
    sigma = float(np.sqrt(left @ left / plain.df))
    if np.linalg.norm(left) <= EXACT * (np.linalg.norm(seen.y + seen.control) + np.linalg.norm(seen.control)):
        return _exact(plain.beta, float(np.abs(seen.y).max()), plain.df, used)
    if errors == "ar1":
        found = ar1(seen.y, X, seen.at)
        fitted = Fitted(found.beta, found.cov, found.df, found.profile, counted=_of_counts(seen))
        return Fit(fitted, False, found.phi, found.loglik, found.sigma, at_edge=found.at_edge)
    return Fit(least_squares(seen.y, X, seen.at, lags=used), False, sigma=sigma, lags=used)


def _of_counts(seen: Window) -> bool:
    """Whether the values are whole counts over something, so that chance alone moves each month by itself."""
    top = seen.numerator
    over = not seen.controlled and bool(np.any(seen.exposure != 1))
    return over and bool(np.all(top >= 0) and np.all(top == np.round(top)))


def _exact(beta: Floats, size: float, df: float, lags: int | None) -> Fit:
    """Values that lie on the lines: no spread, and coefficients without the dust of rounding."""
    clean = np.where(np.abs(beta) <= EXACT * size, 0.0, beta)
    return Fit(Fitted(clean, np.zeros((len(beta), len(beta))), df), False, sigma=0.0, lags=lags, exact=True)


def ratio_beside(seen: Window, X: Floats, confidence: float) -> dict[str, object] | None:
    """The same series as counts with an offset, by quasi-Poisson: rate ratios. None where the values are not counts."""
    top = seen.numerator
    if seen.controlled or np.any(top < 0) or np.any(top != np.round(top)):
        return None
    try:
        found = count_models.counts(top, X, seen.at, np.log(seen.exposure), family="quasipoisson")
    except InputError:
        return None
    answer = found.fitted.plain(np.eye(X.shape[1]), confidence)
    out: dict[str, object] = {"family": "quasipoisson", "errors": "model", "dispersion": found.dispersion}
    for name, j in (("level", LEVEL), ("slope", SLOPE)):
        ends = [float(v[j]) for v in (answer.estimate, answer.low, answer.high)]
        out[name] = {"estimate": ends[0], "se": float(answer.se[j]), "low": ends[1], "high": ends[2],
                     "p": float(answer.p[j]), "ratio": float(np.exp(ends[0])), "ratio_low": float(np.exp(ends[1])),
                     "ratio_high": float(np.exp(ends[2]))}  # fmt: skip
    return out


def _counts(seen: Window, X: Floats, family: Family, errors: Errors, lags: int | None) -> Fit:
    top = seen.numerator
    if (wrong := np.flatnonzero((top < 0) | (top != np.round(top)))).size:
        first = int(wrong[0])
        raise InputError(f"{seen.days[first]}: {family} needs whole counts of 0 or more, found {top[first]:g}")
    assert family != "gaussian"
    found = count_models.counts(
        top, X, seen.at, np.log(seen.exposure), family=family, lags=lags, leaning=errors == "ar1"
    )
    if found.dispersion <= EXACT**2 and (errors != "model" or family == "quasipoisson"):
        return replace(_exact(found.fitted.beta, 1.0, len(top) - X.shape[1], lags), logs=True, dispersion=0.0)
    return Fit(found.fitted, True, found.phi, dispersion=found.dispersion, theta=found.theta, lags=lags,
               at_edge=found.at_edge)  # fmt: skip
