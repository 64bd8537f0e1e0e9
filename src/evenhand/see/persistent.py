"""Persistent: which units truly lie beyond the benchmark period after period, and not by luck?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError
from ..records.base import Record
from .opportunity import opportunity

SURE = 0.8  # probability of lying beyond the benchmark that counts for a period
MOST = 0.75  # share of periods that are "most"
FALSE_RUNS = 200  # units of luck simulated a unit: the false rate is known to about 0.1%

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Persistent(Record):
    """probability: float64 (N, T), of lying on the better side of the benchmark, NaN where unknown; periods: (N,),
    how many were sure; persistent: which units are; false_rate: the share of units that would be if true levels
    changed places every period."""

    units: tuple[str, ...]
    probability: Floats
    periods: NDArray[np.int64]
    persistent: tuple[str, ...]
    needed: int
    sure: float
    false_rate: float


def persistent(
    units: Sequence[str],
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    better: str = "lower",
    benchmark: str = "q25",
    sure: float = SURE,
    most: float = MOST,
    family: str = "auto",
    standard_error: ArrayLike | None = None,
    draws: int = 200,
    rng: np.random.Generator,
) -> Persistent:
    """Ask which units truly reach the benchmark, with probability `sure` or more, in most of T periods.

    numerator, denominator (and standard_error): float64 (N, T), one row a unit. Codes only: who may see a name is
    decided elsewhere.

    Raises
    ------
    InputError
        If there are fewer than three periods, `sure` or `most` is no share, or as `opportunity`.

    Source: our rule; the false rate is simulated by giving every period's probabilities to units at random.
    """
    top, bottom = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    if top.ndim != 2 or top.shape != bottom.shape or len(units) != len(top):
        raise InputError("persistence: expected a numerator and a denominator for each unit and period")
    periods = top.shape[1]
    if periods < 3:
        raise InputError(f"persistence: expected 3 periods or more, found {periods}")
    for name, share in (("sure", sure), ("most", most)):
        if not 0 < share <= 1:
            raise InputError(f"{name}: expected a share above 0 and at most 1, found {share:g}")
    error = None if standard_error is None else np.asarray(standard_error, dtype=np.float64)
    probability = np.full(top.shape, np.nan)
    for t in range(periods):
        found = opportunity(
            list(units), top[:, t], bottom[:, t], better=better, benchmark=benchmark, draws=draws, rng=rng,
            family=family, standard_error=None if error is None else error[:, t],
        )  # fmt: skip
        beyond = found.probability_above
        if found.pounds.size and np.nansum(found.pounds) > 0:  # alike for all we know: nobody is beyond anybody
            probability[:, t] = 1 - beyond if better == "lower" else beyond
        else:
            probability[:, t] = np.where(np.isfinite(beyond), 0.0, np.nan)
    needed = int(np.ceil(most * periods))
    reached = np.nan_to_num(probability) >= sure
    count = reached.sum(axis=1)
    names = tuple(unit for unit, n in zip(units, count, strict=True) if n >= needed)
    return Persistent(tuple(units), probability, count.astype(np.int64), names, needed, sure,
                      _false(reached, needed, rng))  # fmt: skip


def _false(reached: NDArray[np.bool_], needed: int, rng: np.random.Generator) -> float:
    """The share of units that would be persistent if each period's luck were dealt anew."""
    shares = reached.mean(axis=0)
    runs = rng.random((FALSE_RUNS, min(len(reached), 500), reached.shape[1])) < shares
    return float((runs.sum(axis=2) >= needed).mean())
