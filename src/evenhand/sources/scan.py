"""Scan: the rows of an unpacked file, every cell text, inside an engine of its own with bounded memory.

Reading is strict: a ragged row or an open quote is refused with its row. The only SQL text of the house is here
and in the sources, because national files (18 million rows) need one engine to read, check, sum and sort them.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError
from ..when import parse_date
from .unpack import Unpacked

MILLION = 1_000_000
MEMORY = "900MB"  # leaves room for Python and Arrow below 1.5 GB in all
_LINE = re.compile(r"CSV Error on Line: (\d+)")
FIRST, LAST = "1990-01", "2099-12"  # our rule: nothing is published of other times
_NAMED_MONTH = re.compile(r"(?:[A-Za-z0-9]+[-_ ])?([A-Za-z]{3,9})[-_ ]?(\d{4})")
_COUNTS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


class Scan:
    """A view `raw` over one file and an engine to question it. Use as a context manager."""

    def __init__(self, file: Unpacked, folder: Path, *, columns: Sequence[str] | None = None, skip: int = 1) -> None:
        self.file = file
        self.skip = skip
        names = list(columns if columns is not None else file.columns)
        repeated = [name for name in names if names.count(name) > 1]
        if repeated:
            raise InputError(f"{file.name}: column {repeated[0]!r} is given twice in the header")
        self.engine = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder)})
        self.engine.execute("SET TimeZone = 'UTC'")
        self.engine.execute("SET enable_progress_bar = false")
        self._held = False
        self._numeric: set[str] = set()
        self._path = _plain_lines(file, folder) if any("\n" in name for name in names) else file.path
        self._names = names
        self.unsettle()

    def __enter__(self) -> Scan:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()

    def text(self, column: str) -> str:
        """A cell as text without spaces around it; NULL is missing."""
        name = quoted(column)
        return f"CAST({name} AS VARCHAR)" if column in self._numeric else f"nullif(trim({name}), '')"

    def number(self, column: str) -> str:
        """A cell as a number; NULL if it is missing, or no number."""
        if column in self._numeric:
            return f"CAST({quoted(column)} AS DOUBLE)"
        return f"TRY_CAST({self.text(column)} AS DOUBLE)"

    def millionths(self, column: str) -> str:
        """A cell as whole millionths: sums of these do not depend on the order of rows; costs carry five decimals."""
        return f"TRY_CAST(round({self.number(column)} * {MILLION}) AS BIGINT)"

    def no_number(self, column: str, *, most: float, missing: bool = False) -> str:
        """The condition that a cell is no finite number of at most this size (or is missing, unless it may be)."""
        value = self.number(column)
        bad = f"coalesce(NOT isfinite({value}) OR abs({value}) > {most}, true)"
        return f"({self.text(column)} IS NOT NULL AND {bad})" if missing else bad

    def no_count(self, column: str, *, most: float, missing: bool = False) -> str:
        """The condition that a cell is no whole number of at most this size."""
        value = self.number(column)
        bad = f"coalesce(NOT isfinite({value}) OR abs({value}) > {most} OR {value} <> round({value}), true)"
        return f"({self.text(column)} IS NOT NULL AND {bad})" if missing else bad

    def hold(self) -> None:
        """Keep the rows in memory, so that a file of some 100 MB is parsed once."""
        if not self._held:
            self.run("CREATE TABLE held AS SELECT * FROM raw")
            self.run("CREATE OR REPLACE VIEW raw AS SELECT * FROM held")
            self._held = True

    def settle(self, columns: Sequence[str], path: Path, *, numbers: Sequence[str] = ()) -> None:
        """Write the columns that matter into a file that can be read again and again without parsing."""
        chosen = ", ".join(
            f"{self.number(c)} AS {quoted(c)}" if c in numbers else f"CAST({quoted(c)} AS VARCHAR) AS {quoted(c)}"
            for c in columns
        )
        self.run(f"COPY (SELECT {chosen} FROM raw) TO {literal(str(path))} (FORMAT parquet, COMPRESSION snappy)")
        self.run(f"CREATE OR REPLACE VIEW raw AS SELECT * FROM read_parquet({literal(str(path))})")
        self._numeric = set(numbers)

    def unsettle(self) -> None:
        """Look at the file as it was given again, to say what is wrong with it."""
        self.run(f"CREATE OR REPLACE VIEW raw AS {self._given()}")

    def run(self, sql: str) -> None:
        """Do something; a file that cannot be read is the user's to mend."""
        try:
            self.engine.execute(sql)
        except duckdb.Error as error:
            raise self._refusal(error) from error

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Answers as tuples."""
        try:
            found: list[tuple[Any, ...]] = self.engine.execute(sql).fetchall()
        except duckdb.Error as error:
            raise self._refusal(error) from error
        return found

    def one(self, sql: str) -> tuple[Any, ...]:
        """The one answer."""
        return self.rows(sql)[0]

    def arrow(self, sql: str) -> pa.Table:
        """Answers as an Arrow table."""
        try:
            return self.engine.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            raise self._refusal(error) from error

    def stream(self, sql: str) -> pa.RecordBatchReader:
        """Answers as Arrow batches, never all in memory."""
        try:
            return self.engine.sql(sql).to_arrow_reader(1 << 18)
        except duckdb.Error as error:
            raise self._refusal(error) from error

    def months(
        self, column: str, *, day_first: bool | None = None, where: str = "true", of: str = "raw"
    ) -> dict[str, str]:
        """Every spelling of a month in a column (of the file, or of a table made from it), and the month as YYYY-MM."""
        found = {}
        for (text,) in self.rows(f"SELECT DISTINCT {self.text(column)} FROM {of} WHERE {where} LIMIT 100000"):
            try:
                found[text] = _sane(parse_date(_dated(text or ""), day_first=day_first).strftime("%Y-%m"))
            except ValueError as error:
                raise self.refuse(column, f"{self.text(column)} IS NOT DISTINCT FROM {literal(text)}", str(error)) \
                    from None  # fmt: skip
        if not found:
            raise InputError(f"{self.file.name}: has a header but no rows")
        return found

    def refuse(self, column: str, condition: str, right: str) -> InputError:
        """The error for the first row where a condition holds, as a person counts rows (the header is row 1)."""
        found = self.rows(
            f"SELECT row, cell FROM (SELECT *, row_number() OVER () AS row, {self.text(column)} AS cell FROM raw) "
            f"WHERE {condition} ORDER BY row LIMIT 1"
        )
        row, cell = found[0] if found else (0, "?")
        return InputError(
            f"{self.file.name}: row {row + self.skip}, column {column!r}: expected {right}, found {cell or ''!r}"
        )

    def check(self, column: str, condition: str, right: str) -> None:
        """Refuse the file if a condition holds in any row."""
        if self.one(f"SELECT count(*) FROM raw WHERE {condition}")[0]:
            raise self.refuse(column, condition, right)

    def header_once(self) -> None:
        """Refuse a file that holds its header again further down: two files, one below the other."""
        names = [name for name in self._names if name][:3]
        if self.skip and self.file.kind == "csv" and not self._numeric:
            again = " AND ".join(f"{self.text(name)} = {literal(name)}" for name in names)
            self.check(names[0], f"coalesce({again}, false)", "a row, not the header again; give each file by itself")

    def unique(self, columns: Sequence[str]) -> None:
        """Refuse if two rows share the same values in these columns."""
        keys = ", ".join(f"{self.text(c)} AS k{i}" for i, c in enumerate(columns))
        names = ", ".join(f"k{i}" for i in range(len(columns)))
        if not self.rows(f"SELECT 1 FROM (SELECT {keys} FROM raw) GROUP BY {names} HAVING count(*) > 1 LIMIT 1"):
            return
        *values, first, second = self.one(
            f"SELECT {names}, list(row ORDER BY row)[1], list(row ORDER BY row)[2] AS again FROM "
            f"(SELECT {keys}, row_number() OVER () AS row FROM raw) GROUP BY {names} HAVING count(*) > 1 "
            "ORDER BY again LIMIT 1"
        )
        shown = ", ".join(f"{c}={v!r}" for c, v in zip(columns, values, strict=True))
        raise InputError(
            f"{self.file.name}: row {second + self.skip}: {shown} was already given in row {first + self.skip}; "
            "each must be given once"
        )

    def _given(self) -> str:
        self._numeric = set()
        return self._csv(self._names) if self.file.kind == "csv" else self._parquet(self._names)

    def _csv(self, names: list[str]) -> str:
        kinds = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
        return (
            f"SELECT * FROM read_csv({literal(str(self._path))}, delim='{self.file.delimiter}', quote='\"', "
            f"escape='\"', header=false, skip={self.skip}, auto_detect=false, all_varchar=true, columns={{{kinds}}}, "
            f"nullstr='', encoding='{self.file.encoding}', max_line_size=10000000)"
        )

    def _parquet(self, names: list[str]) -> str:
        schema = pq.read_schema(self.file.path)
        self._numeric = {name for name in names if _is_number(schema.field(name).type)}
        cells = ", ".join(
            quoted(name) if name in self._numeric else f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}"
            for name in names
        )
        return f"SELECT {cells} FROM read_parquet({literal(str(self.file.path))}, hive_partitioning=false)"

    def _refusal(self, error: duckdb.Error) -> Exception:
        text = str(error)
        line = _LINE.search(text)
        counts = _COUNTS.search(text)
        if "invalid state" in text:
            return InputError(
                f"{self.file.name}: not readable as CSV: line endings are mixed or a quotation mark stands in a cell"
            )
        if line and counts:
            return InputError(f"{self.file.name}: row {line[1]}: expected {counts[1]} cells, found {counts[2]}")
        if line and "unterminated quote" in text:
            return InputError(f"{self.file.name}: row {line[1]}: a quotation mark is opened and never closed")
        if "CSV" in text:
            where = f"row {line[1]}: " if line else ""
            return InputError(f"{self.file.name}: {where}not readable as CSV ({text.splitlines()[0]})")
        if isinstance(error, (duckdb.InvalidInputException, duckdb.IOException)):
            return InputError(f"{self.file.name}: cannot be read ({text.splitlines()[0]})")
        return error


def _plain_lines(file: Unpacked, folder: Path) -> Path:
    """A copy with one kind of line ending: a header with line breaks in it has another than its rows."""
    target = Path(tempfile.mkstemp(dir=folder, suffix=".csv")[1])
    try:
        with (
            file.path.open(encoding=file.encoding.replace("utf-8", "utf-8-sig"), newline="") as given,
            target.open("w", encoding=file.encoding, newline="") as out,
        ):
            rows = csv.reader(given, delimiter=file.delimiter, strict=True)
            csv.writer(out, delimiter=file.delimiter, lineterminator="\n").writerows(
                [cell.replace("\r", " ").replace("\n", " ") for cell in row] for row in rows
            )
    except csv.Error as error:
        raise InputError(f"{file.name}: not readable as CSV ({error})") from error
    return target


def quoted(name: str) -> str:
    """A column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """A text for SQL."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def _sane(month: str) -> str:
    if not FIRST <= month <= LAST:
        raise ValueError(f"a month from {FIRST} to {LAST}")
    return month


def _dated(text: str) -> str:
    """A month in words as its first day: MAR2019 and MSitAE-MARCH-2024 are 01MAR2019 and 01MAR2024."""
    match = _NAMED_MONTH.fullmatch(text)
    return f"01{match[1][:3]}{match[2]}" if match else text


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
