"""What every command shares at its end: a Rich table, one JSON document, or a file by extension."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..records import plain

TABLES = (".csv", ".json", ".parquet", ".xlsx")
CHARTS = (".png", ".svg", ".pdf", ".html")


def add_output(parser: argparse.ArgumentParser) -> None:
    """Give a command `--json` and `--out FILE`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    endings = f"{' '.join(TABLES)} the table, {' '.join(CHARTS)} the chart"
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"write by extension: {endings}")


def emit(
    options: argparse.Namespace,
    document: Any,
    rows: Sequence[Mapping[str, Any]],
    *,
    title: str = "",
    chart: Callable[[], Any] | None = None,
) -> None:
    """Show a result as asked: `document` as JSON, `rows` as a table, `chart()` (an Altair chart) as a picture.

    A file is written beside and swapped in, so that it is whole or not there.
    """
    if options.out is not None:
        _write(options.out, document, rows, chart)
    if options.json:
        print(json.dumps(plain(document), allow_nan=False, ensure_ascii=False))
    elif options.out is None:
        from .terminal import show

        show(rows, title)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that it is whole or not there."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):  # a folder of this name, or no room left
            raise InputError(f"{path}: cannot be written ({error.strerror})") from error
        raise


def _write(path: Path, document: Any, rows: Sequence[Mapping[str, Any]], chart: Callable[[], Any] | None) -> None:
    kind = path.suffix.lower()
    if kind == ".json":
        write_bytes(path, json.dumps(plain(document), allow_nan=False, ensure_ascii=False).encode())
    elif kind == ".csv":
        write_bytes(path, _csv(rows).encode())
    elif kind == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([plain(dict(row)) for row in rows]), buffer)
        write_bytes(path, buffer.getvalue())
    elif kind == ".xlsx":
        write_bytes(path, _workbook(rows))
    elif kind in CHARTS and chart is not None:
        from ..charts import render

        write_bytes(path, render(chart(), kind[1:]))
    else:
        right = TABLES + (CHARTS if chart is not None else ())
        raise InputError(f"--out {path}: expected a name ending in one of {' '.join(right)}")


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        values = (plain(row.get(column)) for column in columns)
        writer.writerow(["" if v is None else _nested(v) for v in values])
    return text.getvalue()


def _workbook(rows: Sequence[Mapping[str, Any]]) -> bytes:
    from ..sheet import write_rows

    cells = [{name: _nested(plain(value)) for name, value in row.items()} for row in rows]
    return write_rows(cells, dict.fromkeys(key for row in rows for key in row))


def _nested(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (list, dict)) else value
