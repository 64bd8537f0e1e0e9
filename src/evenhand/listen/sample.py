"""Sample: whom to ask, drawn from a staff frame by stratum, under tokens that name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record

ALLOCATIONS = ("proportional", "equal", "root")
LEAST = 2  # of a stratum: with one person its spread cannot be known
TOKEN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is easily taken for another
TOKEN_LENGTH = 12  # 31^12 is 8e17: nobody guesses one of a million


@dataclass(frozen=True, eq=False)
class Drawn(Record):
    """A sample of n rows of a frame, ordered by token, so that the order says nothing of the frame.

    rows: int64 (n,); tokens: (n,); strata: the labels, by size of `population` (S,) and `sampled` (S,) beside;
    stratum: int64 (n,), place in strata; weights, population_size: float64 (n,).
    """

    rows: NDArray[np.int64]
    tokens: tuple[str, ...]
    strata: tuple[str, ...]
    population: NDArray[np.int64]
    sampled: NDArray[np.int64]
    stratum: NDArray[np.int64]
    weights: NDArray[np.float64]
    population_size: NDArray[np.float64]
    seed: int


def draw(
    strata: Sequence[str], n: int, *, seed: int, allocation: str = "proportional", least: int = LEAST
) -> Drawn:
    """Whom do we ask, when `n` of these people can be asked?

    Simple random sampling without replacement within each stratum; the same seed and frame give the same sample.

    Parameters
    ----------
    strata
        A label for each row of the frame.
    allocation
        proportional: as large a share of every stratum; equal: as many of each; root: by the square root of its size,
        between the two. No stratum gets fewer than `least` people, or all it has.

    Raises
    ------
    InputError
        If n is larger than the frame or too small for every stratum to have `least`.

    >>> draw(["gp"] * 80 + ["nurse"] * 20, 10, seed=1).sampled
    array([8, 2])
    """
    labels = np.asarray(list(strata), dtype=object)
    names = list(dict.fromkeys(labels))
    place = {name: i for i, name in enumerate(names)}
    of = np.array([place[label] for label in labels], dtype=np.int64)
    population = np.bincount(of, minlength=len(names))
    sampled = allocate(population, n, allocation=allocation, least=least)
    rng = np.random.default_rng(seed)
    rows = np.concatenate([rng.choice(np.flatnonzero(of == i), m, replace=False) for i, m in enumerate(sampled)])
    tokens = _tokens(len(rows), rng)
    order = np.argsort(np.array(tokens))
    rows = rows[order]
    size, taken = population[of[rows]], sampled[of[rows]]
    return Drawn(rows, tuple(sorted(tokens)), tuple(names), population, sampled, of[rows],
                 size / taken, size.astype(np.float64), seed)  # fmt: skip


def allocate(
    population: NDArray[np.int64],
    n: int,
    *,
    allocation: str = "proportional",
    least: int = LEAST,
    spread: NDArray[np.float64] | None = None,
) -> NDArray[np.int64]:
    """How many to ask of each stratum (S,), `n` in all.

    Parameters
    ----------
    population
        People in each stratum (S,).
    spread
        The standard deviation of the answer in each (S,): strata that vary more get more (Neyman), whatever
        `allocation` says.

    Source: Cochran (1977), Sampling Techniques, chapter 5; whole numbers by largest remainder.

    >>> allocate(np.array([800, 150, 50]), 100, allocation="root")
    array([59, 26, 15])
    """
    if allocation not in ALLOCATIONS:
        raise InputError(f"no allocation {allocation!r}; there are: {', '.join(ALLOCATIONS)}")
    floor = np.minimum(population, least)
    if not floor.sum() <= n <= population.sum():
        raise InputError(
            f"need between {floor.sum()} (at least {least} of each of {len(population)} strata) and "
            f"{population.sum()} people (all there are); got {n}"
        )
    share = {"proportional": population, "equal": np.ones(len(population)), "root": np.sqrt(population)}[allocation]
    wanted = np.asarray(share if spread is None else population * spread, dtype=np.float64)
    taken = floor.astype(np.float64)
    free = np.ones(len(population), dtype=bool)
    while True:  # strata that reach their floor or all they have leave the rest to the others
        left = n - taken[~free].sum()
        part = np.where(free, wanted / max(wanted[free].sum(), 1e-300) * left, taken)
        out = free & ((part <= floor) | (part >= population))
        over = out & (part >= population)
        worst = over if over.any() else out
        if not worst.any():
            break
        taken[worst] = np.where(part[worst] >= population[worst], population[worst], floor[worst])
        free &= ~worst
        if not free.any():
            return np.asarray(_fill(taken, population, n))
    return np.asarray(_fill(np.where(free, part, taken), population, n))


def _fill(part: NDArray[np.float64], population: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Whole numbers that add up to n, the largest remainders rounded up."""
    whole = np.minimum(np.floor(part + 1e-9).astype(np.int64), population)
    while (short := n - int(whole.sum())) > 0:
        room = np.flatnonzero(whole < population)
        order = room[np.argsort(-(part - whole)[room], kind="stable")]
        whole[order[:short]] += 1
    while (over := int(whole.sum()) - n) > 0:
        order = np.argsort((part - whole), kind="stable")
        whole[[i for i in order if whole[i] > 0][:over]] -= 1
    return whole


def _tokens(count: int, rng: np.random.Generator) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        letters = rng.integers(len(TOKEN_LETTERS), size=TOKEN_LENGTH)
        found["".join(TOKEN_LETTERS[i] for i in letters)] = None
    return list(found)
