"""Noise of two kinds: a part that leans from month to month, and a part that does not (sampling, small numbers)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .profile import LEAST, MOST, Profile, tall

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

SHARES = np.array([0.15, 0.3, 0.45, 0.6, 0.75, 0.9])  # of the noise that does not lean; none at all is ar1.py's
TRIED = 45  # values of phi: spaced near the width of the peak at 60 months
LONG = 250  # points from which the peak is narrower than the spacing, and is looked for first


def two_noises(y: Floats, X: Floats, when: Whole) -> Profile:
    """The profile over phi and the share of independent noise: each of the six shares counts alike before the data.

    Variance of a month: sigma^2; of it `share` is its own, the rest has correlation phi^(months apart). y (n,) and X
    (n, k) as in ar1; prior of the whole sums to 1.
    """
    Q, R = np.linalg.qr(X)
    scale = float(np.linalg.norm(y)) or 1.0
    A = np.column_stack([Q, y / scale])
    theta = np.linspace(LEAST, MOST, TRIED)
    found = _over(A, R, scale, when, theta)
    if len(y) >= LONG:
        highest = found.loglik.reshape(len(SHARES), TRIED).max(axis=0)
        found = _over(A, R, scale, when, np.linspace(*tall(theta, highest), TRIED))
    return found


def _over(A: Floats, R: Floats, scale: float, when: Whole, theta: Floats) -> Profile:
    phi = np.tile(np.tanh(theta), len(SHARES))
    prior = np.tile(np.gradient(np.tanh(theta)), len(SHARES)) / (2 * len(SHARES))  # flat over -1 to 1
    white, log_v = _innovations(A, when, phi, np.repeat(SHARES, len(theta)))
    root: Floats = np.asarray(np.linalg.cholesky(np.swapaxes(white, 1, 2) @ white), dtype=np.float64)
    return Profile(phi, *answers(root, log_v, R, scale, len(A)), prior)


def answers(root: Floats, log_v: Floats, R: Floats, scale: float, n: int) -> tuple[Floats, Floats, Floats]:
    """Restricted log likelihood (G,), beta (G, k) and cov (G, k, k).

    From the Cholesky roots (G, k + 1, k + 1) of [Q y/scale]' V^-1 [Q y/scale], where X = Q R, and log |V| (G,).
    """
    variance = scale**2 * root[:, -1, -1] ** 2 / (n - len(R))
    spread = np.linalg.inv(R) @ np.swapaxes(np.linalg.inv(root[:, :-1, :-1]), 1, 2)
    beta = scale * (spread @ root[:, -1, :-1, None])[:, :, 0]
    cov = variance[:, None, None] * (spread @ np.swapaxes(spread, 1, 2))
    return heights(root, log_v, R, scale, n), beta, cov


def heights(root: Floats, log_v: Floats, R: Floats, scale: float, n: int) -> Floats:
    """Restricted log likelihood (G,), as nlme counts it."""
    df = n - len(R)
    diagonal = np.diagonal(root, axis1=1, axis2=2)
    variance = scale**2 * diagonal[:, -1] ** 2 / df
    log_x = 2 * np.log(diagonal[:, :-1]).sum(axis=1) + 2 * np.log(np.abs(np.diag(R))).sum()
    return np.asarray(-0.5 * (df * (np.log(2 * np.pi * variance) + 1) + log_v + log_x))


def _innovations(A: Floats, when: Whole, phi: Floats, share: Floats) -> tuple[Floats, Floats]:
    """What each row of A (n, m) adds to those before it, over its spread (G, n, m), and log |V| (G,): Kalman's filter.

    Source: Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, 3.4.
    """
    leaning = 1 - share
    spread = leaning
    state = np.zeros((len(phi), A.shape[1]))
    out = np.empty((len(A), len(phi), A.shape[1]))
    log_v = np.zeros(len(phi))
    steps = np.append(np.diff(when), 1)
    for t, row in enumerate(A):
        variance = spread + share
        new = row - state
        out[t] = new / np.sqrt(variance)[:, None]
        log_v += np.log(variance)
        gain = spread / variance
        f = phi ** int(steps[t])
        state = f[:, None] * (state + gain[:, None] * new)
        spread = f**2 * spread * (1 - gain) + leaning * (1 - f**2)
    return np.swapaxes(out, 0, 1), log_v
