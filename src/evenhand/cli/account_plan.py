"""`evenhand account plan`: a scheme's plan against what happened, month by month, with computed RAG."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import account, definition
from ..errors import InputError
from ..records import GUARDRAIL_VERDICTS, Scheme
from ..table import Table, read
from .door import add_columns, add_dates, filled, naming, one_date
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `account plan`."""
    parser = commands.add_parser("plan", help="a scheme's plan against actual by month, RAG computed, year forecast")
    parser.add_argument("--scheme", type=Path, required=True, metavar="FILE.yaml", help="a scheme with a finance plan")
    parser.add_argument("--actuals", required=True, metavar="FILE", help="month, actual in pounds, confirmed if known")
    parser.add_argument("--quality", metavar="FILE", help="measure, verdict (pass, inconclusive, breach, not_assessed) "
                        "and, if known, special_causes")  # fmt: skip
    parser.add_argument("--kpis", metavar="FILE", help="measure, month, value of the scheme's indicators")
    parser.add_argument("--as-of", metavar="DAY", help="the day that milestones are judged on; "
                        "default: the last day of the last month with an actual")  # fmt: skip
    add_columns(parser, month="month", actual="actual", confirmed="confirmed")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    scheme = definition.load(options.scheme, Scheme)
    table = read(options.actuals, needs=(options.month, options.actual))
    months = table.dates(options.month, day_first=options.day_first).astype("datetime64[M]").astype(str).tolist()
    known = options.confirmed != "confirmed" or table.has(options.confirmed)
    balancing, causes = _balancing(options.quality)
    kpis = _kpis(options, scheme)
    with naming(table):
        found = account.against(
            scheme, months, table.numbers(options.actual).tolist(),
            table.numbers(options.confirmed).tolist() if known else None,
            as_of=one_date(options.as_of, "--as-of", options.day_first) if options.as_of else None,
            balancing=balancing, special_causes=causes, kpis=kpis,
        )  # fmt: skip
    rows = [line.as_json() for line in found.months]
    title = (f"{found.scheme} {found.year}: £{found.ytd_actual:,.2f} of £{found.ytd_plan:,.2f} to date, "
             f"forecast £{found.forecast_outturn:,.2f}; overall {found.rag.overall.replace('_', ' ')}")  # fmt: skip
    emit(options, found, rows, title=title)


def _kpis(options: argparse.Namespace, scheme: Scheme) -> dict[str, dict[str, float]]:
    """Measure -> month -> value, of the scheme's own indicators."""
    if options.kpis is None:
        return {}
    table = read(options.kpis, needs=("measure", "month", "value"))
    months = table.dates("month", day_first=options.day_first).astype("datetime64[M]").astype(str).tolist()
    found: dict[str, dict[str, float]] = {}
    rows = zip(filled(table, "measure"), months, table.numbers("value").tolist(), strict=True)
    planned = [kpi.measure for kpi in scheme.delivery.kpis] if scheme.delivery else []
    for row, (measure, month, value) in enumerate(rows):
        if measure not in planned:
            right = f"an indicator in delivery.kpis of {options.scheme} ({', '.join(planned) or 'it has none'})"
            raise table.refuse(row, "measure", measure, right)
        held = found.setdefault(measure, {})
        if month in held:
            raise table.refuse(row, "month", month, f"each month of {measure} once")
        held[month] = value
    return found


def _balancing(file: str | None) -> tuple[dict[str, str], int]:
    """What is known of the balancing measures: each one's verdict, and special-cause points against, added up."""
    if file is None:
        return {}, 0
    table: Table = read(file, needs=("measure", "verdict"))
    table.unique("measure")
    words = filled(table, "verdict")
    for row, word in enumerate(words):
        if word not in GUARDRAIL_VERDICTS:
            raise table.refuse(row, "verdict", word, f"one of {', '.join(GUARDRAIL_VERDICTS)}")
    causes = 0
    if table.has("special_causes"):
        for row, number in enumerate(table.numbers("special_causes").tolist()):
            if number == number and (number < 0 or number != int(number)):
                raise table.refuse(row, "special_causes", f"{number:g}", "a whole number, 0 or more")
            causes += int(number) if number == number else 0
    measures = filled(table, "measure")
    if not measures:
        raise InputError(f"{table.name}: no balancing measure in it")
    return dict(zip(measures, words, strict=True)), causes
