"""A series from a file: its values, groups, targets and the dates it is rebased at, as `see spc` asks for them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..table import Table
from .door import one_date

Groups = dict[str | None, NDArray[np.int64]]  # the rows of each group; None is the group of a file without groups


def read_values(rows: Table, options: argparse.Namespace) -> NDArray[np.float64]:
    """The series: the value column, over the denominator if there is one."""
    values = rows.numbers(options.value)
    if options.denominator is None:
        return values
    below = rows.numbers(options.denominator)
    if (wrong := np.flatnonzero(below < 0)).size:
        found = rows.columns[options.denominator][wrong[0]]
        raise rows.refuse(int(wrong[0]), options.denominator, found, "a denominator of 0 or more")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0, values / below, np.nan)


def read_groups(rows: Table, column: str | None, dates: NDArray[np.datetime64], date_column: str) -> Groups:
    """The rows of each group, in order of first appearance; no date may come twice in one."""
    words: Sequence[str | None] = [None] * len(rows) if column is None else rows.text(column)
    members: dict[str | None, list[int]] = {}
    seen: dict[tuple[str | None, Any], int] = {}
    for row, (word, day) in enumerate(zip(words, dates.tolist(), strict=True)):
        if (word, day) in seen:
            of = "" if word is None else f" of {word!r}"
            raise InputError(
                f"{rows.name}: row {row + 2}, column {date_column!r}: {day}{of} was already given in row "
                f"{seen[word, day] + 2}; expected each date once"
            )
        seen[word, day] = row
        members.setdefault(word, []).append(row)
    return {word: np.array(found) for word, found in members.items()}


def one_word_each(rows: Table, given: str, groups: Groups, known: Sequence[str]) -> dict[str | None, str]:
    """One word for every group: the same for all, or the one that a column says, once a group."""
    if given in known or not rows.has(given):
        return dict.fromkeys(groups, given)
    column = rows.text(given)
    for members in groups.values():
        for row in members:
            if column[row] != column[members[0]]:
                raise rows.refuse(int(row), given, column[row], f"one word a group ({column[members[0]]!r} came first)")
            if known and column[row] not in known:
                raise rows.refuse(int(row), given, column[row], " or ".join(known))
    return {name: column[members[0]] for name, members in groups.items()}


def read_targets(
    rows: Table, given: Sequence[str], groups: Groups, dates: NDArray[np.datetime64]
) -> dict[str | None, float]:
    """The target of each group, NaN for none: a number, GROUP=number, or a column's last row of each group."""
    targets: dict[str | None, float] = dict.fromkeys(groups, float("nan"))
    for word in given:
        name, equals, number = word.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            if equals or not rows.has(word):
                raise InputError(f"--target {word}: expected a number, GROUP=number or a column of FILE") from None
            cells = rows.numbers(word)
            for group, members in groups.items():
                targets[group] = float(cells[members[np.argmax(dates[members])]])
            continue
        if not np.isfinite(value):
            raise InputError(f"--target {word}: expected a finite number")
        if equals and name not in groups:
            raise InputError(f"--target {word}: no group {name!r} in {rows.name}")
        targets.update({name: value} if equals else dict.fromkeys(groups, value))
    return targets


def read_rebases(
    options: argparse.Namespace, groups: Groups, dates: NDArray[np.datetime64]
) -> dict[str | None, NDArray[np.datetime64]]:
    """The rebase dates of each group; a date that is no observation of it is warned of."""
    wanted: dict[str | None, list[np.datetime64]] = {name: [] for name in groups}
    for word in options.rebase:
        name, equals, text = word.rpartition("=")
        day = np.datetime64(one_date(text, "--rebase", options.day_first), "D")
        if equals and name not in groups:
            raise InputError(f"--rebase {word}: no group {name!r} in {options.file}")
        asked = [name] if equals else list(groups)
        absent = [group for group in asked if not np.any(dates[groups[group]] == day)]
        if absent:
            where = (
                "" if absent == [None] else f" for {', '.join(map(str, absent[:5]))}" + (" ..." if absent[5:] else "")
            )
            print(f"evenhand: warning: --rebase {text} is no date of {options.file}{where}; no new phase there",
                  file=sys.stderr)  # fmt: skip
        for group in asked:
            wanted[group].append(day)
    return {name: np.array(days, dtype="datetime64[D]") for name, days in wanted.items()}
