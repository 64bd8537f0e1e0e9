"""Generalised least squares when each month leans on the one before: AR(1) by restricted likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from .profile import LEAST, MOST, Profile, tall
from .two_noises import answers, heights, two_noises

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

COARSE, FINE = 80, 100  # values of phi tried: to find the peak, then where its weight lies


@dataclass(frozen=True)
class AR1:
    """The fit at the peak, and the profile to average over: all phi, with and without noise that does not lean.

    beta (k,), cov (k, k), sigma: spread of one month's noise, df = n - k. at_edge: phi ran to the end of its range.
    """

    phi: float
    loglik: float
    beta: Floats
    cov: Floats
    sigma: float
    df: int
    profile: Profile
    at_edge: bool


def ar1(y: Floats, X: Floats, when: Whole, *, weights: Floats | None = None) -> AR1:
    """Fit y (n,) on X (n, k) with noise whose correlation is phi^(months apart), phi by restricted likelihood (REML).

    A month that is missing keeps its place: `when` (n,) counts months and rises. With `weights` (n,) the noise of a
    month has variance sigma^2 / weight. The columns of X must be independent and y must not lie on them exactly.

    Source: Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, 5.3; agrees with nlme's gls(corAR1, REML).
    """
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    Z = X * root[:, None]
    # least squares taken off first: what is left may be tiny beside y
    plain = np.asarray(np.linalg.lstsq(Z, y * root, rcond=None)[0], dtype=np.float64)
    left = y * root - Z @ plain
    seen = _Seen(left, Z, when)
    coarse = np.linspace(LEAST, MOST, COARSE)
    found = seen.loglik(np.tanh(coarse))
    best = int(found.argmax())
    ends = coarse[max(best - 1, 0)], coarse[min(best + 1, COARSE - 1)]
    peak = float(minimize_scalar(
        lambda theta: -float(seen.loglik(np.tanh(np.array([theta])))[0]), bounds=ends, method="bounded",
        options={"xatol": 1e-9},
    ).x)  # fmt: skip
    at = seen.profile(np.tanh(np.array([peak])))
    near = np.tanh(np.linspace(*tall(coarse, found), FINE))
    return AR1(
        phi=float(at.phi[0]), loglik=float(at.loglik[0]), beta=plain + at.beta[0], cov=at.cov[0],
        sigma=float(seen.sigma(at.phi)[0]), df=seen.df, at_edge=best in (0, COARSE - 1),
        profile=(seen.profile(near) + two_noises(left, Z, when)).shifted(plain),
    )  # fmt: skip


class _Seen:
    """Sums of products by distance in time, from which any phi is answered without going back to the n rows.

    With a_t = (x_t, y_t) and f = phi^gap, a_t - f a_(t-1) has variance 1 - f^2 in units of sigma^2; so the product
    matrix [X y]' R^-1 [X y] is a weighted sum of a few (k + 1, k + 1) matrices, one set for each distinct gap.
    """

    def __init__(self, y: Floats, X: Floats, when: Whole) -> None:
        n, k = X.shape
        Q, self.R = np.linalg.qr(X)
        self.scale = float(np.linalg.norm(y)) or 1.0
        A = np.column_stack([Q, y / self.scale])
        now, before, gaps = A[1:], A[:-1], np.diff(when)
        self.first = np.outer(A[0], A[0])
        self.parts = []
        for gap in np.unique(gaps):
            own = gaps == gap
            cross = now[own].T @ before[own]
            self.parts.append((
                int(gap), int(own.sum()), now[own].T @ now[own], cross + cross.T, before[own].T @ before[own]
            ))  # fmt: skip
        self.n, self.df = n, n - k

    def _roots(self, phi: Floats) -> tuple[Floats, Floats]:
        """Cholesky roots (G, k + 1, k + 1) of the product matrices, and log |R| (G,)."""
        total = np.broadcast_to(self.first, (len(phi), *self.first.shape)).copy()
        log_r = np.zeros(len(phi))
        for gap, count, now, cross, before in self.parts:
            f = phi**gap
            left = 1 - f**2
            log_r += count * np.log(left)
            total += (now - f[:, None, None] * cross + (f**2)[:, None, None] * before) / left[:, None, None]
        return np.linalg.cholesky(total), log_r

    def loglik(self, phi: Floats) -> Floats:
        return heights(*self._roots(phi), self.R, self.scale, self.n)

    def sigma(self, phi: Floats) -> Floats:
        return np.asarray(self.scale * self._roots(phi)[0][:, -1, -1] / np.sqrt(self.df))

    def profile(self, phi: Floats) -> Profile:
        prior = np.gradient(phi) / 2 if len(phi) > 1 else np.ones(1)  # flat over -1 to 1, half of all
        return Profile(phi, *answers(*self._roots(phi), self.R, self.scale, self.n), prior)
