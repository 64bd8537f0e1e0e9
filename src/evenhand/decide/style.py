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
REACH, STEP = 7.0, 0.05  # logits of opinion that are told apart: from 1 in 1,000 to all but 1 in 1,000, in fine steps
BINS = round(2 * REACH / STEP) + 1
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
    table = _table()
    cell = np.where(votes.agree, 0, BINS) + _bin(chance)
    rows = sparse.csr_matrix((np.ones(len(cell)), (votes.person, cell)), shape=(votes.people, 2 * BINS))
    total = rows @ np.vstack([np.log(table), np.log1p(-table)])
    likely = np.exp(total - total.max(axis=1, keepdims=True))
    common = np.full(likely.shape[1], 1 / likely.shape[1])
    for _ in range(ROUNDS):
        common = common * (likely.T @ (1 / (likely @ common))) / len(likely) + 1e-6
        common /= common.sum()
    each = likely * common
    each /= (likely @ common)[:, None]
    return np.asarray(np.einsum("ij,ij->i", each[person_new], table[_bin(chance_new)]))


def _bin(chance: NDArray[np.float64]) -> NDArray[np.int64]:
    """The place of each opinion in the table."""
    return np.asarray(np.rint((np.clip(logit(chance), -REACH, REACH) + REACH) / STEP), dtype=np.int64)


def _table() -> NDArray[np.float64]:
    """What each style makes of an opinion, float64 (BINS, styles)."""
    eta = (np.arange(BINS) * STEP - REACH)[:, None]
    opinion = expit(eta)
    said = (expit(eta + SHIFTS), expit(eta * SLOPES), UNREAD + (1 - UNREAD) * opinion, (1 - UNREAD) * opinion)
    return np.asarray(np.clip(np.hstack(said), 1e-6, 1 - 1e-6))
