"""Appointments in general practice: how many, with whom, how, of which category, how soon, and what came of them.

Each practice has its own number of appointments and its own share of them within two weeks of booking, which follows
one national season. Nothing harms it: no campaign touches appointments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calendar import Calendar, surgery_days
from .chance import drift, stream
from .organisations import Nation

PROFESSIONALS = ("GP", "Other Practice staff", "Unknown")
MODES = ("Face-to-Face", "Telephone", "Video/Online", "Home Visit", "Unknown")
CATEGORIES = (
    "General Consultation Acute", "General Consultation Routine", "Clinical Triage", "Planned Clinics",
    "Planned Clinical Procedure", "Structured Medication Review", "Unplanned Clinical Activity", "Home Visit",
    "Patient contact during Care Home Round", "Inconsistent Mapping", "Unmapped",
)  # fmt: skip
UNMAPPED = CATEGORIES.index("Unmapped")
# As published, the spaces doubled where they are; the first four lie within two weeks.
WAITS = (
    "Same Day", "1 Day", "2 to 7 Days", "8  to 14 Days", "15  to 21 Days", "22  to 28 Days", "More than 28 Days",
    "Unknown / Data Issue",
)  # fmt: skip
WITHIN = 4
STATUSES = ("Attended", "DNA", "Unknown")
# Of a kind of appointment: professional, mode, category, its share of all (per cent), how far its share within two
# weeks lies from the mean (points), and how those within two weeks fall on the four bands (per cent). Shares by
# professional and band are those of 31 areas of England in 2019 to 2021, rounded; how they hang together is ours.
_ACUTE, _ROUTINE, _PLANNED = (80, 9, 9, 2), (34, 13, 34, 19), (22, 9, 37, 32)
KINDS = (
    (0, 0, 0, 10.0, 14, _ACUTE), (0, 1, 0, 10.5, 15, _ACUTE), (0, 0, 1, 8.0, -9, _ROUTINE),
    (0, 1, 1, 7.5, -5, _ROUTINE), (0, 1, 2, 4.0, 16, _ACUTE), (0, 0, 3, 1.2, -18, _PLANNED),
    (0, 1, 5, 0.6, -8, _PLANNED), (0, 2, 1, 0.3, 2, _ROUTINE), (0, 3, 7, 0.5, 14, _ACUTE),
    (0, 3, 8, 0.3, -4, _PLANNED), (0, 0, 6, 1.0, 16, _ACUTE), (0, 0, 9, 3.0, 2, _ROUTINE), (0, 1, 10, 1.5, 2, _ROUTINE),
    (1, 0, 0, 6.0, 12, _ACUTE), (1, 0, 1, 8.0, -7, _ROUTINE), (1, 0, 3, 10.0, -13, _PLANNED),
    (1, 0, 4, 11.5, -6, _PLANNED), (1, 1, 1, 4.5, -2, _ROUTINE), (1, 1, 5, 2.0, -7, _PLANNED),
    (1, 1, 2, 1.6, 15, _ACUTE), (1, 2, 1, 0.2, 0, _ROUTINE), (1, 3, 8, 0.4, -2, _PLANNED), (1, 0, 9, 3.0, -3, _ROUTINE),
    (1, 0, 10, 1.8, -2, _ROUTINE), (2, 4, 9, 1.4, 8, _ACUTE), (2, 4, 10, 1.2, 8, _ACUTE),
)  # fmt: skip
LATE = (0.45, 0.29, 0.26)  # later than two weeks: the same areas
UNKNOWN_WAIT = 0.0005
MISSED = (0.020, 0.037, 0.055, 0.070, 0.075, 0.080, 0.085, 0.036)  # by wait, as there
UNKNOWN_STATUS = 0.045
PER_PATIENT = 0.48  # appointments a month for each registered patient: about 30m for 63m
NATIONAL, SWING = 0.820, 0.010  # share within two weeks; how far it falls in October, when flu clinics are held
SD_LEVEL, SD_SLOW, SD_MONTH, MEMORY = 0.05, 0.006, 0.010, 0.9  # between practices; wandering; monthly (ours)
SD_RATE, SD_TILT = 0.18, 0.30  # of the log: how much practices differ in number, and in whom and how (ours)
NOT_INCLUDED = 0.004  # of a practice's months: its system sent nothing, and it is not there
ALL_UNMAPPED = 0.02  # of practices: no category is mapped


@dataclass(frozen=True)
class Books:
    """What lasts of every practice's appointments.

    rate: a patient and month (P,); weight: of each kind (P, kind), sums to 1; unmapped: without categories (P,); share:
    within two weeks (P, T); included: whether the month is published (P, T).
    """

    rate: NDArray[np.float64]
    weight: NDArray[np.float64]
    unmapped: NDArray[np.bool_]
    share: NDArray[np.float64]
    included: NDArray[np.bool_]


@dataclass(frozen=True)
class Appointments:
    """One month, K cells with any. practice, kind, category, wait: row numbers; counts: int64 (K, status)."""

    practice: NDArray[np.int64]
    kind: NDArray[np.int64]
    category: NDArray[np.int64]
    wait: NDArray[np.int64]
    counts: NDArray[np.int64]


def books(world: Nation, when: Calendar, seed: int) -> Books:
    """Settle what lasts."""
    rng = stream(seed, "appointments")
    count, months = len(world.practices), len(when.months)
    season = -SWING * np.cos((when.months.astype(np.int64) % 12 - 9) / 12 * 2 * np.pi)  # month 9 is October
    own = rng.normal(0, SD_LEVEL, count)[:, None] + drift(rng, count, months, SD_SLOW, MEMORY)
    share = NATIONAL + season + own + rng.normal(0, SD_MONTH, (count, months))
    doctor, far = (rng.normal(0, SD_TILT, count)[:, None] for _ in range(2))
    is_doctor, is_far = (np.array([kind[at] == of for kind in KINDS]) for at, of in ((0, 0), (1, 1)))
    weight = np.array([kind[3] for kind in KINDS]) * np.exp(doctor * is_doctor + far * is_far)
    included = (world.patients > 0) & (rng.random((count, months)) >= NOT_INCLUDED)
    return Books(
        PER_PATIENT * np.exp(rng.normal(0, SD_RATE, count)), weight / weight.sum(axis=1, keepdims=True),
        rng.random(count) < ALL_UNMAPPED, np.clip(share, 0.4, 0.99), included,
    )  # fmt: skip


def month(world: Nation, when: Calendar, settled: Books, t: int, seed: int) -> Appointments:
    """Every appointment of month `t`, added up."""
    rng = stream(seed, "appointments", when.word(t))
    days = surgery_days(when.months)
    size = settled.rate * world.patients[:, t] * settled.included[:, t] * days[t] / days.mean()
    expected = (size[:, None] * settled.weight)[:, :, None] * _bands(settled, t)
    drawn = rng.poisson(expected)
    practice, kind, wait = np.nonzero(drawn)
    every = drawn[practice, kind, wait]
    missed = rng.binomial(every, np.array(MISSED)[wait])
    unknown = rng.binomial(every - missed, UNKNOWN_STATUS)
    usual = np.array([k[2] for k in KINDS])[kind]
    category = np.where(settled.unmapped[practice], UNMAPPED, usual)
    return Appointments(practice, kind, category, wait, np.stack([every - missed - unknown, missed, unknown], axis=1))


def _bands(settled: Books, t: int) -> NDArray[np.float64]:
    """How each practice's appointments of each kind fall on the bands of waiting (P, kind, band); each sums to 1.

    Over its kinds a practice comes to its own share within two weeks, but where a kind would leave the range.
    """
    points = np.array([kind[4] for kind in KINDS]) / 100
    within = settled.share[:, t][:, None] + points - (settled.weight @ points)[:, None]
    soon = within.clip(0.05, 0.995)[:, :, None] * np.array([kind[5] for kind in KINDS]) / 100
    late = (1 - within.clip(0.05, 0.995))[:, :, None] * np.array(LATE)
    known = np.concatenate([soon, late], axis=2) * (1 - UNKNOWN_WAIT)
    return np.concatenate([known, np.full((*within.shape, 1), UNKNOWN_WAIT)], axis=2)
