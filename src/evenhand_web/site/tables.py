"""A figure's table as CSV, JSON, XLSX and Parquet: the same cells in each, none that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from evenhand.records import plain

# OWASP, CSV injection: what begins so is run as a formula; the wide forms and a leading blank are known ways round it
_RUNS = re.compile(r"^[\s\x00]*[=+\-@＝＋－＠\t\r\n]")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MOST_SIGNS = 32_767  # in one cell of a sheet (ECMA-376)
WIDEST = 60  # signs of a column's width


@dataclass(frozen=True)
class Sheet:
    """What a file holds: a name, a sentence, columns and rows, and where they come from."""

    name: str
    sentence: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    how: Sequence[str] = ()
    command: str = ""
    source: Sequence[str] = ()

    def plain(self) -> list[list[Any]]:
        """The rows as every format writes them: whole numbers, floats, text, None where it is missing."""
        return [[plain(cell) for cell in row] for row in self.rows]


def as_csv(sheet: Sheet) -> bytes:
    """Comma-separated, UTF-8, missing blank; a text that a spreadsheet would run gets a quote in front."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_one_line_end(cell) for cell in row] for row in (list(sheet.columns), *sheet.plain()))
    return text.getvalue().encode()


def as_json(sheet: Sheet) -> bytes:
    """One object a row, missing null."""
    document = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.plain()]
    return json.dumps(document, allow_nan=False, ensure_ascii=False).encode()


def as_xlsx(sheet: Sheet) -> bytes:
    """A sheet with typed cells under a heading that stays, and one that says where they come from.

    A text stays a text, whatever it begins with, also when it is edited: its cell is a string and is marked as quoted.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    table = book.active
    table.title = "Table"
    table.freeze_panes = "A2"
    rows = sheet.plain()
    for line, row in enumerate([list(sheet.columns), *rows], start=1):
        for column, cell in enumerate(row, start=1):
            _put(table.cell(line, column), cell, Font(bold=True) if line == 1 else None)
    for column, head in enumerate(sheet.columns, start=1):
        long = max((len(str(row[column - 1])) for row in rows[:200] if isinstance(row[column - 1], str)), default=0)
        table.column_dimensions[get_column_letter(column)].width = min(WIDEST, 2 + max(len(head), long, 8))
    about = book.create_sheet("About")
    about.freeze_panes = "A2"
    said = [("What", "In words"), ("Shows", sheet.sentence), *(("How", line) for line in sheet.how),
            *((("The same by command", sheet.command),) if sheet.command else ()),
            *(("Source", str(line)) for line in sheet.source)]  # fmt: skip
    for line, (what, words) in enumerate(said, start=1):
        _put(about.cell(line, 1), what, Font(bold=True))
        _put(about.cell(line, 2), words, Font(bold=True) if line == 1 else None)
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 22, 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_parquet(sheet: Sheet) -> bytes:
    """Typed columns: whole numbers, floats, yes and no, or text where any cell is text; the source in the metadata."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = sheet.plain()
    columns = [_column([row[i] for row in rows], pa) for i in range(len(sheet.columns))]
    about = {"evenhand": json.dumps({"sentence": sheet.sentence, "how": list(sheet.how), "command": sheet.command,
                                     "source": [str(line) for line in sheet.source]})}  # fmt: skip
    table = pa.table(columns, names=_apart(sheet.columns)).replace_schema_metadata(about)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula, with a quote in front; anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and _RUNS.match(cell) else cell


def _one_line_end(cell: Any) -> Any:
    """A cell of CSV: a bare carriage return would not be quoted, and end its row."""
    if isinstance(cell, str):
        return harmless(cell).replace("\r\n", "\n").replace("\r", "\n")
    return "" if cell is None else cell


def _put(cell: Any, value: Any, font: Any = None) -> None:
    if isinstance(value, str):
        cell.value = _NOT_IN_XML.sub("\ufffd", value)[:MOST_SIGNS]
        cell.data_type = "s"
        if _RUNS.match(value):
            cell.quotePrefix = True
    elif isinstance(value, (list, dict)):
        _put(cell, json.dumps(value, ensure_ascii=False))
    else:
        cell.value = value
    if font is not None:
        cell.font = font


def _column(cells: list[Any], pa: Any) -> Any:
    """Text where any cell is text, or nothing else would hold them all; empty columns are text too."""
    there = [cell for cell in cells if cell is not None]
    if there and all(isinstance(cell, bool) for cell in there):
        return pa.array(cells, pa.bool_())
    numbers = there and all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in there)
    if numbers and all(isinstance(cell, int) and abs(cell) < 2**63 for cell in there):
        return pa.array(cells, pa.int64())
    if numbers:
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
    return pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())


def _text(cell: Any) -> str:
    if isinstance(cell, (list, dict)):
        return json.dumps(cell, ensure_ascii=False)
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else str(cell)


def _apart(names: Sequence[str]) -> list[str]:
    """Names of columns that no two share."""
    found: list[str] = []
    for name in names:
        many, one = 1, name
        while one in found:
            many += 1
            one = f"{name} {many}"
        found.append(one)
    return found


FORMATS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "parquet": ("application/vnd.apache.parquet", as_parquet),
    "json": ("application/json", as_json),
}
