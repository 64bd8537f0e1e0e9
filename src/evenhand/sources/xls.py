"""Excel 97-2003 workbooks (.xls): cells as text, for series that their publisher keeps in no other format.

xlrd reads numbers, texts, dates and what formulas came to; no macro, link or picture is looked at.
"""

from __future__ import annotations

import io
import struct
from datetime import datetime
from pathlib import Path

import xlrd

from ..errors import InputError

MAGIC = b"\xd0\xcf\x11\xe0"
_MOST = 50_000_000  # bytes of one workbook; our rule
# what xlrd lets through of a broken file: its own checks, and the reading of numbers behind them
_BROKEN = (xlrd.XLRDError, xlrd.compdoc.CompDocError, struct.error, IndexError, KeyError, ValueError, OverflowError,
           AssertionError, TypeError, AttributeError)  # fmt: skip

Rows = list[tuple[str, ...]]


def sheets(path: Path, name: str) -> dict[str, Rows]:
    """Every sheet by its title, every cell text; dates as YYYY-MM-DD, whole numbers without a point.

    Raises
    ------
    InputError
        If the workbook is too large, broken, cut short, or locked with a password.
    """
    if path.stat().st_size > _MOST:
        raise InputError(f"{name}: an old Excel workbook of more than {_MOST:,} bytes; save it as .xlsx or CSV")
    try:
        book = xlrd.open_workbook(path, logfile=io.StringIO())
        return {sheet.name: [_row(sheet, number, book.datemode) for number in range(sheet.nrows)] for sheet in book}
    except _BROKEN as error:
        raise InputError(f"{name}: the old Excel workbook is broken, cut short or locked ({error})") from error


def _row(sheet: xlrd.sheet.Sheet, number: int, datemode: int) -> tuple[str, ...]:
    return tuple(_text(cell, datemode) for cell in sheet.row(number))


def _text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        day: datetime = xlrd.xldate_as_datetime(cell.value, datemode)
        return day.strftime("%Y-%m-%d")
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return str(int(cell.value)) if float(cell.value).is_integer() else str(cell.value)
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value).strip()
    return ""
