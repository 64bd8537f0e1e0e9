"""Build: every measure of every month into stored panels, one snapshot a month, rebuilt only when something changed.

What stands already, and whether it still holds, is said in `held`. Each month is written whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ..lake import Lake, Origin, month_number, month_of
from . import catalogue, library
from .held import (
    DEFINITIONS,
    MAIN,
    SOURCES,
    WITHOUT_ROWS,
    has_rows,
    hash_of,
    is_stored,
    months_held,
    stored,
    stored_months,
    without_rows,
)
from .model import Measure
from .month import Column, check_matches, compute
from .prescribing import Tables


@dataclass(frozen=True)
class Built:
    """What a build did: months counted, months that already stood, and the measures without numbers, with reasons."""

    months: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: dict[str, str] = field(default_factory=dict)


def for_lake(lake: Lake) -> dict[str, Measure]:
    """Evenhand's measures and those in the lake's own `measures` folder."""
    own = lake.path / "measures"
    return library.load_all([own] if own.is_dir() else [])


def matched(lake: Lake, measure: Measure, every: dict[str, Measure]) -> dict[str, Any]:
    """How many presentations of the lake each side means, the codes that none has, and the months held.

    Raises
    ------
    InputError
        If one side means nothing that the lake knows.
    """
    if measure.kind == "indicator":
        return {}
    found: dict[str, Any] = {}
    if measure.kind == "prescribing":
        held = catalogue.read(lake.table("presentation"))
        parts = [every[name] for name in measure.sum_of] if measure.sum_of else [measure]
        unknown: list[str] = []
        for part in parts:
            check_matches(held, part)
        for name in ("numerator", "denominator", "replacement"):
            rules = [r for r in (getattr(part, name) for part in parts) if r is not None and r.selects]
            if rules:
                found[name] = int(np.any([held.could_match(rule) for rule in rules], axis=0).sum())
                unknown += [word for rule in rules for word in held.unknown(rule)]
        found["not_in_this_lake"] = list(dict.fromkeys(unknown))
    months = months_held(lake, measure.kind)
    return {**found, "months": len(months), "stored": len(stored_months(lake, months, measure, every))}


def build(
    lake: Lake,
    ids: Iterable[str] | None = None,
    months: Iterable[str | np.datetime64] | None = None,
    *,
    measures: dict[str, Measure] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Built:
    """Count measures (all, or `ids`) in months (all, or those given) and store their panels.

    Running it twice changes nothing; killed at any moment it leaves whole months behind. A measure that matches
    nothing in the lake is not stored, and `refused` says why.

    Raises
    ------
    InputError
        If a measure or month is not known.
    """
    every = measures if measures is not None else for_lake(lake)
    chosen = [library.find(every, name) for name in ids] if ids is not None else list(every.values())
    wanted = {month_number(month) for month in months} if months is not None else None
    done, same, refused = [], [], {}
    for month in (m for m in months_held(lake) if wanted is None or m in wanted):
        name = str(month_of(month))
        missing = [m for m in chosen if _countable(lake, month, m) and not is_stored(lake, month, m, every)]
        stale = _stale(lake, month, every)
        if missing or stale:
            counted = compute(lake, month, missing, every)
            refused.update(counted.refused)
            if counted.columns or stale:
                _write(lake, month, counted.columns, every)
                done.append(name)
                if progress is not None:
                    progress(f"{name}: {len(counted.columns)} panels")
                continue
        same.append(name)
    return Built(tuple(done), tuple(same), refused)


def kept(lake: Lake, month: str, every: dict[str, Measure]) -> bool:
    """Whether the panels of a month without rows stand (`keep`), of every measure as it is defined today."""
    number = month_number(month)
    return number in without_rows(lake) and not _stale(lake, number, every)


def keep(lake: Lake, tables: Tables, month: str, every: dict[str, Measure]) -> None:
    """Count every measure of a month from rows that will not be kept, and store the panels.

    Such a month is held as far as its panels go; a measure that is not among them is refused there. When its rows
    are loaded one day, it is counted again from those.
    """
    number = month_number(month)
    counted = compute(tables, number, [m for m in every.values() if m.kind in SOURCES], every)
    _write(lake, number, counted.columns, every, source=WITHOUT_ROWS)


def as_rows(column: Column, month: int, text: str) -> pa.Table:
    """One measure of one month as rows of the lake's panel table."""
    size = len(column.codes)
    return pa.table({
        "measure": pa.repeat(column.measure, size), "definition": pa.repeat(text, size),
        "level": pa.repeat(column.level, size), "month": pa.repeat(pa.scalar(month, pa.int16()), size),
        "code": pa.array(column.codes, pa.string()),
        "numerator": pa.array(column.numerator, pa.float64(), from_pandas=True),
        "denominator": pa.array(column.denominator, pa.float64(), from_pandas=True),
    })  # fmt: skip


def _countable(lake: Lake, month: int, measure: Measure) -> bool:
    return measure.kind != "indicator" and has_rows(lake, measure.kind, month)


def _stale(lake: Lake, month: int, every: dict[str, Measure]) -> bool:
    return any(
        name not in every or hash_of(lake, month, every[name], every) != text
        for name, text in stored(lake).get(month, frozenset())
    )


def _write(
    lake: Lake, month: int, columns: Iterable[Column], every: dict[str, Measure], *, source: str = ""
) -> None:
    fresh = [as_rows(column, month, hash_of(lake, month, every[column.measure], every)) for column in columns]
    counted = {column.measure for column in columns}
    panel = lake.table("panel")
    still = [
        text for name, text in stored(lake).get(month, frozenset())
        if name in every and name not in counted and hash_of(lake, month, every[name], every) == text
    ]
    held = panel.filter((panel.month == month) & panel.definition.isin(still)).to_pyarrow()
    content = pa.concat_tables([held, *fresh])
    order = [("measure", "ascending"), ("level", "ascending"), ("code", "ascending")]
    name = str(month_of(month))
    rows_gone = month in without_rows(lake) and not any(has_rows(lake, kind, month) for kind in MAIN)
    source = source or (WITHOUT_ROWS if rows_gone else "measures")
    note = "counted, can be counted again" if source == "measures" else "counted from rows that were not kept"
    pairs = content.select(["measure", "definition"]).group_by(["measure", "definition"]).aggregate([]).to_pylist()
    said = {DEFINITIONS: {pair["measure"]: pair["definition"] for pair in pairs}}
    origin = Origin(file="measures", rows=content.num_rows, totals=said, source=source, note=note)
    lake.write("panel", name, content.sort_by(order), source=origin)
