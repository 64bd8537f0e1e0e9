"""What a fit says of sums of its coefficients: estimate, error, interval, p; plain, or averaged over phi."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr, ndtri, stdtr, stdtrit

from .profile import Profile

Floats = NDArray[np.float64]

ROUNDS, STILL = 100, 1e-13  # of Newton; of the end itself: near the last digit of a double
# ours: with phi 0.6 and a third of the noise sampling, 90% intervals held 86.7% and a placebo was called in 13.1% of
# 2,000 series of rates of counts (benchmarks/series_truth.py); with this they hold the promise for phi from 0 to 0.6
WIDER = 0.15
SMALL = 1e-12  # of all weight: a phi that counts for less is left out


@dataclass(frozen=True)
class Answers:
    """For M contrasts: estimate, se, low, high, p, each (M,); p is NaN where the error is 0."""

    estimate: Floats
    se: Floats
    low: Floats
    high: Floats
    p: Floats


@dataclass(frozen=True)
class Fitted:
    """Coefficients (k,), covariance (k, k), degrees of freedom (inf: normal), and a profile over kinds of noise.

    counted: the noise is part chance of whole counts, which the profile makes too little of where months lean.
    """

    beta: Floats
    cov: Floats
    df: float
    profile: Profile | None = None
    counted: bool = False

    def ask(self, C: Floats, confidence: float) -> Answers:
        """The interval to rely on: averaged over phi where there is a profile, else Student's.

        Averaged: with the noise known an estimate follows Student's distribution; each kind of noise counts by its
        restricted likelihood and its prior: all phi between -1 and 1 alike, half on no other noise, half spread over
        the share that does not lean. The interval cuts off equal tails of that mixture, and need not be symmetric.
        Plain restricted likelihood takes phi as known, and is too short. Of counts each part is made wider by
        `WIDER` times the phi that the mixture expects, if that is above 0.

        Source: Zellner and Tiao (1964), JASA 59:763; Berger, Liseo and Wolpert (1999), Statistical Science 14:1.
        """
        plain = self.plain(C, confidence)
        if self.profile is None:
            return plain
        weight, centre, spread = _mixture(self.profile, C, WIDER if self.counted else 0.0)
        tail = (1 - confidence) / 2
        below = np.sum(weight * stdtr(self.df, -centre / spread), axis=1)
        low, high = (_quantile(weight, centre, spread, self.df, share) for share in (tail, 1 - tail))
        return Answers(plain.estimate, plain.se, low, high, np.minimum(2 * np.minimum(below, 1 - below), 1.0))

    def plain(self, C: Floats, confidence: float) -> Answers:
        """Student's interval about the estimate, as if phi were known."""
        estimate = C @ self.beta
        se = np.sqrt(np.maximum(np.einsum("mi,ij,mj->m", C, self.cov, C), 0.0))
        half = se * float(_student_quantile(self.df, (1 + confidence) / 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            p = np.where(se > 0, 2 * _student(self.df, -np.abs(estimate / se)), np.nan)
        return Answers(estimate, se, estimate - half, estimate + half, p)


def _mixture(profile: Profile, C: Floats, wider: float) -> tuple[Floats, Floats, Floats]:
    """Weights (1, G), centres (M, G) and spreads (M, G) of the parts."""
    height = np.exp(profile.loglik - profile.loglik.max()) * profile.prior
    weight = height / height.sum()
    kept = weight > SMALL
    spread = np.sqrt(np.einsum("gmi,mi->mg", C @ profile.cov[kept], C))
    spread *= 1 + wider * max(float(weight @ profile.phi), 0.0)
    return weight[None, kept], C @ profile.beta[kept].T, np.maximum(spread, np.finfo(float).tiny)


def _quantile(weight: Floats, centre: Floats, spread: Floats, df: float, share: float) -> Floats:
    """Where `share` of each mixture lies below (M,), by Newton's steps within a bracket that shrinks.

    It is between the least and the greatest of its parts' own.
    """
    own = centre + spread * float(stdtrit(df, share))
    low, high = own.min(axis=1), own.max(axis=1)
    enough = STILL * (high - low)
    at = np.clip(np.sum(weight * own, axis=1), low, high)
    top = np.exp(gammaln((df + 1) / 2) - gammaln(df / 2)) / np.sqrt(df * np.pi)
    for _ in range(ROUNDS):
        z = (at[:, None] - centre) / spread
        off = np.sum(weight * stdtr(df, z), axis=1) - share
        low, high = np.where(off < 0, at, low), np.where(off < 0, high, at)
        steep = np.sum(weight * top * (1 + z**2 / df) ** (-(df + 1) / 2) / spread, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = at - off / steep
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        moved, at = np.abs(new - at), new
        if np.all(moved <= enough + STILL * np.abs(at)):
            break
    return np.asarray(at)


def _student(df: float, x: Floats) -> Floats:
    return np.asarray(ndtr(x) if np.isinf(df) else stdtr(df, x))


def _student_quantile(df: float, share: float) -> float:
    return float(ndtri(share) if np.isinf(df) else stdtrit(df, share))
