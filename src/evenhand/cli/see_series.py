"""Series from a file: when, which group, which chart, and the numbers that such a chart can hold."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..table import Table

Groups = dict[str | None, NDArray[np.int64]]  # the rows of each group; None is the group of a file without groups
Times = NDArray[Any]  # datetime64[D], or int64 where the file numbers its rows
NUMBERED = re.compile(r"\d{1,5}")  # six digits are a month, eight a day


def read_times(rows: Table, column: str, day_first: bool | None) -> Times:
    """The date column: dates, or whole numbers of up to five digits that only say what follows what."""
    cells = rows.text(column)
    if all(NUMBERED.fullmatch(cell) for cell in cells):
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    return rows.dates(column, day_first=day_first)


def read_groups(rows: Table, column: str | None, times: Times, date_column: str, several: Sequence[bool]) -> Groups:
    """The rows of each group, in order of first appearance; no date may come twice in one unless `several` may."""
    words: Sequence[str | None] = [None] * len(rows) if column is None else rows.text(column)
    members: dict[str | None, list[int]] = {}
    seen: dict[tuple[str | None, Any], int] = {}
    for row, (word, day) in enumerate(zip(words, times.tolist(), strict=True)):
        if (word, day) in seen and not several[row]:
            of = "" if word is None else f" of {word!r}"
            raise InputError(
                f"{rows.name}: row {row + 2}, column {date_column!r}: {day}{of} was already given in row "
                f"{seen[word, day] + 2}; expected each date once"
            )
        seen[word, day] = row
        members.setdefault(word, []).append(row)
    return {word: np.array(found) for word, found in members.items()}


def each_rows_word(rows: Table, given: str, known: Sequence[str]) -> list[str]:
    """One word for every row: the same for all, or what a column says."""
    if given in known or not rows.has(given):
        return [given] * len(rows)
    column = rows.text(given)
    for row, word in enumerate(column):
        if word not in known:
            raise rows.refuse(row, given, word, " or ".join(known))
    return column


def one_word_each(rows: Table, given: str, words: Sequence[str], groups: Groups) -> dict[str | None, str]:
    """The word of each group, which all of its rows must share."""
    for members in groups.values():
        for row in members:
            if words[row] != words[members[0]]:
                first = words[members[0]]
                raise rows.refuse(int(row), given, words[row], f"one word a group ({first!r} came first)")
    return {name: words[members[0]] for name, members in groups.items()}


def read_numbers(
    rows: Table, options: argparse.Namespace, charts: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """The values and the denominators, each row fit for its chart; None where no column of denominators is given."""
    from ..stats.shewhart import KINDS

    values = rows.numbers(options.value)
    below = None if options.denominator is None else rows.numbers(options.denominator)
    for chart in dict.fromkeys(charts):
        if chart not in KINDS:
            continue  # the chart itself refuses, with the nearest right word
        here, kind = np.array([word == chart for word in charts]), KINDS[chart]
        if kind.needs == "must" and below is None:
            raise InputError(f"{rows.name}: --chart {chart} divides each value; expected --denominator COL")
        if kind.needs in ("never", "of") and options.denominator is not None and len(set(charts)) == 1:
            raise InputError(f"{rows.name}: --chart {chart} takes no --denominator; expected values as they are")
        if kind.counted or chart in ("pp", "up", "t"):
            _first(rows, options.value, here & (values < 0), "a number of 0 or more")
        if kind.counted:
            _first(rows, options.value, here & np.isfinite(values) & (values != np.round(values)),
                   f"a whole number, for chart {chart} counts")  # fmt: skip
        if below is not None and options.denominator is not None and kind.needs in ("may", "must"):
            _first(rows, options.denominator, here & (below < 0), "a denominator of 0 or more")
            if chart in ("p", "pp"):
                _first(rows, options.value, here & (values > below), "at most its denominator, for it is a share")
    return values, below


def absent(times: Times) -> list[str]:
    """The dates that a regular series (of months, weeks or days) leaves out between its first and its last."""
    if times.dtype.kind != "M" or len(times) < 4:
        return []
    days = np.unique(times.astype("datetime64[D]"))
    months = days.astype("datetime64[M]")
    into = days - months.astype("datetime64[D]")
    steady = np.unique(into).size == 1 and len(np.unique(months)) == len(days)
    at = (months if steady else days).astype(np.int64)
    steps = np.diff(at)
    usual = int(np.median(steps)) if len(steps) else 0
    if usual <= 0 or (steps % usual).any() or (not steady and usual not in (1, 7, 14, 28)):
        return []
    missing = np.setdiff1d(np.arange(at[0], at[-1], usual), at)
    if len(missing) > len(at) / 4:  # more than a fifth: its dates are not regular
        return []
    if steady:
        return [str(day) for day in missing.astype("datetime64[M]").astype("datetime64[D]") + into[0]]
    return [str(day) for day in missing.astype("datetime64[D]")]


def _first(rows: Table, column: str, wrong: NDArray[np.bool_], right: str) -> None:
    if (found := np.flatnonzero(wrong)).size:
        raise rows.refuse(int(found[0]), column, rows.columns[column][found[0]].strip(), right)
