"""The file of `evenhand prove change`: long or wide, dates as the NHS writes them, seconds or plain numbers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..prove.changes_grid import Grid, grid
from ..when import parse_date
from .door import filled, naming

# What columns are called where the user has not said: our own tables, OpenPrescribing's, and the published analysis'.
UNITS = ("unit", "organisation", "practice", "code", "name")
DATES = ("date", "month", "t")
VALUES = ("value", "calc_value", "ratio", "y")
PARTS = ("numerator", "denominator")

ALONE = "all"  # what a series is called in a long file without units

Rows = tuple[list[str], NDArray[Any], NDArray[np.float64]]


def read_grid(options: argparse.Namespace) -> Grid:
    """One grid from all files: units in first appearance, points in order, NaN where a value is missing."""
    files = [table.read(path) for path in options.file]
    read = [_rows(one, options) for one in files]
    kinds = {points.dtype.kind for _, points, _ in read}
    if len(kinds) > 1:
        raise InputError("some files hold dates and some plain numbers; expected one or the other in all of them")
    units = [unit for names, _, _ in read for unit in names]
    with naming(table.Table(", ".join(one.name for one in files), {})):
        return grid(units, np.concatenate([p for _, p, _ in read]), np.concatenate([v for _, _, v in read]))


def _rows(given: table.Table, options: argparse.Namespace) -> Rows:
    layout = options.layout or _layout(given, options)
    with naming(given):
        if layout == "rows":
            return _from_rows(given, options)
        return _from_long(given, options) if layout == "long" else _from_columns(given, options)


def _layout(given: table.Table, options: argparse.Namespace) -> str:
    """Long if a unit, a date and a value stand in columns; else wide by what heads the other columns."""
    unit, date = _find(given, options.unit, UNITS), _find(given, options.date, DATES)
    asked = options.value or options.numerator or options.denominator
    parts = all(given.has(name) for name in PARTS)
    if (unit and (date or asked)) or (date and (asked or parts)):
        return "long"
    if unit and not date:
        return "rows"
    if date:
        return "columns"
    there = ", ".join(list(given.columns)[:12])
    raise InputError(
        f"{given.name}: is neither long (unit, date, value) nor wide (a date and a column for each unit, or a unit "
        f"and a column for each date); the file has: {there}; name its columns with --unit, --date and --value"
    )


def _find(given: table.Table, asked: str | None, usual: Sequence[str]) -> str | None:
    if asked is not None:
        given.need(asked)
        return asked
    return next((name for name in usual if given.has(name)), None)


def _need(given: table.Table, asked: str | None, usual: Sequence[str], option: str) -> str:
    found = _find(given, asked, usual)
    if found is None:
        there = ", ".join(list(given.columns)[:12])
        raise InputError(f"{given.name}: no column {usual[0]!r}; name it with {option}; the file has: {there}")
    return found


def _from_long(given: table.Table, options: argparse.Namespace) -> Rows:
    unit, date = _find(given, options.unit, UNITS), _need(given, options.date, DATES, "--date")
    given.unique(*([unit] if unit else []), date)
    names = filled(given, unit) if unit else [ALONE] * len(given)
    points = _points(given, date, options.day_first)
    if options.numerator or options.denominator or (options.value is None and _value(given) is None):
        top = _need(given, options.numerator, PARTS[:1], "--numerator")
        bottom = _need(given, options.denominator, PARTS[1:], "--denominator")
        over, under = given.numbers(top), given.numbers(bottom)
        if (under < 0).any():
            row = int(np.flatnonzero(under < 0)[0])
            raise given.refuse(row, bottom, given.text(bottom)[row], "a number of 0 or more")
        return names, points, np.divide(over, under, out=np.full(len(over), np.nan), where=under > 0)
    return names, points, given.numbers(options.value or _value(given) or VALUES[0])


def _value(given: table.Table) -> str | None:
    return _find(given, None, VALUES)


def _from_columns(given: table.Table, options: argparse.Namespace) -> Rows:
    """A date column, and beside it a column for each unit; a word and a dot before every name are left off."""
    date = _need(given, options.date, DATES, "--date")
    given.unique(date)
    points = _points(given, date, options.day_first)
    columns = [name for name in given.columns if name not in ("", date)]
    if not columns:
        raise InputError(f"{given.name}: has no column beside {date!r}; expected one for each unit")
    heads = {name.split(".", 1)[0] for name in columns}
    bare = len(heads) == 1 and all("." in name for name in columns)
    names = [name.split(".", 1)[1] if bare else name for name in columns]
    values = np.concatenate([given.numbers(name) for name in columns])
    return [name for name in names for _ in range(len(points))], np.tile(points, len(names)), values


def _from_rows(given: table.Table, options: argparse.Namespace) -> Rows:
    """A unit column, and beside it a column for each date."""
    unit = _need(given, options.unit, UNITS, "--unit")
    given.unique(unit)
    names = filled(given, unit)
    columns = [name for name in given.columns if name not in ("", unit, *UNITS)]
    if not columns:
        raise InputError(f"{given.name}: has no column beside {unit!r}; expected one for each date")
    heads = table.Table(given.name, {"header": columns})
    try:
        points = _points(heads, "header", options.day_first)
    except InputError:
        wrong = next((name for name in columns if not _dated(name, options.day_first)), columns[0])
        raise InputError(
            f"{given.name}: column {wrong!r}: expected a date as its name (one row a unit, one column a date), or a "
            f"long file with --date and --value"
        ) from None
    values = np.concatenate([given.numbers(name) for name in columns])
    return names * len(columns), np.repeat(points, len(names)), values


def _dated(name: str, day_first: bool | None) -> bool:
    try:
        parse_date(name, day_first=day_first)
    except ValueError:
        return False
    return True


def _points(
    given: table.Table, column: str, day_first: bool | None
) -> NDArray[Any]:
    """Dates; or seconds since 1970, read as dates; or whole numbers of up to five digits, as they are."""
    cells = given.text(column)
    if all(re.fullmatch(r"-?\d{1,5}(\.0)?", cell) for cell in cells):
        return np.array([int(float(cell)) for cell in cells], dtype=np.int64)
    if all(re.fullmatch(r"-?\d{9,}(\.\d+)?", cell) for cell in cells):
        return given.times(column).astype("datetime64[D]")
    return given.dates(column, day_first=day_first)
