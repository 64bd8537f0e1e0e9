"""Ballots: who agreed and who disagreed, as one sparse matrix; a pass and a silence say nothing here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..stats.ordering import stable_order
from .votes import PASS, Votes


@dataclass(frozen=True, eq=False)
class Ballots:
    """Agree and disagree votes, one row each, sorted by person and statement.

    people, statements: how many there are; person, statement: int64 (V,), places; agree: bool (V,).
    """

    people: int
    statements: int
    person: NDArray[np.int64]
    statement: NDArray[np.int64]
    agree: NDArray[np.bool_]

    def only(self, keep: NDArray[np.bool_]) -> Ballots:
        """The same people and statements with only these votes."""
        return Ballots(self.people, self.statements, self.person[keep], self.statement[keep], self.agree[keep])

    @cached_property
    def matrix(self) -> Any:
        """CSR (people, 2 x statements): 1 in column j for agree with j, in column statements + j for disagree."""
        column = np.where(self.agree, self.statement, self.statements + self.statement)
        ones = np.ones(len(self.person))
        return sparse.csr_matrix((ones, (self.person, column)), shape=(self.people, 2 * self.statements))

    @cached_property
    def cast(self) -> NDArray[np.float64]:
        """Votes on each statement, (S,)."""
        return np.bincount(self.statement, minlength=self.statements).astype(float)

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """The share of agree votes on each statement, (S,); one vote is added to either side: none is 0 or 1."""
        return (np.bincount(self.statement, self.agree, minlength=self.statements) + 1) / (self.cast + 2)

    def residuals(self) -> Any:
        """CSR (people, statements): agree is 1 minus the share, disagree minus the share, no vote 0."""
        value = self.agree - self.share[self.statement]
        return sparse.csr_matrix((value, (self.person, self.statement)), shape=(self.people, self.statements))


def ballots(votes: Votes, *, held: bool | None = None) -> Ballots:
    """The agree and disagree votes of standing votes; with `held`, only those (not) set aside.

    Order does not matter: people and statements take their places by identifier, so that a shuffled file says the same.
    """
    keep = votes.value != PASS
    if held is not None and votes.held is not None:
        keep &= votes.held == held
    person = _rank(votes.people)[votes.person[keep]]
    statement = _rank(votes.statements)[votes.statement[keep]]
    order = stable_order(person * max(len(votes.statements), 1) + statement)
    agree = votes.value[keep] > PASS
    return Ballots(len(votes.people), len(votes.statements), person[order], statement[order], agree[order])


def _rank(names: tuple[str, ...]) -> NDArray[np.int64]:
    place = np.empty(len(names), dtype=np.int64)
    place[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return place
