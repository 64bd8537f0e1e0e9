"""Spending profiles: what share of a financial year's prescribing cost each month has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..table import Table
from ..when import parse_date

MONTHS = ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar")

# Percent of the year's actual cost, April to March, as published by the Department of Health and Social Care
# through NHS Prescription Services' prescribing monitoring document: METHODS C.3. Both sum to 100.
PUBLISHED = {
    "2013-14": (8.29, 8.50, 7.93, 8.77, 8.47, 8.54, 8.69, 8.34, 8.15, 8.29, 7.64, 8.39),
    "2014-15": (7.89, 8.26, 8.03, 8.60, 7.88, 8.42, 9.19, 8.36, 8.55, 8.56, 7.75, 8.51),
}
ROUNDING = 0.1  # twelve percentages of two decimals can miss 100 by 0.06


def published(name: str) -> NDArray[np.float64]:
    """A published profile, float64 (12,), April first, in percent.

    >>> float(published("2014-15")[:3].sum().round(2))
    24.18
    """
    if name not in PUBLISHED:
        hint = did_you_mean(name, PUBLISHED)
        raise InputError(f"no published profile {name!r}{hint}; there are {', '.join(PUBLISHED)}, or give a file")
    return np.array(PUBLISHED[name])


def from_table(table: Table, *, day_first: bool | None = None) -> NDArray[np.float64]:
    """A profile from a table with `month` (Apr ... Mar, or dates) and `percent`, float64 (12,), April first.

    Raises
    ------
    InputError
        If a month is missing or given twice, a share is not above zero, or they do not sum to 100.
    """
    percent = table.numbers("percent", missing=False)
    profile = np.full(12, np.nan)
    for row, word in enumerate(table.text("month")):
        place = _place(table, row, word, day_first)
        if not np.isnan(profile[place]):
            raise table.refuse(row, "month", word, "each month once")
        if percent[row] <= 0:
            raise table.refuse(row, "percent", repr(float(percent[row])), "a share above 0, in percent")
        profile[place] = percent[row]
    if np.isnan(profile).any():
        missing = MONTHS[int(np.flatnonzero(np.isnan(profile))[0])]
        raise InputError(f"{table.name}: column 'month': {missing} is missing; a profile has twelve months")
    if abs(profile.sum() - 100) > ROUNDING:
        raise InputError(f"{table.name}: column 'percent': sums to {profile.sum():.4g}; a profile sums to 100")
    return profile


def _place(table: Table, row: int, word: str, day_first: bool | None) -> int:
    for place, name in enumerate(MONTHS):
        if word[:3].lower() == name.lower():
            return place
    try:
        month = parse_date(word, day_first=day_first).month
    except ValueError as error:
        raise table.refuse(row, "month", word, f"a month as Apr, or {error}") from None
    return (month - 4) % 12
