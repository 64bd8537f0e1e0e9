"""The true opportunity: what reaching the best quarter would save, computed from the truth and not from the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .calendar import Calendar
from .decisions import Decision
from .medicines import Medicines
from .organisations import Nation
from .prescribing import Habits, blocks, expected

YEAR = 12
BEST_QUARTER = 0.25


@dataclass(frozen=True)
class TrueOpportunity:
    """One choice over the last twelve months. share, items, pounds: float64 (P,), NaN share where there are no items;
    `benchmark` the lower quartile of the true shares, `pounds_per_item` the mean saving of one item switched."""

    decision: Decision
    share: NDArray[np.float64]
    items: NDArray[np.float64]
    pounds: NDArray[np.float64]
    benchmark: float
    pounds_per_item: float


def opportunities(
    world: Nation, stock: Medicines, when: Calendar, choices: tuple[Decision, ...], usual: list[Habits]
) -> tuple[TrueOpportunity, ...]:
    """sum of max(0, share - benchmark) x items x pounds an item, in each practice, for every choice."""
    last = range(max(0, len(when.months) - YEAR), len(when.months))
    parts = list(zip(usual, blocks(len(world.practices)), strict=True))
    mean = np.stack([np.concatenate([expected(world, stock, when, u, t, b) for u, b in parts]) for t in last], axis=2)
    return tuple(_one(decision, mean[:, stock.members[decision.choice.family]].sum(axis=1), stock, last)
                 for decision in choices)  # fmt: skip


def _one(decision: Decision, items: NDArray[np.float64], stock: Medicines, last: range) -> TrueOpportunity:
    costly = (decision.share[:, last] * items).sum(axis=1)
    total = items.sum(axis=1)
    share = np.divide(costly, total, out=np.full(len(total), np.nan), where=total > 0)
    benchmark = float(np.nanquantile(share, BEST_QUARTER))
    price = float(stock.unit_saving(decision.choice.family)[last].mean())
    pounds = np.nan_to_num(np.maximum(share - benchmark, 0)) * total * price
    return TrueOpportunity(decision, share, total, pounds, benchmark, price)
