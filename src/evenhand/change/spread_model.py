"""The model of a spread: what its points mean, how likely counts are, and what may come, as draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln

from ..stats.bass import hazard

Floats = NDArray[np.float64]

# Rates a year, as medians and spreads of their logarithm (our rule): midway between consumer goods, 0.03 and 0.38
# (METHODS E.3, marked there as not verified), and campaigns that are through in a year or two, about 0.1 and 3. Spreads
# of 2 and 1.5 allow both, and a drug of decades.
PRIOR_P, PRIOR_Q = (0.05, 2.0), (1.0, 1.5)
PRIOR_CLUMPS = (0.5, 1.2)  # variance beyond chance, as a part of chance (our rule): adopters come in groups
WALKERS, TRIES = 48, 3000


def first(rng: np.random.Generator, model: str) -> Floats:
    """Points as the prior has them: log p, log q, the ceiling's place (logit), log of clumps."""
    return np.column_stack([
        rng.normal(np.log(PRIOR_P[0]), PRIOR_P[1], TRIES), rng.normal(np.log(PRIOR_Q[0]), PRIOR_Q[1], TRIES),
        rng.logistic(size=TRIES), rng.normal(np.log(PRIOR_CLUMPS[0]), PRIOR_CLUMPS[1], TRIES),
    ])  # fmt: skip


def prior(points: Floats) -> Floats:
    """The log of the prior: rates and clumps lognormal, the ceiling even over what is possible."""
    log_p, log_q, place, clumps = points.T
    even = -place - 2 * np.logaddexp(0, -place)
    found: Floats = even
    for value, (centre, width) in ((log_p, PRIOR_P), (log_q, PRIOR_Q), (clumps, PRIOR_CLUMPS)):
        found = found - 0.5 * ((value - np.log(centre)) / width) ** 2
    return found


def meaning(
    points: Floats, could: float, model: str, wide: bool, so_far: float
) -> tuple[Floats, Floats, Floats, Floats]:  # fmt: skip
    """Rates a year, ceiling in adopters, variance over chance."""
    p = np.zeros(len(points)) if model == "logistic" else np.exp(np.clip(points[:, 0], -30, 10))
    q = np.exp(np.clip(points[:, 1], -30, 10))
    place = expit(points[:, 2])
    ceiling = so_far * (could / so_far) ** place if wide else could * place
    return p, q, ceiling, 1 + np.exp(np.clip(points[:, 3], -30, 10))


def likelihood(
    points: Floats, before: Floats, new: Floats, years: Floats, could: float, model: str, wide: bool
) -> Floats:
    """The log of the chance of the new adopters of each interval, given those before it: (W,)."""
    so_far = before[-1] + new[-1]
    p, q, ceiling, clumps = (x[:, None] for x in meaning(points, could, model, wide, so_far))
    possible = ceiling[:, 0] > so_far - 1e-9
    left = could - before
    chance = _chance(p, q, ceiling, before, years, left)
    found = np.where(left > 0, _beta_binomial(new, np.maximum(left, 1.0), chance, clumps), 0.0).sum(axis=1)
    return np.where(possible & np.isfinite(found), found, -np.inf)


def _chance(p: Floats, q: Floats, ceiling: Floats, before: Floats, years: Floats, left: Floats) -> Floats:
    """The chance of one of those left in the whole population, some of whom never will."""
    share = np.clip(before / ceiling, 0, 1)
    willing = np.clip(ceiling - before, 0, None) / np.maximum(left, 1.0)
    found: Floats = np.clip(hazard(share, p, q, years) * willing, 1e-12, 1 - 1e-9)
    return found


def _beta_binomial(k: Floats, n: Floats, chance: Floats, clumps: Floats) -> Floats:
    """The log of the chance of k among n, with `clumps` times the variance of a binomial."""
    alike = np.clip((clumps - 1) / np.maximum(n - 1, 1.0), 1e-9, 0.95)
    size = 1 / alike - 1
    a, b = chance * size, (1 - chance) * size
    found: Floats = (
        gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + gammaln(k + a) + gammaln(n - k + b)
        - gammaln(n + size) + gammaln(size) - gammaln(a) - gammaln(b)
    )  # fmt: skip
    return found


def chosen(rng: np.random.Generator, tried: Floats, height: Floats) -> Floats:
    """Walkers to begin with: points tried, by how well they fit, moved a little so that no two are alike."""
    weight = np.exp((height - height[np.isfinite(height)].max()) / 4)  # flattened: walkers should begin far apart
    weight = np.where(np.isfinite(height), weight, 0.0)
    weight = 0.98 * weight / weight.sum() + 0.02 * np.isfinite(height) / np.isfinite(height).sum()
    rows = rng.choice(len(tried), WALKERS, p=weight)
    return tried[rows] + rng.normal(0, 0.05, (WALKERS, tried.shape[1]))


def ahead(
    rng: np.random.Generator, p: Floats, q: Floats, ceiling: Floats, clumps: Floats, now: float, gaps: Floats,
    could: float,
) -> Floats:  # fmt: skip
    """Cumulative adopters (S, F), one future a draw, with the chance of groups in it."""
    count = np.full(len(p), now)
    out = np.empty((len(p), len(gaps)))
    for k, gap in enumerate(gaps):
        left = could - count
        chance = _chance(p, q, ceiling, count, np.full(len(p), gap), left)
        whole = np.maximum(np.floor(left), 0).astype(np.int64)
        size = 1 / np.clip((clumps - 1) / np.maximum(left - 1, 1.0), 1e-9, 0.95) - 1
        share = rng.beta(np.maximum(chance * size, 1e-9), np.maximum((1 - chance) * size, 1e-9))
        count = count + rng.binomial(whole, np.clip(share, 0, 1))
        out[:, k] = count
    return out
