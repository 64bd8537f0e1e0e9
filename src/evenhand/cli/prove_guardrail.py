"""`evenhand prove guardrail`, `rtm`: did access hold, and what chance alone brings."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from .. import table
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

    given = table.read(options.file, needs=[options.unit, options.date, options.value, options.treated])
    start = np.datetime64(one_date(options.start, "--start", options.day_first), "D")
    with naming(given):
        found = guardrail(
            filled(given, options.unit), given.dates(options.date, day_first=options.day_first),
            given.numbers(options.value), [bool(side) for side in yes_or_no(given, options.treated)], start=start,
            margin=options.margin, harm=options.harm, measure=options.measure,
        )  # fmt: skip
    document = found.as_json() | {"level": LEVEL}
    emit(options, document, [document], title=f"{found.verdict.replace('_', ' ')}: {found.reason}")


def _rtm(options: argparse.Namespace) -> None:
    from ..prove.rtm import rtm

    found = rtm(
        mean=options.mean, sd_between=options.sd_between, sd_within=options.sd_within, months=options.months,
        cut=options.cut, side=options.side,
    )  # fmt: skip
    rows = [{"what": name.replace("_", " "), "value": value} for name, value in found.as_json().items()]
    emit(options, found, rows, title="With nothing done at all")
