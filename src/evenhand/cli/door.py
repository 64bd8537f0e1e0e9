"""What several commands ask at the door: which column, how dates are written, yes or no, numbers in range."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..table import Table
from ..when import parse_date

YES = frozenset({"1", "1.0", "true", "t", "yes", "y", "treated"})
NO = frozenset({"0", "0.0", "false", "f", "no", "n", "control"})


def add_columns(parser: argparse.ArgumentParser, **columns: str) -> None:
    """An option for each column, with the name it has unless the user says otherwise."""
    for option, name in columns.items():
        parser.add_argument(f"--{option}", metavar="COL", default=name, help=f"column of FILE [{name}]")


def add_dates(parser: argparse.ArgumentParser) -> None:
    """How 03/04/2024 is read: refused unless one of the two is given."""
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--day-first", dest="day_first", action="store_const", const=True, default=None,
                       help="03/04/2024 is 3 April")  # fmt: skip
    first.add_argument("--month-first", dest="day_first", action="store_const", const=False,
                       help="03/04/2024 is 4 March")  # fmt: skip


def one_date(text: str, option: str, day_first: bool | None) -> date:
    """A date given as an option."""
    try:
        return parse_date(text, day_first=day_first)
    except ValueError as error:
        raise InputError(f"{option}: expected {error}, found {text!r}") from None


def number(text: str) -> float:
    """A finite number given as an option; argparse says which."""
    value = float(text)
    if not math.isfinite(value) or "_" in text or not text.isascii():
        raise argparse.ArgumentTypeError(f"expected a finite number, found {text!r}")
    return value


def words(given: Sequence[str], known: Table) -> list[str]:
    """Column names given one by one or with commas between them; each must be there."""
    names = [name for one in given for name in ([one] if known.has(one) else one.split(",")) if name]
    known.need(*names)
    return list(dict.fromkeys(names))


def filled(table: Table, column: str) -> list[str]:
    """A column of text in which nothing may be blank."""
    cells = table.text(column)
    for row, cell in enumerate(cells):
        if not cell:
            raise table.refuse(row, column, cell, "a value, not a blank")
    return cells


def yes_or_no(table: Table, column: str) -> NDArray[np.bool_]:
    """A column of yes and no, as people and programs write them."""
    cells = filled(table, column)
    for row, cell in enumerate(cells):
        if cell.lower() not in YES | NO:
            raise table.refuse(row, column, cell, "1 or 0 (yes or no, true or false)")
    return np.array([cell.lower() in YES for cell in cells], dtype=bool)


def weights_of(table: Table, column: str | None) -> NDArray[np.float64] | None:
    """A column of weights, none below 0; None where no column is named."""
    if column is None:
        return None
    values = table.numbers(column)
    for row in np.flatnonzero(values < 0):
        raise table.refuse(int(row), column, f"{values[row]:g}", "a weight of 0 or more")
    return values


def above_nothing(table: Table, column: str) -> NDArray[np.float64]:
    """A column of numbers above 0, none missing."""
    values = table.numbers(column, missing=False)
    for row in np.flatnonzero(values <= 0):
        raise table.refuse(int(row), column, f"{values[row]:g}", "a number above 0")
    return values


@contextmanager
def naming(table: Table, *others: str | None) -> Iterator[None]:
    """Put the file's name before a refusal that comes from inside the library; `others` are files that name themselves.
    """
    try:
        yield
    except InputError as error:
        if str(error).startswith((table.name, *(name for name in others if name))):
            raise
        raise InputError(f"{table.name}: {error}") from error
