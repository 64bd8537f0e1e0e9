"""The worked example of a measure, counted by the engine and by its slow twin, and held against what is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES
from . import drawn, plain
from .example_tables import as_tables, read_more
from .model import Measure
from .month import compute
from .waits import INCOMPLETE

MONTH = 240  # any month: the example has only one
_PRESCRIBING = ("practice", "code", "name", "items", "quantity", "cost", "nic")
# The drawn value is read to four decimals; numerator and denominator to a billionth, since pounds are floats.
VALUE_TOLERANCE, COUNT_TOLERANCE = 0.5e-4, 1e-9


@dataclass(frozen=True)
class Line:
    """One organisation of the example, as drawn."""

    organisation: str
    numerator: float
    denominator: float
    value: float


class Tables:
    """The few rows of an example, offered like a lake's tables."""

    def __init__(self, facts: plain.Facts) -> None:
        self._rows = _as_tables(facts)

    def table(self, name: str) -> ir.Table:
        """One table of the example."""
        return ibis.memtable(pa.Table.from_pylist(self._rows.get(name, []), schema=TABLES[name]))


def check(measure: Measure, every: dict[str, Measure], *, where: str = "") -> list[Line]:
    """Count the example on both engines; returns what is drawn.

    Raises
    ------
    InputError
        If the tables are not drawn as they must be, or a number is not what the engine or its twin counts.
    """
    where = f"{where or measure.id}: example"
    facts, lines = read_facts(measure, where), read_expected(measure, where)
    for engine, counted in (("engine", by_engine(measure, every, facts)), ("twin", plain.count(measure, every, facts))):
        for line in lines:
            if line.organisation not in counted:
                raise InputError(f"{where}: {line.organisation} is drawn as expected, but has no rows")
            numerator, denominator = counted[line.organisation]
            value = numerator / denominator if denominator else math.nan
            _same(where, engine, line.organisation, "numerator", line.numerator, numerator, COUNT_TOLERANCE)
            _same(where, engine, line.organisation, "denominator", line.denominator, denominator, COUNT_TOLERANCE)
            _same(where, engine, line.organisation, "value", line.value, value, VALUE_TOLERANCE)
        if missing := set(counted) - {line.organisation for line in lines}:
            raise InputError(f"{where}: {sorted(missing)[0]} has rows, but no line in `expected`")
    return lines


def by_engine(measure: Measure, every: dict[str, Measure], facts: plain.Facts) -> dict[str, tuple[float, float]]:
    """Numerator and denominator by organisation, as the engine of the lake counts them."""
    if measure.kind == "indicator":
        return dict(facts.indicator)
    counted = compute(Tables(facts), MONTH, [measure], every)
    if counted.refused:
        raise InputError(counted.refused[measure.id])
    if not counted.columns:
        raise InputError(f"measure {measure.id!r}: nothing of it is drawn in the example")
    column = counted.columns[0]
    pairs = zip(column.numerator.tolist(), column.denominator.tolist(), strict=True)
    return dict(zip(column.codes, pairs, strict=True))


def read_facts(measure: Measure, where: str) -> plain.Facts:
    """The published rows that the example draws."""
    example = measure.example
    facts = plain.Facts()
    for row in _rows(example.prescribing, f"{where}.prescribing", _PRESCRIBING, ("quantity_per_item",)):
        items, quantity = drawn.number(row, "items", where=where), drawn.number(row, "quantity", where=where)
        each = drawn.number(row, "quantity_per_item", where=where) if "quantity_per_item" in row else quantity / items
        facts.prescribing.append(plain.Prescription(
            row["practice"], row["code"], row["name"], int(items), quantity,
            drawn.number(row, "cost", where=where), drawn.number(row, "nic", where=where), each,
        ))  # fmt: skip
    for row in _rows(example.list_size, f"{where}.list_size", ("practice", "sex", "age_band", "patients")):
        patients = int(drawn.number(row, "patients", where=where))
        facts.list_size.append(plain.ListRow(row["practice"], row["sex"], row["age_band"], patients))
    for row in _rows(example.waits, f"{where}.waits", ("provider", "function", "weeks", "pathways")):
        pathways = int(drawn.number(row, "pathways", where=where))
        weeks = int(drawn.number({"weeks": row["weeks"].rstrip("+")}, "weeks", where=where))
        facts.waits.append(
            plain.WaitRow(row["provider"], row["function"], weeks, row["weeks"].endswith("+"), pathways)
        )
    read_more(example, facts, where)
    for row in _rows(example.indicator, f"{where}.indicator", ("code", "numerator", "denominator")):
        pair = (drawn.number(row, "numerator", where=where), drawn.number(row, "denominator", where=where))
        facts.indicator[row["code"]] = pair
    return facts


def read_expected(measure: Measure, where: str) -> list[Line]:
    """What the example says must come out."""
    needs = ("organisation", "numerator", "denominator", "value")
    return [
        Line(row["organisation"], *(drawn.number(row, column, where=f"{where}.expected") for column in needs[1:]))
        for row in drawn.read(measure.example.expected, where=f"{where}.expected", needs=needs)
    ]


def _rows(text: str | None, where: str, needs: tuple[str, ...], may: tuple[str, ...] = ()) -> list[drawn.Row]:
    return drawn.read(text, where=where, needs=needs, may=may) if text is not None else []


def _same(where: str, engine: str, who: str, what: str, expected: float, counted: float, tolerance: float) -> None:
    if math.isnan(expected) and math.isnan(counted):
        return
    if not abs(expected - counted) <= tolerance * max(1.0, abs(expected) if what != "value" else 1.0):
        raise InputError(f"{where}: {who}: {what} is drawn as {expected:g}, but the {engine} counts {counted:g}")


def _as_tables(facts: plain.Facts) -> dict[str, list[dict[str, object]]]:
    practices = {p: i for i, p in enumerate(sorted({row.practice for row in facts.prescribing}))}
    names = {row.code: row.name for row in facts.prescribing}
    ids = {code: i for i, code in enumerate(sorted(names))}
    banded = [
        {"month": MONTH, "practice_id": practices[row.practice], "presentation_id": ids[row.code], "items": row.items,
         "quantity": row.quantity, "actual_cost": row.cost, "nic": row.nic, "quantity_per_item": row.quantity_per_item}
        for row in facts.prescribing
    ]  # fmt: skip
    waits: list[dict[str, object]] = [
        {"month": MONTH, "provider": row.provider, "commissioner": "-", "commissioner_parent": "-", "part": INCOMPLETE,
         "treatment_function": row.function, "weeks_from": row.weeks, "open": row.open, "pathways": row.pathways,
         "total_all": row.pathways}
        for row in facts.waits
    ]  # fmt: skip
    return {
        "prescribing": [{k: v for k, v in row.items() if k != "quantity_per_item"} for row in banded],
        "prescribing_band": [{k: v for k, v in row.items() if k in TABLES["prescribing_band"].names} for row in banded],
        "practice_key": [{"practice_id": i, "practice": p, "unidentified": False} for p, i in practices.items()],
        "presentation": [{"presentation_id": i, "bnf_code": c, "name": names[c]} for c, i in ids.items()],
        "list_size": [
            {"month": MONTH, "practice": row.practice, "sex": row.sex, "age_band": row.age_band,
             "patients": row.patients, "flavour": ""}
            for row in facts.list_size
        ],
        **as_tables(facts, MONTH),
        "rtt": [{k: v for k, v in row.items() if k != "total_all"} for row in waits],
        "rtt_total": [{k: v for k, v in row.items() if k in TABLES["rtt_total"].names} for row in waits],
    }  # fmt: skip
