"""The control charts of a file, one a group: the options that `see spc` and `see icons` share, and what they draw."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..records import ControlChart
from .door import add_dates, naming, number
from .output import add_output
from .see_marks import read_marked, read_targets
from .see_series import Groups, Times, absent, each_rows_word, one_word_each, read_groups, read_numbers, read_times

CHARTS = ("xmr", "i", "ip", "run", "p", "pp", "u", "up", "c", "t", "g", "xbar", "s")
IMPROVES = ("increase", "decrease", "neutral")
SUBGROUPS = ("xbar", "s")
SHARES = ("p", "pp")
EVENTS = ("t", "g")  # their dates are not regular

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """One group's chart, when its points are (T,), rising, and the dates it leaves out. name: None without groups."""

    name: str | None
    times: Times
    chart: ControlChart
    missing: list[str]


def add_chart(parser: argparse.ArgumentParser, *, group: bool) -> None:
    """The options of a chart; `group` says whether one must be named."""
    parser.add_argument("file", metavar="FILE", help="one row for each date (and group)")
    parser.add_argument("--chart", default="xmr", metavar="KIND|COL",
                        help=f"{' '.join(CHARTS)}, or a column that says so [xmr]")  # fmt: skip
    parser.add_argument("--date", metavar="COL", default="date", help="dates, or numbers in order [date]")
    parser.add_argument("--value", metavar="COL", default="y", help="column of FILE [y]")
    parser.add_argument("--denominator", metavar="COL", help="the value is divided by it")
    parser.add_argument("--multiplier", metavar="X", type=number, default=1.0, help="values and limits times this [1]")
    parser.add_argument("--group", metavar="COL", required=group, help="one chart for each of its words")
    parser.add_argument("--improves", default="increase", metavar="WORD|COL",
                        help="increase, decrease or neutral, or a column that says so [increase]")  # fmt: skip
    parser.add_argument("--target", action="append", default=[], metavar="X",
                        help="a number, GROUP=X (can be repeated), or a column")  # fmt: skip
    parser.add_argument("--rebase", nargs="+", action="extend", default=[], metavar="DATE",
                        help="a new phase begins here; GROUP=DATE for one group")  # fmt: skip
    parser.add_argument("--exclude", nargs="+", action="extend", default=[], metavar="DATE",
                        help="a point of known cause, drawn but not counted; GROUP=DATE for one group")  # fmt: skip
    parser.add_argument("--fix-after", type=int, metavar="N", help="limits from the first N points of a phase")
    parser.add_argument("--no-screening", action="store_true", help="keep extreme moving ranges")
    parser.add_argument("--rules", default="plotthedots", metavar="NAME", help="plotthedots or mdc2023 [plotthedots]")
    parser.add_argument("--width", type=pixels, default=640, metavar="PIXELS", help="of a picture, 300 or more [640]")
    add_dates(parser)
    add_output(parser)


def pixels(text: str) -> int:
    """A width that words fit in; argparse says which option was wrong."""
    if not text.isdecimal() or not 300 <= int(text) <= 4000:
        raise argparse.ArgumentTypeError(f"expected 300 to 4000 pixels, found {text!r}")
    return int(text)


def draw(options: argparse.Namespace) -> list[Drawn]:
    """A chart for every group of the file, in order of first appearance."""
    from ..stats.shewhart import shewhart

    rows = table.read(options.file, needs=(options.date, options.value))
    if options.multiplier <= 0:
        raise InputError(f"--multiplier {options.multiplier:g}: expected a number above 0")
    times = read_times(rows, options.date, options.day_first)
    kinds = each_rows_word(rows, options.chart, CHARTS)
    values, below = read_numbers(rows, options, kinds)
    groups = read_groups(rows, options.group, times, options.date, [kind in SUBGROUPS for kind in kinds])
    kind = one_word_each(rows, options.chart, kinds, groups)
    improves = one_word_each(rows, options.improves, each_rows_word(rows, options.improves, IMPROVES), groups)
    targets = read_targets(rows, options.target, groups, times)
    rebases = read_marked(options, "--rebase", options.rebase, groups, times, "no new phase there")
    exclude = read_marked(options, "--exclude", options.exclude, groups, times, "nothing left out there")
    _several(rows, kinds, groups, times, options)
    found = []
    for name, members in groups.items():
        when, given = _points(kind[name], members, times, values, below)
        with naming(rows):
            chart = shewhart(
                kind[name], given[0], denominator=given[1], spread=given[2], improves=improves[name],
                target=targets[name], rebase_at=_at(when, rebases[name]), exclude_at=_at(when, exclude[name]),
                rules=options.rules, fix_after=options.fix_after, screening=not options.no_screening,
                multiplier=options.multiplier,
            )  # fmt: skip
        found.append(Drawn(name, when, chart, [] if kind[name] in EVENTS else absent(when)))
    _tell_missing(rows, found)
    return found


def point_rows(drawn: Drawn) -> list[dict[str, Any]]:
    """Each point of a chart as a row, as `see spc --json` prints it."""
    c = drawn.chart
    return [
        {"group": drawn.name, "date": str(when), "value": c.values[i], "mean": c.mean[i], "lower": c.lower[i],
         "upper": c.upper[i], "target": c.target, "special_cause": c.special_cause[i],
         "point_type": c.point_type[i], "phase": c.phase[i]}
        for i, when in enumerate(drawn.times)
    ]  # fmt: skip


def _points(
    kind: str, members: NDArray[np.int64], times: Times, values: Floats, below: Floats | None
) -> tuple[Times, tuple[Floats, Floats | None, Floats | None]]:
    """When the points are, and what the chart is given: values, denominators, spreads within subgroups."""
    if kind in SUBGROUPS:
        from ..stats.shewhart_subgroups import summed

        when, point = np.unique(times[members], return_inverse=True)
        mean, deviation, size = summed(values[members], point.astype(np.int64), len(when))
        return when, (mean if kind == "xbar" else deviation, size, deviation)
    order = members[np.argsort(times[members], kind="stable")]
    divided = below is not None and kind not in ("c", *EVENTS)
    return times[order], (values[order], below[order] if divided and below is not None else None, None)


def _several(
    rows: table.Table, kinds: list[str], groups: Groups, times: Times, options: argparse.Namespace
) -> None:
    """Refuse subgroups of which none has two values: then the dates are wrong, or the chart is."""
    asked = [members for members in groups.values() if kinds[int(members[0])] in SUBGROUPS]
    if asked and all(len(np.unique(times[members])) == len(members) for members in asked):
        chart = kinds[int(asked[0][0])]
        raise InputError(
            f"{rows.name}: --chart {chart} needs several rows of one {options.date!r}, and each has one; "
            "expected --chart i for single values"
        )


def _at(when: Times, marked: Times) -> list[int]:
    return [int(i) for i in np.flatnonzero(np.isin(when, marked))]


def _tell_missing(rows: table.Table, found: list[Drawn]) -> None:
    gaps = [drawn for drawn in found if drawn.missing]
    if gaps:
        first = gaps[0]
        of = "" if first.name is None else f" of {first.name!r}"
        more = f"; {len(gaps)} groups leave dates out" if len(gaps) > 1 else ""
        shown = ", ".join(first.missing[:3]) + (" ..." if len(first.missing) > 3 else "")
        print(f"evenhand: warning: {rows.name}: no row{of} for {shown}; the next row follows the last{more}",
              file=sys.stderr)  # fmt: skip
