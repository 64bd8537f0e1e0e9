"""`evenhand prove panel`: what a change did where it came at different times."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .door import add_columns, add_dates, filled, naming, number, weights_of, words
from .output import add_output, emit
from .panel_dates import Periods, check_steps, read_periods


def register(commands: Any) -> None:
    """Add `prove panel`."""
    parser = commands.add_parser("panel", help="what a staggered change did (difference in differences)",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="one row for each unit and period")
    add_columns(parser, unit="unit", date="date", value="value")
    parser.add_argument("--treated-from", metavar="COL", default="treated_from",
                        help="when the unit is treated from; blank, 0 or NA: never [treated_from]")  # fmt: skip
    parser.add_argument("--denominator", metavar="COL", help="the value is divided by it")
    parser.add_argument("--clusters", metavar="COL", help="what the change was given to [the unit]")
    parser.add_argument("--method", choices=("did2s", "event", "twfe", "sunab"), default="did2s",
                        help="two-stage; Callaway and Sant'Anna; and, for comparison only, two-way fixed effects and "
                        "Sun and Abraham [did2s]")  # fmt: skip
    parser.add_argument("--controls", choices=("never", "not-yet"), help="with event [never treated]")
    parser.add_argument("--covariates", metavar="COL", nargs="+", default=[], help="with event: numbers of the unit")
    parser.add_argument("--weights", metavar="COL", help="with did2s and twfe: what each row stands for")
    parser.add_argument("--errors", choices=("CR1", "CR2", "CR3", "CR0", "two-way", "HC1", "iid"), default="CR1",
                        help="with twfe and sunab [CR1]")  # fmt: skip
    parser.add_argument("--unit-trends", action="store_true", help="with did2s, twfe: each unit its own line")
    parser.add_argument("--level", type=number, default=0.95, metavar="X", help="what the intervals hold [0.95]")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_panel)


def _panel(options: argparse.Namespace) -> None:
    from ..prove.panel import panel

    if not 0.5 <= options.level < 1:
        raise InputError(f"--level {options.level:g}: expected 0.5 or more, and below 1")
    given = table.read(options.file, needs=[options.unit, options.date, options.value, options.treated_from])
    units = filled(given, options.unit)
    when = read_periods(given, options.date, options.treated_from, day_first=options.day_first)
    check_steps(when, given, options.date)
    covariates = {name: given.numbers(name) for name in words(options.covariates, given)}
    with naming(given):
        found = panel(
            units, when.period, _values(given, options), when.start, method=options.method,
            clusters=filled(given, options.clusters) if options.clusters else None,
            weights=weights_of(given, options.weights), covariates=covariates,
            controls=options.controls, errors=options.errors, trends=options.unit_trends, level=options.level,
        )  # fmt: skip
    if found.warning and not options.json:
        print(f"evenhand: warning: {found.warning}", file=sys.stderr)
    document = _document(found.as_json(), when)
    emit(options, document, _rows(found), title=_title(found), chart=lambda: _chart(found, when))


def _values(given: table.Table, options: argparse.Namespace) -> NDArray[np.float64]:
    values = given.numbers(options.value)
    if options.denominator is None:
        return values
    below = given.numbers(options.denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, values / below, np.nan)


def _document(found: dict[str, Any], when: Periods) -> dict[str, Any]:
    groups = [row | {"group": when.label(row["group"]), "time": when.label(row["time"])} for row in found["groups"]]
    return found | {"groups": groups, "period_is": when.word, "warning": found["warning"] or None,
                    "left_out": found["left_out"] or None}  # fmt: skip


def _rows(found: Any) -> list[dict[str, Any]]:
    shown = ("estimate", "se", "low", "high")
    att = found.att.as_json()
    return [{"period": "all", **{name: att[name] for name in shown}},
            *({"period": str(row.period), **{name: row.as_json()[name] for name in shown}} for row in found.event)]


def _title(found: Any) -> str:
    att = found.att
    before = "not to be told" if np.isnan(found.pretrend_p) else f"p = {found.pretrend_p:.3g}"
    said = "no interval" if np.isnan(att.low) else f"{att.low:.4g} to {att.high:.4g}, p = {att.p:.3g}"
    return (f"{found.design}: {att.estimate:.4g} ({said}); {found.units} units, {found.clusters} clusters, "
            f"{found.treated_clusters} of them treated; a trend before the start: {before}")  # fmt: skip


def _chart(found: Any, when: Periods) -> Any:
    from ..charts.event_study import event_study

    columns = (np.array([getattr(row, name) for row in found.event]) for name in ("period", "estimate", "low", "high"))
    att = found.att
    said = "interval not known" if np.isnan(att.low) else f"{att.low:.3g} to {att.high:.3g}"
    warned = "For comparison only. " if found.method in ("twfe", "sunab") else ""
    warned += "Few clusters: indicative. " if found.indicative else ""
    return event_study(*columns, word=when.word, level=found.level,
                       title=f"Effect by {when.word} since the start; all together {att.estimate:.3g} ({said})",
                       note=warned)  # fmt: skip
