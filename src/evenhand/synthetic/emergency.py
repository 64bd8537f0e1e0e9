"""Accident and emergency: attendances by trust and type of department, waits over four hours, and admissions.

A Royal has a major department (type 1) and one for minor illness (other), every third one an eye department too
(type 2); a Community has the second alone. The share of type 1 within four hours follows one national path with its own
level for each trust and wanders as published ones do. Nothing harms it: no campaign touches a department.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calendar import Calendar
from .chance import drift, stream
from .organisations import Nation
from .waits import PER_PATIENT as WAITING
from .waits import SMALLEST

TYPES = ("1", "2", "other")
WALKED_IN, BOOKED = 0, 1
# Attendances a month for each person served: about 1.4m, 0.05m and 0.85m for 63m; of the last, at Community trusts.
PER_PERSON = (0.0222, 0.0008, 0.0135)
AT_COMMUNITY = 0.6
BOOKED_SHARE = (0.01, 0.02, 0.10)  # of attendances, with an appointment (ours)
NATIONAL, RISE, SWING = 0.600, 0.010, 0.030  # type 1 within four hours: at the start, its rise over 30 months, winter
WITHIN = (0.0, 0.930, 0.970)  # of the other types
# Between trusts 7 points, and 2.7 from a month to the next, as type 1 in 137 trusts, 2016 to 2019 (NHS England).
SD_LEVEL, SD_SLOW, SD_MONTH, MEMORY = 0.07, 0.02, 0.025, 0.9
ADMITTED, SD_ADMITTED, SD_ADMITTED_MONTH = (0.29, 0.03, 0.006), 0.05, 0.010  # of attendances by type: the same trusts
WAITED_4_TO_12, WAITED_12 = 0.24, 0.09  # of those admitted, from the decision to admit (ours)
OTHER_ADMISSIONS = 0.30  # emergency admissions not through A&E, for each one through it (ours)


@dataclass(frozen=True)
class Emergency:
    """One month. attendances, over_4_hours: int64 by trust, type, walked in or booked (H, type, 2), none where `offers`
    (H, type) says there is no such department; admitted (H, type); waited_4_to_12, waited_12, other_admissions (H,)."""

    offers: NDArray[np.bool_]
    attendances: NDArray[np.int64]
    over_4_hours: NDArray[np.int64]
    admitted: NDArray[np.int64]
    waited_4_to_12: NDArray[np.int64]
    waited_12: NDArray[np.int64]
    other_admissions: NDArray[np.int64]


def true_share(world: Nation, when: Calendar, seed: int) -> NDArray[np.float64]:
    """The true share of type 1 within four hours of each trust and month (H, T), whether or not it has a type 1."""
    rng = stream(seed, "emergency")
    count, months = len(world.trusts), len(when.months)
    season = -SWING * np.cos((when.months.astype(np.int64) % 12) / 12 * 2 * np.pi)  # worst in January
    national = NATIONAL + RISE * np.arange(months) / 30 + season
    own = rng.normal(0, SD_LEVEL, count)[:, None] + drift(rng, count, months, SD_SLOW, MEMORY)
    return np.asarray(np.clip(national + own + rng.normal(0, SD_MONTH, (count, months)), 0.2, 0.98))


def month(world: Nation, when: Calendar, share: NDArray[np.float64], t: int, seed: int) -> Emergency:
    """Everybody who came in month `t`."""
    rng, lasting = stream(seed, "emergency", when.word(t)), stream(seed, "emergency", "admitted")
    offers = departments(world)
    attendances = rng.poisson(_expected(world, when, t)[:, :, None] * _booked())
    within = np.tile(np.array(WITHIN), (len(offers), 1))
    within[:, 0] = share[:, t]
    over = rng.binomial(attendances, (1 - within)[:, :, None])
    admit = np.tile(np.array(ADMITTED), (len(offers), 1))
    admit[:, 0] += lasting.normal(0, SD_ADMITTED, len(offers)) + rng.normal(0, SD_ADMITTED_MONTH, len(offers))
    admitted = rng.binomial(attendances.sum(axis=2), admit.clip(0.001, 0.9))
    every = admitted.sum(axis=1)
    long = rng.binomial(every, WAITED_12)
    return Emergency(offers, attendances, over, admitted, rng.binomial(every - long, WAITED_4_TO_12), long,
                     rng.poisson(every * OTHER_ADMISSIONS))  # fmt: skip


def departments(world: Nation) -> NDArray[np.bool_]:
    """Which types each trust has (H, type)."""
    number = np.arange(len(world.trusts))
    royal = number % 2 == 0
    return np.stack([royal, royal & (number % 6 == 0), np.ones(len(number), dtype=bool)], axis=1)


def _booked() -> NDArray[np.float64]:
    """Of each type, the shares that walked in and that were booked (type, 2)."""
    booked = np.array(BOOKED_SHARE)
    return np.stack([1 - booked, booked], axis=1)


def _expected(world: Nation, when: Calendar, t: int) -> NDArray[np.float64]:
    """Attendances expected at each trust of each type (H, type): of those whom its ICB serves, by the month's days."""
    people = np.bincount(world.sicbl, world.patients[:, t], len(world.sicbls))
    served = np.bincount(world.icb_of_sicbl, np.maximum(people, SMALLEST / WAITING), len(world.icbs))
    royal = np.arange(len(world.trusts)) % 2 == 0
    part = np.where(royal[:, None], [1.0, 1.0, 1 - AT_COMMUNITY], [0.0, 0.0, AT_COMMUNITY])
    first, after = when.months[t].astype("datetime64[D]"), (when.months[t] + 1).astype("datetime64[D]")
    days = (after - first).astype(int) / (365.25 / 12)
    return np.asarray(served[world.icb_of_trust][:, None] * np.array(PER_PERSON) * part * departments(world) * days)
