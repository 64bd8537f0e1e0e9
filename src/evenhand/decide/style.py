"""Answering style: some say yes to everything, some answer at random; that is not a camp of opinion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logit

from .ballots import Ballots

# The ways to answer that are laid over any opinion: readier or less ready to agree by so many logits; sharper or
# flatter (0 answers by the toss of a coin); saying yes, or no, without reading, so often. Spaced so that neighbours
# are about as far apart as 25 votes can tell (docs/decisions/0070).
SHIFTS = np.array([-4, -3, -2.25, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2.25, 3, 4])
SLOPES = np.array([0, 0.35, 0.7, 1.5, 2.2])
UNREAD = np.array([0.25, 0.5, 0.75])
ROUNDS = 30  # of EM for how common each style is; its log-likelihood is concave


def with_style(
    chance: NDArray[np.float64], votes: Ballots, chance_new: NDArray[np.float64], person_new: NDArray[np.int64]
) -> NDArray[np.float64]:
    """How likely new votes are an agree once each person's way of answering is learnt from the votes they have given.

    Parameters
    ----------
    chance, votes
        What opinion alone says of each vote given, float64 (V,), and those votes.
    chance_new, person_new
        The same of each new vote, float64 (W,), and whose it is.

    Source: a finite grid of styles with learnt weights, the nonparametric mixing distribution of Laird (1978), JASA
    73:805; the shifts are the persons' side of Rasch (1960).
    """
    said = _styles(chance)
    log = np.log(np.where(votes.agree[:, None], said, 1 - said))
    rows = sparse.csr_matrix((np.ones(len(log)), (votes.person, np.arange(len(log)))), shape=(votes.people, len(log)))
    total = rows @ log
    likely = np.exp(total - total.max(axis=1, keepdims=True))
    common = np.full(likely.shape[1], 1 / likely.shape[1])
    for _ in range(ROUNDS):
        each = likely * common
        each /= each.sum(axis=1, keepdims=True)
        common = each.mean(axis=0) + 1e-6
        common /= common.sum()
    each = likely * common
    each /= each.sum(axis=1, keepdims=True)
    return np.asarray((each[person_new] * _styles(chance_new)).sum(axis=1))


def _styles(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each style makes of an opinion, float64 (V, styles)."""
    eta, opinion = logit(chance)[:, None], chance[:, None]
    said = (expit(eta + SHIFTS), expit(eta * SLOPES), UNREAD + (1 - UNREAD) * opinion, (1 - UNREAD) * opinion)
    return np.clip(np.hstack(said), 1e-6, 1 - 1e-6)
