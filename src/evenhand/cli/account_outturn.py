"""`evenhand account outturn`: the forecast of the year's prescribing cost."""

from __future__ import annotations

import argparse
import os
from typing import Any

import numpy as np

from .. import account
from ..errors import InputError
from ..table import Table, read
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `account outturn`."""
    parser = commands.add_parser("outturn", help="forecast the year's prescribing cost (NHSBSA's formula)")
    parser.add_argument("file", metavar="FILE", help="month, actual_cost and, if known, budget (the year's)")
    parser.add_argument("--profile", required=True, metavar="2013-14|2014-15|FILE",
                        help="a published profile, or a file with month and percent")  # fmt: skip
    parser.add_argument("--month", default="month", metavar="COL")
    parser.add_argument("--actual-cost", default="actual_cost", metavar="COL")
    parser.add_argument("--budget", default="budget", metavar="COL")
    order = parser.add_mutually_exclusive_group()
    order.add_argument("--day-first", dest="day_first", action="store_true", default=None)
    order.add_argument("--month-first", dest="day_first", action="store_false")
    add_output(parser)
    parser.set_defaults(run=_run_outturn)


def _run_outturn(options: argparse.Namespace) -> None:
    table = read(options.file, needs=(options.month, options.actual_cost))
    months = table.dates(options.month, day_first=options.day_first).astype("datetime64[M]")
    cost = table.numbers(options.actual_cost)
    if options.profile in account.PUBLISHED or not os.path.exists(options.profile):
        profile = account.published(options.profile)
    else:
        profile = account.from_table(read(options.profile, needs=("month", "percent")))
    try:
        found = account.outturn(months, cost, profile, budget=_budget(table, options.budget))
    except InputError as error:
        raise InputError(f"{table.name}: {error}") from None
    shown = found.as_json()
    emit(options, shown, [{key: value for key, value in shown.items() if key != "parts"}], title="forecast outturn")


def _budget(table: Table, column: str) -> float:
    """The year's budget, which stands on every row; NaN if there is none."""
    if column == "budget" and not table.has(column):
        return float("nan")
    known = table.numbers(column)
    given = np.unique(known[~np.isnan(known)])
    if len(given) > 1:
        row = int(np.flatnonzero(~np.isnan(known) & (known != known[~np.isnan(known)][0]))[0])
        raise table.refuse(row, column, f"{known[row]:.12g}", "the year's budget, the same on every row")
    return float(given[0]) if len(given) else float("nan")
