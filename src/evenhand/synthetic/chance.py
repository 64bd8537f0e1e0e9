"""Chance, by name: each part of the demonstration draws from a stream of its own.

A stream is fixed by the seed and the words that name it, so a part that draws more numbers, or a new part,
changes nothing elsewhere, and a part can be made in blocks of practices in any order.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, *words: str | int) -> np.random.Generator:
    """The generator for one named part of the demonstration.

    >>> first, again, other = (stream(1, word).random() for word in ("lists", "lists", "waits"))
    >>> bool(first == again), bool(first == other)
    (True, False)
    """
    return np.random.default_rng([seed, *(zlib.crc32(str(word).encode()) for word in words)])


def choose(rng: np.random.Generator, weight: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Exactly `count` of the units, those of larger weight more often: bool (N,).

    Source: Efraimidis & Spirakis (2006), Information Processing Letters 97:181 (weighted sampling by exponential keys).
    """
    keys = rng.exponential(size=len(weight)) / weight
    chosen = np.zeros(len(weight), dtype=bool)
    chosen[np.argsort(keys, kind="stable")[:count]] = True
    return chosen


def drift(rng: np.random.Generator, units: int, months: int, sd: float, memory: float) -> NDArray[np.float64]:
    """Slow wandering about nought, (units, months): AR(1) with standard deviation `sd` and month-to-month `memory`."""
    shock = rng.standard_normal((units, months)) * sd
    path = shock.copy()
    for t in range(1, months):
        path[:, t] = memory * path[:, t - 1] + np.sqrt(1 - memory**2) * shock[:, t]
    return path
