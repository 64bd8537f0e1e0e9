"""Waiting times: pathways by provider, commissioner, part and treatment function, in weekly bands.

The share within 18 weeks of each sub-ICB location follows one smooth national path with its own level; a harmful
campaign lowers it by a fixed number of points from its first month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calendar import Calendar
from .campaigns import Campaign
from .chance import drift, stream
from .organisations import Nation

BANDS = 105  # weeks 0-1, 1-2, ... 103-104, and 104 or more
PARTS = ("Part_1A", "Part_1B", "Part_2", "Part_2A", "Part_3")
# Treatment functions (real codes and names) with a share of the waiting list, per cent, and how far the share within
# 18 weeks lies from the mean, in points: sizes are England's rounded, the points are ours.
FUNCTIONS = (
    ("C_100", "General Surgery Service", 5.5, -3), ("C_101", "Urology Service", 5.5, 1),
    ("C_110", "Trauma and Orthopaedic Service", 12.0, -2), ("C_120", "Ear Nose and Throat Service", 8.0, -5),
    ("C_130", "Ophthalmology Service", 8.5, 5), ("C_140", "Oral Surgery Service", 4.5, -4),
    ("C_150", "Neurosurgical Service", 0.8, -4), ("C_160", "Plastic Surgery Service", 1.5, -3),
    ("C_170", "Cardiothoracic Surgery Service", 0.2, 4), ("C_300", "General Internal Medicine Service", 0.8, 12),
    ("C_301", "Gastroenterology Service", 5.5, 1), ("C_320", "Cardiology Service", 5.5, 2),
    ("C_330", "Dermatology Service", 5.5, 3), ("C_340", "Respiratory Medicine Service", 2.7, 0),
    ("C_400", "Neurology Service", 3.0, -2), ("C_410", "Rheumatology Service", 1.7, 4),
    ("C_430", "Elderly Medicine Service", 0.4, 15), ("C_502", "Gynaecology Service", 8.0, -4),
    ("X02", "Other - Medical Services", 8.6, 6), ("X03", "Other - Mental Health Services", 0.1, 15),
    ("X04", "Other - Paediatric Services", 4.5, 2), ("X05", "Other - Surgical Services", 6.6, 0),
    ("X06", "Other - Other Services", 2.1, 8),
)  # fmt: skip
TOTAL = ("C_999", "Total")
PER_PATIENT = 0.11  # pathways waiting for each registered patient: about 7.2m for 65m (RTT, January 2026)
SMALLEST = 14_000  # pathways of the smallest sub-ICB location: a district's, however few practices are shown
# Of a sub-ICB location's pathways: at the first trust of its own ICB, and at its second or the next ICB's first.
SPLIT = (0.72, 0.28)
NATIONAL, RISE, SWING = 0.600, 0.025, 0.006  # share within 18 weeks at the start, its rise over 30 months, the season
SD_LEVEL, SD_SLOW, SD_MONTH, MEMORY = 0.03, 0.0008, 0.0012, 0.9  # between sub-ICB locations; wandering; monthly
SOONER, LATER = 14.0, 13.0  # weeks: how fast the numbers fall below and above 18 weeks
FLOW = {"Part_1A": (0.042, -0.10), "Part_1B": (0.174, 0.05), "Part_3": (0.247, 0.0)}  # of the list; points within 18
DECIDED = (0.10, 0.25)  # waiting with a decision to admit, in the first week and after 40 weeks: Part_2A of Part_2
UNKNOWN_START = 0.0005  # completed pathways without a known start
NON_ENGLISH = 0.002  # of a trust's pathways: commissioner NONC


@dataclass(frozen=True)
class Waits:
    """One month. trust, sicbl (-1 is NONC), function: row numbers, K cells; bands: int64 (part, K, band), none in
    Part_3; unknown (part, K): without a known start; total (part, K) all of them."""

    trust: NDArray[np.int64]
    sicbl: NDArray[np.int64]
    function: NDArray[np.int64]
    bands: NDArray[np.int64]
    unknown: NDArray[np.int64]
    total: NDArray[np.int64]


def true_share(world: Nation, when: Calendar, campaigns: tuple[Campaign, ...], seed: int) -> NDArray[np.float64]:
    """The true share within 18 weeks of each sub-ICB location and month (S, T), harm included."""
    rng = stream(seed, "waits")
    count, months = len(world.sicbls), len(when.months)
    season = SWING * np.cos((when.months.astype(np.int64) % 12 - 5) / 12 * 2 * np.pi)  # best in early summer
    national = NATIONAL + RISE * np.arange(months) / 30 + season
    own = rng.normal(0, SD_LEVEL, count)[:, None] + drift(rng, count, months, SD_SLOW, MEMORY)
    share = national + own + rng.normal(0, SD_MONTH, (count, months))
    for campaign in campaigns:
        harmed = world.icb_of_sicbl == campaign.plan.icb
        share[harmed, when.start :] += campaign.plan.waits_effect_points / 100
    return np.asarray(share)


def month(world: Nation, when: Calendar, share: NDArray[np.float64], t: int, seed: int) -> Waits:
    """Everybody waiting, treated or newly referred in month `t`."""
    rng = stream(seed, "waits", when.word(t))
    trust, sicbl, function, size = _cells(world, t)
    points = np.array([f[3] for f in FUNCTIONS]) / 100
    weight = np.array([f[2] for f in FUNCTIONS])
    within = share[np.maximum(sicbl, 0), t] + (points - np.average(points, weights=weight))[function]
    bands = np.zeros((len(PARTS), len(trust), BANDS), dtype=np.int64)
    unknown = np.zeros((len(PARTS), len(trust)), dtype=np.int64)
    for part, (rate, shift) in FLOW.items():
        at = PARTS.index(part)
        bands[at] = rng.poisson(rate * size[:, None] * _shape(within + shift))
        unknown[at] = rng.poisson(rate * size * UNKNOWN_START) if part != "Part_3" else 0
    waiting = rng.poisson(size[:, None] * _shape(within))
    decided = np.interp(np.arange(BANDS), (0, 40), DECIDED)
    bands[PARTS.index("Part_2")] = waiting
    bands[PARTS.index("Part_2A")] = rng.binomial(waiting, decided)
    return Waits(trust, sicbl, function, bands, unknown, bands.sum(axis=2) + unknown)


def _cells(world: Nation, t: int) -> tuple[NDArray[np.int64], ...]:
    """Every trust, sub-ICB location and function that meet, with the pathways expected to wait there."""
    people = np.bincount(world.sicbl, world.patients[:, t], len(world.sicbls))
    waiting = np.maximum(people * PER_PATIENT, SMALLEST)
    pairs = []
    for s, icb in enumerate(world.icb_of_sicbl):
        trusts = (2 * icb, 2 * icb + 1 if s % 2 == 0 else (2 * icb + 2) % len(world.trusts))
        pairs += [(trust, s, waiting[s] * part) for trust, part in zip(trusts, SPLIT, strict=True)]
    pairs += [(trust, -1, waiting.sum() / len(world.trusts) * NON_ENGLISH) for trust in range(len(world.trusts))]
    pairs.sort()
    weight = np.array([f[2] for f in FUNCTIONS]) / sum(f[2] for f in FUNCTIONS)
    trust, sicbl = (np.repeat([p[i] for p in pairs], len(weight)).astype(np.int64) for i in (0, 1))
    function = np.tile(np.arange(len(weight)), len(pairs))
    return trust, sicbl, function, np.outer([p[2] for p in pairs], weight).ravel()


def _shape(within: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of the weekly bands (K, band), `within` of them in the first 18."""
    week = np.arange(BANDS)
    below = np.where(week < 18, np.exp(-week / SOONER), 0.0)
    above = np.where(week >= 18, np.exp(-(week - 18) / LATER), 0.0)
    share = within.clip(0.05, 0.95)[:, None]
    return np.asarray(share * below / below.sum() + (1 - share) * above / above.sum())
