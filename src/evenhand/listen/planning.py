"""Planning: how many to ask of each stratum, so that its share, or everybody's, is known within a margin."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ..errors import InputError
from ..records import Record
from .power import size
from .sample import allocate


@dataclass(frozen=True, eq=False)
class StratumSize(Record):
    """One stratum: answers needed, people to invite, and the margin that its own share will have."""

    stratum: str
    population: int
    share: float
    answers: int
    invitations: int
    margin: float
    enough_people: bool


@dataclass(frozen=True, eq=False)
class SurveyPlan(Record):
    """Every stratum, and the margin of everybody's share."""

    goal: str
    strata: tuple[StratumSize, ...]
    answers: int
    invitations: int
    margin: float
    enough_people: bool
    level: float = 0.95


def plan(
    strata: Sequence[str],
    population: NDArray[np.int64],
    shares: NDArray[np.float64],
    margin: float,
    *,
    goal: str = "all",
    allocation: str = "neyman",
    response_rates: NDArray[np.float64] | None = None,
    deff: float = 1.0,
    level: float = 0.95,
) -> SurveyPlan:
    """How many of each stratum do we ask?

    Parameters
    ----------
    population, shares, response_rates
        People, the share expected and the share who will answer, of each stratum (S,).
    goal
        all: everybody's share within `margin`; each: the share of every stratum within it.
    allocation
        With the goal `all`: neyman (more where answers vary more), proportional, equal or root.

    Raises
    ------
    InputError
        If a number is out of range.

    Source: Cochran (1977), Sampling Techniques, sections 4.4 and 5.9 (fixed n).

    >>> plan(["gp", "nurse"], np.array([600, 400]), np.array([0.5, 0.5]), 0.05).answers
    278
    """
    if goal not in ("all", "each"):
        raise InputError(f"no goal {goal!r}; there are: all, each")
    rates = np.ones(len(strata)) if response_rates is None else response_rates
    for name, people, share, rate in zip(strata, population, shares, rates, strict=True):
        try:
            size(float(share), margin, population=float(people), response_rate=float(rate), deff=deff, level=level)
        except InputError as error:
            raise InputError(f"stratum {name!r}: {error}") from None
    z, spread = float(ndtri((1 + level) / 2)), np.sqrt(shares * (1 - shares))
    if goal == "each":
        answers = np.array([size(float(p), margin, population=float(N), deff=deff, level=level).answers
                            for p, N in zip(shares, population, strict=True)])  # fmt: skip
    else:
        answers = _for_all(population, spread, margin / z, allocation, deff)
    invitations = np.ceil(answers / rates - 1e-9).astype(np.int64)  # 1e-9: a whole number stays itself
    rows = tuple(
        StratumSize(name, int(N), float(p), int(a), int(i), _margin(z, s, a, N, deff), bool(i <= N))
        for name, N, p, a, i, s in zip(strata, population, shares, answers, invitations, spread, strict=True)
    )
    whole = float(population.sum())
    together = math.sqrt(sum((row.population / whole * row.margin) ** 2 for row in rows))
    return SurveyPlan(goal, rows, int(answers.sum()), int(invitations.sum()), together,
                      all(row.enough_people for row in rows), level)  # fmt: skip


def _for_all(
    population: NDArray[np.int64], spread: NDArray[np.float64], error: float, allocation: str, deff: float
) -> NDArray[np.int64]:
    """The fewest answers whose allocation gives this standard error."""
    low, high = min(2 * len(population), int(population.sum())), int(population.sum())

    def taken(n: int) -> NDArray[np.int64]:
        neyman = spread if allocation == "neyman" else None
        return allocate(population, n, allocation="proportional" if allocation == "neyman" else allocation,
                        spread=neyman)  # fmt: skip

    while low < high:
        middle = (low + high) // 2
        if _error(population, spread, taken(middle), deff) <= error:
            high = middle
        else:
            low = middle + 1
    return taken(low)


def _error(
    population: NDArray[np.int64], spread: NDArray[np.float64], taken: NDArray[np.int64], deff: float
) -> float:
    parts = [(N / population.sum() * _margin(1.0, s, n, N, deff)) ** 2
             for N, s, n in zip(population, spread, taken, strict=True)]  # fmt: skip
    return math.sqrt(sum(parts))


def _margin(z: float, spread: float, answers: int, population: int, deff: float) -> float:
    left = (population - answers) / (population - 1) if population > 1 else 0.0
    return float(z * spread) * math.sqrt(deff * max(left, 0.0) / answers)
