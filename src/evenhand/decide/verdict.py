"""The verdict on a statement: agreed by every group and profession, or by whom not, or too few votes to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..records import Record
from ..stats.wilson import wilson

AGREED, DISAGREED, EXCEPT, DIVIDED, MORE = "agreed", "disagreed", "agreed_except", "divided", "needs_more_votes"
VERDICTS = (AGREED, DISAGREED, EXCEPT, DIVIDED, MORE)
FEWEST = 10  # ENGAGEMENT.md F1.2: a group or profession is judged from ten people who saw the statement
MAJORITY = 0.5  # ENGAGEMENT.md F1.2: the bound must be above one half
TWO_SIDED = 0.8  # each end of an 80% interval is a one-sided 90% bound


@dataclass(frozen=True, eq=False)
class Count(Record):
    """How one set of people voted on one statement: an opinion group, a profession, or everyone.

    seen = agree + disagree + pass; under a cap these are weights, and `people` stays the heads.
    lower_bound, disagree_bound: one-sided 90% Wilson bounds of agree and of disagree among seen, 0 if none saw it.
    """

    column: str
    value: str
    agree: float
    disagree: float
    passes: float
    seen: float
    people: int
    lower_bound: float
    disagree_bound: float

    @classmethod
    def of(cls, column: str, value: str, agree: float, disagree: float, passes: float, people: int) -> Count:
        """The count with its bounds."""
        seen = agree + disagree + passes
        return cls(column, value, agree, disagree, passes, seen, people, bound(agree, seen), bound(disagree, seen))

    def as_json(self) -> dict[str, Any]:
        """Names as the command line gives them."""
        return {
            "column": self.column, "value": self.value, "agree": self.agree, "disagree": self.disagree,
            "pass": self.passes, "seen": self.seen, "lower_bound": self.lower_bound,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Judgement(Record):
    """A verdict with those by whom it is not shared and those whose votes are missing, as (column, value)."""

    verdict: str
    except_by: tuple[tuple[str, str], ...] = ()
    needs_votes_from: tuple[tuple[str, str], ...] = ()


def bound(hits: float, seen: float) -> float:
    """The one-sided 90% Wilson lower bound of hits among seen; 0 if none seen.

    >>> round(bound(15, 20), 4)
    0.6102
    """
    return wilson(hits, seen, level=TWO_SIDED).low if seen > 0 else 0.0


def judge(everyone: Count, units: Sequence[Count]) -> Judgement:
    """What is agreed, by the table in docs/reference/votes.md.

    `units` are the opinion groups and declared professions; without any, everyone is the one unit.
    """
    units = list(units) or [everyone]
    few = tuple((unit.column, unit.value) for unit in units if unit.people < FEWEST)
    if few:
        return Judgement(MORE, needs_votes_from=few)
    if all(unit.lower_bound > MAJORITY for unit in units):
        return Judgement(AGREED)
    if all(unit.disagree_bound > MAJORITY for unit in units):
        return Judgement(DISAGREED)
    others = tuple((unit.column, unit.value) for unit in units if unit.lower_bound <= MAJORITY)
    if everyone.lower_bound > MAJORITY and len(others) < len(units):
        return Judgement(EXCEPT, except_by=others)
    return Judgement(DIVIDED)
