"""Engagement: who of the invited was reached, looked, finished, promised, and says that they changed.

The stages and their anchors are METHODS E.2; a person counts as verified only where their practice truly changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .campaigns import Campaign
from .chance import stream
from .clinicians import PROFESSIONS, Clinicians

STAGES = ("reached", "viewed", "completed", "evaluated", "intends", "reported", "verified")
# Of those at the stage before, how many go on (ours, near the anchors of METHODS E.2): to 'reported'.
RATES = (0.92, 0.45, 0.70, 0.60, 0.55, 0.75)
KEEN_PRACTICE, SLOW_PRACTICE = 1.05, 0.92  # the same rates where the practice changes and where it does not
SIDE_EXITS = (("already_doing", 0.05), ("not_applicable", 0.04), ("disagreed", 0.06))  # of those who viewed
DAYS = (0, 6, 3, 5, 4, 90, 20)  # mean days from the stage before


@dataclass(frozen=True)
class Engagement:
    """One campaign. person: rows of clinicians (E,), stage: words (E,), day: days after the start (E,)."""

    campaign: Campaign
    person: NDArray[np.int64]
    stage: tuple[str, ...]
    day: NDArray[np.int64]


def engagement(campaign: Campaign, people: Clinicians, seed: int) -> Engagement:
    """The events of one campaign among the clinicians of its invited practices."""
    rng = stream(seed, "engagement", campaign.plan.scheme)
    in_practice = (people.practice >= 0) & (people.profession != PROFESSIONS.index("Hospital doctor"))
    invited = np.flatnonzero(in_practice & campaign.treated[np.maximum(people.practice, 0)])
    changed = campaign.adopts[people.practice[invited]] & (campaign.plan.effect != 0)
    keen = np.where(changed, KEEN_PRACTICE, SLOW_PRACTICE)
    there, day = np.ones(len(invited), dtype=bool), np.zeros(len(invited), dtype=np.int64)
    rows: list[tuple[NDArray[np.int64], str, NDArray[np.int64]]] = []
    for number, stage in enumerate(STAGES):
        rate = changed.astype(float) if stage == "verified" else np.minimum(RATES[number] * keen, 0.98)
        if stage == "reached":
            rate = np.full(len(invited), RATES[0])
        there = there & (rng.random(len(invited)) < rate)
        day = day + rng.poisson(DAYS[number], len(invited))
        rows.append((invited[there], stage, day[there]))
        if stage == "viewed":
            rows += _exits(rng, invited[there], day[there])
    person, days = (np.concatenate([row[i] for row in rows]) for i in (0, 2))
    words = np.array([row[1] for row in rows for _ in row[0]])
    order = np.lexsort((np.arange(len(person)), person, days))
    return Engagement(campaign, person[order], tuple(words[order].tolist()), days[order])


def _exits(
    rng: np.random.Generator, person: NDArray[np.int64], day: NDArray[np.int64]
) -> list[tuple[NDArray[np.int64], str, NDArray[np.int64]]]:
    draw = rng.random(len(person))
    edge = 0.0
    rows = []
    for word, share in SIDE_EXITS:
        chosen = (draw >= edge) & (draw < edge + share)
        rows.append((person[chosen], word, day[chosen] + 1))
        edge += share
    return rows
