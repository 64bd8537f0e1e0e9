"""Opinions: statements about a decision, and how people of two minds and four professions vote on them.

What is planted is known for each statement: agreed by all, rejected by one profession, divided, rejected by all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chance import stream
from .clinicians import PROFESSIONS, Clinicians

VOTERS = 420  # of those who answered the survey, or as many as there are
CAMPS = (0.58, 0.42)  # two groups of opinion (ours): those who would move now, those who would wait
SEEN = 0.75  # how much of the list each person votes on
PASS = 0.08
SECOND_THOUGHTS = 0.03  # of votes are cast again later, and some taken back
TIRED = 0.02  # of votes say the opposite of what the person thinks
# What is planted -> chance to agree for the two camps; where a profession differs, its chance.
KINDS = {"consensus": (0.90, 0.84), "divided": (0.78, 0.14), "rejected": (0.10, 0.12), "except": (0.90, 0.86)}
EXCEPTION = 0.10


@dataclass(frozen=True)
class Statement:
    """A sentence to vote on: its text, what is planted, and the profession that rejects it, if any.

    `moderation` is accepted, rejected, or duplicate_of:ID, as the statements file says it."""

    text: str
    kind: str
    rejected_by: str = ""
    moderation: str = "accepted"


STATEMENTS = (
    Statement("When a gliptin is started, sitagliptin should be the first choice unless the kidneys say otherwise.",
              "consensus"),
    Statement("We should see our own practice's figures beside those of similar practices every month.", "consensus"),
    Statement("Nobody's medicine is to be changed without a word with the patient.", "consensus"),
    Statement("Money saved should be seen by the practices that saved it.", "consensus"),
    Statement("The change should be stopped if waits for diabetic clinics grow.", "consensus"),
    Statement("Pharmacists should make the switch by protocol, without an appointment with a doctor.", "except",
              rejected_by="GP"),
    Statement("Nurses should have an extra half hour a week for starting injections.", "except",
              rejected_by="Hospital doctor"),
    Statement("People who are well on linagliptin should be switched too, not only new starters.", "divided"),
    Statement("Practices that do not take part should have to say why in public.", "divided"),
    Statement("Annual reviews can be shared with community pharmacies from this year.", "divided"),
    Statement("We should stop giving test strips to everybody with type 2 diabetes.", "rejected"),
    Statement("Savings matter more than continuity for patients.", "rejected"),
    Statement("Letters from the board change what I prescribe.", "rejected"),
    Statement("Feedback by e-mail once a month is enough.", "divided"),
    Statement("A ten-minute module is easier to fit in than a meeting.", "consensus"),
    Statement("Sitagliptin ought to be the usual first gliptin.", "consensus", moderation="duplicate_of:s01"),
    Statement("Management are wasters.", "divided", moderation="rejected"),
)  # fmt: skip


@dataclass(frozen=True)
class Votes:
    """The log, in order: voter (place in `voters`), statement, value (1, -1, 0; 9 takes it back), second since the
    start. `voters`: row numbers of clinicians; `camp` of each voter; `removed`: voters whom a moderator took out."""

    voters: NDArray[np.int64]
    camp: NDArray[np.int64]
    removed: NDArray[np.bool_]
    voter: NDArray[np.int64]
    statement: NDArray[np.int64]
    value: NDArray[np.int64]
    second: NDArray[np.int64]


def identifier(statement: int) -> str:
    """The name of a statement in files: s01, s02, ..."""
    return f"s{statement + 1:02d}"


def votes(people: Clinicians, seed: int) -> Votes:
    """Let people vote."""
    rng = stream(seed, "opinions")
    willing = np.flatnonzero(people.responded)
    voters = np.sort(rng.choice(willing, min(VOTERS, len(willing)), replace=False))
    camp = (rng.random(len(voters)) > CAMPS[0]).astype(np.int64)
    agree = chances(people.profession[voters], camp)
    voter, statement = np.nonzero(rng.random(agree.shape) < SEEN)
    value = np.where(rng.random(len(voter)) < agree[voter, statement], 1, -1)
    value = np.where(rng.random(len(voter)) < PASS, 0, np.where(rng.random(len(voter)) < TIRED, -value, value))
    second = rng.integers(0, 14 * 86_400, len(voter))
    again = np.flatnonzero(rng.random(len(voter)) < SECOND_THOUGHTS)
    later = np.where(rng.random(len(again)) < 0.3, 9, -value[again])
    voter, statement = np.concatenate([voter, voter[again]]), np.concatenate([statement, statement[again]])
    value = np.concatenate([value, later])
    second = np.concatenate([second, second[again] + rng.integers(60, 86_400, len(again))])
    order = np.lexsort((statement, voter, second))
    removed = np.zeros(len(voters), dtype=bool)
    removed[rng.choice(len(voters), 2, replace=False)] = True
    return Votes(voters, camp, removed, voter[order], statement[order], value[order], second[order])


def chances(profession: NDArray[np.int64], camp: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chance of each voter to agree with each statement (V, S), as planted."""
    agree = np.array([[KINDS[s.kind][c] for s in STATEMENTS] for c in camp])
    for column, statement in enumerate(STATEMENTS):
        if statement.rejected_by:
            agree[profession == PROFESSIONS.index(statement.rejected_by), column] = EXCEPTION
    return agree
