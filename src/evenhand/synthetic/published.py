"""Writing files as their publishers do: the columns, quirks and layouts of each, byte for byte the same for a seed.

A file is written beside and renamed, so that one that is there is whole.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

Column = Sequence[str] | NDArray[Any]  # or an Arrow array
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a zip can hold: the same bytes whenever it is made
_LEVEL = 1  # of compression: the fastest, a third larger than the default


def csv(columns: Mapping[str, Column], *, header: bool = True, quoted: bool = False) -> bytes:
    """Comma-separated text of equally long columns; unless `quoted`, no cell may hold a comma, quote or line end."""
    arrays = [c if isinstance(c, pa.Array) else pa.array(c) for c in columns.values()]
    text = io.BytesIO()
    if header:
        text.write((",".join(columns) + "\n").encode())
    options = pacsv.WriteOptions(include_header=False, quoting_style="all_valid" if quoted else "none")
    pacsv.write_csv(pa.table(arrays, [str(i) for i in range(len(arrays))]), text, options)
    return text.getvalue()


def workbook(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """An Excel workbook of text, a sheet for each name; it says of itself that it was made in 1980."""
    from openpyxl import Workbook

    book, made = Workbook(write_only=True), io.BytesIO()
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.properties.created = datetime(*_EPOCH)
    book.save(made)
    packed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "docProps/core.xml":  # openpyxl writes the moment of saving there
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(part, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


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


def pick(words: Sequence[str], rows: NDArray[np.int64]) -> pa.Array:
    """One word for each row number."""
    return pa.array(words, pa.string()).take(pa.array(rows))


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, _LEVEL, mtime=0)


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo(name, _EPOCH)
        entry.external_attr = 0o644 << 16
        archive.writestr(entry, content, zipfile.ZIP_DEFLATED, _LEVEL)
    return packed.getvalue()
