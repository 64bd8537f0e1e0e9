"""Table: a plain file at the door (CSV, gzipped CSV, Parquet, Excel, standard input), every cell text until asked.

Columns are asked for by name and as a kind (text, numbers, dates), and every refusal names the file,
the row as a person counts it (the header is row 1) and what would be right.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from . import sheet
from .errors import InputError, did_you_mean
from .when import day_comes_first, parse_date, parse_time

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none"})
_MOST = 1e60  # our rule: nothing that is counted is near it, and its fourth power is still a number
_SHEET = re.compile(r"(.+\.xlsx)\[([^\]]+)\]", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Table:
    """Columns of text in file order. `name` is how messages call the file."""

    name: str
    columns: dict[str, list[str]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def has(self, column: str) -> bool:
        """Whether the column is there."""
        return column in self.columns

    def need(self, *columns: str) -> None:
        """Refuse unless every column is there."""
        for column in columns:
            if column not in self.columns:
                hint = did_you_mean(column, self.columns)
                there = ", ".join(list(self.columns)[:12])
                raise InputError(f"{self.name}: no column {column!r}{hint}; the file has: {there}")

    def text(self, column: str) -> list[str]:
        """A column as text, stripped."""
        self.need(column)
        return [cell.strip() for cell in self.columns[column]]

    def numbers(self, column: str, *, missing: bool = True) -> NDArray[np.float64]:
        """A column as float64; a missing cell is NaN, or refused if `missing` is False."""
        self.need(column)
        if _as_written(self.columns[column]):
            try:  # the fast way, for a column without a gap or a fault
                out = np.fromiter(map(float, self.columns[column]), dtype=np.float64, count=len(self))
                if (np.abs(out) <= _MOST).all():  # so that none is NaN
                    return out
            except ValueError:
                pass
        out = np.empty(len(self), dtype=np.float64)
        for i, cell in enumerate(self.columns[column]):
            stripped = cell.strip()
            try:
                if not _as_written((stripped,)):
                    raise ValueError
                out[i] = float(stripped)
            except ValueError:
                if stripped.lower() not in MISSING:
                    raise self.refuse(i, column, stripped, "a number") from None
                out[i] = np.nan
            if not np.isfinite(out[i]):
                if stripped.lower() in MISSING:
                    out[i] = np.nan
                    if not missing:
                        raise self.refuse(i, column, stripped, "a number, not a blank")
                else:
                    raise self.refuse(i, column, stripped, "a finite number")
            elif abs(out[i]) > _MOST:
                raise self.refuse(i, column, stripped, f"a number of at most {_MOST:.0e}")
        return out

    def dates(self, column: str, *, day_first: bool | None = None) -> NDArray[np.datetime64]:
        """A column as datetime64[D]. A month (2024-03) is its first day.

        `03/04/2024` is refused unless `day_first` says how to read it: True day first, False month first. So is a
        column that has both 13/04/2024 and 04/13/2024.
        """
        self.need(column)
        out = np.empty(len(self), dtype="datetime64[D]")
        known: dict[str, np.datetime64] = {}
        written: bool | None = None
        for i, cell in enumerate(self.columns[column]):
            if cell not in known:
                if (shown := day_comes_first(cell)) is not None and day_first is None:
                    if written not in (None, shown):
                        right = f"the {'day' if written else 'month'} first, as in the rows above"
                        raise self.refuse(i, column, cell.strip(), right)
                    written = shown
                try:
                    known[cell] = np.datetime64(parse_date(cell, day_first=day_first), "D")
                except ValueError as error:
                    raise self.refuse(i, column, cell.strip(), str(error)) from None
            out[i] = known[cell]
        return out

    def times(self, column: str, *, day_first: bool | None = None) -> NDArray[np.datetime64]:
        """A column of moments as datetime64[us]: ISO times, `dd/mm/yyyy hh:mm`, or seconds (milliseconds) since 1970.

        A time zone is read, and then every row needs one. A blank is refused.
        """
        cells = self.text(column)
        zones: dict[bool, int] = {}
        known: dict[str, np.datetime64] = {}
        for i, cell in enumerate(cells):
            if cell not in known:
                try:
                    known[cell], zoned = parse_time(cell, day_first=day_first)
                except ValueError as error:
                    raise self.refuse(i, column, cell, str(error)) from None
                if len(zones) == 1 and zoned not in zones:
                    right = "no time zone, as in the rows above" if zoned else "a time zone, as in the rows above"
                    raise self.refuse(i, column, cell, right)
                zones[zoned] = i
        return np.array([known[cell] for cell in cells], dtype="datetime64[us]")

    def unique(self, *columns: str) -> None:
        """Refuse if two rows share the same values in these columns."""
        seen: dict[tuple[str, ...], int] = {}
        for i, key in enumerate(zip(*(self.text(c) for c in columns), strict=True)):
            if key in seen:
                shown = ", ".join(f"{c}={k!r}" for c, k in zip(columns, key, strict=True))
                raise InputError(
                    f"{self.name}: row {i + 2}: {shown} was already given in row {seen[key] + 2}; "
                    "each must be given once"
                )
            seen[key] = i

    def refuse(self, row: int, column: str, found: str, right: str) -> InputError:
        """The error for one cell: file, row as a person counts it, column, what was found, what would be right."""
        return InputError(f"{self.name}: row {row + 2}, column {column!r}: expected {right}, found {found!r}")


def _as_written(cells: Sequence[str]) -> bool:
    """Whether these hold nothing that Python alone takes for part of a number: `1_000`, digits of other scripts."""
    text = "".join(cells)
    return text.isascii() and "_" not in text


def read(path: str | Path, *, needs: Sequence[str] = (), name: str = "") -> Table:
    """Read a table from CSV, gzipped CSV, Parquet, Excel (.xlsx) or standard input (`-`), every cell as text.

    `book.xlsx[Sheet 2]` is one sheet of a workbook, else its first. Messages call it `name`, or else by its path.

    Raises
    ------
    InputError
        If it cannot be read, has no rows, repeats a column name, is not a table, or lacks a needed column.
    """
    name = name or ("standard input" if str(path) == "-" else str(path))
    chosen = _SHEET.fullmatch(str(path))
    if chosen and Path(path).exists():
        chosen = None
    raw = _bytes(chosen[1] if chosen else path, name)
    if not raw.strip():
        raise InputError(f"{name}: the file is empty; expected a header and rows")
    if raw[:4] == sheet.MAGIC:
        table = _sheet(raw, name, chosen[2] if chosen else None)
    elif chosen:
        raise InputError(f"{name}: is no Excel workbook (.xlsx), so it has no sheets to name")
    else:
        table = _parquet(raw, name) if raw[:4] == b"PAR1" else _csv(raw, name)
    if len(table) == 0:
        raise InputError(f"{name}: has a header but no rows")
    table.need(*needs)
    return table


def _bytes(path: str | Path, name: str) -> bytes:
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
    except IsADirectoryError:
        raise InputError(f"{name}: is a folder; expected a file") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read ({error.strerror})") from error
    if raw[:2] == b"\x1f\x8b":
        room = max(sheet.SAFE, len(raw) * sheet.RATIO)
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                found = packed.read(room + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{name}: the gzip stream is broken or cut short ({error})") from error
        if len(found) > room:
            raise InputError(f"{name}: unpacks to more than {room:,} bytes from {len(raw):,}; refused as unsafe")
        raw = found
    return raw


def _csv(raw: bytes, name: str) -> Table:
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError(f"{name}: is an old Excel workbook (.xls) or a locked one; save it as .xlsx or CSV")
    if b"\x00" in raw[:4096]:
        raise InputError(f"{name}: not a table of text (it holds binary bytes); expected CSV, Parquet or Excel (.xlsx)")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # NHS files before 2020 are often latin-1
    try:
        header = [word.strip() for word in next(csv.reader(io.StringIO(text)), [])]
    except csv.Error as error:
        raise InputError(f"{name}: the header row is not readable as CSV ({error})") from error
    repeated = {h for h in header if header.count(h) > 1}
    if repeated:
        raise InputError(f"{name}: column {sorted(repeated)[0]!r} is given twice in the header")
    if not header or all(not h for h in header):
        raise InputError(f"{name}: the header row is empty; expected column names")
    ragged: list[InputError] = []

    def refuse(row: pacsv.InvalidRow) -> str:
        where = f"row {row.number}" if row.number is not None else "a row"
        ragged.append(InputError(f"{name}: {where}: expected {row.expected_columns} cells, found {row.actual_columns}"))
        return "error"

    try:
        table = pacsv.read_csv(
            io.BytesIO(text.encode("utf-8")),
            read_options=pacsv.ReadOptions(column_names=header, skip_rows_after_names=1, use_threads=False),
            parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise (ragged[0] if ragged else InputError(f"{name}: not readable as CSV ({error})")) from error
    return Table(name, {column: table[column].to_pylist() for column in header})


def _sheet(raw: bytes, name: str, chosen: str | None) -> Table:
    rows = sheet.read_rows(raw, name, chosen)
    if not rows:
        raise InputError(f"{name}: the sheet is empty; expected a header and rows")
    header = rows[0]
    blank = next((place for place, cell in enumerate(header, start=1) if not cell), None)
    if blank is not None:
        raise InputError(f"{name}: the header's cell {blank} is blank; expected the columns' names in the first row")
    repeated = next((cell for cell in header if header.count(cell) > 1), None)
    if repeated is not None:
        raise InputError(f"{name}: column {repeated!r} is given twice in the header")
    return Table(name, {column: [row[place] for row in rows[1:]] for place, column in enumerate(header)})


def _parquet(raw: bytes, name: str) -> Table:
    try:
        # no threads: one that is still ending as the interpreter does aborts a command that had its answer
        table = pq.ParquetFile(pa.BufferReader(raw), pre_buffer=False).read(use_threads=False)
        columns = {column: [_cell(v) for v in table[column].to_pylist()] for column in table.column_names}
    except (pa.ArrowException, OSError, ValueError) as error:  # a cell that is no text is a ValueError
        raise InputError(f"{name}: not readable as Parquet ({' '.join(str(error).split())})") from error
    return Table(name, columns)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value != value:
        return ""
    if isinstance(value, bytes):  # text, written by a program that did not say so
        return value.decode("utf-8", errors="replace")
    if hasattr(value, "isoformat"):
        text: str = value.isoformat()
        return text[:10] if text.endswith(("T00:00:00", "T00:00:00+00:00")) else text
    return repr(value) if isinstance(value, float) else str(value)
