"""The lines behind a budget, as `account outturn --parts` reads them: what was planned and what was prescribed."""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from ..account import Lines
from ..table import Table, read
from .door import filled

Floats = NDArray[np.float64]
COLUMNS = {"planned-items": "planned_items", "planned-price": "planned_price", "items": "items", "price": "price",
           "tariff-price": "tariff_price", "planned-list": "planned_list", "list-size": "list_size"}  # fmt: skip


def add_parts(parser: argparse.ArgumentParser) -> None:
    """Add `--parts FILE` and the names of its columns."""
    group = parser.add_argument_group("what the variance is made of")
    group.add_argument("--parts", metavar="FILE", help="one row a presentation: what was planned and what came")
    group.add_argument("--presentation", metavar="COL", default="presentation", help="[presentation]")
    for option, name in COLUMNS.items():
        group.add_argument(f"--{option}", metavar="COL", default=name, help=f"[{name}]")


def lines_of(options: argparse.Namespace) -> Lines:
    """Read the lines; a volume without a price, or an amount below 0, is refused."""
    table = read(options.parts, needs=(
        options.presentation, options.planned_items, options.planned_price, options.items, options.price,
    ))  # fmt: skip
    filled(table, options.presentation)
    table.unique(options.presentation)
    planned, planned_price = _side(table, options.planned_items, options.planned_price)
    volume, price = _side(table, options.items, options.price)
    tariff = _amounts(table, options.tariff_price) if table.has(options.tariff_price) else None
    return Lines(planned, planned_price, volume, price, tariff,
                 _one(table, options.planned_list), _one(table, options.list_size))  # fmt: skip


def _side(table: Table, items: str, price: str) -> tuple[Floats, Floats]:
    volume, pounds = np.nan_to_num(_amounts(table, items), nan=0.0), _amounts(table, price)
    bare = np.flatnonzero((volume > 0) & np.isnan(pounds))
    if len(bare):
        raise table.refuse(int(bare[0]), price, "", "pounds, as there are items")
    return volume, pounds


def _amounts(table: Table, column: str) -> Floats:
    amounts = table.numbers(column)
    below = np.flatnonzero(amounts < 0)
    if len(below):
        raise table.refuse(int(below[0]), column, f"{amounts[below[0]]:.12g}", "0 or more")
    return amounts


def _one(table: Table, column: str) -> float:
    """A number that stands on every row; NaN if the column is not there."""
    if not table.has(column):
        return float("nan")
    values = table.numbers(column)
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return float("nan")
    other = known[values[known] != values[known[0]]]
    if len(other):
        raise table.refuse(int(other[0]), column, f"{values[other[0]]:.12g}", "one number, the same on every row")
    return float(values[known[0]])
