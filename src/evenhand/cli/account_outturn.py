"""`evenhand account outturn`: the forecast of the year's prescribing cost."""

from __future__ import annotations

import argparse
import os
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import account
from ..errors import InputError
from ..table import Table, read
from .account_parts import add_parts, lines_of
from .door import add_dates, naming
from .output import add_output, emit

Floats = NDArray[np.float64]
_A_YEAR = np.datetime64("2000-04", "M")  # any year: what has no year is compared with nothing that has one


def register(commands: Any) -> None:
    """Add `account outturn`."""
    parser = commands.add_parser("outturn", help="forecast the year's prescribing cost (NHSBSA's formula)")
    parser.add_argument("file", metavar="FILE", help="month, actual_cost and, if known, budget (the year's)")
    parser.add_argument("--profile", required=True, metavar="2013-14|2014-15|own|FILE",
                        help="a published profile, own (see --history), or a file: month, percent")  # fmt: skip
    parser.add_argument("--month", default="month", metavar="COL")
    parser.add_argument("--actual-cost", default="actual_cost", metavar="COL")
    parser.add_argument("--budget", default="budget", metavar="COL")
    own = parser.add_argument_group("a profile of one's own")
    own.add_argument("--history", metavar="FILE", help="month and actual_cost of three years or more before")
    own.add_argument("--days", metavar="FILE", help="month and days: other dispensing days than England's own")
    add_parts(parser)
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_run_outturn)


def _run_outturn(options: argparse.Namespace) -> None:
    table = read(options.file, needs=(options.month, options.actual_cost))
    months = _months(options, table)
    cost = table.numbers(options.actual_cost)
    own = _own(options, table.name, months[~np.isnan(cost)])
    profile = own.percent if own else _given(options)
    budget = _budget(table, options.budget)
    with naming(table):
        try:
            found = account.outturn(months, cost, profile, budget=budget)
        except InputError as error:
            raise InputError(_without_year(str(error)) if months.min() < _A_YEAR + 12 else str(error)) from None
    shown: dict[str, Any] = {}
    if options.parts:
        lines = lines_of(options)
        with naming(table):
            found = account.split(found, lines)
            shown["lines_cover"] = account.covered(found, lines)
    shown = found.as_json() | shown
    if own:
        shown["own_profile"] = own.as_json()
        shown["error_percent"] = next(
            (test.mape_percent for test in own.tests if test.months_to_date == found.months_to_date), None
        )
    nested = ("parts", "own_profile", "lines_cover")
    row = {key: value for key, value in shown.items() if key not in nested}
    row |= {word: value for word, value in found.as_json()["parts"].items() if options.parts}
    emit(options, shown, [row], title="forecast outturn")


def _months(options: argparse.Namespace, table: Table) -> NDArray[np.datetime64]:
    """The months of a financial year: with their year, or all of them by name alone (Apr, May ...), as profiles are."""
    words = [word.strip().lower()[:3] for word in table.text(options.month)]
    names = [name.lower() for name in account.MONTHS]
    if options.profile != "own" and words and all(
        word in names and cell.strip().isalpha() for word, cell in zip(words, table.text(options.month), strict=True)
    ):  # fmt: skip
        return _A_YEAR + np.array([names.index(word) for word in words])
    return table.dates(options.month, day_first=options.day_first).astype("datetime64[M]")


def _without_year(text: str) -> str:
    """A message about months that were given by name."""
    return re.sub(r"200[01]-(\d\d)", lambda found: account.MONTHS[(int(found[1]) - 4) % 12], text)


def _given(options: argparse.Namespace) -> Floats:
    """A published profile by its name, or one from a file."""
    if options.profile in account.PUBLISHED or not os.path.exists(options.profile):
        return account.published(options.profile)
    return account.from_table(read(options.profile, needs=("month", "percent")), day_first=options.day_first)


def _own(options: argparse.Namespace, name: str, months: NDArray[np.datetime64]) -> account.OwnProfile | None:
    """The profile of one's own that was asked for, for the year of the file's months."""
    if options.profile != "own":
        if options.history or options.days:
            raise InputError("--history and --days are for a profile of one's own: expected --profile own")
        return None
    if not options.history:
        raise InputError("--profile own: expected --history FILE, month and actual_cost of three years or more before")
    if not len(months):
        raise InputError(f"{name}: column {options.actual_cost!r}: no month has a cost; expected April and after")
    year = int((months.min().astype(int) - 3) // 12 + 1970)
    history = read(options.history, needs=(options.month, options.actual_cost))
    past = history.dates(options.month, day_first=options.day_first).astype("datetime64[M]")
    cost = history.numbers(options.actual_cost)
    ahead = np.datetime64(f"{year}-04", "M") + np.arange(12)
    days = _days(options, past), _days(options, ahead)
    with naming(history):
        return account.own_profile(past, cost, *days, year)


def _days(options: argparse.Namespace, months: NDArray[np.datetime64]) -> Floats:
    """Dispensing days of these months: England's, or those of a file."""
    if not options.days:
        return account.dispensing_days(months)
    table = read(options.days, needs=("month", "days"))
    named = table.dates("month", day_first=options.day_first).astype("datetime64[M]")
    Table(table.name, {"month": [str(month) for month in named]}).unique("month")
    days = table.numbers("days", missing=False)
    for row in np.flatnonzero((days <= 0) | (days > 31)):
        raise table.refuse(int(row), "days", f"{days[row]:.12g}", "1 to 31 days")
    known = dict(zip(named.tolist(), days.tolist(), strict=True))
    for month in months.tolist():
        if month not in known:
            raise InputError(f"{table.name}: column 'month': {month:%Y-%m} is missing; expected every month asked for")
    return np.array([known[month] for month in months.tolist()], dtype=np.float64)


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
