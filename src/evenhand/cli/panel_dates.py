"""Dates and starts of a panel as whole periods: months, equal steps of days, or the file's own whole numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..table import MISSING, Table
from ..when import parse_date

NEVER = MISSING | {"0", "0.0", "inf", "infinity", "never", "nat"}
_WHOLE_DATE = re.compile(r"(\d{6}|\d{8})\.0+")  # 202209.0: a column of whole numbers with gaps, as pandas writes it
_NUMBER = re.compile(r"-?\d{1,4}(\.0+)?")  # a year, a quarter counted on; 201811 is a month


@dataclass(frozen=True)
class Periods:
    """period: int64 (n,), one apart; start: float64 (n,), inf for never; word: what one is; label: as the file says."""

    period: NDArray[np.int64]
    start: NDArray[np.float64]
    word: str
    label: Callable[[int], str]


def read_periods(rows: Table, date: str, start: str, *, day_first: bool | None) -> Periods:
    """When each row is, and from when its unit is treated.

    Months if no month has two dates, or else days; the step is the largest that all dates share. A start lies in the
    period that holds it, so a month in which a unit starts on the 15th counts as treated. Blank, 0, NA, inf: never.

    Raises
    ------
    InputError
        If a cell is no date (or can be read two ways), or is no whole number where the others are.
    """
    cells = rows.text(date)
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        when = rows.numbers(date, missing=False)
        began = np.array([_whole(rows, i, start, cell) for i, cell in enumerate(rows.text(start))])
        step, origin = _step(when), float(when.min())
        return _counted(when, began, origin, step, "period" if step == 1 else f"{step} of the file's periods",
                        lambda p: f"{origin + p * step:g}")  # fmt: skip
    days = rows.dates(date, day_first=day_first)
    starts = _starts(rows, start, day_first)
    months = days.astype("datetime64[M]")
    if len(np.unique(days)) == len(np.unique(months)):
        return _dated(months, starts.astype("datetime64[M]"), "month")
    return _dated(days, starts, "day")


def _dated(when: NDArray[np.datetime64], starts: NDArray[np.datetime64], word: str) -> Periods:
    first = when.min()
    began = np.where(np.isnat(starts), np.inf, (starts - first).astype(np.float64))
    away = (when - first).astype(np.float64)
    step = _step(away)
    return _counted(away, began, 0.0, step, word if step == 1 else f"{step} {word}s", lambda p: str(first + p * step))


def _counted(
    when: NDArray[np.float64], began: NDArray[np.float64], origin: float, step: int, word: str,
    label: Callable[[int], str],
) -> Periods:  # fmt: skip
    return Periods(((when - origin) / step).astype(np.int64), np.floor((began - origin) / step), word, label)


def _step(when: NDArray[np.float64]) -> int:
    gaps = np.diff(np.unique(when)).astype(np.int64)
    return int(np.gcd.reduce(gaps)) if len(gaps) else 1


def _starts(rows: Table, column: str, day_first: bool | None) -> NDArray[np.datetime64]:
    out = np.full(len(rows), np.datetime64("NaT"), dtype="datetime64[D]")
    known: dict[str, np.datetime64] = {}
    for i, cell in enumerate(rows.text(column)):
        if cell.lower() in NEVER:
            continue
        if cell not in known:
            try:
                whole = _WHOLE_DATE.fullmatch(cell)
                known[cell] = np.datetime64(parse_date(whole[1] if whole else cell, day_first=day_first), "D")
            except ValueError as error:
                raise rows.refuse(i, column, cell, f"{error}, or a blank for never") from None
        out[i] = known[cell]
    return out


def _whole(rows: Table, row: int, column: str, cell: str) -> float:
    if cell.lower() in NEVER:
        return float("inf")
    if not _NUMBER.fullmatch(cell):
        raise rows.refuse(row, column, cell, "a whole number, as the dates are, or a blank for never")
    return float(cell)


def check_steps(periods: Periods, rows: Table, column: str) -> None:
    """Refuse dates that have no step in common, so that nobody can say how many periods lie between two."""
    there = np.unique(periods.period)
    if periods.word == "day" and len(there) > 2 and np.median(np.diff(there)) > 1:
        raise InputError(f"{rows.name}: column {column!r}: dates are {int(np.median(np.diff(there)))} days apart, more "
                         "or less; expected equal steps (days, weeks) or months")  # fmt: skip
