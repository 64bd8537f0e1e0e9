"""`evenhand prove guardrail`, `rtm`: did access hold, and what chance alone brings."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..records import Guardrail
from .breaks import add_breaks, named_breaks
from .door import add_columns, add_dates, filled, naming, number, one_date, yes_or_no
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `prove guardrail` and `rtm`."""
    for add in (_register_guardrail, _register_rtm):
        add(commands)


def _register_guardrail(commands: Any) -> None:
    parser = commands.add_parser("guardrail", help="did access or quality hold", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row for each unit and month")
    add_columns(parser, unit="unit", date="date", value="value", treated="treated")
    parser.add_argument("--start", required=True, metavar="DATE", help="first day of the scheme")
    parser.add_argument("--margin", required=True, type=number, metavar="X", help="the worsening that is tolerated")
    parser.add_argument("--harm", required=True, choices=("up", "down"), help="which way is worse")
    parser.add_argument("--measure", default="", metavar="ID", help="what it is called in the result")
    parser.add_argument("--denominator", metavar="COL",
                        help="divide the value by this column; ask about months in which its sum leaps")  # fmt: skip
    add_breaks(parser, "the measure is not what it was from MONTH on: no comparison crosses it")
    parser.add_argument("--no-break", dest="same", metavar="MONTH", action="append", default=[],
                        help="a leap in MONTH that changed nothing in what is counted")  # fmt: skip
    parser.add_argument("--match", type=int, metavar="K", help="keep the K nearest controls of each treated unit")
    parser.add_argument("--follow-up", type=int, metavar="MONTHS", help="planned, for the power [as in FILE, or 6]")
    parser.add_argument("--until", metavar="MONTH", help="the last month looked at [the last of FILE]")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_guardrail)


def _register_rtm(commands: Any) -> None:
    parser = commands.add_parser("rtm", help="regression to the mean to expect", allow_abbrev=False)
    for option, what in (
        ("--mean", "of all units"), ("--sd-between", "spread of true values between units"),
        ("--sd-within", "spread of one unit's months"), ("--cut", "units beyond it are chosen"),
    ):  # fmt: skip
        parser.add_argument(option, required=True, type=number, metavar="X", help=what)
    parser.add_argument("--months", required=True, type=int, metavar="M", help="averaged when units are chosen")
    parser.add_argument("--side", choices=("above", "below"), default="above", help="chosen above or below [above]")
    add_output(parser)
    parser.set_defaults(run=_rtm)


def _guardrail(options: argparse.Namespace) -> None:
    from ..prove.guardrail import LEVEL, guardrail
    from ..prove.guardrail_power import guardrail_power

    rows = _rows(options)
    breaks, asked = _breaks(options, rows)
    launch = np.datetime64(one_date(options.start, "--start", options.day_first), "D")
    shared = {"start": launch, "margin": options.margin, "breaks": breaks, "match": options.match}
    if options.follow_up is not None and options.follow_up < 1:
        raise InputError(f"--follow-up: expected 1 month or more, got {options.follow_up}")
    with naming(rows.given):
        found = guardrail(*rows.columns(), harm=options.harm, measure=options.measure, **shared)
        power = guardrail_power(*rows.columns(), follow_up=options.follow_up, **shared)
    if found.verdict != "not_assessed" and (leap := _between(rows, asked, breaks, launch)):
        no = float("nan")
        found = Guardrail(options.measure, "not_assessed", no, no, no, options.margin, options.harm, leap)
    document = found.as_json() | {
        "level": LEVEL, "power": power.as_json(),
        "breaks": [{"month": str(month), "why": why} for month, why in sorted(breaks.items())],
        "leaps": [{"month": str(month), "change": change} for month, change in asked],
    }  # fmt: skip
    flat = {name: value for name, value in document.items() if not isinstance(value, (list, dict))}
    title = f"{found.verdict.replace('_', ' ')}: {found.reason}\nPower: {power.reason}"
    emit(options, document, [flat], title=title)


@dataclass(frozen=True)
class _Rows:
    given: table.Table
    units: list[str]
    months: NDArray[np.datetime64]
    values: NDArray[np.float64]
    treated: list[bool]
    counts: NDArray[np.float64] | None

    def columns(self) -> tuple[list[str], NDArray[np.datetime64], NDArray[np.float64], list[bool]]:
        return self.units, self.months, self.values, self.treated


def _rows(options: argparse.Namespace) -> _Rows:
    """The columns asked for, up to --until, the value divided where a denominator is named."""
    needs = [options.unit, options.date, options.value, options.treated]
    given = table.read(options.file, needs=[*needs, *([options.denominator] if options.denominator else [])])
    months = given.dates(options.date, day_first=options.day_first).astype("datetime64[M]")
    values, counts = given.numbers(options.value), None
    if options.denominator:
        counts = given.numbers(options.denominator)
        values = np.divide(values, counts, out=np.full(len(values), np.nan), where=counts > 0)
    kept = np.ones(len(months), dtype=bool)
    if options.until is not None:
        kept = months <= np.datetime64(one_date(options.until, "--until", options.day_first), "M")
        if not kept.any():
            raise InputError(f"{given.name}: no month up to --until {options.until}; the first is {months.min()}")
    names, sides = filled(given, options.unit), yes_or_no(given, options.treated)
    return _Rows(given, [names[row] for row in np.flatnonzero(kept)], months[kept], values[kept],
                 [bool(side) for side in sides[kept]], None if counts is None else counts[kept])  # fmt: skip


def _breaks(
    options: argparse.Namespace, rows: _Rows
) -> tuple[dict[np.datetime64, str], list[tuple[np.datetime64, float]]]:
    """The breaks that are named, and the leaps of the count that nobody has yet explained."""
    from ..prove.jumps import jumps

    breaks = named_breaks(options)
    same = {np.datetime64(one_date(text, "--no-break", options.day_first), "M") for text in options.same}
    if rows.counts is None:
        return breaks, []
    calendar = np.unique(rows.months)
    totals = np.array([np.nansum(rows.counts[rows.months == month]) for month in calendar])
    found = jumps(calendar, totals)
    return breaks, [(m, change) for m, change in found if m not in same and not _near(calendar, breaks, m)]


def _near(calendar: NDArray[np.datetime64], breaks: dict[np.datetime64, str], month: np.datetime64) -> bool:
    """Whether a named break explains a leap: it lies after the month before it in the file, and not after it."""
    before = calendar[calendar < month]
    return any(named <= month and (not len(before) or named > before[-1]) for named in breaks)


def _between(
    rows: _Rows, asked: list[tuple[np.datetime64, float]], breaks: dict[np.datetime64, str], start: np.datetime64
) -> str:
    """Why an unexplained leap keeps a guardrail from being judged; empty if none lies between the months compared."""
    launch = start.astype("datetime64[M]")
    opened = max([rows.months.min(), launch - 12, *(month for month in breaks if month <= launch)])
    for month, change in asked:
        if opened < month <= rows.months.max():
            return (f"what is counted leaps by {change:+.1%} in {month}, over all units: say --break {month}=WHY if "
                    f"the measure changed, or --no-break {month} if it did not")  # fmt: skip
    return ""


def _rtm(options: argparse.Namespace) -> None:
    from ..prove.rtm import rtm

    found = rtm(
        mean=options.mean, sd_between=options.sd_between, sd_within=options.sd_within, months=options.months,
        cut=options.cut, side=options.side,
    )  # fmt: skip
    rows = [{"what": name.replace("_", " "), "value": value} for name, value in found.as_json().items()]
    emit(options, found, rows, title="With nothing done at all")
