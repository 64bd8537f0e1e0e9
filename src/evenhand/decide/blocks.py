"""Block votes: does an organisation vote as one, beyond chance, and does a verdict hang on it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from ..records import Record
from .moderation import counting
from .participants import Participants
from .tally import StatementTally
from .votes import AGREE, DISAGREE, Votes

FEWEST, ALIKE = 5, 0.9  # ENGAGEMENT.md F1.2: five people's weight is the cap; nine in ten alike is voting as one
LEVEL = 0.01  # of one false alarm in a round, by Bonferroni's rule


@dataclass(frozen=True, eq=False)
class BlockVote(Record):
    """One organisation that voted as one. share, others: of its and the others' agree and disagree votes, how many
    agree; p: that chance gave it, corrected; carries: without its block (capped) the verdict is another, None if no
    cap was counted."""

    statement: str
    organisation: str
    people: int
    share: float
    others: float
    p: float
    carries: bool | None


def block_votes(
    votes: Votes,
    participants: Participants,
    capped: tuple[StatementTally, ...] = (),
    statements: dict[str, str] | None = None,
) -> tuple[BlockVote, ...]:
    """The alarm for block votes: five or more of one organisation, nine in ten alike, and against the others' share.

    It accuses nobody: colleagues who talked it over look the same. `capped` are the rows of a tally with a cap, which
    say whether a verdict hangs on it.

    Source: the binomial tail; Bonferroni's correction over every organisation and statement tried.
    """
    standing = counting(votes, participants, statements)
    standing = standing.only((standing.value == AGREE) | (standing.value == DISAGREE))
    places = sorted({place for place in participants.organisation.values() if place})
    if not places or not len(standing.value):
        return ()
    at = {place: i for i, place in enumerate(places)}
    code = np.array([at.get(participants.organisation.get(name, ""), -1) for name in standing.people], dtype=np.int64)
    place, many = code[standing.person], len(standing.statements)
    said = standing.value == AGREE
    known = place >= 0
    cell = (standing.statement * len(places) + place)[known]
    cast = np.bincount(cell, minlength=many * len(places)).reshape(many, -1)
    agreed = np.bincount(cell, said[known], minlength=many * len(places)).reshape(many, -1)
    all_cast = np.bincount(standing.statement, minlength=many)[:, None]
    all_agreed = np.bincount(standing.statement, said, minlength=many)[:, None]
    others = (all_agreed - agreed + 1) / (all_cast - cast + 2)
    tried = cast >= FEWEST
    share = np.where(cast > 0, agreed / np.maximum(cast, 1), 0.5)
    p = np.where(share >= 0.5, binom.sf(agreed - 1, cast, others), binom.cdf(agreed, cast, others))
    p = np.minimum(1, p * max(int(tried.sum()), 1))
    alarm = tried & (np.maximum(share, 1 - share) >= ALIKE) & (p < LEVEL)
    changed = {row.statement: row.capped.verdict != row.verdict for row in capped if row.capped is not None}
    return tuple(
        BlockVote(
            standing.statements[j], places[k], int(cast[j, k]), float(share[j, k]), float(others[j, k]),
            float(p[j, k]), changed.get(standing.statements[j]),
        )
        for j, k in zip(*np.nonzero(alarm), strict=True)
    )  # fmt: skip
