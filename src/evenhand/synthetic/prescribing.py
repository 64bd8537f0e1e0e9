"""Prescribing: a month's rows, as the published file has them, drawn from the true decisions.

Made in blocks of practices with a stream of chance each, so that a nation need not fit in memory and the rows do not
depend on how many are made at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calendar import Calendar, dispensing_days
from .chance import stream
from .decisions import Decision
from .medicines import GROWTH, Medicines
from .organisations import Nation

BLOCK = 256  # practices made at once
SD_HABIT = 0.45  # between practices, one presentation of the rest: log scale (ours)
SD_FAMILY = 0.18  # between practices, a whole family
SD_DIABETES = 0.25  # between practices, how many patients have diabetes
SD_MONTH = 0.12  # from month to month, beyond chance: over-dispersion
MIX = 30.0  # how alike practices are in what they choose within one side of a choice (Dirichlet)
OLD, CHILD = 0.9, -0.7  # how demand follows a practice's age
TWO_PACKS = 7  # every seventh presentation outside the choices, and every antibiotic, is also given in double quantity
ANTIBIOTICS = "0501"  # BNF 5.1: short and long courses
TWO_PACKS_SHARE = 0.3  # for so many of its items
CORRECTIONS = 3  # rows a month that take an item back


@dataclass(frozen=True)
class Rows:
    """One row each: practice and medicine as row numbers, quantity of an item, items (negative in a correction)."""

    practice: NDArray[np.int64]
    medicine: NDArray[np.int64]
    quantity: NDArray[np.float64]
    items: NDArray[np.int64]


@dataclass(frozen=True)
class Habits:
    """What lasts in a practice: demand (P, J), items per 1,000 patients in a month of mean length."""

    demand: NDArray[np.float64]
    within: dict[str, NDArray[np.float64]]


def blocks(practices: int) -> list[slice]:
    """The blocks that practices are made in."""
    return [slice(first, min(first + BLOCK, practices)) for first in range(0, practices, BLOCK)]


def habits(world: Nation, stock: Medicines, seed: int, block: slice) -> Habits:
    """The lasting demand of a block of practices, and how each choice falls within its costlier and cheaper side."""
    rng = stream(seed, "habits", block.start)
    tilt = world.age_tilt[block]
    count = len(tilt)
    age = np.select([np.array(stock.age) == "old", np.array(stock.age) == "diabetes", np.array(stock.age) == "all"],
                    [OLD, OLD / 2, CHILD / 4])  # fmt: skip
    own = rng.normal(0, SD_HABIT, (count, len(stock.codes)))
    diabetes = rng.normal(0, SD_DIABETES, count)
    for rows in stock.members.values():
        own[:, rows] = (rng.normal(0, SD_FAMILY, count) + diabetes)[:, None]
    demand = stock.items_per_1000 * np.exp(own - own.var(axis=0) / 2 + tilt[:, None] * age)
    if block.start <= world.without_diabetes < block.start + count:
        demand[world.without_diabetes - block.start, [a == "diabetes" for a in stock.age]] = 0.0
    return Habits(demand, {family: _within(rng, stock, rows, count) for family, rows in stock.members.items()})


def expected(
    world: Nation, stock: Medicines, when: Calendar, usual: Habits, t: int, block: slice
) -> NDArray[np.float64]:
    """Items that a block of practices would prescribe in month `t` but for chance (P, J)."""
    days = dispensing_days(when.months)
    growth = np.array([np.exp(GROWTH.get(family, 0.0) * (t - len(when.months) + 1)) for family in stock.families])
    of_month = growth * stock.season[:, t] * days[t] / days.mean()
    return np.asarray(usual.demand * (world.patients[block, t] / 1000)[:, None] * of_month)


def month(
    world: Nation, stock: Medicines, when: Calendar, choices: tuple[Decision, ...], usual: Habits, t: int,
    seed: int, block: slice,
) -> Rows:  # fmt: skip
    """Every row that a block of practices prescribes in month `t`."""
    rng = stream(seed, "prescribing", when.word(t), block.start)
    mean = expected(world, stock, when, usual, t, block)
    chosen = {decision.choice.family: decision for decision in choices}
    items = np.zeros(mean.shape, dtype=np.int64)
    for family, rows in stock.members.items():
        total = _overdispersed(rng, mean[:, rows].sum(axis=1))
        if family in chosen:
            dear = rng.binomial(total, chosen[family].share[block, t])
            for side, count in ((stock.costly[rows], dear), (~stock.costly[rows], total - dear)):
                items[:, rows[side]] = rng.multinomial(count, usual.within[family][:, side])
        else:
            items[:, rows] = rng.multinomial(total, usual.within[family])
    rest = np.flatnonzero([not family for family in stock.families])
    items[:, rest] = _overdispersed(rng, mean[:, rest])
    return _rows(rng, stock, items, block)


def _within(rng: np.random.Generator, stock: Medicines, rows: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    weight = stock.items_per_1000[rows]
    mix = rng.gamma(np.maximum(MIX * weight / weight.sum(), 0.2), size=(count, len(rows))) + 1e-9
    if stock.costly[rows].any():
        for side in (stock.costly[rows], ~stock.costly[rows]):
            mix[:, side] /= mix[:, side].sum(axis=1, keepdims=True)
        return mix
    return np.asarray(mix / mix.sum(axis=1, keepdims=True))


def _overdispersed(rng: np.random.Generator, mean: NDArray[np.float64]) -> NDArray[np.int64]:
    shape = 1 / SD_MONTH**2
    return rng.poisson(mean * rng.gamma(shape, 1 / shape, mean.shape))


def _rows(rng: np.random.Generator, stock: Medicines, items: NDArray[np.int64], block: slice) -> Rows:
    double = np.zeros_like(items)
    seventh = np.arange(items.shape[1]) % TWO_PACKS == 0
    courses = np.array([code.startswith(ANTIBIOTICS) for code in stock.codes])
    twice = (seventh | courses) & np.array([not family for family in stock.families])
    double[:, twice] = rng.binomial(items[:, twice], TWO_PACKS_SHARE)
    single = items - double
    practice, medicine = np.nonzero(single)
    practice2, medicine2 = np.nonzero(double)
    alone = np.flatnonzero([not stock.families[m] for m in medicine])
    back = rng.choice(alone, min(CORRECTIONS, len(alone)), replace=False)
    practices = np.concatenate([practice, practice2, practice[back]])
    medicines = np.concatenate([medicine, medicine2, medicine[back]])
    quantity = stock.quantity[medicines]
    quantity[len(practice) : len(practice) + len(practice2)] *= 2
    counts = np.concatenate([single[practice, medicine], double[practice2, medicine2], -np.ones(len(back), np.int64)])
    order = np.lexsort((quantity, medicines, practices))
    return Rows(practices[order] + block.start, medicines[order], quantity[order], counts[order])
