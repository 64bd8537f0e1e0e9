"""A month's CSV read once, straight into numbers: blocks of whole lines, two threads, no file in between.

The engine reads text strictly and says which row is wrong, but takes almost twice the processor time (measured on four
million rows). So this reads what is plain, and leaves to the engine whatever is not: a ragged row, a cell that is no
number or an absurd one, a stray quotation mark, a line break within a cell, mixed line endings, an empty line, Latin-1.
Nothing is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import SEEK_END
from threading import Lock
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from .prescribing_layout import Layout
from .prescribing_read import TIGHT, WORKERS, Rows, take, together
from .unpack import Unpacked

BLOCK = 16 << 20  # bytes at once: smaller ones ask for codes more often, larger ones need memory
MOST_ROWS = 1 << 26  # four times a national month
ROOM = 2  # times the rows that the first lines let expect; a file of more is not plain


class NotPlainError(Exception):
    """The file is not as plain as this reader needs; the engine will read it, or say what is wrong."""


@dataclass
class _Lines:
    """A file's lines without its header, handed out in blocks to whoever asks next."""

    file: IO[bytes]
    at: int
    given: int = 0
    ends: set[bool] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)
    over: bool = False

    def __iter__(self) -> Iterator[tuple[memoryview, int, int]]:
        """Each block's bytes, the row that it begins with, and how many rows it has."""
        while True:
            with self.lock:
                if self.over:
                    return
                self.file.seek(self.at)
                block = self.file.read(BLOCK)
                if not block:
                    return
                whole = len(block) if len(block) < BLOCK else block.rfind(b"\n") + 1
                ends = block.count(b"\n", 0, whole)
                rows = ends + int(block[whole - 1 : whole] != b"\n")
                self.at += whole
                begin, self.given = self.given, self.given + rows
            returns = block.count(b"\r", 0, whole)
            self.ends.add(bool(returns))
            if not whole or len(self.ends) > 1 or returns not in (0, ends):
                raise NotPlainError
            yield memoryview(block)[:whole], begin, rows


def read_csv(file: Unpacked, where: Layout) -> tuple[Rows, pa.Array] | None:
    """Every row of a CSV, as `prescribing_parquet.read` gives those of a Parquet file, and every spelling of its month.

    None if the file is not plain throughout, or holds no rows.
    """
    if file.encoding != "utf-8" or any("\n" in name or "\r" in name for name in file.columns):
        return None
    try:
        with file.path.open("rb") as opened, ThreadPoolExecutor(WORKERS) as pool:
            lines, lock = _Lines(opened, len(opened.readline())), Lock()
            rows = Rows.of(_most(opened, lines.at))
            shares = list(pool.map(lambda _: _share(lines, file, where, rows, lock), range(WORKERS)))
    except (NotPlainError, pa.ArrowException):
        return None
    if not lines.given or not rows.sound:
        return None  # where a number cannot be right, the engine finds the row
    pa.default_memory_pool().release_unused()
    for name in ("key", "items", "nic", "actual_cost"):
        setattr(rows, name, getattr(rows, name)[: lines.given])
    said = [one for share in shares for one in share.said]
    rows.practices, rows.presentations = (together([one[side] for one in said]) for side in (0, 1))
    return rows, pc.unique(pa.concat_arrays([month for share in shares for month in share.months]))


def _most(file: IO[bytes], at: int) -> int:
    """Room for the rows of a file, from the length of its first lines: what is never written to takes no memory."""
    size = file.seek(0, SEEK_END) - at
    file.seek(at)
    first = file.read(BLOCK)
    return min(MOST_ROWS, ROOM * (first.count(b"\n") + 1) * -(-size // max(len(first), 1)))


@dataclass
class _Share:
    """What one worker has read: what its blocks say of codes, and their months."""

    said: list[tuple[pa.Table, pa.Table]] = field(default_factory=list)
    months: list[pa.Array] = field(default_factory=list)


def _share(lines: _Lines, file: Unpacked, where: Layout, rows: Rows, lock: Lock) -> _Share:
    done = _Share()
    try:
        for block, begin, count in lines:
            table = _parsed(block, file, where)
            if table.num_rows != count or begin + count > len(rows):
                raise NotPlainError
            batch = table.combine_chunks().to_batches()[0]
            done.months.append(pc.unique(batch.column(where.month)).dictionary_decode())
            done.said.append(take(batch, where, rows, begin, lock))
            if not rows.sound:
                break
            if len(done.said) >= TIGHT:
                done.said = [(together([s[0] for s in done.said]), together([s[1] for s in done.said]))]
    finally:
        lines.over = True  # no more lines for this one, or for the other if something is wrong here
    return done


def _parsed(block: memoryview, file: Unpacked, where: Layout) -> pa.Table:
    """The columns that matter of whole lines; refused where a cell is not plain."""
    table = arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(block)),
        arrow_csv.ReadOptions(use_threads=False, column_names=list(file.columns), block_size=max(len(block), 1)),
        arrow_csv.ParseOptions(delimiter=file.delimiter, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(
            check_utf8=False, include_columns=where.columns, null_values=[""], strings_can_be_null=True,
            column_types={name: pa.float64() if name in where.numbers else pa.dictionary(pa.int32(), pa.string())
                          for name in where.columns},
        ),
    )  # fmt: skip
    for name in where.columns:
        if name not in where.numbers and any(_strange(chunk.dictionary) for chunk in table[name].chunks):
            raise NotPlainError
    return table


def _strange(cells: pa.Array) -> bool:
    """Whether any cell holds a quotation mark or a line break: what a misplaced quotation mark leaves behind."""
    return bool(np.any(pc.match_substring_regex(cells, '["\r\n]').to_numpy(zero_copy_only=False)))
