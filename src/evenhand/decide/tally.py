"""Tally: how everyone, each opinion group and each profession voted on each statement, and what is agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import Record, plain
from .moderation import counting
from .participants import Participants
from .verdict import Count, Judgement, judge
from .votes import AGREE, DISAGREE, PASS, Votes

EVERYONE = ("participants", "all")
GROUP = "group"


@dataclass(frozen=True, eq=False)
class StatementTally(Record):
    """One statement: the counts of everyone, of each opinion group and of each declared profession, and the verdict.

    group_aware_consensus is NaN without groups; `capped` is the same statement with at most N people's weight
    for each organisation, None without a cap.
    """

    statement: str
    everyone: Count
    groups: tuple[Count, ...]
    declared: tuple[Count, ...]
    group_aware_consensus: float
    judgement: Judgement
    capped: StatementTally | None = None

    @property
    def verdict(self) -> str:
        """agreed, disagreed, agreed_except, divided or needs_more_votes."""
        return self.judgement.verdict

    def as_json(self) -> dict[str, Any]:
        """The statement as INTERFACES names it."""
        row = self.everyone.as_json() | {
            "statement": self.statement,
            "group_aware_consensus": plain(self.group_aware_consensus),
            "groups": [{"group": g.value} | _counts(g) for g in self.groups],
            "declared": [g.as_json() for g in self.declared],
            "verdict": self.verdict,
            "except_by": [_named(unit) for unit in self.judgement.except_by],
            "needs_votes_from": [_named(unit) for unit in self.judgement.needs_votes_from],
        }
        if self.capped is not None:
            row["capped"] = _counts(self.capped.everyone) | {
                "verdict": self.capped.verdict,
                "except_by": [_named(unit) for unit in self.capped.judgement.except_by],
            }
        first = ("statement", "agree", "disagree", "pass", "seen", "lower_bound")
        del row["column"], row["value"]
        return {key: row[key] for key in first} | row


@dataclass(frozen=True, eq=False)
class Tally(Record):
    """A round of votes, counted. participants: people with a vote that counts; votes: votes that count."""

    participants: int
    votes: int
    statements: tuple[StatementTally, ...]

    def row(self, statement: str) -> StatementTally:
        """One statement's tally; KeyError if it has no row."""
        for row in self.statements:
            if row.statement == statement:
                return row
        raise KeyError(statement)


def tally(
    votes: Votes,
    groups: Mapping[str, str] | None = None,
    participants: Participants | None = None,
    statements: Mapping[str, str] | None = None,
    declared: Sequence[str] = (),
    cap: int | None = None,
) -> Tally:
    """Count the votes that stand and say what is agreed.

    Parameters
    ----------
    votes
        The log in order of casting; the last vote of a person on a statement counts, a retracted one does not.
    groups
        Person -> opinion group, '' for none.
    participants
        Who is who; those removed by a moderator are not counted. Then every voter must be in it.
    statements
        Statement -> accepted, rejected or duplicate_of:ID; rejected and duplicate ones get no row.
    declared
        The declared columns of `participants` whose every value is protected like an opinion group.
    cap
        Also count with at most this many people's weight for each organisation, on each statement.

    Raises
    ------
    InputError
        If a person or a statement is not known, a column was not declared, or cap is below 1.

    Source: ENGAGEMENT.md F1.2; group-aware consensus: product over groups of (agree + 1) / (seen + 2) (B1.10).

    >>> votes = Votes.of([(f"p{i}", "s", 1) for i in range(12)])
    >>> tally(votes).row("s").verdict
    'agreed'
    """
    _check(votes, groups, participants, declared, cap)
    standing = counting(votes, participants, statements)
    units = _units(standing, groups, participants, declared)
    rows = _rows(standing, units, np.ones(len(standing.value)))
    if cap is not None and participants is not None:
        capped = _rows(standing, units, _weights(standing, participants, cap))
        rows = tuple(
            StatementTally(r.statement, r.everyone, r.groups, r.declared, r.group_aware_consensus, r.judgement, c)
            for r, c in zip(rows, capped, strict=True)
        )
    return Tally(int(np.count_nonzero(np.bincount(standing.person))), len(standing.value), rows)


def _check(
    votes: Votes,
    groups: Mapping[str, str] | None,
    participants: Participants | None,
    declared: Sequence[str],
    cap: int | None,
) -> None:
    if (declared or cap is not None) and participants is None:
        raise InputError("declared columns and a cap per organisation need the participants file")
    if cap is not None and cap < 1:
        raise InputError(f"the cap per organisation must be 1 or more; got {cap}")
    known = set(votes.people)
    if participants is not None:
        if cap is not None and not any(participants.organisation.values()):
            raise InputError("a cap per organisation needs the column 'organisation' in the participants file")
        for column in declared:
            if column not in participants.declared:
                hint = did_you_mean(column, participants.declared)
                raise InputError(f"no declared column {column!r} in the participants file{hint}")
        stranger = next((person for person in votes.people if person not in participants.organisation), None)
        if stranger is not None:
            raise InputError(f"participant {stranger!r} voted but is not in the participants file")
        known |= set(participants.organisation)
    stranger = next((person for person in groups or () if person not in known), None)
    if stranger is not None:
        raise InputError(f"participant {stranger!r} is in the groups file but not among the voters or participants")


Unit = tuple[str, tuple[str, ...], NDArray[np.int64]]  # column, its values, and each person's place in them or -1


def _units(
    votes: Votes, groups: Mapping[str, str] | None, participants: Participants | None, declared: Sequence[str]
) -> list[Unit]:
    """Every way of dividing people: opinion groups first, then each declared column."""
    ways: list[tuple[str, Mapping[str, str]]] = [] if groups is None else [(GROUP, groups)]
    removed: frozenset[str] = frozenset()
    if participants is not None:
        ways += [(column, participants.declared[column]) for column in declared]
        removed = participants.removed
    units: list[Unit] = []
    for column, said in ways:
        values = tuple(dict.fromkeys(value for person, value in said.items() if value and person not in removed))
        place = {value: i for i, value in enumerate(values)}
        units.append((column, values, np.array([place.get(said.get(p, ""), -1) for p in votes.people], dtype=np.int64)))
    return units


def _rows(votes: Votes, units: list[Unit], weight: NDArray[np.float64]) -> tuple[StatementTally, ...]:
    counted = [_count(votes, *EVERYONE[:1], EVERYONE[1:], np.zeros(len(votes.people), dtype=np.int64), weight)]
    counted += [_count(votes, *unit, weight) for unit in units]
    rows = []
    for i, statement in enumerate(votes.statements):
        everyone = counted[0][i][0]
        groups = next((c[i] for c, unit in zip(counted[1:], units, strict=True) if unit[0] == GROUP), ())
        declared = tuple(
            count for c, unit in zip(counted[1:], units, strict=True) if unit[0] != GROUP for count in c[i]
        )
        consensus = float(np.prod([(g.agree + 1) / (g.seen + 2) for g in groups])) if groups else np.nan
        rows.append(
            StatementTally(statement, everyone, groups, declared, consensus, judge(everyone, groups + declared))
        )
    return tuple(rows)


def _count(
    votes: Votes, column: str, values: tuple[str, ...], place: NDArray[np.int64], weight: NDArray[np.float64]
) -> list[tuple[Count, ...]]:
    """Counts by statement and value: one pass over the votes."""
    shape = (len(votes.statements), len(values), 3)
    at = place[votes.person]
    kind = np.select([votes.value == AGREE, votes.value == DISAGREE, votes.value == PASS], [0, 1, 2])
    cell = ((votes.statement * shape[1] + at) * 3 + kind)[at >= 0]
    cells = int(np.prod(shape))
    weighed = np.bincount(cell, weight[at >= 0], minlength=cells).reshape(shape)
    heads = np.bincount(cell, minlength=cells).reshape(shape).sum(axis=2)
    plain_counts: NDArray = weighed.astype(np.int64) if (weight == 1).all() else weighed
    agree, disagree, passes = (plain_counts[:, :, k].tolist() for k in range(3))
    return [
        tuple(
            Count.of(column, value, agree[i][j], disagree[i][j], passes[i][j], int(heads[i, j]))
            for j, value in enumerate(values)
        )
        for i in range(shape[0])
    ]


def _weights(votes: Votes, participants: Participants, cap: int) -> NDArray[np.float64]:
    """1 for each vote, less where more than `cap` people of one organisation saw the statement."""
    place: dict[str, int] = {}
    work = [participants.organisation.get(person, "") for person in votes.people]
    code = np.array([place.setdefault(o, len(place)) if o else -1 for o in work], dtype=np.int64)[votes.person]
    cell = np.where(code >= 0, votes.statement * max(len(place), 1) + code, -1)
    known = cell >= 0
    crowd = np.bincount(cell[known], minlength=1)
    weight = np.ones(len(votes.value))
    weight[known] = np.minimum(1.0, cap / crowd[cell[known]])
    return weight


def _counts(count: Count) -> dict[str, Any]:
    row = count.as_json()
    del row["column"], row["value"]
    return row


def _named(unit: tuple[str, str]) -> dict[str, str]:
    return {"column": unit[0], "value": unit[1]}
