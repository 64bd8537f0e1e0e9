"""Sheet: one sheet of an Excel workbook (.xlsx) as rows of text, and rows as a workbook.

What Excel can hide is refused: cells that are merged, errors, formulas whose result was never stored, and codes that
were kept as numbers and lost their last digits. Text that is written stays text: nothing in it is ever a formula.
"""

from __future__ import annotations

import io
import math
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from .errors import InputError, did_you_mean

if TYPE_CHECKING:
    from openpyxl import Workbook

MAGIC = b"PK\x03\x04"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # what a zip can say at the earliest: the same rows always give the same bytes
SAFE, RATIO = 200 << 20, 200  # bytes that may unpack at any ratio; times that a workbook may unpack to
_DIGITS = 10**15  # Excel keeps 15 digits of a number
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_767  # characters that an Excel cell holds


def read_rows(raw: bytes, name: str, sheet: str | None = None) -> list[list[str]]:
    """Every row that holds something, header first, every cell text; of the first sheet that is not hidden, or `sheet`.

    Dates are YYYY-MM-DD, whole numbers have no point, blanks are empty.

    Raises
    ------
    InputError
        If it is no workbook, has no such sheet, or holds what cannot be read as one plain table.
    """
    found, formulas = _opened(raw, name, sheet)
    if found.merged_cells.ranges:
        first = min(found.merged_cells.ranges, key=lambda r: (r.min_row, r.min_col))
        raise InputError(
            f"{name}: sheet {found.title!r}: cells {first} are merged; each needs a value of its own, and the header "
            "one row"
        )
    rows: list[list[str]] = []
    for cells, sources in zip(found.iter_rows(), formulas.iter_rows(), strict=True):
        row = [_text(cell, source, name, found.title) for cell, source in zip(cells, sources, strict=True)]
        if any(row):
            rows.append(row)
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell), default=0)
    return [row[:width] for row in rows]


def read_grid(raw: bytes, name: str, sheet: str | None = None) -> list[list[str]]:
    """Every row of a sheet as it lies there, blank rows too: for a sheet that is a form rather than a table.

    Merged cells each hold the value of the first. An error (#DIV/0!) stays as it is written, for whoever needs that
    cell to refuse it. Otherwise as `read_rows`.
    """
    found, formulas = _opened(raw, name, sheet)
    grid = [
        [str(cell.value) if _is_error(cell) else _text(cell, source, name, found.title)
         for cell, source in zip(cells, sources, strict=True)]
        for cells, sources in zip(found.iter_rows(), formulas.iter_rows(), strict=True)
    ]  # fmt: skip
    for area in found.merged_cells.ranges:
        for row in range(area.min_row - 1, area.max_row):
            for column in range(area.min_col - 1, area.max_col):
                grid[row][column] = grid[area.min_row - 1][area.min_col - 1]
    return grid


def sheets(raw: bytes, name: str) -> tuple[str, ...]:
    """The sheets that can be seen, in order."""
    from openpyxl import load_workbook

    _check_size(raw, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(raw), read_only=True)
    except Exception as error:
        raise InputError(f"{name}: the workbook is broken or cut short ({type(error).__name__})") from error
    return tuple(found.title for found in book.worksheets if found.sheet_state == "visible")


def write_rows(rows: Sequence[Mapping[str, Any]], columns: Iterable[str], title: str = "Evenhand") -> bytes:
    """A workbook of one sheet: numbers as numbers, text as text whatever it begins with, no value as no value."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    names = list(columns)

    def cell(value: Any) -> Any:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return None
        if isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < _DIGITS):
            return value
        held = WriteOnlyCell(sheet, value=_CONTROL.sub("\ufffd", str(value))[:_LONGEST])
        held.data_type = "s"  # "=1+1" is these four characters
        held.quotePrefix = True
        return held

    for row in ({name: name for name in names}, *rows):
        sheet.append([cell(row.get(name)) for name in names])
    return saved(book)


def saved(book: Workbook) -> bytes:
    """A workbook's bytes, the same for the same cells: it says of itself that it was made in 1980."""
    made, packed = io.BytesIO(), io.BytesIO()
    book.properties.created = datetime(*_EPOCH)
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "docProps/core.xml":  # openpyxl writes the moment of saving there
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(part, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _opened(raw: bytes, name: str, sheet: str | None) -> tuple[Any, Any]:
    """The sheet with its values, and again with its formulas."""
    from openpyxl import load_workbook

    _check_size(raw, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles it does not know
        try:
            book = load_workbook(io.BytesIO(raw), data_only=True)
            found = book[_chosen(book, name, sheet)]
            return found, load_workbook(io.BytesIO(raw))[found.title]
        except InputError:
            raise
        except Exception as error:  # openpyxl lets through whatever a broken part makes it stumble over
            raise InputError(f"{name}: the workbook is broken or cut short ({type(error).__name__})") from error


def _is_error(cell: Any) -> bool:
    return cell.data_type == "e" or cell.value in _ERRORS


def _check_size(raw: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts, unpacked = archive.namelist(), sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise InputError(f"{name}: the zip or workbook is broken or cut short ({error})") from error
    if "[Content_Types].xml" not in parts:
        raise InputError(f"{name}: is a zip and no workbook; unpack it first")
    if unpacked > max(SAFE, len(raw) * RATIO):
        raise InputError(f"{name}: unpacks to {unpacked:,} bytes from {len(raw):,}; refused as unsafe")


def _chosen(book: Any, name: str, sheet: str | None) -> str:
    titles = [found.title for found in book.worksheets]
    if sheet is not None:
        if sheet not in titles:
            raise InputError(f"{name}: no sheet {sheet!r}{did_you_mean(sheet, titles)}; there are: {', '.join(titles)}")
        return sheet
    seen = [found.title for found in book.worksheets if found.sheet_state == "visible"]
    if not seen:
        raise InputError(f"{name}: the workbook has no sheet that can be seen; name one with --sheet")
    return str(seen[0])


def _text(cell: Any, source: Any, name: str, title: str) -> str:
    value = cell.value
    where = f"{name}: sheet {title!r}, cell {source.coordinate}"
    if value is None:
        if source.value is not None:
            raise InputError(f"{where}: holds a formula without its result; open and save the workbook, or save as CSV")
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        if _is_error(cell):
            raise InputError(f"{where}: holds the error {value}; expected a value or a blank")
        return value.strip()
    if isinstance(value, int | float):
        if abs(value) >= _DIGITS and float(value).is_integer():
            raise InputError(f"{where}: holds {value:.0f} as a number, of which Excel keeps 15 digits; expected text")
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
