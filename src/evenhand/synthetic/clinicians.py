"""Clinicians: an invented staff frame, what each of them really thinks, and who answers when asked.

Nobody here is a person. What is planted is the finding of the 2010 survey: 42% had not heard of QIPP, and of those
who had, 87% were not positive (ENGAGEMENT.md, part E).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chance import choose, stream
from .organisations import Nation

STAFF = 2000
UNAWARE, NOT_POSITIVE = 0.42, 0.87  # the survey of 2010: of everybody, and of those who had heard of it
PROFESSIONS = ("GP", "Nurse", "Pharmacist", "Hospital doctor")
_SHARE = (0.40, 0.25, 0.13, 0.22)  # of the frame (ours)
_ODDS_UNAWARE = (1.0, 1.8, 0.5, 1.4)  # how much likelier not to have heard, by profession (ours)
_ODDS_POSITIVE = (1.0, 1.3, 2.0, 0.6)
RESPONSE = (0.27, 0.36, 0.58, 0.22)  # who answers, by profession: inside the 10-60% of clinicians' surveys (ours)
KEEN = 1.1  # people with a positive view answer this much more often: what weighting cannot repair


@dataclass(frozen=True)
class Clinicians:
    """The staff frame, K people. profession, icb: row numbers; practice: row number, or -1 - trust for hospital staff;
    aware, positive (of the aware), responded: bool."""

    person: tuple[str, ...]
    profession: NDArray[np.int64]
    practice: NDArray[np.int64]
    icb: NDArray[np.int64]
    aware: NDArray[np.bool_]
    positive: NDArray[np.bool_]
    responded: NDArray[np.bool_]

    def profession_names(self) -> list[str]:
        """The profession of each, in words."""
        return [PROFESSIONS[p] for p in self.profession]

    def organisations(self, world: Nation) -> list[str]:
        """The code of where each works."""
        return [world.practices[p] if p >= 0 else world.trusts[-1 - p] for p in self.practice]

    def regions(self, world: Nation) -> list[str]:
        """The region of each, by name."""
        return [world.region_names[world.region_of_icb[i]] for i in self.icb]


def clinicians(world: Nation, seed: int, staff: int = STAFF) -> Clinicians:
    """Invent `staff` clinicians; exactly the planted shares of them think as planted."""
    rng = stream(seed, "clinicians")
    profession = np.sort(rng.choice(len(PROFESSIONS), staff, p=_SHARE))
    open_now = world.patients[:, -1] > 0
    weight = world.patients[:, -1] * open_now
    practice = rng.choice(len(world.practices), staff, p=weight / weight.sum())
    trust = rng.integers(len(world.trusts), size=staff)
    hospital = profession == PROFESSIONS.index("Hospital doctor")
    icb = np.where(hospital, world.icb_of_trust[trust], world.icb[practice])
    unaware = choose(rng, np.array(_ODDS_UNAWARE)[profession], round(UNAWARE * staff))
    heard = np.flatnonzero(~unaware)
    positive = np.zeros(staff, dtype=bool)
    keen = choose(rng, np.array(_ODDS_POSITIVE)[profession[heard]], round((1 - NOT_POSITIVE) * len(heard)))
    positive[heard[keen]] = True
    chance = np.array(RESPONSE)[profession] * np.where(positive, KEEN, 1.0)
    return Clinicians(
        person=tuple(f"demo-{i + 1:05d}" for i in rng.permutation(staff)),
        profession=profession,
        practice=np.where(hospital, -1 - trust, practice),
        icb=icb,
        aware=~unaware,
        positive=positive,
        responded=rng.random(staff) < chance,
    )
