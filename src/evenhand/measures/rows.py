"""Rows: the published rows behind one number, so that every figure can be followed to its source."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from ..errors import InputError
from ..lake import Lake, Snapshot, month_number, month_of
from ..sources import organisations as organisations_source
from . import indicator, prescribing, published, waits
from .build import for_lake
from .held import SOURCES, snapshots_of
from .levels import parent_of
from .model import Measure
from .panel import latest_month, look_up

Row = dict[str, Any]


def rows(
    lake: Lake, measure_id: str, organisation: str, month: str | np.datetime64, *, version: str | None = None
) -> list[Row]:
    """Every published row that one organisation's number in one month was counted from.

    Prescribing: one row a practice and presentation, with `in_numerator` and `in_denominator`, then the list
    sizes used. Waits: one row a provider, commissioner and treatment function. Indicators: the row that was
    loaded. Other publications: the organisation's rows of that month. Each row names its table and the file
    and sha256 that it came from.

    Raises
    ------
    InputError
        If the measure is not known or there is no row.
    """
    every = for_lake(lake)
    measure = look_up(lake, measure_id, every)
    number = month_number(month)
    if measure.kind == "indicator":
        found = _indicator(lake, measure, organisation, number, version)
    elif measure.kind in published.TABLES:
        found = _published(lake, measure, organisation, number)
    elif measure.kind == "waits":
        found = _waits(lake, measure, organisation, number)
    else:
        parts = [every[name] for name in measure.sum_of] if measure.sum_of else [measure]
        found = _prescribing(lake, parts, organisation, number)
    if not found:
        raise InputError(f"measure {measure_id!r}: no row of {organisation!r} in {month_of(number)}")
    return found


def members(lake: Lake, organisation: str, level: str, codes: list[str]) -> list[str]:
    """Which of these codes are the organisation or belong to it today."""
    organisations = organisations_source.read(lake)
    as_of = latest_month(lake)
    above = organisations.level(organisation)
    if organisation in codes or above in (None, level):
        return [code for code in codes if code == organisation]
    if above == "nation":
        return codes
    return [code for code in codes if parent_of(code, above, organisations, as_of) == organisation]


def _prescribing(lake: Lake, parts: list[Measure], organisation: str, month: int) -> list[Row]:
    keys = lake.table("practice_key")
    practices = members(lake, organisation, "practice", keys.practice.as_table().to_pyarrow()["practice"].to_pylist())
    rules = [side for part in parts for side in (part.numerator, part.denominator) if side.source == "prescribing"]
    held = prescribing.catalogue_of(lake, month, rules)
    flags = {}
    for name in ("numerator", "denominator"):
        sides = [getattr(part, name) for part in parts]
        means = [held.could_match(s) if s.uses("quantity_per_item") else held.matches(s) for s in sides
                 if s.source == "prescribing"]  # fmt: skip
        flags[name] = np.any(means, axis=0) if means else np.zeros(len(held), dtype=bool)
    wanted = ibis.memtable(pa.table({
        "presentation_id": held.ids, "bnf_code": list(held.codes), "name": list(held.names),
        "in_numerator": flags["numerator"], "in_denominator": flags["denominator"],
    }))  # fmt: skip
    wanted = wanted.filter(wanted.in_numerator | wanted.in_denominator)
    table = lake.table("prescribing").filter(ibis._.month == month)
    mine = keys.filter(keys.practice.isin(practices)).select("practice_id", "practice")
    joined = table.inner_join(mine, "practice_id").inner_join(wanted, "presentation_id")
    columns = ("practice", "bnf_code", "name", "items", "quantity", "actual_cost", "nic", "in_numerator",
               "in_denominator")  # fmt: skip
    origin = _origin(lake, "prescribing", month)
    ordered = joined.select(*columns).order_by("practice", "bnf_code").to_pyarrow().to_pylist()
    found = [{"table": "prescribing", **row, **origin} for row in ordered]
    if any(part.denominator.patients for part in parts):
        lists = lake.table("list_size")
        lists = lists.filter((lists.month == month) & lists.practice.isin(practices))
        listed = lists.select("practice", "sex", "age_band", "patients").order_by("practice", "sex", "age_band")
        origin = _origin(lake, "list_size", month)
        found += [{"table": "list_size", **row, **origin} for row in listed.to_pyarrow().to_pylist()]
    return found


def _waits(lake: Lake, measure: Measure, organisation: str, month: int) -> list[Row]:
    rule = measure.numerator.waits
    assert rule is not None
    total = waits.chosen(lake.table("rtt_total"), month, rule)
    bands = waits.chosen(lake.table("rtt"), month, rule)
    bands = bands.filter(waits.counts(bands, rule))
    keys = ["provider", "commissioner", "commissioner_parent", "treatment_function"]
    counted = bands.group_by(keys).aggregate(counted=bands.pathways.sum())
    joined = total.left_join(counted, keys).select(*(total[key] for key in keys), "total_all", "counted")
    commissioners = joined.select("commissioner").distinct().to_pyarrow()["commissioner"].to_pylist()
    below = members(lake, organisation, "sicbl", sorted(commissioners))
    mine = joined.filter(
        (joined.provider == organisation) | joined.commissioner.isin(below)
        | (joined.treatment_function == organisation)
    )  # fmt: skip
    found = mine.order_by(keys).to_pyarrow().to_pylist()
    return [{"table": "rtt", **row, "counted": row["counted"] or 0, **_origin(lake, "rtt", month)} for row in found]


def _published(lake: Lake, measure: Measure, organisation: str, month: int) -> list[Row]:
    """The publication's rows of the organisation, or of those that belong to it, for the reader to pick from."""
    found: list[Row] = []
    for name in published.TABLES[measure.kind]:
        table = lake.table(name)
        table = table.filter(table.month == month)
        by = next(column for column in ("practice", "provider", "code") if column in table.columns)
        codes = table.select(by).distinct().to_pyarrow()[by].to_pylist()
        level = "provider" if by == "provider" else "practice"
        mine = table.filter(table[by].isin(members(lake, organisation, level, sorted(codes))))
        monthly = measure.kind in SOURCES  # a file of a year speaks of other months too
        origin = _origin(lake, name, month) if monthly else _named(list(lake.snapshots(name)))
        found += [{"table": name, **row, **origin} for row in mine.drop("month").to_pyarrow().to_pylist()]
    return found


def _indicator(lake: Lake, measure: Measure, organisation: str, month: int, version: str | None) -> list[Row]:
    names = tuple(dict.fromkeys((measure.id, *(measure.indicator or ()))))
    chosen = indicator.choose(measure, indicator.versions(lake, names), version)
    table = lake.table("indicator")
    table = table.filter((table.measure == chosen.name) & (table.version == chosen.version) & (table.month == month))
    found: list[Row] = []
    for level in chosen.levels:
        rows_there = table.filter(table.level == level).order_by("code").to_pyarrow().to_pylist()
        mine = members(lake, organisation, level, [row["code"] for row in rows_there])
        found = [row for row in rows_there if row["code"] in set(mine)] or found
    keys = ("measure", "version", "level", "code", "numerator", "denominator")
    files = [s for s in lake.snapshots("indicator") if s.key.startswith(f"{chosen.name}/{chosen.version}/")]
    return [{"table": "indicator", **{key: row[key] for key in keys}, **_named(files)} for row in found]


def _origin(lake: Lake, table: str, month: int) -> Row:
    return _named(list(snapshots_of(lake, table).get(month, ())))


def _named(files: list[Snapshot]) -> Row:
    return {"file": ", ".join(s.file for s in files), "sha256": ", ".join(s.sha256 for s in files)}
