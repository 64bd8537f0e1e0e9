"""When: dates, months and moments as the NHS writes them, and a refusal of what can be read two ways."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import numpy as np

AMBIGUOUS = "a date that can be read one way (or --day-first or --month-first)"
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ]\d{1,2}:\d{2}.*)?$")  # an hour may follow
_SLASH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?$")
_NAMED = re.compile(r"(\d{1,2})[- ]?([A-Za-z]{3})[A-Za-z]*[- ]?(\d{4})$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def parse_date(text: str, *, day_first: bool | None = None) -> date:
    """One date or month as the NHS writes them; ValueError says what would be right.

    >>> parse_date("01JUN2026"), parse_date("2017_09"), parse_date("202603")
    (datetime.date(2026, 6, 1), datetime.date(2017, 9, 1), datetime.date(2026, 3, 1))
    >>> parse_date("03/04/2024", day_first=True)
    datetime.date(2024, 4, 3)
    """
    word = text.strip().replace("_", "-")
    if match := _ISO.match(word) or _COMPACT.match(word):
        year, month, day = int(match[1]), int(match[2]), int(match[3] or 1)
    elif (match := _NAMED.match(word)) and match[2].lower() in _MONTHS:
        year, month, day = int(match[3]), _MONTHS.index(match[2].lower()) + 1, int(match[1])
    elif match := _SLASH.match(word):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if day_first is None and first <= 12 and second <= 12 and first != second:
            raise ValueError(AMBIGUOUS)
        if day_first is None:
            day_first = first > 12 or first == second
        day, month = (first, second) if day_first else (second, first)
    else:
        raise ValueError("a date as YYYY-MM-DD")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("a date that exists, as YYYY-MM-DD") from None


def day_comes_first(text: str) -> bool | None:
    """Whether a date such as 13/04/2024 has its day first; None where it does not show, or the date is not so written.

    >>> day_comes_first("13/04/2024"), day_comes_first("04/13/2024"), day_comes_first("2024-04-13")
    (True, False, None)
    """
    match = _SLASH.match(text.strip())
    if match is None or (int(match[1]) > 12) == (int(match[2]) > 12):
        return None
    return int(match[1]) > 12


def parse_time(text: str, *, day_first: bool | None = None) -> tuple[np.datetime64, bool]:
    """One moment in microseconds, in UTC, and whether the text named a time zone; ValueError says what would be right.

    >>> parse_time("2026-03-01T09:30:00+01:00")
    (np.datetime64('2026-03-01T08:30:00.000000'), True)
    >>> parse_time("1481275539794")[0]
    np.datetime64('2016-12-09T09:25:39.794000')
    """
    word = text.strip()
    if re.fullmatch(r"-?\d+(\.\d+)?", word) and not _COMPACT.fullmatch(word):
        seconds = float(word)
        scale = 1e3 if abs(seconds) >= 1e11 else 1e6  # 1e11 seconds is the year 5138: such a number is milliseconds
        return np.datetime64(round(seconds * scale), "us"), True
    day, _, clock = word.replace("T", " ", 1).partition(" ")
    clock = clock.strip() or "00:00"
    clock = f"0{clock}" if clock[1:2] == ":" else clock
    try:
        moment = datetime.fromisoformat(f"{parse_date(day, day_first=day_first)}T{clock}")
    except ValueError as error:
        reason = str(error) if "date" in str(error) else "a time as YYYY-MM-DD hh:mm:ss"
        raise ValueError(reason) from None
    zoned = moment.tzinfo is not None
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None) if zoned else moment, "us"), zoned
