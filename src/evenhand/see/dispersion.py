"""Dispersion: do counts scatter more than chance, as a kind of noise that shrinks with size, unlike true variation?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST = 500  # units: of 300, one in six plain sets passes for clustered, and one in four that is (measured)
BEFOREHAND = 0.2  # odds that counts of one place cluster at all: claimed only where units show it
USUAL = 1.0  # how far above 1 the multiple is expected to lie, if at all: counts of items seldom exceed 3
MOST = 8.0  # largest multiple of chance's variance looked for
FINE = 25  # multiples looked at
STEPS, FURTHEST = 400, 1.3  # spreads looked at, to so many deviations: with coarser steps 6,500 units miss their own
BINS = 40  # units of like size are taken together: finer moved nothing seen
IGNORED = 0.3  # a posterior share of clustering below which plain counts are taken: units must show it
ATOMS = 3  # values that stand for the posterior of the multiple

Floats = NDArray[np.float64]


def dispersion(left: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """How many times chance's variance units scatter, apart from a spread that is the same whatever their size.

    left: float64 (N,), values less what is expected of them; variance: float64 (N,), by chance alone. Returns a few
    multiples, 1 for plain counts, and how likely each is. Where sizes hardly differ, or units are fewer than 500, the
    two kinds of scatter cannot be told apart, and counts are taken as plain.

    Method: evidence over a grid of multiple and spread, tempered by the kurtosis of the values, so that a few far
    units do not pass for clustering. Source: Satorra & Bentler (1994) for the tempering.
    """
    if len(left) < FEWEST:
        return np.ones(1), np.ones(1)
    order = np.argsort(variance)
    bins = [part for part in np.array_split(order, min(BINS, len(order))) if len(part)]
    count = np.array([len(part) for part in bins], dtype=np.float64)
    square = np.array([np.sum(left[part] ** 2) for part in bins])
    chance = np.array([variance[part].mean() for part in bins])
    times = np.concatenate(([1.0], np.geomspace(1.05, MOST, FINE)))
    size = float(np.sqrt(np.mean(left**2)))
    spread = np.linspace(0.0, FURTHEST * size, STEPS)
    total = times[:, None, None] * chance + spread[None, :, None] ** 2
    log = -0.5 * (count * np.log(total) + square / total).sum(axis=2)
    at = np.unravel_index(int(np.argmax(log)), log.shape)
    z = left / np.sqrt(times[at[0]] * variance + spread[at[1]] ** 2)
    log = log / max(1.0, (float(np.mean(z**4)) - 1) / 2)
    weight = np.exp(log - log.max())
    evidence = weight.sum(axis=1)  # flat in the spread, as everywhere
    evidence[0] *= 1 - BEFOREHAND
    prior = times[1:] * np.exp(-(times[1:] - 1) / USUAL)  # exponential, on logarithmic steps
    evidence[1:] *= BEFOREHAND * prior / prior.sum()
    evidence /= evidence.sum()
    more = float(evidence[1:].sum())
    if more < IGNORED:
        return np.ones(1), np.ones(1)
    up = np.cumsum(evidence[1:]) / more
    atoms = times[1:][np.searchsorted(up, (np.arange(ATOMS) + 0.5) / ATOMS)]
    if more >= 1 - IGNORED:
        return atoms, np.full(ATOMS, 1 / ATOMS)
    return np.concatenate(([1.0], atoms)), np.concatenate(([1 - more], np.full(ATOMS, more / ATOMS)))
