"""Months: datetime64[M] in Python, a small integer (months since 2000-01) in the lake."""

from __future__ import annotations

import numpy as np

EPOCH = np.datetime64("2000-01", "M")  # month 0: our rule; fits 2,700 years in an int16


def month_number(month: np.datetime64 | str) -> int:
    """Months since 2000-01.

    >>> month_number(np.datetime64("2017-09")), month_number("2000-01")
    (212, 0)
    """
    whole = np.datetime64(month, "M") if isinstance(month, str) else month.astype("datetime64[M]")
    return int((whole - EPOCH).astype(np.int64))


def month_of(number: int) -> np.datetime64:
    """The month that a number stands for.

    >>> str(month_of(212))
    '2017-09'
    """
    return EPOCH + np.timedelta64(int(number), "M")
