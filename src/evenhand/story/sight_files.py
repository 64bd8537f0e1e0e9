"""Sight files: how spreads and standings lie in Parquet files, written whole and read by a few rows at a time."""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..lake.files import flush
from ..records import Panel, plain
from ..records.spread import Spread, Standing
from ..stats.ranks import percent_rank

GROUP = 500  # rows of a standing file that are read together: about seven organisations of seventy measures; of 2,000
# a page read for 7.5 ms, of 500 for 2.1, in a file a tenth larger: measured
CHUNK = 500  # organisations put in order at once, so that England fits in memory
COURSE = ("top", "bottom")
NUMBERS = ("numerator", "denominator", "expected", "z", "z_unlike", "worse", "units", "pounds", "low", "high")
WORDS = ("outlier", "unlike", "icon")


def table_of(spread: Spread) -> pa.Table:
    """One row an organisation, by code."""
    columns: dict[str, Any] = {"code": pa.array(spread.codes, pa.string()), "fair": pa.array(spread.fair)}
    columns |= {name: pa.array(getattr(spread, name), pa.float64()) for name in NUMBERS}
    columns |= {name: pa.array(getattr(spread, name), pa.string()) for name in WORDS}
    for name in COURSE:
        cells = getattr(spread, name)
        offsets = np.arange(0, cells.size + 1, cells.shape[1], dtype=np.int32)
        columns[name] = pa.ListArray.from_arrays(offsets, pa.array(cells.ravel(), pa.float64()))
    return pa.table(columns).sort_by("code")


def facts_of(spread: Spread) -> dict[str, Any]:
    own = {"first": spread.first, "last": spread.last, "together": spread.together, "months": spread.months}
    found: dict[str, Any] = plain(spread.facts | own)
    return found


def spread_from(measure: str, level: str, rows: pa.Table, facts: dict[str, Any], course: bool) -> Spread:
    months = np.array(facts["months"], dtype="datetime64[M]")
    cells = {name: np.zeros((0, len(months))) for name in COURSE}
    if course:
        cells = {name: _flat(rows[name]).reshape(-1, len(months)) for name in COURSE}
    columns: dict[str, Any] = {name: _numbers(rows[name]) for name in NUMBERS}
    columns |= {name: tuple(rows[name].to_pylist()) for name in WORDS} | cells
    return Spread(
        measure, level, facts["first"], facts["last"], tuple(rows["code"].to_pylist()),
        fair=rows["fair"].to_numpy(), together=facts["together"], months=months, facts=facts, **columns,
    )  # fmt: skip


def panel_from(measure: str, level: str, rows: pa.Table, facts: dict[str, Any]) -> Panel:
    """The panel that a spread was worked out from."""
    months = np.array(facts["months"], dtype="datetime64[M]")
    top, bottom = (_fixed(_flat(rows[name]).reshape(-1, len(months))) for name in COURSE)
    return Panel(measure, level, tuple(rows["code"].to_pylist()), months, top, bottom, tuple(facts["source"]))


def standings_in(file: Path, level: str, code: str, ids: Sequence[str] | None) -> list[Standing]:
    """What a standing file holds of an organisation, on all its measures or on `ids`."""
    return list(_standings_in(file, level, code, None if ids is None else tuple(ids)))


@lru_cache(maxsize=64)  # a page asks two or three times of one organisation; a file of this name never changes
def _standings_in(file: Path, level: str, code: str, ids: tuple[str, ...] | None) -> tuple[Standing, ...]:
    footer, lowest, highest, facts = _opened(file)
    groups = [i for i in range(bisect_left(highest, code), len(lowest)) if lowest[i] <= code]
    if not groups:
        return ()
    rows = pq.ParquetFile(file, metadata=footer, memory_map=True).read_row_groups(groups, use_threads=False)
    mask = pc.equal(rows["code"], code)
    if ids is not None:
        mask = pc.and_(mask, pc.is_in(rows["measure"], value_set=pa.array(ids, pa.string())))
    mine = rows.filter(mask)
    courses = {name: _lists(mine[name]) for name in COURSE}
    return tuple(
        standing_from(level, row | {name: courses[name][i] for name in COURSE}, facts[row["measure"]])
        for i, row in enumerate(mine.drop_columns(list(COURSE)).to_pylist())
    )


def facts_of_standing(file: Path) -> dict[str, Any]:
    """What a standing file says of each of its measures."""
    return _opened(file)[3]


@lru_cache(maxsize=64)
def _opened(file: Path) -> tuple[pq.FileMetaData, list[str], list[str], dict[str, Any]]:
    """The footer of a standing file, the first and last code of each of its parts, and its facts; it never changes."""
    held = pq.ParquetFile(file)
    at = held.schema_arrow.names.index("code")
    ends = [held.metadata.row_group(i).column(at).statistics for i in range(held.metadata.num_row_groups)]
    facts = facts_in(held)
    for about in facts.values():
        about["months"] = _fixed(np.array(about["months"], dtype="datetime64[M]"))
        about["tenths"] = _fixed(np.array(about["tenths"], dtype=np.float64))
    return held.metadata, [end.min for end in ends], [end.max for end in ends], facts


def in_order(held: dict[str, Path], codes: list[str]) -> Iterable[pa.Table]:
    """Rows of all measures, a few organisations at a time."""
    for first in range(0, len(codes), CHUNK):
        low, high = codes[first], codes[min(first + CHUNK, len(codes)) - 1]
        parts = []
        for name, path in held.items():
            rows = pq.read_table(path)
            rank = percent_rank(np.where(rows["fair"].to_numpy(), _rate(rows), np.nan))
            rows = rows.append_column("rank", pa.array(rank)).replace_schema_metadata(None)
            rows = rows.append_column("measure", pa.array([name] * len(rows), pa.string()))
            parts.append(rows.filter(pc.and_(pc.greater_equal(rows["code"], low), pc.less_equal(rows["code"], high))))
        yield pa.concat_tables(parts).sort_by("code").combine_chunks()


def _rate(rows: pa.Table) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = _numbers(rows["numerator"]) / _numbers(rows["denominator"])
    return found


def standing_from(level: str, row: dict[str, Any], facts: dict[str, Any]) -> Standing:
    cells: dict[str, Any] = {name: _or_nan(row[name]) for name in (*NUMBERS, "rank")}
    cells |= {name: row[name] for name in WORDS} | {name: np.asarray(row[name], dtype=np.float64) for name in COURSE}
    return Standing(
        row["measure"], level, row["code"], facts["first"], facts["last"], fair=bool(row["fair"]),
        middle=_or_nan(facts["middle"]), compared=facts["compared"], together=facts["together"],
        compared_by=facts["compared_by"], price=_or_nan(facts["price"]),
        tenths=np.asarray(facts["tenths"], dtype=np.float64),
        months=np.asarray(facts["months"], dtype="datetime64[M]"), **cells,
    )  # fmt: skip


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _flat(column: pa.ChunkedArray) -> np.ndarray:
    """The cells of a column of lists, one after the other."""
    return np.asarray(pc.list_flatten(column).to_numpy(), dtype=np.float64)


def _lists(column: pa.ChunkedArray) -> list[np.ndarray]:
    """The cells of each row of a column of lists."""
    if not len(column):
        return []
    ends = np.cumsum(pc.list_value_length(column).to_numpy())
    return [_fixed(part) for part in np.split(_flat(column), ends[:-1])]


def _fixed(values: np.ndarray) -> np.ndarray:
    """Read-only, so that records share it and need no copy of their own."""
    values.flags.writeable = False
    return values


def _or_nan(value: Any) -> float:
    return float("nan") if value is None else float(value)


def facts_in(held: pq.ParquetFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(held.schema_arrow.metadata[b"facts"])
    return found


def write(file: Path, tables: Iterable[pa.Table], facts: dict[str, Any], group: int | None = None) -> None:
    """Build beside, flush, rename: after any crash the file is whole or not there."""
    beside = file.with_name(f".{os.getpid()}.{file.name}.new")
    writer: pq.ParquetWriter | None = None
    try:
        for table in tables:
            if writer is None:
                schema = table.schema.with_metadata({"facts": json.dumps(facts, allow_nan=False)})
                writer = pq.ParquetWriter(beside, schema, compression="zstd")
            writer.write_table(table.replace_schema_metadata(schema.metadata), row_group_size=group)
        if writer is not None:
            writer.close()
            flush(beside)
            os.replace(beside, file)
    finally:
        if writer is not None and writer.is_open:
            writer.close()
        beside.unlink(missing_ok=True)
