"""Dispersion: do counts scatter more than chance, as a kind of noise that shrinks with size, unlike true variation?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST = 500  # units: of 300, one in six plain sets passes for clustered, and one in four that is (measured)
# Odds that counts of one place cluster at all: of the centre, which claims it only where units show it, and of the
# interval, which also serves a reader who expects it. Chosen on simulated units (decision 0129).
BEFOREHAND, DOUBTED = 0.4, 0.6
USUAL = 0.7  # how far above 1 the multiple is expected to lie, if at all: counts of items seldom exceed 3
MOST = 8.0  # largest multiple of chance's variance looked for
FINE = 25  # multiples looked at
STEPS, FURTHEST = 400, 1.3  # spreads looked at, to so many deviations: with coarser steps 6,500 units miss their own
BINS = 40  # units of like size are taken together: finer moved nothing seen
IGNORED = 0.4  # a posterior share of clustering below which plain counts are drawn: units must show it
FEW = 0.1  # a posterior share of plain counts below which none are drawn
ATOMS = 3  # values that stand for the posterior of the multiple
NARROW = 1.12  # largest over smallest of them, below which one will do: a step of the multiples is 1.09
UNEVEN = 1.05  # largest over smallest variance of a bin below which sizes tell nothing
TAIL = 0.05  # of the 90% interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Dispersion:
    """A few multiples of chance's variance, 1 for plain counts, and how likely each is; low, high: by how much a
    reader who expects clustering widens the ends of an interval of the spread between units (low <= 1 <= high)."""

    times: Floats
    odds: Floats
    low: float = 1.0
    high: float = 1.0


PLAIN = Dispersion(np.ones(1), np.ones(1))


def dispersion(left: Floats, variance: Floats) -> Dispersion:
    """How many times chance's variance units scatter, apart from a spread that is the same whatever their size.

    left: float64 (N,), values less what is expected of them; variance: float64 (N,), by chance alone. Where units are
    fewer than 500, or do not show it, counts are taken as plain, and only the interval allows for clustering; where
    sizes hardly differ, the two kinds of scatter cannot be told apart at all.

    Method: evidence over a grid of multiple and spread, tempered by the kurtosis of the values, so that a few far
    units do not pass for clustering. Source: Satorra & Bentler (1994) for the tempering.
    """
    order = np.argsort(variance)
    bins = [part for part in np.array_split(order, min(BINS, len(order))) if len(part)]
    count = np.array([len(part) for part in bins], dtype=np.float64)
    square = np.array([np.sum(left[part] ** 2) for part in bins])
    chance = np.array([variance[part].mean() for part in bins])
    if chance[-1] < UNEVEN * chance[0] or not square.any():
        return PLAIN
    times = np.concatenate(([1.0], np.geomspace(1.05, MOST, FINE)))
    size = float(np.sqrt(np.mean(left**2)))
    spread = np.linspace(0.0, FURTHEST * size, STEPS)
    total = times[:, None, None] * chance + spread[None, :, None] ** 2
    log = -0.5 * (count * np.log(total) + square / total).sum(axis=2)
    at = np.unravel_index(int(np.argmax(log)), log.shape)
    z = left / np.sqrt(times[at[0]] * variance + spread[at[1]] ** 2)
    log = log / max(1.0, (float(np.mean(z**4)) - 1) / 2)
    prior = times[1:] * np.exp(-(times[1:] - 1) / USUAL)  # exponential, on logarithmic steps
    weight = np.exp(log - log.max())
    weight[1:] *= (prior / prior.sum())[:, None]  # flat in the spread, as everywhere
    evidence = weight.sum(axis=1)
    clustered = evidence[1:].sum()
    more, doubted = (
        float(share * clustered / (share * clustered + (1 - share) * evidence[0])) for share in (BEFOREHAND, DOUBTED)
    )
    if len(left) < FEWEST or more < IGNORED:
        more = 0.0
    elif more > 1 - FEW:
        more = 1.0
    either = weight[0] / evidence[0], weight[1:].sum(axis=0) / clustered
    ours, theirs = (_ends(spread, (1 - share) * either[0] + share * either[1]) for share in (more, doubted))
    low, high = min(1.0, theirs[0] / ours[0]) if ours[0] > 0 else 1.0, max(1.0, theirs[1] / ours[1])
    up = np.cumsum(evidence[1:]) / clustered
    atoms = times[1:][np.searchsorted(up, (np.arange(ATOMS) + 0.5) / ATOMS)]
    if atoms[-1] < NARROW * atoms[0]:
        atoms = atoms[ATOMS // 2 : ATOMS // 2 + 1]
    odds = np.concatenate(([1 - more], np.full(len(atoms), more / len(atoms))))
    there = odds > 0
    return Dispersion(np.concatenate(([1.0], atoms))[there], odds[there], low, high)


def _ends(spread: Floats, weight: Floats) -> tuple[float, float]:
    """The 5% and 95% quantiles of a spread, given the weight of each; never 0 at the upper end."""
    up = np.cumsum(weight) / weight.sum()
    low, high = (float(np.interp(share, up, spread)) for share in (TAIL, 1 - TAIL))
    return low, max(high, float(spread[1]))
