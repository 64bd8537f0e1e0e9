"""Clinicians: an invented staff frame, what each of them really thinks, and who answers when asked.

Nobody here is a person. What is planted is the finding of the 2010 survey: 42% had not heard of QIPP, and of those
who had, 87% were not positive (ENGAGEMENT.md, part E).

Who answers depends on profession, and on what people think: those who are in the improvement network have heard more
often, are more often positive, and answer twice as readily. The staff frame says who is in the network, so that raking
to profession, region and network finds the planted figures again; that opinion matters for answering through nothing
but what the frame knows is the assumption under every weighting, and here it holds by construction.
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
NETWORK = (0.20, 0.22, 0.35, 0.15)  # in the improvement network, by profession (ours)
NETWORK_UNAWARE, NETWORK_POSITIVE = 0.35, 3.0  # their odds not to have heard, and to be positive, beside others' (ours)
RESPONSE = (0.22, 0.30, 0.46, 0.18)  # who answers of those outside the network: clinicians' surveys get 10-60% (ours)
NETWORK_ANSWERS = 1.9  # the network answers this many times as often (ours)


@dataclass(frozen=True)
class Clinicians:
    """The staff frame, K people. profession, icb: row numbers; practice: row number, or -1 - trust for hospital staff;
    network, aware, positive (of the aware), responded: bool."""

    person: tuple[str, ...]
    profession: NDArray[np.int64]
    practice: NDArray[np.int64]
    icb: NDArray[np.int64]
    network: NDArray[np.bool_]
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
    network = stream(seed, "clinicians", "network").random(staff) < np.array(NETWORK)[profession]
    odds = np.array(_ODDS_UNAWARE)[profession] * np.where(network, NETWORK_UNAWARE, 1.0)
    unaware = choose(rng, odds, round(UNAWARE * staff))
    heard = np.flatnonzero(~unaware)
    positive = np.zeros(staff, dtype=bool)
    odds = np.array(_ODDS_POSITIVE)[profession] * np.where(network, NETWORK_POSITIVE, 1.0)
    keen = choose(rng, odds[heard], round((1 - NOT_POSITIVE) * len(heard)))
    positive[heard[keen]] = True
    chance = np.array(RESPONSE)[profession] * np.where(network, NETWORK_ANSWERS, 1.0)
    return Clinicians(
        person=tuple(f"demo-{i + 1:05d}" for i in rng.permutation(staff)),
        profession=profession,
        practice=np.where(hospital, -1 - trust, practice),
        icb=icb,
        network=network,
        aware=~unaware,
        positive=positive,
        responded=rng.random(staff) < chance,
    )
