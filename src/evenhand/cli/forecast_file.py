"""The file of a forecast: a row a scheme, as a table or as YAML, each cell read as what it should be."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from .. import definition, table
from ..account.outlook import STATES, Outlook, state
from ..errors import InputError, did_you_mean
from ..table import Table
from ..when import parse_date
from .door import filled

NUMBERS = ("planned", "confirmed", "estimate", "se", "probability", "months", "slip", "adoption", "adopters",
           "invited", "p", "q", "pool")  # fmt: skip
WORDS = ("group", "programme", "origin")
FIELDS = ("scheme", "state", *NUMBERS, "start", *WORDS)
_NONE = {"confirmed": 0.0, "slip": 0.0, "months": 12.0}  # what a blank means, where it is not 'not known'


def read(path: str) -> Table:
    """The table of schemes; a YAML file has `schemes:`, a list with the same words as the columns.

    Raises
    ------
    InputError
        If it cannot be read, or a YAML scheme has a word that is no column.
    """
    if Path(path).suffix.lower() not in (".yaml", ".yml"):
        return table.read(path)
    try:
        content, lines = definition.parse(Path(path).read_text(encoding="utf-8-sig"), where=path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    rows = content.get("schemes")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"{path}:1: expected `schemes:` with a list of schemes, each `scheme`, `state`, `planned`")
    for k, row in enumerate(rows):
        for key, value in row.items():
            line = lines.get(("schemes", k, key), 1)
            if key not in FIELDS:
                raise InputError(f"{path}:{line}: unknown key {key!r}{did_you_mean(key, FIELDS)}")
            if not isinstance(value, str):
                raise InputError(f"{path}:{line}: {key}: expected a single value")
    return Table(path, {name: [str(row.get(name, "")) for row in rows] for name in FIELDS
                        if any(name in row for row in rows)})  # fmt: skip


def outlooks(given: Table, options: argparse.Namespace) -> list[Outlook]:
    """Every row as a scheme, blanks as what is not known."""
    columns = {name: getattr(options, name) for name in FIELDS}
    names = filled(given, columns["scheme"])
    given.unique(columns["scheme"])
    states = _states(given, columns["state"])
    if not given.has(columns["planned"]) and not given.has(columns["estimate"]):
        given.need(columns["planned"])
    numbers = {name: _numbers(given, columns[name], name) for name in NUMBERS}
    words = {name: given.text(columns[name]) if _there(given, columns[name], name) else [""] * len(given)
             for name in WORDS}  # fmt: skip
    starts = _starts(given, columns["start"], options.day_first)
    found = []
    for row, name in enumerate(names):
        values: dict[str, Any] = {key: float(column[row]) for key, column in numbers.items()}
        confirmed = values.pop("confirmed")
        if np.isnan(confirmed):  # a confirmed scheme that does not say how much was confirmed as planned
            confirmed = values["planned"] if states[row] == "confirmed" and np.isfinite(values["planned"]) else 0.0
        values |= {key: _NONE[key] for key in _NONE if key in values and np.isnan(values[key])}
        values |= {key: column[row] for key, column in words.items()}
        found.append(Outlook(name, states[row], confirmed=confirmed, start=starts[row], **values))
    return found


def _there(given: Table, column: str, name: str) -> bool:
    """Whether an optional column is there; one that was asked for by another name must be."""
    if column != name:
        given.need(column)
    return given.has(column)


def _numbers(given: Table, column: str, name: str) -> np.ndarray:
    return given.numbers(column) if _there(given, column, name) else np.full(len(given), np.nan)


def _states(given: Table, column: str) -> list[str]:
    found = []
    for row, cell in enumerate(given.text(column)):
        try:
            found.append(state(cell))
        except ValueError as error:
            raise given.refuse(row, column, cell, str(error)) from None
    assert set(found) <= set(STATES)
    return found


def _starts(given: Table, column: str, day_first: bool | None) -> list[float | None]:
    """The beginning of each start as months since January 1970; None where there is none."""
    if not _there(given, column, "start"):
        return [None] * len(given)
    found: list[float | None] = []
    for row, cell in enumerate(given.text(column)):
        if cell.lower() in table.MISSING:
            found.append(None)
            continue
        try:
            day = parse_date(cell, day_first=day_first)
        except ValueError as error:
            raise given.refuse(row, column, cell, str(error)) from None
        found.append(12 * (day.year - 1970) + day.month - 1 + (day.day - 1) / 31)
    return found
