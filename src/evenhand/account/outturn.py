"""Forecast outturn: what will the year's prescribing cost be, from the months so far?"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record

SUPPRESSED_MONTHS = 2  # NHSBSA shows no forecast outturn for April and May (METHODS C.3)
PARTS = ("volume", "price", "mix", "list", "concession")


@dataclass(frozen=True, eq=False)
class Outturn(Record):
    """actual: pounds spent in `months_to_date` months from April; forecast_outturn: pounds for the whole year,
    NaN for April and May; variance: forecast minus budget; parts: what the variance is made of (METHODS C.4),
    NaN where the prescribing lines behind the budget were not given."""

    months_to_date: int
    actual: float
    forecast_outturn: float
    budget: float
    variance: float
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PARTS, float("nan")))


def outturn(
    months: NDArray[np.datetime64],
    actual_cost: NDArray[np.float64],
    profile_percent: NDArray[np.float64],
    *,
    budget: float = float("nan"),
) -> Outturn:
    """Forecast a financial year's actual cost from its first months.

    forecast outturn = cumulative actual cost x 100 / cumulative profile percent. Holds when the year's
    pattern follows the profile, which carries the dispensing days; a price change in mid-year breaks it.

    Parameters
    ----------
    months
        datetime64 (T,), any order, each once: April of one financial year and the months that follow.
    actual_cost
        Pounds (T,). NaN for months that are not published yet.
    profile_percent
        float64 (12,), April first, summing to 100.
    budget
        The whole year's, in pounds.

    Raises
    ------
    InputError
        If a month is given twice, is missing between April and the latest, or lies in another year.

    Source: NHSBSA, prescribing monitoring document, forecast outturn; METHODS C.3.

    >>> year = np.array(["2014-04", "2014-05", "2014-06"], dtype="datetime64[M]")
    >>> outturn(year, np.array([78.9, 82.6, 80.3]), np.full(12, 100 / 12), budget=1000).months_to_date
    3
    """
    known = ~np.isnan(actual_cost)
    if not known.any():
        raise InputError("column 'actual_cost': no month has a cost; expected April and the months after it")
    every = np.sort(months.astype("datetime64[M]").astype(int))
    if (twice := np.flatnonzero(every[1:] == every[:-1])).size:
        raise InputError(f"column 'month': {_name(int(every[twice[0]]))} is given twice; each must be given once")
    number = months.astype("datetime64[M]").astype(int)[known]
    order = np.argsort(number)
    number, cost = number[order], actual_cost[known][order]
    april = int(number[0]) - (int(number[0]) - 3) % 12  # months since 1970-01; April is 3 of 12
    expected = april + np.arange(len(number))
    if len(number) > 12 or not np.array_equal(number, expected):
        raise InputError(_gap(number, april))
    to_date = len(number)
    actual = float(cost.sum())
    forecast = float("nan")
    if to_date > SUPPRESSED_MONTHS:
        forecast = actual * 100 / float(profile_percent[:to_date].sum())
    return Outturn(to_date, actual, forecast, budget, forecast - budget)


def _gap(number: NDArray[np.int64], april: int) -> str:
    seen: set[int] = set()
    for month in number.tolist():
        if month >= april + 12:
            return f"column 'month': {_name(month)} is in another financial year than {_name(april)}; give one year"
        seen.add(month)
    first = next(month for month in range(april, april + 12) if month not in seen)
    return f"column 'month': {_name(first)} is missing; expected every month from April to {_name(max(seen))}"


def _name(month: int) -> str:
    return str(np.datetime64(month, "M"))
