"""Held: which months and panels stand in the lake, and what each rests on.

A stored panel carries a hash of its definition and of the source snapshots it was counted from; only panels whose hash
still holds are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pyarrow as pa

from ..lake import Lake, Snapshot, month_number
from . import dictionary, published
from .model import Measure

# kind of measure -> the lake's tables it is counted from, of which each month has snapshots of its own
SOURCES = {
    "prescribing": ("prescribing", "prescribing_band", "list_size"),
    "waits": ("rtt", "rtt_total"),
    "appointments": ("appointments", "list_size"),
    "emergency": ("ae", "ae_wait"),
}
_FIRST_OF = {"prescribing": "prescribing", "waits": "rtt_total", "appointments": "appointments", "emergency": "ae"}
MAIN = ("prescribing", "waits")  # a month that has rows of one of these is a month with rows
DEFINITIONS = "definitions"  # where the manifest of a month's panels says which measures it holds, as defined when
WITHOUT_ROWS = "panels without rows"  # what the manifest calls the source of panels that cannot be counted again


def without_rows(lake: Lake) -> frozenset[int]:
    """The months of which the lake holds panels and no rows."""
    return lake.remember("measures.without_rows", lambda: frozenset(
        month_number(s.key) for s in lake.snapshots("panel") if s.source == WITHOUT_ROWS
    ))  # fmt: skip


def has_rows(lake: Lake, kind: str, month: int) -> bool:
    """Whether a month of a kind of measure can be counted."""
    return month in months_of(lake, kind)


def months_held(lake: Lake, kind: str | None = None) -> list[int]:
    """Months in the lake of what a kind of measure is counted from (or any kind), rising."""
    kinds = (*SOURCES, *published.TABLES) if kind is None else (kind,)
    also = without_rows(lake) if any(k in SOURCES for k in kinds) else frozenset[int]()
    return sorted({month for k in kinds for month in months_of(lake, k)} | also)


def months_of(lake: Lake, kind: str) -> set[int]:
    """The months whose rows a kind of measure can be counted from."""
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
    """The tables that a measure reads whole, whatever the month: yearly publications, registers, dm+d, ADQs."""
    parts = [every[name] for name in measure.sum_of if name in every] if measure.sum_of else [measure]
    sides = [side for part in parts for side in (part.numerator, part.denominator)]
    named = [
        table for side in sides for table in (
            *(() if side.source == measure.kind in SOURCES else published.TABLES.get(side.source, ())),
            *(dictionary.TABLES if side.reads_dmd else ()),
            *(("adq",) if side.sum == "adq" else ()), *(("qof_register",) if side.on_register else ()),
            *(("weighted_population",) if side.weighted else ()),
            *(("list_size",) if side.patients and "list_size" not in SOURCES.get(measure.kind, ()) else ()),
        )
    ]  # fmt: skip
    return tuple(dict.fromkeys(named))


def source_names(lake: Lake, month: int, kind: str) -> tuple[str, ...]:
    """The snapshots that a month is counted from, as `table key sha256`."""
    if kind not in SOURCES:
        return _publications_of(lake, kind)
    found = {
        f"{snapshot.table} {snapshot.key} {snapshot.sha256}"
        for table in (*SOURCES[kind], *(("panel",) if month in without_rows(lake) else ()))
        for snapshot in snapshots_of(lake, table).get(month, ())
    }  # fmt: skip
    return tuple(sorted(found))


def _publications_of(lake: Lake, kind: str) -> tuple[str, ...]:
    """The snapshots of a published kind, whatever the month."""

    def find() -> tuple[str, ...]:
        held = [s for table in published.TABLES[kind] for s in lake.snapshots(table)]
        return tuple(sorted({f"{s.table} {s.key} {s.sha256}" for s in held}))

    return lake.remember(f"measures.publications.{kind}", find)


def is_stored(lake: Lake, month: int, measure: Measure, every: dict[str, Measure]) -> bool:
    """Whether a panel of this very definition and source stands in the lake."""
    return bool(stored_months(lake, [month], measure, every))


def stored_months(lake: Lake, months: Iterable[int], measure: Measure, every: dict[str, Measure]) -> list[int]:
    """The months in which a panel of this very definition and source stands in the lake."""
    held = stored(lake)
    hashes = hashes_of(lake, months, measure, every)
    return [month for month, text in hashes.items() if (measure.id, text) in held.get(month, frozenset())]


def stored_rows(lake: Lake, measure: Measure, every: dict[str, Measure], level: str, months: Sequence[int]) -> pa.Table:
    """The stored panel of one measure at one published level over months in which it stands."""
    hashes = list(hashes_of(lake, months, measure, every).values())
    asked = (measure.id, level, tuple(months), tuple(hashes))
    last: dict[object, pa.Table] = lake.remember("measures.rows", dict)  # the last panel read: six levels ask for one
    if asked not in last:
        panel = lake.table("panel")
        wanted = (panel.measure == measure.id) & (panel.level == level)
        wanted = wanted & panel.month.isin(list(months)) & panel.definition.isin(hashes)
        found = panel.filter(wanted).to_pyarrow()
        last.clear()
        last[asked] = found
    return last[asked]


def stored_levels(lake: Lake, measure: Measure, every: dict[str, Measure], months: Sequence[int]) -> list[str]:
    """The levels at which a measure's stored panels of these months stand."""
    panel = lake.table("panel")
    hashes = list(hashes_of(lake, months, measure, every).values())
    rows = panel.filter((panel.measure == measure.id) & panel.month.isin(list(months)) & panel.definition.isin(hashes))
    levels: list[str] = rows.select("level").distinct().to_pyarrow()["level"].to_pylist()
    return levels


def stored(lake: Lake) -> dict[int, frozenset[tuple[str, str]]]:
    """By month the panels that stand: measure, and the hash of what they rest on."""
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
