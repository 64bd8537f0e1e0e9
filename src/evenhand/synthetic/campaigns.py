"""Campaigns as planted: one that works, one that does nothing, one that works but harms; the fourth ICB has none.

Each is randomised by PCN within its ICB, stratified by sub-ICB location. Not every invited practice changes:
the effect of having been invited is an average over those that do and those that do not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..change.randomise import Allocation, randomise
from .chance import choose, stream
from .organisations import Nation

MARGIN_POINTS = 1.0  # within 18 weeks may fall by one point at most: METHODS F.7
INTERVENTION, CONTROL = "intervention", "control"
ADOPTION = 0.6  # share of invited practices that change (ours)
BUILD_UP = (1 / 3, 2 / 3, 1.0)  # of the effect in the first, second and every later month (ours)


@dataclass(frozen=True)
class Plan:
    """What is planted. `effect` is the mean change of the share in invited practices; `waits_effect_points` the change
    of the percentage within 18 weeks in every sub-ICB location of the ICB, from the first month on."""

    scheme: str
    title: str
    icb: int
    family: str
    measure: str
    effect: float
    waits_effect_points: float


PLANS = (
    Plan("diabetes_dpp4", "Sitagliptin first among the gliptins", 0, "dpp4", "diabetes_dpp4_cost", -0.06, 0.0),
    Plan("null_strips", "A reminder about test strips", 1, "strips", "diabetes_test_strips", 0.0, 0.0),
    Plan("harmful", "Pen needles below 5p first", 2, "needles", "diabetes_needles", -0.08, -2 * MARGIN_POINTS),
)  # fmt: skip


@dataclass(frozen=True)
class Campaign:
    """A plan carried out. `allocation`: its practices, clustered by PCN; `taking_part` (P,) practices in either arm;
    `treated` (P,) practices in the intervention arm; `adopts` (P,) practices that change;
    `practice_effect` (P,) the full change of each practice's share."""

    plan: Plan
    allocation: Allocation
    taking_part: NDArray[np.bool_]
    treated: NDArray[np.bool_]
    adopts: NDArray[np.bool_]
    practice_effect: NDArray[np.float64]

    @staticmethod
    def build_up(months: int) -> NDArray[np.float64]:
        """The part of the effect that is there in each month from the start: (months,)."""
        return np.array([BUILD_UP[min(t, len(BUILD_UP) - 1)] for t in range(months)])


def campaigns(world: Nation, seed: int) -> tuple[Campaign, ...]:
    """Randomise and carry out every plan."""
    return tuple(_campaign(plan, world, seed) for plan in PLANS)


def _campaign(plan: Plan, world: Nation, seed: int) -> Campaign:
    taking_part = world.icb == plan.icb
    rows = np.flatnonzero(taking_part)
    allocation = randomise(
        [world.practices[i] for i in rows],
        (INTERVENTION, CONTROL),
        clusters=[world.pcns[world.pcn[i]] for i in rows],
        strata=[(world.sicbls[world.sicbl[i]],) for i in rows],
        seed=seed + plan.icb,
    )
    treated = np.zeros(len(taking_part), dtype=bool)
    treated[rows] = np.array(allocation.arm) == INTERVENTION
    rng = stream(seed, "campaign", plan.scheme)
    adopts = np.zeros(len(treated), dtype=bool)
    adopts[treated] = choose(rng, np.ones(treated.sum()), round(ADOPTION * treated.sum()))
    size = adopts * rng.normal(1.0, 0.2, len(treated)).clip(0.4, 1.6)
    # rescaled, so that the mean over the patients of the invited practices is exactly the planted effect
    effect = plan.effect * size / np.average(size[treated], weights=world.patients[treated, 0])
    return Campaign(plan, allocation, taking_part, treated, adopts, effect)
