"""Published counts of one month other than prescribing and waits: QOF, appointments, A&E, tests, hospital medicines.

Each is published by organisations of its own level; a side becomes one number for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from . import dictionary
from .catalogue import Catalogue
from .prescribing import FINEST, Tables
from .publications import Appointments, Diagnostics, Emergency, Qof
from .side import Counted
from .weights import weights

ByLevel = dict[str, dict[str, float]]
TOTAL_TEST = "TOTAL"  # DM01 publishes the sum of its tests beside them: use it or them, never both
# source -> the lake's tables it reads; the first says which months are held
TABLES = {
    "qof": ("qof_achievement", "qof_register"),
    "appointments": ("appointments",),
    "emergency": ("ae", "ae_wait"),
    "diagnostics": ("dm01",),
    "hospital": ("scmd",),
}
_ACTIVITY = ("waiting_list_activity", "planned_activity", "unscheduled_activity")


def count(tables: Tables, month: int, side: Counted) -> ByLevel:
    """One side in one month: level -> organisation -> number; only what was published is there."""
    rule = getattr(side, side.source, None)
    return hospital(tables, month, side) if side.source == "hospital" else _COUNT[side.source](tables, month, rule)


def qof(tables: Tables, month: int, rule: Qof) -> ByLevel:
    """Patients by practice; exceptions (personalised care adjustments) belong to those eligible."""
    if rule.group is not None:
        rows = _of(tables, "qof_register", month)
        rows = rows.filter(rows.register == rule.group)
        return {"practice": _sum(rows, "practice", rows.patients if rule.count == "register" else rows.list_size)}
    rows = _of(tables, "qof_achievement", month)
    rows = rows.filter(rows.indicator.isin(rule.indicators))
    value = {
        "achieved": rows.numerator, "assessed": rows.denominator,
        "eligible": rows.denominator + ibis.coalesce(rows.pcas, 0),
    }[rule.count]  # fmt: skip
    # Both are needed: a numerator without its denominator would lift the share of every level above.
    return {"practice": _sum(rows.filter(rows.numerator.notnull() & rows.denominator.notnull()), "practice", value)}


def appointments(tables: Tables, month: int, rule: Appointments) -> ByLevel:
    """Appointments by practice or sub-ICB location, whichever a month was published by."""
    rows = _of(tables, "appointments", month)
    chosen = rows
    for key in ("status", "professional", "mode", "wait"):
        if (wanted := getattr(rule, key)) is not None:
            chosen = chosen.filter(chosen[key].isin(wanted))
    levels = rows.select("level").distinct().to_pyarrow()["level"].to_pylist()
    # An organisation with appointments, none of the wanted kind, has 0: start from all that published any.
    return {
        level: dict.fromkeys(_sum(rows.filter(rows.level == level), "code", rows.appointments), 0.0)
        | _sum(chosen.filter(chosen.level == level), "code", chosen.appointments)
        for level in sorted(levels)
    }


def emergency(tables: Tables, month: int, rule: Emergency) -> ByLevel:
    """A&E by provider. Of what a provider did not publish (pilot sites, types) there is no number."""
    if rule.count == "over_12_hours":
        rows = _of(tables, "ae_wait", month)
        return {"provider": _sum(rows, "provider", rows.waited_12_hours)}
    rows = _of(tables, "ae", month)
    if rule.types is not None:
        rows = rows.filter(reduce(or_, (rows.type.contains(word) for word in rule.types)))
    rows = rows.filter(rows.attendances.notnull() & (rows.attendances > 0))
    value = {
        "attendances": rows.attendances, "over_4_hours": rows.over_4_hours, "admissions": rows.admissions,
        "within_4_hours": rows.attendances - rows.over_4_hours,
    }[rule.count]  # fmt: skip
    return {"provider": _sum(rows, "provider", value)}


def diagnostics(tables: Tables, month: int, rule: Diagnostics) -> ByLevel:
    """Waiting for a test (or tests done) by provider and by commissioner."""
    rows = _of(tables, "dm01", month)
    if rule.tests is not None:
        rows = rows.filter(rows.test.upper().isin([test.upper() for test in rule.tests]))
    elif rows.filter(rows.test.upper() != TOTAL_TEST).count().to_pyarrow().as_py():
        rows = rows.filter(rows.test.upper() != TOTAL_TEST)
    if rule.activity:
        value = sum(ibis.coalesce(rows[name], 0) for name in _ACTIVITY)
    else:
        value = rows.waiting if rule.over_weeks is None else rows[f"over_{rule.over_weeks}_weeks"]
    return {"provider": _sum(rows, "provider", value), "sicbl": _sum(rows, "commissioner", value)}


def hospital(tables: Tables, month: int, side: Counted) -> ByLevel:
    """Hospital medicines by trust; a trust that published anything that month and none of these has 0."""
    rows = _of(tables, "scmd", month)
    held = rows.group_by("vmp").aggregate(name=rows.name.max()).order_by("vmp").to_pyarrow()
    vmps = tuple(held["vmp"].to_pylist())
    dmd = dictionary.read(tables) if side.reads_dmd or side.uses("bnf") else None
    codes = tuple((dmd.bnf_of.get(vmp, "") if dmd else "") for vmp in vmps)
    names = tuple(name or "" for name in held["name"].to_pylist())
    catalogue = Catalogue(np.arange(len(vmps), dtype=np.int32), codes, names, None, dmd, vmps)
    weight = np.where(catalogue.matches(side), weights(catalogue, side, None), 0.0)
    kept = np.flatnonzero(weight)
    providers = dict.fromkeys(_sum(rows, "provider", rows.quantity), 0.0)
    if not len(kept):
        return {"provider": providers}
    table = ibis.memtable(pa.table({"vmp": [vmps[i] for i in kept], "weight": weight[kept]}))
    joined = rows.inner_join(table, "vmp")
    value = joined.quantity if side.column == "quantity" else joined.indicative_cost
    return {"provider": providers | _sum(joined, "provider", value * joined.weight)}


def meaning(tables: Tables, month: int, side: Counted) -> int:
    """How many of the published rows of a month a side means: a side that means none is refused, not counted as 0."""
    if side.source in ("qof", "diagnostics", "emergency"):
        return sum(len(found) for found in count(tables, month, side).values())
    return sum(1 for found in count(tables, month, side).values() for value in found.values() if value)


def _of(tables: Tables, name: str, month: int) -> ir.Table:
    table = tables.table(name)
    return table.filter(table.month == month)


def _sum(rows: ir.Table, by: str, value: ir.Value) -> dict[str, float]:
    """Sums of whole millionths, so that the order of rows changes nothing; a sum of nothing known is not there."""
    named = rows.mutate(_value=(value.cast("float64") * FINEST).round().cast("int64"))
    named = named.filter(named["_value"].notnull() & named[by].notnull())
    sums = named.group_by(by).aggregate(total=named["_value"].sum()).to_pyarrow()
    return {code: total / FINEST for code, total in zip(sums[by].to_pylist(), sums["total"].to_pylist(), strict=True)}


_COUNT: dict[str, Callable[..., ByLevel]] = {
    "qof": qof, "appointments": appointments, "emergency": emergency, "diagnostics": diagnostics,
}  # fmt: skip
