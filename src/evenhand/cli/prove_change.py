"""`evenhand prove change`: which of thousands of units changed, when, how fast and how much."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from typing import Any

import numpy as np

from ..errors import InputError
from .door import add_dates, number, one_date
from .output import add_output, emit

SHOWN = ("unit", "changed", "start", "slope_per_month", "size", "size_share", "before", "after", "size_fitted",
         "start_index", "breaks", "months", "missing", "reason", "note")  # fmt: skip
BRIEF = ("unit", "changed", "start", "slope_per_month", "size", "size_share", "reason")  # in the terminal
MANY = 3000  # units from which a second process pays: it takes about two seconds to start
QUIET = 2.0  # seconds: INTERFACES, work over two seconds shows progress


def register(commands: Any) -> None:
    """Add `prove change`."""
    parser = commands.add_parser("change", help="which units changed, when, how fast and how much", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", nargs="+",
                        help="long (unit, date, value) or wide (a column a unit, or a column a date)")  # fmt: skip
    parser.add_argument("--direction", choices=("down", "up", "both"), default="down", help="which way counts [down]")
    parser.add_argument("--expected", metavar="DATE", help="only breaks after this month count")
    for option, what in (
        ("unit", "unit, organisation, practice, code or name"), ("date", "date, month or t"),
        ("value", "value, calc_value, ratio or y"), ("numerator", "numerator, with a denominator, if no value"),
        ("denominator", "denominator"),
    ):  # fmt: skip
        parser.add_argument(f"--{option}", metavar="COL", help=f"column of FILE [{what}]")
    parser.add_argument("--layout", choices=("long", "columns", "rows"),
                        help="columns: one a unit; rows: one a unit, a column a date [recognised]")  # fmt: skip
    parser.add_argument("--only", metavar="UNIT", nargs="+", help="these units alone; one draws its series")
    parser.add_argument("--p", metavar="P", type=number, default=1e-6, help="significance of a break [1e-6]")
    parser.add_argument("--levels", choices=("published", "fitted"), default="published",
                        help="read sizes as the published tables were, or off the fitted line [published]")  # fmt: skip
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_change)


def _change(options: argparse.Namespace) -> None:
    from ..prove.changes import changes
    from .prove_change_file import read_grid

    given = read_grid(options)
    rows = _chosen(given.units, options.only)
    found = changes(
        [given.units[i] for i in rows], given.points, given.values[rows], direction=options.direction,
        expected=_expected(options, given.points), months_per_point=given.months_per_point, p=options.p,
        levels=options.levels, workers=min(2, os.cpu_count() or 1) if len(rows) >= MANY else 1, progress=_progress(),
    )  # fmt: skip
    names = SHOWN if options.out else BRIEF
    shown = [{name: line[name] for name in names} for line in (unit.as_json() for unit in found.units)]

    def chart() -> Any:
        from ..charts.changes import changes as draw

        return draw(found)

    emit(options, found, shown, title=_said(found), chart=chart)


def _chosen(units: tuple[str, ...], only: list[str] | None) -> list[int]:
    if only is None:
        return list(range(len(units)))
    place = {unit: i for i, unit in enumerate(units)}
    for unit in only:
        if unit not in place:
            raise InputError(f"--only: no unit {unit!r}; the file has {len(units)}, the first is {units[0]!r}")
    return sorted({place[unit] for unit in only})


def _expected(options: argparse.Namespace, points: Any) -> Any:
    if options.expected is None:
        return None
    if points.dtype.kind == "M":
        return np.datetime64(one_date(options.expected, "--expected", options.day_first), "D")
    if not re.fullmatch(r"-?\d+", options.expected):
        raise InputError(f"--expected: expected a whole number, as the file's points are, found {options.expected!r}")
    return int(options.expected)


def _progress() -> Any:
    began = time.monotonic()

    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - began > QUIET:
            print(f"\r{done:,} of {of:,} searched", end="\n" if done == of else "", file=sys.stderr, flush=True)

    return tell


def _said(found: Any) -> str:
    """One line over the table."""
    low, middle, high = found.quartiles["size"]
    first, half, last = found.quartiles["start"]
    words = f"{found.changed:,} of {len(found.units):,} changed"
    if found.unknown:
        words += f" ({found.unknown:,} cannot be said)"
    if not found.changed:
        return words
    return f"{words}: start {half} ({first} to {last}), size {middle:.4g} ({low:.4g} to {high:.4g})"
