"""One treated unit and those it may be compared with: the same months for all, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]

FEWEST_DONORS = 5  # our rule: below, a rank among them says nothing (the smallest p is over 0.17)
MOST_UNITS = 1000  # every unit is fitted to all others: 500 take 2 seconds, and the work grows faster than their square
FEWEST_BEFORE = 6  # METHODS F.1: fewer than 6 months before are dropped


@dataclass(frozen=True)
class Donors:
    """names (N,), the treated first; before (T0, N) and after (T1, N), complete; months (T0 + T1,); who and what is
    left out."""

    names: tuple[str, ...]
    before: Floats
    after: Floats
    months: Months
    dropped: tuple[str, ...]
    missing: tuple[str, ...]


def donors(units: Sequence[str], months: Months, values: Floats, treated: str, start: np.datetime64) -> Donors:
    """Arrange rows as months by units, and leave out, by name, every unit that lacks a month that the treated has.

    Raises
    ------
    InputError
        See `synthetic_control`.
    """
    names = list(dict.fromkeys(units))
    if treated not in names:
        raise InputError(f"no unit {treated!r}{did_you_mean(treated, names)}; the file has {len(names)} units")
    if len(names) > MOST_UNITS:
        raise InputError(f"{len(names)} units; expected {MOST_UNITS} or fewer: keep those like {treated!r}, or "
                         "compare at a higher level")  # fmt: skip
    table, calendar = _table(names, units, months.astype("datetime64[M]"), values)
    mine = names.index(treated)
    launch = start.astype("datetime64[M]")
    whole = launch == start.astype("datetime64[D]")
    there = np.isfinite(table[:, mine])
    is_before, is_after = there & (calendar < launch), there & (calendar >= (launch if whole else launch + 1))
    if is_before.sum() < FEWEST_BEFORE or not is_after.any():
        raise InputError(f"{treated!r} has {is_before.sum()} months before {launch} and {is_after.sum()} from then on; "
                         f"need {FEWEST_BEFORE} before and 1 after, or more")  # fmt: skip
    used = is_before | is_after
    full = np.isfinite(table[used]).all(axis=0)
    kept = [mine, *(int(row) for row in np.flatnonzero(full) if row != mine)]
    if len(kept) - 1 < FEWEST_DONORS:
        raise InputError(f"{len(kept) - 1} of {len(names) - 1} other units have every month that {treated!r} has; "
                         f"need {FEWEST_DONORS} donors or more")  # fmt: skip
    before = table[is_before][:, kept]
    if np.ptp(before) == 0:
        raise InputError(f"every unit has the same value in every month before {launch}; nothing can be compared")
    span = np.arange(calendar[used][0], calendar[used][-1] + 1)
    gaps = np.setdiff1d(span, calendar[used])
    if not whole:
        gaps = gaps[gaps != launch]
    return Donors(
        tuple(names[row] for row in kept), before, table[is_after][:, kept], calendar[used],
        tuple(names[int(row)] for row in np.flatnonzero(~full)), tuple(str(month) for month in gaps),
    )  # fmt: skip


def _table(
    names: Sequence[str], units: Sequence[str], months: Months, values: Floats
) -> tuple[Floats, Months]:
    """Months by units, NaN where a row is absent, and the months that the file has."""
    calendar = np.unique(months)
    place = {name: column for column, name in enumerate(names)}
    at = np.searchsorted(calendar, months), np.array([place[unit] for unit in units])
    counted = np.zeros((len(calendar), len(names)), dtype=np.int64)
    np.add.at(counted, at, 1)
    if (counted > 1).any():
        row, column = (int(place) for place in np.argwhere(counted > 1)[0])
        raise InputError(f"unit {names[column]!r} has {calendar[row]} twice; expected one row for each unit and month")
    table = np.full(counted.shape, np.nan)
    table[at] = values
    return table, calendar
