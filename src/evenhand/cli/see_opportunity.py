"""`evenhand see opportunity`: what reaching the benchmark would be worth, luck not counted."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np

from ..errors import InputError
from ..records import Opportunity
from ..table import Table
from ..when import AMBIGUOUS
from .door import add_columns, add_dates, naming, words
from .output import add_output, emit
from .see_compare import UNITS, read_units

MONTH = "month"
SEED = 1  # where none is given: the same file gives the same answer


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("opportunity", help="what reaching the benchmark would be worth", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="rows of units; rows of one unit are summed")
    add_columns(parser, **UNITS)
    parser.add_argument("--unit-cost", default="1", metavar="X|COL", help="pounds of one unit of the numerator [1]")
    parser.add_argument("--better", choices=("lower", "higher"), default="lower", help="[lower]")
    parser.add_argument("--benchmark", choices=("q25", "q10", "median", "mean"), default="q25", help="[q25]")
    parser.add_argument("--case-mix", nargs="+", default=[], metavar="COL", help="what a unit cannot choose")
    parser.add_argument("--family", choices=("auto", "binomial", "poisson", "normal"), default="auto",
                        help="hits, counts, or anything else such as pounds [auto: as the numbers say]")  # fmt: skip
    parser.add_argument("--standard-error", metavar="COL", help="of each unit's value, where it is known")
    parser.add_argument("--month", metavar="COL",
                        help="month of each row: how a unit's counts scatter from month to month is taken for chance "
                        f"[{MONTH}, where FILE has it]")  # fmt: skip
    add_dates(parser)
    parser.add_argument("--draws", type=int, default=500, metavar="N", help="[500]")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"fixes chance [{SEED}]")
    add_output(parser)
    parser.set_defaults(run=_opportunity)


def _opportunity(options: argparse.Namespace) -> None:
    from ..see import opportunity

    rows, units, top, bottom = read_units(options)
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: expected 0 or more")
    mix = words(options.case_mix, rows) if options.case_mix else []
    if len(units) > 2000 and sys.stderr.isatty():
        print(f"drawing {options.draws} times for {len(set(units)):,} units ...", file=sys.stderr)
    mixed = np.column_stack([rows.numbers(name) for name in mix]) if mix else None
    months = _months(rows, options)

    def ask(case_mix: Any) -> Opportunity:
        with naming(rows):
            return opportunity(
                units, top, bottom, unit_cost=_cost(rows, options.unit_cost), better=options.better,
                benchmark=options.benchmark, draws=options.draws, seed=options.seed,
                rng=np.random.default_rng(options.seed), case_mix=case_mix, family=options.family,
                standard_error=rows.numbers(options.standard_error) if options.standard_error else None,
                months=months,
            )  # fmt: skip

    found = ask(mixed)
    for note in found.notes:
        if not options.json:
            print(f"evenhand: note: {note}", file=sys.stderr)
    shown = [row | {"case_mix": found.shift[i]} if mix else row for i, row in enumerate(_units(found))]
    document = {
        **_said(found), "units": shown, "variation": found.split, "family": found.family, "better": found.better,
        "clustering": found.clustering, "clustering_from": found.clustering_from, "notes": list(found.notes),
        "draws": found.draws, "seed": options.seed, "level": 0.95,
    }  # fmt: skip
    if mix:
        plain = ask(None)
        between = found.split.case_mix + found.split.unexplained
        document["case_mix"] = {"columns": mix, "share": found.split.case_mix / between if between > 0 else None}
        document["unadjusted"] = {**_said(plain), "units": _units(plain), "variation": plain.split}
        for row, own in zip(shown, _units(plain), strict=True):
            row |= {"unadjusted_shrunken": own["shrunken"], "unadjusted_opportunity": own["opportunity"]}
    total = found.total

    def draw() -> Any:
        from .. import charts
        from ..charts.words import pounds

        title = f"Opportunity {pounds(total.value)} ({pounds(total.low)} to {pounds(total.high)})"
        return charts.strip(found.shrunken, title=title, unit=f"{options.numerator} over {options.denominator}",
                            share=found.family == "binomial")  # fmt: skip

    emit(options, document, shown, title=_headline(found), chart=draw)


def _months(rows: Table, options: argparse.Namespace) -> list[Any] | None:
    """The month of each row, where the file says; a column that nobody named need not hold months."""
    if options.month is None and not rows.has(MONTH):
        return None
    try:
        return list(rows.dates(options.month or MONTH, day_first=options.day_first))
    except InputError as error:
        if options.month is not None or AMBIGUOUS in str(error):
            raise
        print(f"evenhand: warning: {rows.name}: {MONTH!r} holds no months; its rows are summed", file=sys.stderr)
        return None


def _said(found: Opportunity) -> dict[str, Any]:
    """The total and the benchmark."""
    total, at = found.total, found.benchmark
    return {
        "total": {"median": total.value, "low_90": total.low, "high_90": total.high, "naive": found.naive},
        "benchmark": {"name": found.benchmark_name, "value": at.value, "low_90": at.low, "high_90": at.high},
    }


def _units(found: Opportunity) -> list[dict[str, Any]]:
    """One row a unit."""
    return [
        {"unit": unit, "value": found.value[i], "shrunken": found.shrunken[i], "low": found.low[i],
         "high": found.high[i], "probability_above": found.probability_above[i], "opportunity": found.pounds[i]}
        for i, unit in enumerate(found.units)
    ]  # fmt: skip


def _headline(found: Opportunity) -> str:
    """The answer in a line, above the units."""
    total = found.total
    return (
        f"Opportunity {total.value:,.0f} (90%: {total.low:,.0f} to {total.high:,.0f}); the plain gaps add up to "
        f"{found.naive:,.0f}"
    )


def _cost(rows: Table, given: str) -> Any:
    """A number of pounds, or the column that holds it."""
    try:
        cost = float(given)
    except ValueError:
        if not rows.has(given):
            raise InputError(f"--unit-cost {given}: expected a number of pounds or a column of {rows.name}") from None
        costs = rows.numbers(given, missing=False)
        if (wrong := np.flatnonzero(costs < 0)).size:
            raise rows.refuse(int(wrong[0]), given, rows.columns[given][wrong[0]], "pounds of 0 or more") from None
        return costs
    if not (np.isfinite(cost) and cost >= 0):
        raise InputError(f"--unit-cost {given}: expected a finite number of pounds, 0 or more")
    return cost
