"""`evenhand listen instruments | sample | power | intake`: before the answers are in, and how they come in."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np

from .. import table
from ..errors import InputError
from ..listen import Intake, intake, size
from ..listen.instrument import load_instrument
from ..listen.intake import read_events, read_invited
from ..table import Table, parse_time
from .listen_design import level
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the commands that collect answers."""
    _register_intake(commands)
    _register_power(commands)


def _register_intake(commands: Any) -> None:
    parser = commands.add_parser("intake", help="from a survey's events to clean answers", allow_abbrev=False)
    parser.add_argument("events", metavar="EVENTS", help="event,token,time,status,<questions>")
    parser.add_argument("--invited", metavar="FILE", required=True, help="one row a person asked, with a column token")
    parser.add_argument("--instrument", metavar="FILE.yaml", required=True, help="or the id of one of Evenhand's own")
    parser.add_argument("--close", metavar="TIME", required=True, help="the last moment; a date is its whole day")
    parser.add_argument("--all-invited", action="store_true",
                        help="--out has every person asked, with `responded` 1 or 0")  # fmt: skip
    parser.add_argument("--audit", type=Path, metavar="FILE", help="every event and answer not taken, and why")
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--day-first", dest="day_first", action="store_const", const=True, default=None)
    first.add_argument("--month-first", dest="day_first", action="store_const", const=False)
    add_output(parser)
    parser.set_defaults(run=_intake)


def _register_power(commands: Any) -> None:
    parser = commands.add_parser("power", help="how many answers a survey needs", allow_abbrev=False)
    parser.add_argument("--share", type=float, required=True, help="the share expected; 0.5 if nobody knows")
    parser.add_argument("--margin", type=float, required=True, help="half the width of its interval, as 0.03")
    parser.add_argument("--population", type=float, default=math.nan, help="people in all")
    parser.add_argument("--response-rate", type=float, default=1.0, help="share of those invited who answer [1]")
    parser.add_argument("--deff", type=float, default=1.0, help="design effect of clusters and weights [1]")
    parser.add_argument("--level", type=float, default=0.95, help="coverage of the interval [0.95]")
    add_output(parser)
    parser.set_defaults(run=_power)


def _intake(options: argparse.Namespace) -> None:
    instrument = load_instrument(options.instrument)
    invited = table.read(options.invited)
    events, times = read_events(table.read(options.events), instrument, day_first=options.day_first)
    try:
        close, _ = parse_time(options.close, day_first=options.day_first)
    except ValueError as error:
        raise InputError(f"--close: expected {error}, found {options.close!r}") from None
    if ":" not in options.close and not options.close.isdigit():
        close += np.timedelta64(1, "D") - np.timedelta64(1, "us")
    found = intake(events, times, read_invited(invited), instrument, close)
    if options.out is not None:
        rows = _clean_rows(found, invited if options.all_invited else None)
        emit(argparse.Namespace(out=options.out, json=False), rows, rows)
    if options.audit is not None:
        lines = [line.as_json() for line in found.audit]
        emit(argparse.Namespace(out=options.audit, json=False), lines, lines)
    counts = found.as_json()
    shown = counts | {"rejected_events": sum(found.rejected_events.values())}
    emit(argparse.Namespace(out=None, json=options.json), counts, [shown], title=instrument.title)


def _clean_rows(found: Intake, invited: Table | None) -> list[dict[str, Any]]:
    """One row a completed token, or one a person invited."""
    place = {token: i for i, token in enumerate(found.tokens)}

    def row(token: str) -> dict[str, Any]:
        i = place.get(token)
        when = {"time": None if i is None else np.datetime_as_string(found.times[i], unit="s")}
        return when | {name: None if i is None else cells[i] or None for name, cells in found.answers.items()}

    if invited is None:
        return [{"token": token} | row(token) for token in found.tokens]
    people = zip(*(invited.text(column) for column in invited.columns), strict=True)
    return [
        (known := dict(zip(invited.columns, cells, strict=True)))
        | {"responded": int(known["token"] in place)} | row(known["token"])
        for cells in people
    ]


def _power(options: argparse.Namespace) -> None:
    found = size(
        options.share, options.margin, population=options.population, response_rate=options.response_rate,
        deff=options.deff, level=level(options.level),
    )  # fmt: skip
    emit(options, found, [found.as_json()], title="Answers and invitations needed")
