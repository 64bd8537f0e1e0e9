"""Waits of one month: incomplete pathways within or over so many weeks, over all of them."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from .prescribing import Tables
from .rule import Waits

INCOMPLETE = "Part_2"  # RTT part type: incomplete pathways (NHS England)
TOTAL = "C_999"  # the published total of the other treatment functions: use it or them, never both
# level of the panel -> column of the lake's table
COLUMN = {"provider": "provider", "sicbl": "commissioner", "specialty": "treatment_function"}


@dataclass(frozen=True)
class Waiting:
    """Pathways of one organisation; `counted` is NaN where the published bands stop too early to know."""

    counted: float
    pathways: float


def count(tables: Tables, month: int, numerator: Waits, level: str) -> dict[str, Waiting]:
    """Incomplete pathways by organisation of a level: those that the rule counts, and all.

    provider and specialty are as published; sicbl is the commissioner.
    """
    column = COLUMN[level]
    totals = chosen(tables.table("rtt_total"), month, numerator)
    by_total = totals.group_by(code=totals[column]).aggregate(pathways=totals.total_all.sum()).to_pyarrow().to_pylist()
    bands = chosen(tables.table("rtt"), month, numerator)
    wanted = bands.filter(counts(bands, numerator))
    by_band = wanted.group_by(code=wanted[column]).aggregate(counted=wanted.pathways.sum()).to_pyarrow().to_pylist()
    hits = {row["code"]: float(row["counted"]) for row in by_band}
    known = _known(bands, numerator)
    return {
        row["code"]: Waiting(hits.get(row["code"], 0.0) if known else float("nan"), float(row["pathways"]))
        for row in by_total
    }


def chosen(table: ir.Table, month: int, rule: Waits) -> ir.Table:
    """The month's incomplete pathways of the rule's functions; of all, without their published total."""
    rows = table.filter((table.month == month) & (table.part == INCOMPLETE))
    if rule.functions is not None:
        return rows.filter(rows.treatment_function.isin(rule.functions))
    has_functions = rows.filter(rows.treatment_function != TOTAL).limit(1).count().to_pyarrow().as_py() > 0
    return rows.filter(rows.treatment_function != TOTAL) if has_functions else rows


def counts(bands: ir.Table, rule: Waits) -> ir.BooleanValue:
    """Whether a band is within (or over) the weeks that the rule names."""
    # Band w holds waits of more than w and up to w + 1 weeks: 'Gt 17 To 18' is within 18.
    if rule.within_weeks is not None:
        within: ir.BooleanValue = (bands.weeks_from < rule.within_weeks) & ~bands.open
        return within
    if rule.over_weeks is not None:
        over: ir.BooleanValue = bands.weeks_from >= rule.over_weeks
        return over
    return ibis.literal(True)


def _known(bands: ir.Table, rule: Waits) -> bool:
    """Whether the bands reach far enough: older files end at 52 weeks and over."""
    weeks = rule.within_weeks or rule.over_weeks
    last = bands.filter(bands.open).weeks_from.min().to_pyarrow().as_py() if weeks else None
    return last is None or int(last) >= int(weeks or 0)
