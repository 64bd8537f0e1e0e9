"""The slow twin of the published counts: the drawn rows of a publication, added one by one."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

from .model import Measure
from .side import Counted

Row = dict[str, str]


def count(
    measure: Measure, facts: Any, patients: Callable[[Counted, str, Any], float]
) -> dict[str, tuple[float, float]]:
    """Numerator and denominator by organisation, from the rows that the example draws."""
    found: dict[str, tuple[float, float]] = {}
    for code in sorted({row["code"] for row in facts.published}):
        mine = [row for row in facts.published if row["code"] == code]
        below = measure.denominator
        bottom = patients(below, code, facts) if below.patients else _side(below, mine, facts)
        found[code] = (_side(measure.numerator, mine, facts), bottom)
    return found


def _side(side: Counted, rows: list[Row], facts: Any) -> float:
    values = [_value(side, row, facts) for row in rows if row["table"] == side.source]
    return sum(values) if values else nan


def _value(side: Counted, row: Row, facts: Any) -> float:
    """What one row adds; 0 where it is not meant."""
    if side.qof is not None:
        return _qof(side, row)
    if side.appointments is not None:
        asked = side.appointments.model_dump(exclude_none=True)
        return _number(row["appointments"]) if all(row[key] in wanted for key, wanted in asked.items()) else 0.0
    if side.emergency is not None:
        if side.emergency.types is not None and not any(word in row["type"] for word in side.emergency.types):
            return 0.0
        if side.emergency.count == "within_4_hours":
            return _number(row["attendances"]) - _number(row["over_4_hours"])
        return _number(row[side.emergency.count])
    if side.diagnostics is not None:
        if side.diagnostics.tests is not None and row["test"] not in side.diagnostics.tests:
            return 0.0
        if side.diagnostics.activity:
            return _number(row["activity"])
        weeks = side.diagnostics.over_weeks
        return _number(row["waiting" if weeks is None else f"over_{weeks}_weeks"])
    from .plain import Prescription, matches

    # A hospital's row is matched as a prescription whose code is what dm+d draws for its VMP.
    code = next((entry.code for entry in facts.dmd if entry.vmp == row["vmp"]), row["vmp"])
    one = Prescription("", code, row["name"], 1, 0.0, 0.0, 0.0, 0.0)
    if not matches(side, one, nan, facts.dmd):
        return 0.0
    return _number(row["quantity" if side.sum == "quantity" else "cost"])


def _qof(side: Counted, row: Row) -> float:
    assert side.qof is not None
    if side.qof.group is not None:
        return _number(row["register" if side.qof.count == "register" else "list"])
    if row["indicator"] not in (side.qof.indicators or ()):
        return 0.0
    if side.qof.count == "achieved":
        return _number(row["numerator"])
    exceptions = _number(row["exceptions"]) if side.qof.count == "eligible" else 0.0
    return _number(row["denominator"]) + exceptions


def _number(cell: str) -> float:
    return float(cell.replace(",", ""))
