"""`evenhand account`: the ledger, what a scheme saved, forecast outturn, how far a target can be reached."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import numpy as np

from .. import account, definition
from ..errors import InputError
from ..records import Scheme
from ..table import Table, read
from .output import add_output, emit


def register(steps: Any) -> None:
    """Add `account` and its commands."""
    commands = steps.add_parser("account", help="what is it worth, and will we reach the target?").add_subparsers(
        dest="command", metavar="COMMAND", required=True
    )
    _ledger(commands)
    _trace(commands)
    _progress(commands)
    _saving(commands)
    _outturn(commands)
    _reach(commands)


def _ledger(commands: Any) -> None:
    ledger = commands.add_parser("ledger", help="the ledger file").add_subparsers(
        dest="ledger_command", metavar="COMMAND", required=True
    )
    parser = ledger.add_parser("check", help="is the ledger whole? (without --json it ends with 1 if it is not)")
    parser.add_argument("file", metavar="FILE", help="JSON lines, one entry a line; - is standard input")
    parser.add_argument("--head", metavar="HASH", help="the hash of the last entry, as it was kept elsewhere")
    add_output(parser)
    parser.set_defaults(run=_run_check)


def _run_check(options: argparse.Namespace) -> int:
    found = account.check(account.read(options.file), options.head)
    whole = "every invariant holds" if not found.broken else f"{len(found.broken)} broken"
    rows = [broken.as_json() for broken in found.broken] or [{"entries": found.entries, "head": found.head}]
    emit(options, found, rows, title=f"{options.file}: {found.entries} entries, {whole}")
    return 1 if found.broken and not options.json and options.out is None else 0


def _trace(commands: Any) -> None:
    parser = commands.add_parser("trace", help="follow an entry back to rows, votes, signatures and proof")
    parser.add_argument("entry", metavar="ENTRY", help="its number, its hash (8 letters or more), or a saving")
    _where(parser)
    add_output(parser)
    parser.set_defaults(run=_run_trace)


def _run_trace(options: argparse.Namespace) -> None:
    found = account.trace(account.read(_file(options)), options.entry)
    document = found.as_json()
    if options.lake is not None:
        from ..flow import rows_behind

        document["rows"] = rows_behind(options.lake, found)
    rows = [{"step": s.step, "entry": s.entry, "booked": s.booked, "says": s.says} for s in found.trail]
    pounds = f"£{found.pence / 100:,.2f} {found.state}"
    emit(options, document, rows, title=f"entry {found.entry}, saving {found.saving}: {pounds}")


def _progress(commands: Any) -> None:
    parser = commands.add_parser("progress", help="how far confirmed savings have come towards a target")
    parser.add_argument("--target", type=float, required=True, metavar="POUNDS", help="the target in pounds")
    _where(parser)
    add_output(parser)
    parser.set_defaults(run=_run_progress)


def _run_progress(options: argparse.Namespace) -> None:
    if not options.target > 0 or not np.isfinite(options.target):
        raise InputError(f"--target {options.target:g}: expected an amount above 0, in pounds")
    found = account.progress(account.read(_file(options)), round(100 * options.target))
    rows = [
        {"state": s.state, "savings": s.savings, "pounds": s.pence / 100, "patients": s.patients}
        for s in found.states
    ]
    title = f"confirmed £{found.confirmed_pence / 100:,.2f} of £{options.target:,.2f}; only confirmed counts"
    emit(options, found, rows, title=title)


def _saving(commands: Any) -> None:
    parser = commands.add_parser("saving", help="what a scheme saved against its counterfactual, net")
    parser.add_argument("--scheme", type=Path, required=True, metavar="FILE.yaml")
    parser.add_argument("--lake", type=Path, required=True, metavar="DIR")
    add_output(parser)
    parser.set_defaults(run=_run_saving)


def _run_saving(options: argparse.Namespace) -> None:
    from ..flow import verdict as judge

    scheme = definition.load(options.scheme, Scheme)
    verdict = judge(options.lake, options.scheme)
    found = account.saving(verdict, scheme)
    document = found.as_json() | {"sentence": verdict.sentence, "level": found.net.level}
    rows = [
        {"what": what, "value": value.value, "low": value.low, "high": value.high, "level": value.level}
        for what, value in (("gross, £", found.gross), ("net, £", found.net), ("patients", found.patients))
    ]
    booked = f"£{found.bookable_pence / 100:,.2f} may be booked ({found.basis})"
    emit(options, document, rows, title=f"{verdict.sentence} {booked}")


def _outturn(commands: Any) -> None:
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


def _reach(commands: Any) -> None:
    parser = commands.add_parser("reach", help="how much of a target can be reached with and without clinicians?")
    parser.add_argument("--parameters", type=Path, metavar="FILE.yaml", help="other assumptions than the default ones")
    parser.add_argument("--draws", type=int, default=200_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    add_output(parser)
    parser.set_defaults(run=_run_reach)


def _run_reach(options: argparse.Namespace) -> None:
    if options.draws < 100:
        raise InputError(f"--draws {options.draws}: expected 100 or more, so that a 5% tail can be seen")
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: expected a whole number, 0 or more")
    parameters = definition.load(options.parameters, account.Parameters) if options.parameters else None
    found = account.reach(parameters, draws=options.draws, seed=options.seed)
    rows = [{"£bn": name, **getattr(found, key).as_json()} for name, key in (
        ("without engagement", "without_engagement"), ("with engagement", "with_engagement"), ("worth", "worth"),
    )]  # fmt: skip
    emit(options, found, rows, title="a planning model, not a forecast")


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ledger", metavar="FILE", help="JSON lines; default: people/ledger.jsonl in the lake")
    parser.add_argument("--lake", type=Path, metavar="DIR", help="the lake that the figures came from")


def _file(options: argparse.Namespace) -> str:
    if options.ledger is not None:
        return str(options.ledger)
    if options.lake is None:
        raise InputError("which ledger? give --ledger FILE, or --lake DIR with people/ledger.jsonl in it")
    return str(options.lake / "people" / "ledger.jsonl")
