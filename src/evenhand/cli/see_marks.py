"""What a person adds to a series: targets, dates at which a phase begins, points with a known cause."""

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
from .see_series import Groups, Times


def read_targets(rows: Table, given: Sequence[str], groups: Groups, times: Times) -> dict[str | None, float]:
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
                targets[group] = float(cells[members[np.argmax(times[members])]])
            continue
        if not np.isfinite(value):
            raise InputError(f"--target {word}: expected a finite number")
        if equals and name not in groups:
            raise InputError(f"--target {word}: no group {name!r} in {rows.name}")
        targets.update({name: value} if equals else dict.fromkeys(groups, value))
    return targets


def read_marked(
    options: argparse.Namespace, option: str, given: Sequence[str], groups: Groups, times: Times, else_: str
) -> dict[str | None, NDArray[Any]]:
    """The dates given to an option, for each group; one that is no observation of it is warned of."""
    wanted: dict[str | None, list[Any]] = {name: [] for name in groups}
    for word in given:
        name, equals, text = word.rpartition("=")
        when = _moment(text, option, options.day_first, times)
        if equals and name not in groups:
            raise InputError(f"{option} {word}: no group {name!r} in {options.file}")
        asked = [name] if equals else list(groups)
        away = [group for group in asked if not np.any(times[groups[group]] == when)]
        if away:
            where = "" if away == [None] else f" for {', '.join(map(str, away[:5]))}" + (" ..." if away[5:] else "")
            print(f"evenhand: warning: {option} {text} is no date of {options.file}{where}; {else_}", file=sys.stderr)
        for group in asked:
            wanted[group].append(when)
    return {name: np.array(found, dtype=times.dtype) for name, found in wanted.items()}


def _moment(text: str, option: str, day_first: bool | None, times: Times) -> Any:
    if times.dtype.kind == "M":
        return np.datetime64(one_date(text, option, day_first), "D")
    if not text.strip().isdecimal():
        raise InputError(f"{option}: expected a number, as the file's rows have, found {text!r}")
    return int(text)
