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
    there = np.unique(given.person)
    if number == 1 or len(there) <= ENOUGH:
        return classes(given, number, rng)
    chosen = np.zeros(given.people, dtype=bool)
    chosen[rng.choice(there, ENOUGH, replace=False)] = True
    return classes(given, number, rng, first=classes(given.only(chosen[given.person]), number, rng))


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
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng([seed, FOLDS])
    again = fit(given.only(rng.integers(FOLDS, size=len(given.person)) > 0), len(fitted.size), seed)
    both = _placed(fitted) & _placed(again)
    same = adjusted_rand_score(fitted.belongs.argmax(axis=1)[both], again.belongs.argmax(axis=1)[both])
    return float(same) if both.any() else np.nan


def _placed(fitted: Classes) -> NDArray[np.bool_]:
    return np.asarray(fitted.belongs.max(axis=1) >= SURE)
