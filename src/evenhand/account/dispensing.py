"""Dispensing days: on how many days of a month do England's pharmacies dispense?"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

# One-off bank holidays of England, and days moved to make room for one: gov.uk/bank-holidays and the proclamations.
ONCE = frozenset(map(date.fromisoformat, (
    "1999-12-31", "2002-06-03", "2002-06-04", "2011-04-29", "2012-06-04", "2012-06-05", "2020-05-08", "2022-06-02",
    "2022-06-03", "2022-09-19", "2023-05-08",
)))  # fmt: skip
MOVED = frozenset(map(date.fromisoformat, ("2002-05-27", "2012-05-28", "2020-05-04", "2022-05-30")))
SUNDAY = 6


def dispensing_days(months: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Days of each month that are neither a Sunday nor a bank holiday in England, float64 (T,). From 1978 on.

    Source: as NHSBSA counts them for its statistics of medicines used in mental health.

    >>> dispensing_days(np.array(["2024-05", "2024-12"], dtype="datetime64[M]")).tolist()
    [25.0, 24.0]
    """
    months = months.astype("datetime64[M]")
    years = np.unique(months.astype("datetime64[Y]").astype(int) + 1970).tolist()
    closed = sorted(day for year in years for day in bank_holidays(year))
    first = months.astype("datetime64[D]")
    last = (months + 1).astype("datetime64[D]")
    return np.busday_count(first, last, weekmask="1111110", holidays=closed).astype(np.float64)


def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England in a year, Christmas Day itself always among them.

    >>> sorted(day.isoformat() for day in bank_holidays(2022) if day.month in (6, 9))
    ['2022-06-02', '2022-06-03', '2022-09-19']
    """
    easter = _easter(year)
    usual = {
        _weekday(date(year, 1, 1)), easter - timedelta(2), easter + timedelta(1), _monday(date(year, 5, 1)),
        _monday(date(year, 5, 25)), _monday(date(year, 8, 25)), date(year, 12, 25), *_christmas(year),
    }  # fmt: skip
    return frozenset((usual - MOVED) | {day for day in ONCE if day.year == year})


def _christmas(year: int) -> tuple[date, date]:
    """The weekdays kept for Christmas Day and Boxing Day: after a weekend, the days that follow stand in."""
    friday, saturday = 4, 5
    first, second = {friday: (25, 28), saturday: (27, 28), SUNDAY: (26, 27)}.get(date(year, 12, 25).weekday(), (25, 26))
    return date(year, 12, first), date(year, 12, second)


def _weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta({5: 2, SUNDAY: 1}.get(day.weekday(), 0))


def _monday(day: date) -> date:
    """The first Monday from a day on."""
    return day + timedelta(-day.weekday() % 7)


def _easter(year: int) -> date:
    """Easter Sunday (Anonymous Gregorian algorithm; Meeus, Astronomical Algorithms, 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)
