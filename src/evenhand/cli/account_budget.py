"""`evenhand account budget`: indicative budgets for practices, to the penny."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import account
from ..errors import InputError
from ..table import Table, read
from .door import add_columns, filled, naming, number, one_date, words
from .output import add_output, emit

APRIL = 4


def register(commands: Any) -> None:
    """Add `account budget`."""
    parser = commands.add_parser("budget", help="share a total among practices: need, pace, floor and cap")
    parser.add_argument("file", metavar="FILE", help="one row a practice: practice, need, historic")
    parser.add_argument("--total", type=_pounds, required=True, metavar="POUNDS", help="what there is for the year")
    add_columns(parser, practice="practice", need="need", historic="historic")
    parser.add_argument("--pace", type=number, default=0.5, metavar="SHARE",
                        help="of the way from historic towards the share of need [0.5]")  # fmt: skip
    parser.add_argument("--floor", type=number, default=-0.02, metavar="SHARE", help="least change [-0.02]")
    parser.add_argument("--cap", type=number, default=0.05, metavar="SHARE", help="most change [0.05]")
    parser.add_argument("--contingency", type=number, default=0.0, metavar="SHARE", help="of the total, kept back [0]")
    parser.add_argument("--ring-fence", type=_pounds, default=0, metavar="POUNDS",
                        help="kept back for what no practice decides: concessions, new NICE appraisals")  # fmt: skip
    parser.add_argument("--uplift", type=number, default=0.0, metavar="SHARE", help="added to every historic amount")
    parser.add_argument("--new", choices=("refuse", "fair"), default="refuse",
                        help="a practice without a historic amount: refuse, or start at its share of need")  # fmt: skip
    small = parser.add_argument_group("small lists")
    small.add_argument("--population", metavar="COL", help="patients on the list")
    small.add_argument("--credibility", metavar="PATIENTS|estimate", help="list at which need and history count alike")
    small.add_argument("--history", nargs="+", default=[], metavar="COL", help="yearly spend, to estimate it from")
    year = parser.add_argument_group("within the year")
    year.add_argument("--reweight", metavar="COL", help="need as it is from a later month on")
    year.add_argument("--from", dest="since", metavar="MONTH", help="the month from which it holds (2026-10)")
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    table = read(options.file, needs=(options.practice, options.need, options.historic))
    practice = filled(table, options.practice)
    table.unique(options.practice)
    need = _amounts(table, options.need)
    historic = _historic(table, options) * (1 + options.uplift)
    if options.uplift <= -1:
        raise InputError(f"--uplift {options.uplift:.12g}: expected more than -1")
    rule = account.Rule(options.pace, options.floor, options.cap, options.contingency, options.ring_fence)
    months = _months_left(options)
    with naming(table):
        half = _half(table, options, need)
        trust = account.trust(_amounts(table, options.population), half) if half is not None else None
        found = account.budgets(practice, need, historic, total_pence=options.total, rule=rule, trust=trust)
        first = found
        if months:
            later = _amounts(table, options.reweight)
            then = account.budgets(practice, later, historic, total_pence=options.total, rule=rule, trust=trust)
            found = account.reweighted(first, then, months)
    document = account.budget_sheet(found)
    if half is not None:
        document["credibility"] = half
    if months:
        _tell_before(document, first, months)
    title = f"£{document['shared']:,.2f} shared among {document['practices']} practices"
    emit(options, document, document["rows"], title=title)


def _tell_before(document: dict[str, Any], first: account.Budgets, months: int) -> None:
    """What each had before the re-weighting, beside what the year comes to with it."""
    document["months_reweighted"] = months
    for row, before in zip(document["rows"], first.budget_pence.tolist(), strict=True):
        row["before"] = before / 100
        row["why"] += f"; so for the year's last {months} months, £{before / 100:,.2f} a year before"


def _historic(table: Table, options: argparse.Namespace) -> NDArray[np.float64]:
    amounts = table.numbers(options.historic)
    blank = np.flatnonzero(np.isnan(amounts))
    if len(blank) and options.new == "refuse":
        right = "pounds (or --new fair, to start a new practice at its share of need)"
        raise table.refuse(int(blank[0]), options.historic, "", right)
    return _not_below_zero(table, options.historic, amounts)


def _amounts(table: Table, column: str) -> NDArray[np.float64]:
    return _not_below_zero(table, column, table.numbers(column, missing=False))


def _not_below_zero(table: Table, column: str, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    below = np.flatnonzero(amounts < 0)
    if len(below):
        raise table.refuse(int(below[0]), column, f"{amounts[below[0]]:.12g}", "0 or more")
    return amounts


def _half(table: Table, options: argparse.Namespace, need: NDArray[np.float64]) -> float | None:
    """The list size at which need and history count alike, as given or as the yearly figures say."""
    if options.credibility is None:
        if options.population or options.history:
            raise InputError("--population and --history are for small lists: expected --credibility PATIENTS|estimate")
        return None
    if not options.population:
        raise InputError("--credibility: expected --population COL too, the patients on each list")
    if options.credibility == "estimate":
        return _estimated(table, options, need)
    try:
        half = float(options.credibility)
    except ValueError:
        half = float("nan")
    if not 0 <= half < float("inf"):
        raise InputError(f"--credibility {options.credibility}: expected a number of patients, or estimate")
    return half


def _estimated(table: Table, options: argparse.Namespace, need: NDArray[np.float64]) -> float:
    """From each year's spend against need, so that what prices did to all practices alike falls out."""
    columns = words(options.history, table)
    patients = _amounts(table, options.population)
    spend = np.column_stack([_amounts(table, column) for column in columns]) if columns else np.empty((len(need), 0))
    for column, amounts in ((options.population, patients), (options.need, need)):
        if (amounts == 0).any():
            row = int(np.flatnonzero(amounts == 0)[0])
            raise table.refuse(row, column, "0", "above 0, to estimate credibility")
    against = spend / spend.sum(axis=0) / (need / need.sum())[:, None]
    return account.credibility(against, np.repeat(patients[:, None], len(columns), axis=1)).half


def _months_left(options: argparse.Namespace) -> int:
    """Months of the financial year for which the new need holds; 0 without one."""
    if (options.reweight is None) != (options.since is None):
        raise InputError("--reweight COL and --from MONTH: expected both or neither")
    if options.reweight is None:
        return 0
    left = 12 - (one_date(options.since, "--from", None).month - APRIL) % 12
    if left == 12:
        raise InputError(f"--from {options.since}: April is the whole year; give the column as --need instead")
    return left


def _pounds(text: str) -> int:
    """An amount of whole pence, given in pounds."""
    try:
        amount = Decimal(text.replace(",", "").removeprefix("£")) * 100
    except InvalidOperation:
        raise argparse.ArgumentTypeError(f"expected pounds, found {text!r}") from None
    if not amount.is_finite() or amount < 0 or amount != amount.to_integral_value():
        raise argparse.ArgumentTypeError(f"expected pounds with at most two decimals, 0 or more, found {text!r}")
    return int(amount)
