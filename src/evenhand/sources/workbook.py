"""Workbook: the sheets of an Excel file (.xlsx, .xls) as rows of text, or each as a table for the sources to know."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..errors import InputError
from . import xls
from .unpack import Unpacked, plain_name

_TITLES = 30  # rows above a header that a sheet may have; our rule: published ones have up to 14
_FULL = 0.6  # our rule: a header fills at least this share of the cells that the fullest of those rows fills

Rows = list[tuple[str, ...]]


def sheets(file: Unpacked) -> dict[str, Rows]:
    """Every sheet by its title, every cell text: dates as YYYY-MM-DD, whole numbers without a point, blanks ''."""
    with file.path.open("rb") as given:
        if given.read(4) == xls.MAGIC[:4]:
            return xls.sheets(file.path, file.name)
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles it does not know
        try:
            book = load_workbook(file.path, read_only=True, data_only=True)
            found = {
                sheet.title: _even([tuple(map(_text, row)) for row in sheet.iter_rows(values_only=True)])
                for sheet in book.worksheets
            }
            book.close()
        except Exception as error:  # openpyxl lets through whatever a broken part makes it stumble over
            said = " ".join(str(error).split()) or type(error).__name__
            raise InputError(f"{file.name}: the workbook is broken or cut short ({said})") from error
    return found


def tables(file: Unpacked, beside: Callable[[str], Path]) -> Iterator[Unpacked]:
    """Each sheet that holds a table, as a CSV of its own from its header on."""
    for title, rows in sheets(file).items():
        start = header_of(rows)
        if start is None:
            continue
        whole = rows[start:]
        used = [i for i in range(len(whole[0])) if any(row[i] for row in whole)]
        body = [tuple(row[i] for i in used) for row in whole if any(row)]
        target = beside(f"{plain_name(title) or 'sheet'}.csv")
        with target.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(body)
        columns = tuple(cell.strip() or f"column {i}" for i, cell in enumerate(body[0], start=1))
        yield replace(
            file, name=f"{file.name}[{title}]", label=f"{file.label}[{title}]", path=target, kind="csv",
            encoding="utf-8", columns=columns, top=tuple(body[:6]),
        )  # fmt: skip


def header_of(rows: Rows) -> int | None:
    """The place of the row that names the columns: the first that is about as full as any near it; None without."""
    filled = [sum(bool(cell) for cell in row) for row in rows[:_TITLES]]
    most = max(filled, default=0)
    if most < 2:
        return None
    return next(i for i, count in enumerate(filled) if count >= _FULL * most)


def _even(rows: Rows) -> Rows:
    width = max(map(len, rows), default=0)
    return [row + ("",) * (width - len(row)) for row in rows]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:  # every such float is exact
        return str(int(cell))
    return str(cell).strip()
