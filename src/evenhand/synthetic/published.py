"""Writing files as their publishers do: the columns, quirks and layouts of each, byte for byte the same for a seed.

A file is written beside and renamed, so that one that is there is whole.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..sheet import saved

Column = Sequence[str] | NDArray[Any]  # or an Arrow array
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: the same bytes whenever it is made
_LEVEL = 1  # of compression: the fastest, a third larger than the default


def csv(columns: Mapping[str, Column], *, header: bool = True, quoted: bool = False) -> bytes:
    """Comma-separated text of equally long columns; unless `quoted`, no cell may hold a comma, quote or line end."""
    arrays = [_plain(c) for c in columns.values()]
    text = io.BytesIO()
    if header:
        text.write((",".join(columns) + "\n").encode())
    options = pacsv.WriteOptions(include_header=False, quoting_style="all_valid" if quoted else "none")
    pacsv.write_csv(pa.table(arrays, [str(i) for i in range(len(arrays))]), text, options)
    return text.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """An Excel workbook of text, a sheet for each name; it says of itself that it was made in 1980."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def write(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all; `.gz` and `.zip` are packed, the zip holding one CSV of the same stem."""
    if path.suffix == ".gz":
        content = _gzip(content)
    elif path.suffix == ".zip":
        content = _zip(path.stem + ".csv", content)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    os.replace(beside, path)
    return path


def write_parts(path: Path, parts: Iterable[bytes]) -> Path:
    """Write a file whole or not at all, a part at a time, so that it need not fit in memory; `.gz` is packed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as plain:
        if path.suffix == ".gz":
            with gzip.GzipFile("", "wb", _LEVEL, plain, mtime=0) as packed:
                for part in parts:
                    packed.write(part)
        else:
            for part in parts:
                plain.write(part)
    os.replace(beside, path)
    return path


def write_parquet(path: Path, parts: Iterable[Mapping[str, Column]]) -> Path:
    """Write equally long columns as Parquet, a part at a time, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    writer = None
    for part in parts:
        table = pa.table({name: c if isinstance(c, pa.Array) else pa.array(c) for name, c in part.items()})
        if writer is None:
            writer = pq.ParquetWriter(beside, table.schema, compression="zstd", store_schema=False)
        writer.write_table(table)
    assert writer is not None, "nothing to write"
    writer.close()
    os.replace(beside, path)
    return path


def pick(words: Sequence[str], rows: NDArray[np.int64]) -> pa.Array:
    """One word for each row number, each word kept once."""
    return pa.DictionaryArray.from_arrays(pa.array(rows.astype(np.int32)), pa.array(words, pa.string()))


def _plain(column: Column) -> pa.Array:
    if not isinstance(column, pa.Array):
        return pa.array(column)
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, _LEVEL, mtime=0)


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, content, zipfile.ZIP_DEFLATED, _LEVEL)
    return packed.getvalue()
