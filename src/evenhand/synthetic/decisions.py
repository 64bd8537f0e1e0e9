"""How practices decide: each one's true share of the costlier choice, month by month, campaigns included.

This is the truth that the prescribing is drawn from, and that the statistics are asked to find again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calendar import Calendar
from .campaigns import Campaign
from .chance import choose, drift, stream
from .organisations import Nation


@dataclass(frozen=True)
class Choice:
    """A decision as it is planted (all invented): `mean` share of the costlier side at the outset, `trend` points
    (of share) in the whole nation over 30 months, whoever campaigns, and the spread between PCNs and practices."""

    family: str
    measure: str
    mean: float
    trend: float
    sd_pcn: float
    sd_practice: float
    quantity_of_item: float = 1.0


CHOICES = (
    Choice("dpp4", "diabetes_dpp4_cost", 0.52, -0.06, 0.04, 0.075),
    Choice("metformin", "diabetes_metformin_mr", 0.42, -0.02, 0.03, 0.060),
    Choice("basal_insulin", "diabetes_analogue_insulin", 0.74, 0.02, 0.03, 0.060),
    Choice("strips", "diabetes_test_strips", 0.36, -0.07, 0.04, 0.080, 100.0),
    Choice("needles", "diabetes_needles", 0.31, -0.04, 0.04, 0.090, 100.0),
)
OUTLIERS = 0.03  # share of practices that truly stand apart, half of them on each side
OUTLIER_SHIFT = 0.22  # by so much: about three standard deviations
WANDER_PRACTICE, WANDER_PCN, MEMORY = 0.012, 0.006, 0.9
FLOOR, CEILING = 0.02, 0.98


@dataclass(frozen=True)
class Decision:
    """One choice in every practice: `share` (P, T) the true share of costlier items; `untouched` (P, T) the same had
    there been no campaign; `differs` (P,) bool, planted outliers; `steady` (P,) the practice's lasting level."""

    choice: Choice
    share: NDArray[np.float64]
    untouched: NDArray[np.float64]
    differs: NDArray[np.bool_]
    steady: NDArray[np.float64]


def decisions(world: Nation, when: Calendar, campaigns: tuple[Campaign, ...], seed: int) -> tuple[Decision, ...]:
    """The true shares of every choice."""
    return tuple(_decision(choice, world, when, campaigns, seed) for choice in CHOICES)


def _decision(choice: Choice, world: Nation, when: Calendar, campaigns: tuple[Campaign, ...], seed: int) -> Decision:
    rng = stream(seed, "decision", choice.family)
    practices, months = len(world.practices), len(when.months)
    steady = (
        choice.mean
        + rng.normal(0, choice.sd_pcn, len(world.pcns))[world.pcn]
        + rng.normal(0, choice.sd_practice, practices)
    )
    differs = choose(rng, np.ones(practices), max(2, round(OUTLIERS * practices)))
    side = np.where(np.cumsum(differs) % 2 == 0, 1.0, -1.0)
    steady = (steady + differs * side * OUTLIER_SHIFT).clip(0.06, 0.94)
    wander = drift(rng, practices, months, WANDER_PRACTICE, MEMORY)
    wander += drift(rng, len(world.pcns), months, WANDER_PCN, MEMORY)[world.pcn]
    untouched = steady[:, None] + choice.trend * np.arange(months) / 30 + wander
    share = untouched.copy()
    for campaign in campaigns:
        if campaign.plan.family == choice.family:
            share[:, when.start :] += campaign.practice_effect[:, None] * campaign.build_up(months - when.start)
    return Decision(choice, share.clip(FLOOR, CEILING), untouched.clip(FLOOR, CEILING), differs, steady)
