"""A month's Parquet file in one pass: its row groups shared by two threads, its text read as places in dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError
from .prescribing_layout import Layout
from .prescribing_read import TIGHT, WORKERS, Rows, of_practice, of_presentation, take, together

BATCH = 1 << 17  # rows at once


def read(path: Path, name: str, where: Layout) -> Rows:
    """Read every row of a Parquet file once. `sound` is False where a number cannot be right; nothing else holds then.

    Raises
    ------
    InputError
        If the file is damaged, or holds no rows.
    """
    try:
        groups = _groups(pq.read_metadata(path))
        count = sum(rows for _, _, rows in groups)
        rows = Rows.of(count)
        lock = Lock()
        shares = [groups[i::WORKERS] for i in range(WORKERS)]
        with ThreadPoolExecutor(WORKERS) as pool:
            said = [part for made in pool.map(lambda share: _share(path, where, rows, share, lock), shares)
                    for part in made]  # fmt: skip
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{name}: cannot be read ({str(error).splitlines()[0]})") from error
    if not count:
        raise InputError(f"{name}: has a header but no rows")
    pa.default_memory_pool().release_unused()
    practices, presentations = ([part[side] for part in said] for side in (0, 1))
    rows.practices, rows.presentations = (together(several) for several in (practices, presentations))
    return rows


def readable(path: Path, where: Layout) -> bool:
    """Whether a Parquet file holds text where text belongs and numbers where numbers do."""
    schema = pq.read_schema(path)
    return all(_is_number(schema.field(c).type) if c in where.numbers else _is_text(schema.field(c).type)
               for c in where.columns if c != where.month)  # fmt: skip


def _groups(metadata: pq.FileMetaData) -> list[tuple[int, int, int]]:
    """Each row group: its number, the row that it begins with, and its rows."""
    found, begin = [], 0
    for number in range(metadata.num_row_groups):
        rows = metadata.row_group(number).num_rows
        found.append((number, begin, rows))
        begin += rows
    return found


def _share(
    path: Path, where: Layout, rows: Rows, groups: Sequence[tuple[int, int, int]], lock: Lock
) -> list[tuple[pa.Table, pa.Table]]:
    """Read one worker's row groups into their places; what they say of practices and presentations."""
    text = [*of_practice(where), *of_presentation(where)]
    columns = [*text, *where.numbers]
    said: list[tuple[pa.Table, pa.Table]] = []
    with pq.ParquetFile(path, read_dictionary=text, pre_buffer=False) as file:
        for number, begin, _ in groups:
            at = begin
            for batch in file.iter_batches(BATCH, row_groups=[number], columns=columns, use_threads=False):
                if not rows.sound:
                    return []
                said.append(take(batch, where, rows, at, lock))
                at += batch.num_rows
            if len(said) >= TIGHT:
                said = [(together([s[0] for s in said]), together([s[1] for s in said]))]
    return said


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
