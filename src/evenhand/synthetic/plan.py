"""Plan: what is settled before the first row is drawn, and a month's prescribing drawn from it, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import appointments, emergency, long_tail
from .appointments import Books
from .calendar import Calendar, calendar
from .campaigns import Campaign, campaigns
from .chance import stream
from .decisions import Decision, decisions
from .long_tail import Repeats, Tail
from .medicines import Medicines, medicines
from .organisations import Nation, nation
from .prescribing import Habits, Rows, blocks, habits, month

UNIDENTIFIED_ROWS = 6  # rows a month and sub-ICB location without an identified practice


@dataclass(frozen=True)
class Plan:
    """What is settled: `stock` the presentations that decisions are among, `more` the long tail behind them if there
    is one; `usual` and `repeated` hold what lasts, for each block of practices; `books` what lasts of appointments,
    `departments` the share within four hours of each trust and month."""

    world: Nation
    when: Calendar
    stock: Medicines
    more: Tail | None
    runs: tuple[Campaign, ...]
    choices: tuple[Decision, ...]
    usual: list[Habits]
    repeated: list[Repeats]
    books: Books
    departments: NDArray[np.float64]
    seed: int

    @property
    def presentations(self) -> Medicines:
        """Every presentation that rows name, by row number."""
        return self.stock if self.more is None else self.more.whole


def plan(practices: int, months: int, seed: int, presentations: int | None = None) -> Plan:
    """Settle a demonstration.

    Raises
    ------
    InputError
        If a number is out of range.
    """
    when = calendar(months)
    world = nation(practices, when, seed)
    stock = medicines(when.months, seed)
    many = long_tail.usual_number(practices) if presentations is None else presentations
    more = long_tail.tail(stock, when, many, seed)
    runs = campaigns(world, seed)
    return Plan(
        world, when, stock, more, runs, decisions(world, when, runs, seed),
        [habits(world, stock, seed, block) for block in blocks(practices)],
        [] if more is None else [long_tail.repeats(world, more, seed, block) for block in blocks(practices)],
        appointments.books(world, when, seed), emergency.true_share(world, when, seed), seed,
    )  # fmt: skip


def drawn(settled: Plan, t: int) -> Iterator[Rows]:
    """The rows of month `t`, a block of practices at a time, by practice, presentation and quantity."""
    for number in range(len(settled.usual)):
        rows = of_block(settled, t, number)
        yield rows if settled.more is None else _ordered(rows)


def of_block(settled: Plan, t: int, number: int) -> Rows:
    """The rows of month `t` of one block of practices, those of the long tail last."""
    block = blocks(len(settled.world.practices))[number]
    rows = month(settled.world, settled.stock, settled.when, settled.choices, settled.usual[number], t, settled.seed,
                 block)  # fmt: skip
    if settled.more is None:
        return rows
    rest = long_tail.month(settled.world, settled.more, settled.when, settled.repeated[number], t, settled.seed, block)
    both = zip((rows.practice, rows.medicine, rows.quantity, rows.items), rest, strict=True)
    return Rows(*(np.concatenate(pair) for pair in both))


def strangers(settled: Plan, t: int) -> Rows:
    """A few rows of prescribers whom nobody can place; `practice` is here the row of the sub-ICB location."""
    world, stock = settled.world, settled.stock
    rng = stream(settled.seed, "unidentified", settled.when.word(t))
    places = np.repeat(np.arange(len(world.sicbls)), UNIDENTIFIED_ROWS)
    medicine = np.concatenate([
        np.sort(rng.choice(len(stock.codes), UNIDENTIFIED_ROWS, replace=False)) for _ in world.sicbls
    ])  # fmt: skip
    return Rows(places, medicine, stock.quantity[medicine], rng.integers(1, 6, len(places)))


def _ordered(rows: Rows) -> Rows:
    key = (rows.practice << 20 | rows.medicine) << 20 | (rows.quantity * 2).astype(np.int64)
    order = np.argsort(key, kind="stable")
    return Rows(rows.practice[order], rows.medicine[order], rows.quantity[order], rows.items[order])
