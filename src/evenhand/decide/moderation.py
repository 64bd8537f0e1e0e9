"""Moderation: which statements count, and where the votes on a duplicate go."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..errors import InputError, did_you_mean
from ..table import Table
from .participants import Participants
from .votes import Votes

ACCEPTED, REJECTED, DUPLICATE = "accepted", "rejected", "duplicate_of:"


def read(table: Table) -> dict[str, str]:
    """What was decided of each statement: accepted, rejected or duplicate_of:ID, from `statement,moderation`."""
    table.need("statement", "moderation")
    table.unique("statement")
    decided = dict(zip(table.text("statement"), table.text("moderation"), strict=True))
    for row, (statement, word) in enumerate(decided.items()):
        if not statement:
            raise table.refuse(row, "statement", "", "an identifier")
        if word not in (ACCEPTED, REJECTED) and not word.startswith(DUPLICATE):
            raise table.refuse(row, "moderation", word, f"{ACCEPTED}, {REJECTED} or {DUPLICATE}ID")
    return decided


def originals(decided: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Each accepted statement and each duplicate of one, with the original it stands for and the steps to it.

    Raises
    ------
    InputError
        If a duplicate's original is not there, or duplicates go round in a circle.
    """
    found: dict[str, tuple[str, int]] = {}
    for statement in decided:
        at, steps = statement, 0
        while decided[at].startswith(DUPLICATE):
            target = decided[at].removeprefix(DUPLICATE).strip()
            if target not in decided:
                hint = did_you_mean(target, decided)
                raise InputError(f"statement {at!r} is a duplicate of {target!r}, which is not a statement{hint}")
            at, steps = target, steps + 1
            if steps > len(decided):
                raise InputError(f"statement {statement!r} is, by way of others, its own duplicate; name one original")
        if decided[at] == ACCEPTED:
            found[statement] = (at, steps)
    return found


def merge(votes: Votes, decided: Mapping[str, str]) -> Votes:
    """Standing votes on accepted statements only, those on a duplicate moved to its original.

    A duplicate's vote moves only where the person has none on the original; of several duplicates the nearer
    counts, then the later vote. Accepted statements without a vote are kept, after the others.
    """
    unknown = next((statement for statement in votes.statements if statement not in decided), None)
    if unknown is not None:
        raise InputError(
            f"statement {unknown!r} has votes but is not in the statements file{did_you_mean(unknown, decided)}; "
            "say whether it is accepted, rejected or a duplicate"
        )
    stands_for = originals(decided)
    every = [*votes.statements, *(s for s in decided if s not in set(votes.statements))]
    kept = tuple(s for s in every if s in stands_for and stands_for[s][1] == 0)
    place = {statement: i for i, statement in enumerate(kept)}
    target = np.array([place[stands_for[s][0]] if s in stands_for else -1 for s in votes.statements], dtype=np.int64)
    steps = np.array([stands_for[s][1] if s in stands_for else 0 for s in votes.statements], dtype=np.int64)
    row = np.flatnonzero(target[votes.statement] >= 0)
    pair = votes.person[row] * max(len(kept), 1) + target[votes.statement[row]]
    best = row[np.lexsort((-row, steps[votes.statement[row]], pair))]
    pair = votes.person[best] * max(len(kept), 1) + target[votes.statement[best]]
    first = np.ones(len(best), dtype=bool)
    first[1:] = pair[1:] != pair[:-1]
    keep = np.sort(best[first])
    held = None if votes.held is None else votes.held[keep]
    return Votes(votes.people, kept, votes.person[keep], target[votes.statement[keep]], votes.value[keep], held)


def counting(
    votes: Votes, participants: Participants | None = None, statements: Mapping[str, str] | None = None
) -> Votes:
    """The votes that count: the last of each person on each statement, without those removed, duplicates merged."""
    standing = votes.standing()
    if participants is not None:
        out = np.array([person in participants.removed for person in votes.people], dtype=bool)
        standing = standing.only(~out[standing.person])
    return standing if statements is None else merge(standing, statements)
