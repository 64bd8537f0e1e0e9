"""Revision: what a later release of the same key changed, by how much, table by table.

Like the reading of published files this asks the engine in its own words, with bounded memory: two releases of a
national month are 22 million rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from .snapshot import Snapshot
from .tables import TABLES

TOP = 5  # rows of a table that are shown, those that moved most first
MEMORY = "900MB"  # as for reading (sources.scan)
# Columns that name a row although they hold numbers, and the column that says which change is the largest.
_NAMES = {"prescribing_band": ("quantity_per_item",)}
_LARGEST = {"prescribing": "actual_cost"}
CODES = {"practice_id": ("practice_key", "practice"), "presentation_id": ("presentation", "bnf_code")}

Change = dict[str, Any]


def change(
    held: Snapshot, new: Snapshot, files: Mapping[str, tuple[Path, Path]], keys: Mapping[str, pa.Table], folder: Path
) -> Change:
    """Rows and totals of both releases, and for each table in `files` (the old file, the new one) what differs.

    {"rows": [before, after], "totals": {name: [before, after]}, "tables": {table: {"rows", "added", "removed",
    "changed", "sums": {column: [before, after]}, "top": [{...}]}}}; tables without a difference are left out.
    `keys` are the key tables, so that a practice is called by its code.
    """
    totals = {
        name: [held.totals.get(name), value] for name, value in new.totals.items()
        if isinstance(value, (int, float)) and held.totals.get(name) != value
    }  # fmt: skip
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder)}) as engine:
        engine.execute("SET enable_progress_bar = false")
        tables = {table: _of_table(engine, table, *pair, keys) for table, pair in sorted(files.items())}
    differing = {t: c for t, c in tables.items() if c["added"] or c["removed"] or c["changed"]}
    return {"rows": [held.rows, new.rows], "totals": totals, "tables": differing}


def _of_table(
    engine: duckdb.DuckDBPyConnection, table: str, old: Path, new: Path, keys: Mapping[str, pa.Table]
) -> Change:
    schema = TABLES[table]
    values = [f.name for f in schema if f.type in (pa.int64(), pa.float64()) and f.name not in _NAMES.get(table, ())]
    names = [f.name for f in schema if f.name not in values]
    key = ", ".join(f'"{name}"' for name in names)
    both = " UNION ALL ".join(
        f"SELECT {key}{''.join(f', {sign}{v} AS {v}' for v in values)}, {was} AS was, {1 - was} AS now "
        f"FROM read_parquet('{str(file).replace(chr(39), chr(39) * 2)}')"
        for file, sign, was in ((old, "-", 1), (new, "", 0))
    )
    sums = "".join(f", sum({v}) AS {v}" for v in values)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE moved AS SELECT * FROM (SELECT {key}{sums}, sum(was) AS was, sum(now) AS now "
        f"FROM ({both}) GROUP BY ALL) WHERE {' OR '.join([*(f'{v} <> 0' for v in values), 'was <> now'])}"
    )
    count = engine.execute(
        "SELECT count(*) FILTER (was = 0), count(*) FILTER (now = 0), count(*) FILTER (was > 0 AND now > 0) FROM moved"
    ).fetchall()[0]
    by = _LARGEST.get(table, values[0] if values else "")
    order = f"abs({by}) DESC, " if by else ""
    top = engine.sql(
        f"SELECT {key}{''.join(f', {v}' for v in values)}, "
        "CASE WHEN was = 0 THEN 'added' WHEN now = 0 THEN 'removed' ELSE 'changed' END AS what "
        f"FROM moved ORDER BY {order}{key} LIMIT {TOP}"
    ).to_arrow_table()
    return {
        "rows": [_one(engine, "count(*)", file) for file in (old, new)],
        "added": count[0], "removed": count[1], "changed": count[2],
        "sums": {v: [_one(engine, f"sum({v})", file) for file in (old, new)] for v in values},
        "top": [_called(row, keys) for row in top.to_pylist()],
    }  # fmt: skip


def _one(engine: duckdb.DuckDBPyConnection, what: str, file: Path) -> Any:
    value = engine.execute(f"SELECT {what} FROM read_parquet(?)", [str(file)]).fetchall()[0][0]
    return _plain(value)


def _called(row: dict[str, Any], keys: Mapping[str, pa.Table]) -> dict[str, Any]:
    """A row with codes instead of the lake's numbers."""
    said: dict[str, Any] = {}
    for name, value in row.items():
        table, code = CODES.get(name, ("", ""))
        if table:
            place = keys[table][name].to_pylist().index(value)
            said[code] = keys[table][code][place].as_py()
        else:
            said[name] = _plain(value)
    return said


def _plain(value: Any) -> Any:
    """A number as JSON knows it; the engine's sums of whole numbers are wider than its columns."""
    return round(value, 6) if isinstance(value, float) else int(value) if isinstance(value, Decimal) else value
