"""Generalised least squares when each month leans on the one before: AR(1) by restricted likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LEAST, MOST = -2.6, 3.8  # atanh of phi: -0.989 to 0.999, beyond which a series is a saw or a random walk
COARSE, FINE = 80, 100  # values of phi tried: to find the peak, then where its weight lies
FAR = 18.0  # log likelihoods this far below the peak weigh less than 1e-7 of it


@dataclass(frozen=True)
class Profile:
    """What the data say at each of G values of phi: restricted log likelihood (G,), beta (G, k), cov (G, k, k)."""

    phi: Floats
    loglik: Floats
    beta: Floats
    cov: Floats


@dataclass(frozen=True)
class AR1:
    """The fit at the peak, and the profile about it, over which an interval can be averaged.

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
    seen = _Seen(y * root, X * root[:, None], when)
    coarse = np.linspace(LEAST, MOST, COARSE)
    heights = seen.loglik(np.tanh(coarse))
    best = int(heights.argmax())
    ends = coarse[max(best - 1, 0)], coarse[min(best + 1, COARSE - 1)]
    peak = float(minimize_scalar(
        lambda theta: -float(seen.loglik(np.tanh(np.array([theta])))[0]), bounds=ends, method="bounded",
        options={"xatol": 1e-9},
    ).x)  # fmt: skip
    at = seen.profile(np.tanh(np.array([peak])))
    weighty = np.flatnonzero(heights > at.loglik[0] - FAR)
    low = coarse[max(int(weighty[0]) - 1, 0)] if weighty.size else ends[0]
    high = coarse[min(int(weighty[-1]) + 1, COARSE - 1)] if weighty.size else ends[1]
    return AR1(
        phi=float(at.phi[0]), loglik=float(at.loglik[0]), beta=at.beta[0], cov=at.cov[0],
        sigma=float(seen.sigma(at.phi)[0]), df=seen.df,
        profile=seen.profile(np.tanh(np.linspace(low, high, FINE))), at_edge=best in (0, COARSE - 1),
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
        self.df = n - k

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

    def _height(self, root: Floats, log_r: Floats) -> Floats:
        diagonal = np.diagonal(root, axis1=1, axis2=2)
        variance = self.scale**2 * diagonal[:, -1] ** 2 / self.df
        log_x = 2 * np.log(diagonal[:, :-1]).sum(axis=1) + 2 * np.log(np.abs(np.diag(self.R))).sum()
        return np.asarray(-0.5 * (self.df * (np.log(2 * np.pi * variance) + 1) + log_r + log_x))

    def loglik(self, phi: Floats) -> Floats:
        return self._height(*self._roots(phi))

    def sigma(self, phi: Floats) -> Floats:
        return np.asarray(self.scale * self._roots(phi)[0][:, -1, -1] / np.sqrt(self.df))

    def profile(self, phi: Floats) -> Profile:
        root, log_r = self._roots(phi)
        inner, last = root[:, :-1, :-1], root[:, -1, :-1]
        inverse = np.linalg.inv(inner)
        back = np.linalg.inv(self.R)
        spread = back @ np.swapaxes(inverse, 1, 2)
        beta = self.scale * (spread @ last[:, :, None])[:, :, 0]
        variance = self.scale**2 * root[:, -1, -1] ** 2 / self.df
        cov = variance[:, None, None] * (spread @ np.swapaxes(spread, 1, 2))
        return Profile(phi, self._height(root, log_r), beta, cov)
