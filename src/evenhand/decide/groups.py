"""Opinion groups: whether clinicians see a question in different ways, who stands where, and what all agree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record, plain
from .ballots import Ballots, ballots
from .classes import SURE, Classes, classes
from .gate import ENOUGH, FOLDS, Step, gate, nats
from .moderation import counting
from .participants import Participants
from .representative import Representative, representative
from .tally import Tally, tally
from .verdict import AGREED, DISAGREED, FEWEST, MAJORITY
from .votes import Votes

MOST_GROUPS = 5  # ENGAGEMENT.md B4


@dataclass(frozen=True, eq=False)
class Member(Record):
    """A person's group, or None where their votes do not place them; confidence: of the likeliest group, 0 to 1."""

    participant: str
    group: str | None
    confidence: float

    def __post_init__(self) -> None:
        """It holds no array to protect, and fifty thousand are made at once."""


@dataclass(frozen=True, eq=False)
class DeclaredException(Record):
    """A profession (or other declared value) that does not share what everyone together says of a statement."""

    statement: str
    column: str
    value: str
    agree: float
    seen: float


@dataclass(frozen=True, eq=False)
class Groups(Record):
    """The opinion groups of a round; one group means that there are no camps.

    sizes: people placed in each, the largest first; heldout_log_loss, marginal_log_loss: nats per held-out agree or
    disagree vote, with the groups and with everyone's shares; stability: adjusted Rand index between these groups and
    those that four fifths of the votes make, NaN for one group; steps: what each more group was worth; seed: of chance.
    """

    groups: int
    sizes: tuple[int, ...]
    members: tuple[Member, ...]
    heldout_log_loss: float
    marginal_log_loss: float
    agreed: tuple[str, ...]
    disagreed: tuple[str, ...]
    representative: tuple[tuple[Representative, ...], ...]
    declared_exceptions: tuple[DeclaredException, ...]
    stability: float
    steps: tuple[Step, ...]
    seed: int
    tally: Tally
    classes: Classes

    @property
    def by_person(self) -> dict[str, str]:
        """Person -> group, '' for none: what `tally` takes."""
        return {member.participant: member.group or "" for member in self.members}

    def as_json(self) -> dict[str, Any]:
        """The groups as INTERFACES names them; `because` holds the figures behind each representative statement."""
        names = ("groups", "sizes", "members", "heldout_log_loss", "marginal_log_loss", "agreed", "disagreed")
        more = ("declared_exceptions", "stability", "steps", "seed")
        shown = [
            {"group": str(k + 1), "statements": [row.statement for row in rows], "because": plain(rows)}
            for k, rows in enumerate(self.representative)
        ]
        first = {name: plain(getattr(self, name)) for name in names}
        placed = {"not_placed": sum(member.group is None for member in self.members)}
        return first | {"representative": shown} | {name: plain(getattr(self, name)) for name in more} | placed


def groups(
    votes: Votes,
    participants: Participants | None = None,
    statements: Mapping[str, str] | None = None,
    declared: Sequence[str] = (),
    *,
    most: int = MOST_GROUPS,
    seed: int = 0,
) -> Groups:
    """Find the opinion groups that held-out votes confirm, place people in them, and say what all agree on.

    Agree and disagree votes make the groups; a pass says nothing. Groups that differ only in how readily people agree
    with everything are answering styles and not shown. Holds for any number of votes: with few it says one group.

    Parameters
    ----------
    votes
        The log; where it marks votes as `held`, groups are made from the others and judged by these.
    participants, statements, declared
        As for `tally`.
    most
        At most so many groups, 1 to 9.
    seed
        Of folds and starts; the same seed gives the same groups whatever the order of rows.

    Raises
    ------
    InputError
        As `tally`, and if no agree or disagree vote counts or `most` is out of range.

    Source: ENGAGEMENT.md B4; latent classes: Goodman (1974), Biometrika 61:215.
    """
    if not 1 <= most <= 9:
        raise InputError(f"the most groups must be 1 to 9; got {most}")
    standing = counting(votes, participants, statements)
    given = ballots(standing, held=None if standing.held is None else False)
    if not len(given.person):
        raise InputError("no agree or disagree vote counts, so there is nothing to find opinion groups in")
    found = gate(given, most=most, seed=seed)
    fitted = fit(given, found.groups, seed)
    members, fitted = _members(standing, given, fitted)
    person_group = {member.participant: member.group or "" for member in members}
    counted = tally(votes, person_group, participants, statements, declared)
    loss, marginal = found.loss, found.marginal_loss
    if standing.held is not None:
        new = ballots(standing, held=True)
        if not len(new.person):
            raise InputError("no agree or disagree vote that counts is set aside, so there is nothing to judge by")
        loss = float(nats(fitted.chance(new), new.agree).mean())
        marginal = float(nats(given.share[new.statement], new.agree).mean())
    return Groups(
        found.groups,
        tuple(sum(member.group == str(k + 1) for member in members) for k in range(found.groups)),
        members, loss, marginal,
        tuple(row.statement for row in counted.statements if row.verdict == AGREED),
        tuple(row.statement for row in counted.statements if row.verdict == DISAGREED),
        representative(given, fitted, tuple(sorted(standing.statements))),
        exceptions(counted), _stability(given, fitted, seed), found.steps, seed, counted, fitted,
    )  # fmt: skip


def fit(given: Ballots, number: int, seed: int) -> Classes:
    """The classes of everyone; of many people, those of a part of them are where everyone's begin."""
    rng = np.random.default_rng([seed, number, FOLDS])
    chosen = _some(given, rng)
    if number == 1 or chosen.sum() < ENOUGH:
        return classes(given, number, rng)
    return classes(given, number, rng, first=classes(given.only(chosen[given.person]), number, rng))


def _some(given: Ballots, rng: np.random.Generator) -> NDArray[np.bool_]:
    """At most ENOUGH of the people with a vote, drawn at random: bool (N,)."""
    there = np.flatnonzero(np.bincount(given.person))
    chosen = np.zeros(given.people, dtype=bool)
    chosen[there if len(there) <= ENOUGH else rng.choice(there, ENOUGH, replace=False)] = True
    return chosen


def exceptions(counted: Tally) -> tuple[DeclaredException, ...]:
    """Declared values of ten or more voters that do not share what everyone together says, or reject what they do not.

    Everyone agrees and they do not; or they disagree and everyone does not.
    """
    found = []
    for row in counted.statements:
        for unit in row.declared:
            apart = row.everyone.lower_bound > MAJORITY >= unit.lower_bound
            against = unit.disagree_bound > MAJORITY >= row.everyone.disagree_bound
            if unit.people >= FEWEST and (apart or against):
                found.append(DeclaredException(row.statement, unit.column, unit.value, unit.agree, unit.seen))
    return tuple(found)


def _members(standing: Votes, given: Ballots, fitted: Classes) -> tuple[tuple[Member, ...], Classes]:
    """Everyone with a vote that counts, in order of first appearance; groups renamed so that the largest is first."""
    cast = np.bincount(given.person, minlength=given.people)
    sure = (fitted.belongs.max(axis=1) >= SURE) & (cast > 0) | (len(fitted.size) == 1)
    likely = fitted.belongs.argmax(axis=1)
    heads = np.bincount(likely[sure], minlength=len(fitted.size))
    order = np.lexsort((-fitted.size, -heads))
    fitted = Classes(fitted.size[order], fitted.agree[order], fitted.belongs[:, order], fitted.loglik)
    likely = fitted.belongs.argmax(axis=1)
    place = {name: i for i, name in enumerate(sorted(standing.people))}
    voted = np.zeros(len(standing.people), dtype=bool)
    voted[standing.person] = True
    members = []
    for name in (name for name, counts in zip(standing.people, voted.tolist(), strict=True) if counts):
        i = place[name]
        group = str(likely[i] + 1) if sure[i] else None
        members.append(Member(name, group, float(fitted.belongs[i, likely[i]])))
    return tuple(members), fitted


def _stability(given: Ballots, fitted: Classes, seed: int) -> float:
    """Do four fifths of the votes make the same groups? Adjusted Rand index over the people both place."""
    if len(fitted.size) == 1:
        return np.nan
    rng = np.random.default_rng([seed, FOLDS])
    kept = given.only(rng.integers(FOLDS, size=len(given.person)) > 0)
    chosen = _some(kept, rng)
    kept = kept.only(chosen[kept.person])
    again = classes(kept, len(fitted.size), rng)
    both = _placed(fitted) & _placed(again) & chosen
    return rand(fitted.belongs.argmax(axis=1)[both], again.belongs.argmax(axis=1)[both])


def rand(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """The adjusted Rand index of two divisions of the same people: 1 if they are the same, about 0 if by chance.

    NaN for fewer than two people. Source: Hubert and Arabie (1985), Journal of Classification 2:193, their equation 5.

    >>> halves = np.array([0, 0, 1, 1])
    >>> rand(halves, np.array([1, 1, 0, 0])), round(rand(halves, np.array([0, 0, 1, 2])), 3)
    (1.0, 0.571)
    """
    if len(one) < 2:
        return np.nan
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)

    def pairs(counts: NDArray) -> float:
        return float((counts * (counts - 1)).sum() / 2)

    rows, columns, every = pairs(table.sum(axis=1)), pairs(table.sum(axis=0)), len(one) * (len(one) - 1) / 2
    chance = rows * columns / every
    best = (rows + columns) / 2
    return 1.0 if best == chance else (pairs(table) - chance) / (best - chance)


def _placed(fitted: Classes) -> NDArray[np.bool_]:
    return np.asarray(fitted.belongs.max(axis=1) >= SURE)
