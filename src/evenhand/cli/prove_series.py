"""`evenhand prove series`: did level and slope of a series change at a start, and what would have come without it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .breaks import add_breaks, named_breaks
from .door import add_columns, add_dates, naming, number, one_date
from .output import add_output, emit

if TYPE_CHECKING:
    from ..prove.series import Series

VALUES = ("value", "y")  # the default is value; a file that calls it y means the same
Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


def register(commands: Any) -> None:
    """Add `prove series`."""
    parser = commands.add_parser("series", help="did level and slope change at a start (interrupted series)",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="one row for each month")
    parser.add_argument("--start", required=True, metavar="DATE", help="the first day of what was begun")
    add_columns(parser, date="date")
    parser.add_argument("--value", metavar="COL", help="column of FILE [value, or else y]")
    parser.add_argument("--denominator", metavar="COL", help="values are divided by it; the offset of counts")
    parser.add_argument("--control", metavar="FILE|COL", help="a series that the start did not touch")
    parser.add_argument("--control-denominator", metavar="COL",
                        help="what a control column is divided by; a control FILE is divided as FILE is")  # fmt: skip
    parser.add_argument("--season", choices=("none", "month", "harmonic"), default="none", help="[none]")
    parser.add_argument("--harmonics", type=int, default=2, metavar="N", help="pairs of waves a year [2]")
    parser.add_argument("--errors", choices=("ar1", "newey-west", "hc1", "model"),
                        help="ar1 (REML) is the default; the others are for comparison, and indicative")  # fmt: skip
    parser.add_argument("--lags", type=int, metavar="N", help="of newey-west [4 (n/100)^(2/9)]")
    parser.add_argument("--family", choices=("gaussian", "poisson", "quasipoisson", "negbin"), default="gaussian",
                        help="a count family gives logs of rate ratios [gaussian]")  # fmt: skip
    parser.add_argument("--per-day", action="store_true", help="divide by the days of the month")
    parser.add_argument("--confidence", type=number, default=0.95, metavar="X", help="of every interval [0.95]")
    parser.add_argument("--unit", metavar="COL", help="one series for each of its words, and regression to the mean")
    add_breaks(parser, "the measure is not what it was from MONTH on: its level may change there too")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    if not 0.5 <= options.confidence < 1:
        raise InputError(f"--confidence: expected a share from 0.5 to below 1, found {options.confidence:g}")
    given = table.read(options.file, needs=[options.date])
    if options.value is None:
        options.value = next((name for name in VALUES if given.has(name)), VALUES[0])
    given.need(options.value)
    if options.unit is not None:
        from .prove_series_units import each_unit

        each_unit(options, given)
        return
    dates, values, below = read(options, given)
    control = _control(options, given, dates)
    with naming(given):
        found = estimate(options, dates, values, below, control)
    if not options.json:
        for note in found.notes:
            print(f"evenhand: warning: {given.name}: {note}", file=sys.stderr)
    rows = _months(found) if options.out is not None else _effects(found)
    emit(options, found, rows, title=_title(found), chart=picture(found, options))


def read(options: argparse.Namespace, given: table.Table) -> tuple[Dates, Floats, Floats | None]:
    """Dates, values and denominators of every row."""
    below = None if options.denominator is None else given.numbers(options.denominator)
    return given.dates(options.date, day_first=options.day_first), given.numbers(options.value), below


def estimate(
    options: argparse.Namespace, dates: Dates, values: Floats, below: Floats | None, control: Floats | None
) -> Series:
    """The series with the options as given."""
    from ..prove.series import series

    start = np.datetime64(one_date(options.start, "--start", options.day_first), "D")
    return series(
        dates, values, start=start, denominator=below, control=control, season=options.season,
        harmonics=options.harmonics, errors=options.errors, lags=options.lags, family=options.family,
        per_day=options.per_day, confidence=options.confidence, breaks=named_breaks(options),
    )  # fmt: skip


def _control(options: argparse.Namespace, given: table.Table, dates: Dates) -> Floats | None:
    """The control at each row of the file; NaN where the control has no such date."""
    if options.control is None:
        if options.control_denominator is not None:
            raise InputError("--control-denominator belongs to --control COL; leave it out or name the control")
        return None
    if given.has(options.control):
        top = given.numbers(options.control)
        if options.control_denominator is not None:
            return _divided(top, given.numbers(options.control_denominator))
        if options.denominator is not None:
            print(f"evenhand: warning: {given.name}: control {options.control!r} is taken as it stands; "
                  "--control-denominator divides it", file=sys.stderr)  # fmt: skip
        return top
    if options.control != "-" and not Path(options.control).exists():
        there = ", ".join(list(given.columns)[:12])
        raise InputError(f"--control {options.control}: expected a column of {given.name} ({there}) or a file")
    if options.control == "-" and str(options.file) == "-":
        raise InputError("--control -: standard input already holds FILE; expected another file or a column")
    other = table.read(options.control, needs=[options.date, options.value])
    days, top, below = read(options, other)
    values = top if below is None else _divided(top, below)
    known: dict[Any, float] = {}
    for day, value in zip(days.tolist(), values.tolist(), strict=True):
        if day in known:
            raise InputError(f"{other.name}: {day} is given twice; expected each date once")
        known[day] = value
    return np.array([known.get(day, np.nan) for day in dates.tolist()])


def _divided(top: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, top / below, np.nan)


def _effects(found: Series) -> list[dict[str, Any]]:
    rows = [
        {"change": name, "estimate": one.estimate, "se": one.se, "low": one.low, "high": one.high, "p": one.p}
        for name, one in (("level", found.level), ("slope (a step)", found.slope))
    ]  # fmt: skip
    for name, total in (("cumulative", found.cumulative), ("cumulative x denominator", found.cumulative_numerator)):
        if total is not None:
            rows.append({"change": name, "estimate": total.estimate, "se": total.se, "low": total.low,
                         "high": total.high, "p": None})  # fmt: skip
    return rows


def _months(found: Series) -> list[dict[str, Any]]:
    """Every month: observed, fitted, and from the start on what would have come."""
    after = {one.date: one.as_json() for one in found.counterfactual}
    names = ("counterfactual", "low", "high", "effect", "effect_low", "effect_high")
    return [one.as_json() | {name: after.get(one.date, {}).get(name) for name in names} for one in found.points]


def _title(found: Series) -> str:
    a = found.autocorrelation
    leaning = f", autocorrelation {a.phi:.2f}" if np.isfinite(a.phi) else ""
    watson = f", Durbin-Watson {a.durbin_watson:.2f}" if np.isfinite(a.durbin_watson) else ""
    said = f"{found.n} points, {found.n_pre} before and {found.n_post} after{leaning}{watson}; {found.design}"
    return said + (f"\nIndicative, moves no saving: {'; '.join(found.reasons)}" if found.indicative else "")


def picture(found: Series, options: argparse.Namespace) -> Callable[[], Any]:
    """The chart of a series, drawn when it is asked for."""

    def drawn() -> Any:
        from .. import charts

        rows = _months(found)

        def column(name: str) -> Floats:
            return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=float)

        return charts.counterfactual(
            np.array([row["date"] for row in rows], dtype="datetime64[D]"), column("observed"), column("fitted"),
            column("counterfactual"), column("low"), column("high"), start=found.start, title=_heading(found, options),
            confidence=found.confidence, note="Indicative: " + found.reasons[0] if found.indicative else "",
        )  # fmt: skip

    return drawn


def _heading(found: Series, options: argparse.Namespace) -> str:
    what = options.value if options.denominator is None else f"{options.value} over {options.denominator}"
    return f"{what}, before and after {found.start}"
