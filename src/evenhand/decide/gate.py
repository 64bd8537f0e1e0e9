"""The gate: how many opinion groups there are, judged by votes that did not make them. One is an answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records import Record
from .ballots import Ballots
from .classes import classes
from .style import with_style

FOLDS = 5
GAIN = 0.01  # ENGAGEMENT.md B4: one more group must lower the held-out loss by 1% ...
BEYOND_CHANCE = 1.645  # ... and by more than chance, one-sided 95%, person by person
ENOUGH = 4_000  # people whose votes decide how many groups there are: beyond, more people change nothing but the time


@dataclass(frozen=True, eq=False)
class Step(Record):
    """What one more group was worth. loss, loss_with_style: nats per held-out vote; gain: share of the loss saved
    against one group fewer, z: that by its error, the lesser of the two with and without answering styles."""

    groups: int
    loss: float
    loss_with_style: float
    gain: float
    z: float
    passed: bool


@dataclass(frozen=True, eq=False)
class Gate(Record):
    """How many groups; loss, marginal_loss: nats per held-out vote with them and with everyone's shares; the steps."""

    groups: int
    loss: float
    marginal_loss: float
    steps: tuple[Step, ...]


def gate(votes: Ballots, *, most: int, seed: int) -> Gate:
    """Add groups one by one, as long as each predicts held-out votes better: five folds, at most `most` groups.

    Better means by 1% and beyond chance, both plainly and when each person's style of answering is allowed for:
    people who agree with everything are no camp.

    Source: ENGAGEMENT.md B4; answering styles: docs/decisions/0070.
    """
    rng = np.random.default_rng(seed)
    votes = _some(votes, rng)
    fold = rng.integers(FOLDS, size=len(votes.person))
    before = losses(votes, fold, 1, seed)
    marginal = float(before[0].mean()) if len(fold) else np.nan
    steps = [Step(1, marginal, float(before[1].mean()) if len(fold) else np.nan, np.nan, np.nan, True)]
    groups = 1
    for number in range(2, most + 1):
        if votes.people < 2 * number or votes.statements < 2 or len(fold) < FOLDS:
            break
        now = losses(votes, fold, number, seed)
        pairs = list(zip(before, now, strict=True))
        gain = min(float((old.sum() - new.sum()) / old.sum()) for old, new in pairs)
        z = min(beyond_chance(old - new, votes) for old, new in pairs)
        passed = gain >= GAIN and z > BEYOND_CHANCE
        steps.append(Step(number, float(now[0].mean()), float(now[1].mean()), gain, z, passed))
        if not passed:
            break
        before, groups = now, number
    return Gate(groups, steps[groups - 1].loss, marginal, tuple(steps))


def losses(votes: Ballots, fold: NDArray[np.int64], number: int, seed: int) -> tuple[NDArray, NDArray]:
    """Nats of each vote as the other folds foretell it: by `number` classes, and by these with answering styles."""
    plain, styled = np.zeros(len(fold)), np.zeros(len(fold))
    for one in range(FOLDS):
        given, new = votes.only(fold != one), votes.only(fold == one)
        found = classes(given, number, np.random.default_rng([seed, number, one]))
        chance, chance_new = found.chance(given), found.chance(new)
        plain[fold == one] = nats(chance_new, new.agree)
        styled[fold == one] = nats(with_style(chance, given, chance_new, new.person), new.agree)
    return plain, styled


def nats(chance: NDArray[np.float64], agree: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How surprising each vote is: minus the log of the chance it was given."""
    return -np.log(np.where(agree, chance, 1 - chance))


def beyond_chance(gain: NDArray[np.float64], votes: Ballots) -> float:
    """The sum of gains by its error, each person's votes taken together as one draw."""
    cast = np.bincount(votes.person, minlength=votes.people)
    each = np.bincount(votes.person, gain, minlength=votes.people)[cast > 0]
    error = float(np.sqrt(((each - each.mean()) ** 2).sum()))
    return float(each.sum()) / error if error > 0 else 0.0


def _some(votes: Ballots, rng: np.random.Generator) -> Ballots:
    """At most ENOUGH of the people, drawn at random."""
    there = np.flatnonzero(np.bincount(votes.person))
    if len(there) <= ENOUGH:
        return votes
    chosen = np.zeros(votes.people, dtype=bool)
    chosen[rng.choice(there, ENOUGH, replace=False)] = True
    place = np.cumsum(chosen) - 1
    kept = votes.only(chosen[votes.person])
    return Ballots(ENOUGH, votes.statements, place[kept.person], kept.statement, kept.agree)
