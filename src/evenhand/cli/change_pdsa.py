"""`evenhand change pdsa`: cycles on a control chart; each prediction against what came."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import table
from ..change.cycle_words import outcome_words, said
from ..change.cycles import Cycle, Studied, study
from ..table import MISSING, Table
from .door import filled, naming
from .output import emit
from .see_series import NUMBERED, Times
from .spc_charts import SHARES, Drawn, add_chart, draw, point_rows

Found = list[tuple[Drawn, tuple[Studied, ...]]]


def register(commands: Any) -> None:
    """Add `change pdsa`."""
    parser = commands.add_parser("pdsa", help="cycles on a chart: what was predicted, what came", allow_abbrev=False)
    add_chart(parser, group=False)
    parser.add_argument("--cycles", required=True, metavar="FILE", help="one row for each cycle")
    for option in ("idea", "prediction", "starts", "ends"):
        parser.add_argument(f"--{option}", metavar="COL", default=option, help=f"column of --cycles FILE [{option}]")
    parser.add_argument("--expected", metavar="COL", help="its column of predicted values [expected, if it is there]")
    parser.add_argument("--decision", metavar="COL",
                        help="its column: adopt, adapt, abandon or blank [decision, if it is there]")  # fmt: skip
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    charts = draw(options)
    given = table.read(options.cycles, needs=[options.idea, options.prediction, options.starts, options.ends])
    belongs = _groups(given, options, charts)
    with naming(given):
        found: Found = [
            (drawn, study(drawn.times, drawn.chart, _cycles(given, options, drawn.times, belongs[drawn.name]),
                          share=_is_share(options, drawn)))
            for drawn in charts
        ]  # fmt: skip
    rows = [_row(drawn.name, one) for drawn, studied in found for one in studied]
    document = {
        "points": [row for drawn in charts for row in point_rows(drawn)],
        "icons": [{"group": d.name, "variation": d.chart.variation, "assurance": d.chart.assurance} for d in charts],
        "cycles": rows, "rules": options.rules, "level": 0.95,
    }  # fmt: skip
    shown = [_shown(row, grouped=options.group is not None) for row in rows]
    emit(options, document, rows if options.out else shown, title="Cycles: what was predicted, what came",
         chart=_pictures(options, found))  # fmt: skip


MONTH = re.compile(r"\d{4}[-_]?\d{1,2}")
LETTERS = 24  # of an idea on a chart


def _shown(row: dict[str, Any], *, grouped: bool) -> dict[str, Any]:
    """A cycle as a terminal has room for it."""
    came = f"{said(row['came'], False)} ({said(row['low'], False)} to {said(row['high'], False)})"
    return ({"group": row["group"]} if grouped else {}) | {
        "idea": row["idea"], "from": row["starts"], "to": row["ends"], "expected": row["expected"],
        "came": came if row["came"] == row["came"] else None, "outcome": outcome_words(row["outcome"]),
        "signal": "yes" if row["signal"] else "no", "decision": row["decision"],
    }  # fmt: skip


def _row(group: str | None, one: Studied) -> dict[str, Any]:
    cycle = one.cycle
    return {
        "group": group, "idea": cycle.idea, "prediction": cycle.prediction, "starts": str(cycle.starts),
        "ends": str(cycle.ends), "expected": cycle.expected, "decision": cycle.decision, "points": len(one.inside),
        "came": one.came.value, "low": one.came.low, "high": one.came.high, "usual": one.usual.value,
        "change": one.change.value, "change_low": one.change.low, "change_high": one.change.high, "way": one.way,
        "outcome": one.outcome, "signal": bool(one.signals), "signals": [s.as_json() for s in one.signals],
        "overlaps": list(one.overlaps), "sentence": one.sentence,
    }  # fmt: skip


def _groups(given: Table, options: argparse.Namespace, charts: Sequence[Drawn]) -> dict[str | None, list[int]]:
    """The rows of --cycles that belong to each chart."""
    rows: dict[str | None, list[int]] = {drawn.name: [] for drawn in charts}
    if options.group is None:
        return {None: list(range(len(given)))}
    for row, group in enumerate(filled(given, options.group)):
        if group not in rows:
            raise given.refuse(row, options.group, group, f"a group of {options.file}")
        rows[group].append(row)
    return rows


def _cycles(given: Table, options: argparse.Namespace, times: Times, rows: Sequence[int]) -> list[Cycle]:
    """The cycles of some rows, their ends as the series counts time."""
    starts, ends = (_moments(given, column, options, times) for column in (options.starts, options.ends))
    if times.dtype.kind == "M":  # the end of a month that is named without a day is its last day
        named = np.array([bool(MONTH.fullmatch(cell)) for cell in given.text(options.ends)])
        ends = np.where(named, (ends.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1, ends)
    expected = _optional(given, options.expected, "expected")
    values = given.numbers(expected) if expected else np.full(len(given), np.nan)
    column = _optional(given, options.decision, "decision")
    decided = given.text(column) if column else [""] * len(given)
    idea, prediction = given.text(options.idea), given.text(options.prediction)
    return [
        Cycle(idea[row], prediction[row], starts[row], ends[row], float(values[row]),
              None if decided[row].lower() in MISSING else decided[row].lower())
        for row in rows
    ]  # fmt: skip


def _moments(given: Table, column: str, options: argparse.Namespace, times: Times) -> Times:
    if times.dtype.kind == "M":
        return given.dates(column, day_first=options.day_first)
    for row, cell in enumerate(given.text(column)):
        if not NUMBERED.fullmatch(cell):
            raise given.refuse(row, column, cell, f"a number, as the rows of {options.file} have")
    return given.numbers(column).astype(np.int64)


def _optional(given: Table, asked: str | None, usual: str) -> str | None:
    """A column that need not be there, unless it was asked for by name."""
    if asked is not None:
        given.need(asked)
        return asked
    return usual if given.has(usual) else None


def _is_share(options: argparse.Namespace, drawn: Drawn) -> bool:
    return drawn.chart.kind in SHARES and options.multiplier == 1


def _short(idea: str) -> str:
    """An idea as a word beside its mark."""
    return idea if len(idea) <= LETTERS else f"{idea[: LETTERS - 1].rstrip()}…"


def _pictures(options: argparse.Namespace, found: Found) -> Callable[[], Any]:
    def pictures() -> list[Any]:
        from .. import charts

        return [
            charts.spc(
                d.chart, d.times, title=d.name or options.value, width=options.width, share=_is_share(options, d),
                marks=tuple((one.cycle.starts, _short(one.cycle.idea)) for one in studied),
                expected=tuple(
                    (one.cycle.starts, one.cycle.ends, one.cycle.expected)
                    for one in studied if np.isfinite(one.cycle.expected)
                ),
            )
            for d, studied in found
        ]  # fmt: skip

    return pictures
