"""Latent classes: people of one class agree with each statement with the same chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from ..records import Record
from .ballots import Ballots

PSEUDO_VOTES = 6.0  # ENGAGEMENT.md B4: a class's share is pulled to everyone's by six votes
STARTS = 2  # random starts beside the spectral one
TRY, MOST = 12, 150  # rounds of a start before the best goes on, and of the best
STILL = 1e-5  # nats a vote: less gain than this in a round, and it has settled
SURE = 0.9  # INTERFACES: whoever is placed with less confidence has not voted enough to be placed


@dataclass(frozen=True, eq=False)
class Classes(Record):
    """K classes of opinion.

    size: float64 (K,), the share of people in each; agree: float64 (K, S), the chance that one of the class agrees
    with each statement; belongs: float64 (N, K), how likely each person is in each; loglik: of the votes, penalised.
    """

    size: NDArray[np.float64]
    agree: NDArray[np.float64]
    belongs: NDArray[np.float64]
    loglik: float

    def chance(self, votes: Ballots) -> NDArray[np.float64]:
        """How likely each vote is an agree, given its person's other votes: float64 (V,)."""
        agree = self.agree.T
        chance = np.zeros(len(votes.person))
        for k in range(len(self.size)):
            chance += self.belongs[votes.person, k] * agree[votes.statement, k]
        return np.clip(chance, 1e-6, 1 - 1e-6)


def classes(votes: Ballots, number: int, rng: np.random.Generator, *, first: Classes | None = None) -> Classes:
    """Fit `number` latent classes by EM, from a spectral and several random starts; the likeliest wins.

    Each round costs two products with the sparse votes. One class is everyone's share. `first` gives the shares
    to start from instead (of a part of the people, say).

    Source: Goodman (1974), Biometrika 61:215; Dempster, Laird and Rubin (1977), JRSS B 39:1; shrinkage by pseudo-votes
    as in ENGAGEMENT.md B4.
    """
    if number == 1:
        return Classes(np.ones(1), votes.share[None], np.ones((votes.people, 1)), _likelihood(votes, votes.share))
    turned = votes.matrix.T.tocsr()
    if first is not None:
        start = _belongs(votes.matrix, first.size, first.agree)[0]
        return _climb(votes, turned, start, MOST)
    tried = [_climb(votes, turned, start, TRY) for start in _starts(votes, number, rng)]
    best = max(tried, key=lambda found: found.loglik)
    return _climb(votes, turned, best.belongs, MOST)


def _climb(votes: Ballots, turned: Any, belongs: NDArray[np.float64], rounds: int) -> Classes:
    share, before = votes.share, -np.inf
    for _ in range(rounds):
        counts = turned @ belongs
        agreed, seen = counts[: votes.statements], counts[: votes.statements] + counts[votes.statements :]
        agree = ((agreed + PSEUDO_VOTES * share[:, None]) / (seen + PSEUDO_VOTES)).T
        size = (belongs.sum(axis=0) + 1) / (len(belongs) + belongs.shape[1])
        belongs, loglik = _belongs(votes.matrix, size, agree)
        prior = share * np.log(agree) + (1 - share) * np.log1p(-agree)
        loglik += PSEUDO_VOTES * float(prior.sum()) + float(np.log(size).sum())
        if loglik - before < STILL * len(votes.person):
            break
        before = loglik
    return Classes(size, agree, belongs, loglik)


def _belongs(matrix: Any, size: NDArray, agree: NDArray) -> tuple[NDArray[np.float64], float]:
    """How likely each person is in each class, and the log-likelihood of all votes."""
    log = matrix @ np.hstack([np.log(agree), np.log1p(-agree)]).T + np.log(size)
    top = log[:, 0].copy()
    for k in range(1, len(size)):
        np.maximum(top, log[:, k], out=top)
    raised = np.exp(log - top[:, None])
    total = raised @ np.ones(len(size))
    return raised / total[:, None], float((np.log(total) + top).sum())


def _starts(votes: Ballots, number: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Who may belong where to begin with: by the main directions of the votes, and by chance."""
    if min(votes.people, votes.statements) > number:
        residuals = votes.residuals()
        side = rng.normal(size=min(residuals.shape))
        _, _, directions = svds(residuals, k=number - 1, v0=side, tol=0.05)
        reach = np.sqrt(np.maximum(np.bincount(votes.person, minlength=votes.people), 1))
        near = _nearest(residuals @ directions.T / reach[:, None], number, rng)
        yield np.where(near[:, None] == np.arange(number), 0.9, 0.1 / (number - 1))
    for _ in range(STARTS):
        yield rng.dirichlet(np.ones(number), votes.people)


def _nearest(points: NDArray, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """k-means with k-means++ centres (Arthur and Vassilvitskii, 2007): a start, never an answer."""
    centres = points[rng.integers(len(points))][None]
    for _ in range(number - 1):
        far = _far(points, centres).min(axis=1) + 1e-12
        centres = np.vstack([centres, points[rng.choice(len(points), p=far / far.sum())]])
    near = np.full(len(points), -1)
    for _ in range(20):
        before, near = near, _far(points, centres).argmin(axis=1)
        if (near == before).all():
            break
        centres = np.array([points[near == k].mean(axis=0) if (near == k).any() else centres[k] for k in range(number)])
    return np.asarray(near, dtype=np.int64)


def _far(points: NDArray, centres: NDArray) -> NDArray[np.float64]:
    """Squared distances, (N, K)."""
    squares = (points**2) @ np.ones(points.shape[1])
    return np.asarray(np.maximum(squares[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1), 0))


def _likelihood(votes: Ballots, share: NDArray[np.float64]) -> float:
    chance = share[votes.statement]
    return float(np.log(np.where(votes.agree, chance, 1 - chance)).sum())
