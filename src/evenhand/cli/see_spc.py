"""`evenhand see spc` and `evenhand see icons`: a measure over time, one chart or one icon a group."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..records import ControlChart
from .door import add_dates, naming
from .output import add_output, emit
from .see_series import one_word_each, read_groups, read_rebases, read_targets, read_values

BUILT = ("xmr",)
PLANNED = ("i", "ip", "run", "p", "pp", "u", "up", "c", "t", "g", "xbar", "s")
IMPROVES = ("increase", "decrease", "neutral")


@dataclass(frozen=True)
class Drawn:
    """One group's chart and its dates, datetime64[D] (T,), rising. name is None where there are no groups."""

    name: str | None
    dates: NDArray[np.datetime64]
    chart: ControlChart


def register(commands: Any) -> None:
    """Add the two commands."""
    for name, run, text in (
        ("spc", _spc, "a control chart: what chance does not explain"),
        ("icons", _icons, "one row a measure: its variation and assurance icons"),
    ):
        parser = commands.add_parser(name, help=text, allow_abbrev=False)
        parser.add_argument("file", metavar="FILE", help="one row for each date (and group)")
        parser.add_argument("--chart", default="xmr", metavar="KIND", help=f"{' '.join(BUILT)} [xmr]")
        for option, column in (("date", "date"), ("value", "y")):
            parser.add_argument(f"--{option}", metavar="COL", default=column, help=f"column of FILE [{column}]")
        parser.add_argument("--denominator", metavar="COL", help="the value is divided by it")
        parser.add_argument("--group", metavar="COL", required=name == "icons", help="one chart for each of its words")
        parser.add_argument("--improves", default="increase", metavar="WORD|COL",
                            help="increase, decrease or neutral, or a column that says so [increase]")  # fmt: skip
        parser.add_argument("--target", action="append", default=[], metavar="X",
                            help="a number, GROUP=X (can be repeated), or a column")  # fmt: skip
        parser.add_argument("--rebase", nargs="+", action="extend", default=[], metavar="DATE",
                            help="a new phase begins here; GROUP=DATE for one group")  # fmt: skip
        parser.add_argument("--fix-after", type=int, metavar="N", help="limits from the first N points of a phase")
        parser.add_argument("--no-screening", action="store_true", help="keep extreme moving ranges")
        parser.add_argument(
            "--rules", default="plotthedots", metavar="NAME", help="plotthedots or mdc2023 [plotthedots]"
        )
        add_dates(parser)
        add_output(parser)
        parser.set_defaults(run=run)


def _spc(options: argparse.Namespace) -> None:
    found = _draw(options)
    points = [row for drawn in found for row in _points(drawn)]
    icons = [{"group": d.name, "variation": d.chart.variation, "assurance": d.chart.assurance} for d in found]
    runs = [
        {"group": d.name, "phase": r.phase, "longest_run": r.longest_run, "longest_max": r.longest_max,
         "crossings": r.crossings, "crossings_min": r.crossings_min, "signal": r.signal}
        for d in found for r in d.chart.runs
    ]  # fmt: skip
    emit(
        options,
        {"points": points, "icons": icons, "runs": runs},
        points,
        title="Points",
        chart=_pictures(options, found),
    )


def _icons(options: argparse.Namespace) -> None:
    found = _draw(options)
    rows = [
        {"group": d.name, "date": str(d.dates[-1]), "value": d.chart.values[-1], "mean": d.chart.mean[-1],
         "lower": d.chart.lower[-1], "upper": d.chart.upper[-1], "target": d.chart.target,
         "improves": d.chart.improves, "variation": d.chart.variation, "assurance": d.chart.assurance}
        for d in found
    ]  # fmt: skip
    emit(options, {"icons": rows}, rows, title="Icons", chart=_pictures(options, found))


def _draw(options: argparse.Namespace) -> list[Drawn]:
    from ..stats.xmr import xmr

    if options.chart not in BUILT:
        why = "is not drawn yet" if options.chart in PLANNED else "is no chart"
        raise InputError(f"--chart {options.chart}: {why}; expected {' or '.join(BUILT)}")
    rows = table.read(options.file, needs=(options.date, options.value))
    dates = rows.dates(options.date, day_first=options.day_first)
    values = read_values(rows, options)
    groups = read_groups(rows, options.group, dates, options.date)
    improves = one_word_each(rows, options.improves, groups, IMPROVES)
    targets = read_targets(rows, options.target, groups, dates)
    rebases = read_rebases(options, groups, dates)
    found = []
    for name, members in groups.items():
        order = members[np.argsort(dates[members], kind="stable")]
        at = [int(i) for i in np.flatnonzero(np.isin(dates[order], rebases[name]))]
        with naming(rows):
            chart = xmr(values[order], improves=improves[name], target=targets[name], rebase_at=at, rules=options.rules,
                        fix_after=options.fix_after, screening=not options.no_screening)  # fmt: skip
        found.append(Drawn(name, dates[order], chart))
    return found


def _points(drawn: Drawn) -> list[dict[str, Any]]:
    c = drawn.chart
    return [
        {"group": drawn.name, "date": str(day), "value": c.values[i], "mean": c.mean[i], "lower": c.lower[i],
         "upper": c.upper[i], "target": c.target, "special_cause": c.special_cause[i],
         "point_type": c.point_type[i], "phase": c.phase[i]}
        for i, day in enumerate(drawn.dates)
    ]  # fmt: skip


def _pictures(options: argparse.Namespace, found: list[Drawn]) -> Callable[[], Any]:
    def draw() -> list[Any]:
        from .. import charts

        return [charts.spc(d.chart, d.dates, title=d.name or options.value) for d in found]

    return draw
