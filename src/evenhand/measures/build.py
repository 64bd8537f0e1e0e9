"""Build: every measure of every month into stored panels, one snapshot a month, rebuilt only when something changed.

A stored panel carries a hash of its definition and of the source snapshots it was counted from. Only panels
whose hash still holds are read; the rest are counted again. Each month is written whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ..lake import Lake, Origin, Snapshot, month_number, month_of
from . import catalogue, dictionary, library, published
from .model import Measure
from .month import Column, check_matches, compute
from .prescribing import Tables

# kind of measure -> the lake's tables it is counted from
SOURCES = {
    "prescribing": ("prescribing", "prescribing_band", "list_size"),
    "waits": ("rtt", "rtt_total"),
}
_FIRST_OF = {"prescribing": "prescribing", "waits": "rtt_total"}
DEFINITIONS = "definitions"  # where the manifest of a month's panels says which measures it holds, as defined when
WITHOUT_ROWS = "panels without rows"  # what the manifest calls the source of panels that cannot be counted again


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


def without_rows(lake: Lake) -> frozenset[int]:
    """The months of which the lake holds panels and no rows."""
    return lake.remember("measures.without_rows", lambda: frozenset(
        month_number(s.key) for s in lake.snapshots("panel") if s.source == WITHOUT_ROWS
    ))  # fmt: skip


def has_rows(lake: Lake, kind: str, month: int) -> bool:
    """Whether a month of a kind of measure can be counted."""
    return month in _held(lake, kind)


def months_held(lake: Lake, kind: str | None = None) -> list[int]:
    """Months in the lake of what a kind of measure is counted from (or any kind), rising."""
    kinds = (*SOURCES, *published.TABLES) if kind is None else (kind,)
    also = without_rows(lake) if any(k in SOURCES for k in kinds) else frozenset[int]()
    return sorted({month for k in kinds for month in _held(lake, k)} | also)


def _held(lake: Lake, kind: str) -> set[int]:
    if kind in _FIRST_OF:
        return set(snapshots_of(lake, _FIRST_OF[kind]))
    name = published.TABLES[kind][0]
    found = lake.remember(f"measures.months.{name}", lambda: lake.table(name).select("month").distinct().to_pyarrow())
    return {int(month) for month in found["month"].to_pylist()}


def hash_of(lake: Lake, month: int, measure: Measure, every: dict[str, Measure]) -> str:
    """What a stored panel rests on: the definition and the source snapshots of the month."""
    return hashes_of(lake, [month], measure, every)[month]


def hashes_of(lake: Lake, months: Iterable[int], measure: Measure, every: dict[str, Measure]) -> dict[int, str]:
    """`hash_of` for several months, with one look at the lake."""
    prints, definition = _fingerprints(lake, measure.kind), measure.definition(every)
    standing = [text for table in standing_tables(measure, every) for text in _prints_of(lake, table)]
    return {
        month: hashlib.sha256("\n".join([definition, *prints.get(month, ()), *standing]).encode()).hexdigest()[:32]
        for month in months
    }


def standing_tables(measure: Measure, every: dict[str, Measure]) -> tuple[str, ...]:
    """The tables that a measure reads whole, whatever the month: publications, registers, dm+d, ADQs."""
    parts = [every[name] for name in measure.sum_of if name in every] if measure.sum_of else [measure]
    sides = [side for part in parts for side in (part.numerator, part.denominator)]
    named = [
        table for side in sides for table in (
            *published.TABLES.get(side.source, ()), *(dictionary.TABLES if side.reads_dmd else ()),
            *(("adq",) if side.sum == "adq" else ()), *(("qof_register",) if side.on_register else ()),
            *(("weighted_population",) if side.weighted else ()),
            *(("list_size",) if side.patients and measure.kind != "prescribing" else ()),
        )
    ]  # fmt: skip
    return tuple(dict.fromkeys(named))


def source_names(lake: Lake, month: int, kind: str) -> tuple[str, ...]:
    """The snapshots that a month is counted from, as `table key sha256`."""
    if kind not in SOURCES:
        held = [s for table in published.TABLES[kind] for s in lake.snapshots(table)]
        return tuple(sorted({f"{s.table} {s.key} {s.sha256}" for s in held}))
    found = {
        f"{snapshot.table} {snapshot.key} {snapshot.sha256}"
        for table in (*SOURCES[kind], *(("panel",) if month in without_rows(lake) else ()))
        for snapshot in snapshots_of(lake, table).get(month, ())
    }  # fmt: skip
    return tuple(sorted(found))


def is_stored(lake: Lake, month: int, measure: Measure, every: dict[str, Measure]) -> bool:
    """Whether a panel of this very definition and source stands in the lake."""
    return bool(stored_months(lake, [month], measure, every))


def stored_months(lake: Lake, months: Iterable[int], measure: Measure, every: dict[str, Measure]) -> list[int]:
    """The months in which a panel of this very definition and source stands in the lake."""
    held = _stored(lake)
    hashes = hashes_of(lake, months, measure, every)
    return [month for month, text in hashes.items() if (measure.id, text) in held.get(month, frozenset())]


def stored_rows(lake: Lake, measure: Measure, every: dict[str, Measure], level: str, months: Sequence[int]) -> pa.Table:
    """The stored panel of one measure at one published level over months in which it stands."""
    panel = lake.table("panel")
    hashes = list(hashes_of(lake, months, measure, every).values())
    wanted = (panel.measure == measure.id) & (panel.level == level)
    wanted = wanted & panel.month.isin(list(months)) & panel.definition.isin(hashes)
    return panel.filter(wanted).to_pyarrow()


def stored_levels(lake: Lake, measure: Measure, every: dict[str, Measure], months: Sequence[int]) -> list[str]:
    """The levels at which a measure's stored panels of these months stand."""
    panel = lake.table("panel")
    hashes = list(hashes_of(lake, months, measure, every).values())
    rows = panel.filter((panel.measure == measure.id) & panel.month.isin(list(months)) & panel.definition.isin(hashes))
    levels: list[str] = rows.select("level").distinct().to_pyarrow()["level"].to_pylist()
    return levels


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
    return measure.kind != "indicator" and month in _held(lake, measure.kind)


def _stale(lake: Lake, month: int, every: dict[str, Measure]) -> bool:
    return any(
        name not in every or hash_of(lake, month, every[name], every) != text
        for name, text in _stored(lake).get(month, frozenset())
    )


def _write(
    lake: Lake, month: int, columns: Iterable[Column], every: dict[str, Measure], *, source: str = ""
) -> None:
    fresh = [as_rows(column, month, hash_of(lake, month, every[column.measure], every)) for column in columns]
    counted = {column.measure for column in columns}
    panel = lake.table("panel")
    still = [
        text for name, text in _stored(lake).get(month, frozenset())
        if name in every and name not in counted and hash_of(lake, month, every[name], every) == text
    ]
    held = panel.filter((panel.month == month) & panel.definition.isin(still)).to_pyarrow()
    content = pa.concat_tables([held, *fresh])
    order = [("measure", "ascending"), ("level", "ascending"), ("code", "ascending")]
    name = str(month_of(month))
    rows_gone = month in without_rows(lake) and not any(month in _held(lake, kind) for kind in SOURCES)
    source = source or (WITHOUT_ROWS if rows_gone else "measures")
    note = "counted, can be counted again" if source == "measures" else "counted from rows that were not kept"
    pairs = content.select(["measure", "definition"]).group_by(["measure", "definition"]).aggregate([]).to_pylist()
    said = {DEFINITIONS: {pair["measure"]: pair["definition"] for pair in pairs}}
    origin = Origin(file="measures", rows=content.num_rows, totals=said, source=source, note=note)
    lake.write("panel", name, content.sort_by(order), source=origin)


def _stored(lake: Lake) -> dict[int, frozenset[tuple[str, str]]]:
    def find() -> dict[int, frozenset[tuple[str, str]]]:
        found: dict[int, frozenset[tuple[str, str]]] = {}
        unsaid = []
        for snapshot in lake.snapshots("panel"):
            said = snapshot.totals.get(DEFINITIONS)
            if said is None:  # written before the manifest said so
                unsaid.append(month_number(snapshot.key))
            else:
                found[month_number(snapshot.key)] = frozenset(said.items())
        if unsaid:
            panel = lake.table("panel")
            rows = panel.filter(panel.month.isin(unsaid)).select("month", "measure", "definition").distinct()
            for row in rows.to_pyarrow().to_pylist():
                there = found.get(row["month"], frozenset())
                found[row["month"]] = there | {(row["measure"], row["definition"])}
        return found

    return lake.remember("measures.stored", find)


def _prints_of(lake: Lake, table: str) -> list[str]:
    """The sha256 of every file of one table."""

    def find() -> list[str]:
        return [f"{table} {part.sha256}" for s in lake.snapshots(table) if (part := s.part(table)) is not None]

    return lake.remember(f"measures.prints.{table}", find)


def _fingerprints(lake: Lake, kind: str) -> dict[int, list[str]]:
    """For each month the table and sha256 of every file that a kind of measure is counted from."""

    def find() -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for table in SOURCES.get(kind, ()):
            for month, several in snapshots_of(lake, table).items():
                parts = [part for snapshot in several if (part := snapshot.part(table)) is not None]
                found.setdefault(month, []).extend(f"{table} {part.sha256}" for part in parts)
        return found

    return lake.remember(f"measures.fingerprints.{kind}", find)


def snapshots_of(lake: Lake, table: str) -> dict[int, tuple[Snapshot, ...]]:
    """The snapshots that hold a table, by month; their keys begin with the month."""

    def find() -> dict[int, tuple[Snapshot, ...]]:
        found: dict[int, list[Snapshot]] = {}
        for snapshot in lake.snapshots():
            if snapshot.part(table) is not None:
                found.setdefault(month_number(snapshot.key[:7]), []).append(snapshot)
        return {month: tuple(several) for month, several in found.items()}

    return lake.remember(f"measures.snapshots.{table}", find)
