"""A profile of one's own: how a year's cost falls over its months by dispensing day, and how far that rule erred."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .outturn import SUPPRESSED_MONTHS

Floats = NDArray[np.float64]
YEARS = (3, 5)  # METHODS C.3: from three to five years; NHSBSA's own profile uses five
TRAINED = 2  # a back-test may look back on one year less than a forecast: else three years could never be tested


@dataclass(frozen=True, eq=False)
class Tested(Record):
    """How forecasts made after `months_to_date` months erred in past years, in percent of the year's true cost.
    mape: mean size; bias: mean, above 0 where it forecast too much; worst: the largest size."""

    months_to_date: int
    years: int
    mape_percent: float
    bias_percent: float
    worst_percent: float


@dataclass(frozen=True, eq=False)
class OwnProfile(Record):
    """percent: float64 (12,), April first, summing to 100, for the year that starts in April `year`; days: its
    dispensing days; years: the Aprils of the years it was learnt from; tests: its back-test, by months to date."""

    year: int
    percent: Floats
    days: Floats
    years: tuple[int, ...]
    tests: tuple[Tested, ...]


def own_profile(months: NDArray[np.datetime64], cost: Floats, days: Floats, year_days: Floats, year: int) -> OwnProfile:
    """Learn how cost falls over a financial year, and show how far the same rule erred in the years it has seen.

    Cost per dispensing day is a year's level times a month's; the months' are averaged over the last three to five
    whole years on the log scale, and multiplied with the dispensing days of the year to be forecast. The back-test
    forecasts each earlier year from the years before it, from June on; it never looks ahead.

    Parameters
    ----------
    months
        datetime64 (T,), each once, any order. Only whole financial years before `year` are used.
    cost, days
        Pounds and dispensing days of those months (T,). A cost that is NaN is not known.
    year_days
        Dispensing days of the year to be forecast, float64 (12,), April first.
    year
        The year in whose April it starts.

    Raises
    ------
    InputError
        If fewer than three whole years before it are known, or a cost is not above 0.

    Source: METHODS C.3, where no profile is published.
    """
    known = _whole_years(months, cost, days, year)
    if len(known) < YEARS[0]:
        raise InputError(
            f"{len(known)} whole financial years are known before April {year}; expected {YEARS[0]} or more"
        )
    learnt = dict(list(known.items())[-YEARS[1]:])
    percent = _profile(list(learnt.values()), year_days)
    return OwnProfile(year, percent, year_days, tuple(learnt), _tests(known))


def _whole_years(months: NDArray[np.datetime64], cost: Floats, days: Floats, year: int) -> dict[int, Floats]:
    """The whole financial years before `year`, rising: cost and days, float64 (2, 12)."""
    number = months.astype("datetime64[M]").astype(int)
    if len(np.unique(number)) < len(number):
        twice = next(month for month in sorted(number.tolist()) if (number == month).sum() > 1)
        raise InputError(f"column 'month': {np.datetime64(twice, 'M')} is given twice; each must be given once")
    place = {month: row for row, month in enumerate(number.tolist()) if not np.isnan(cost[row])}
    for month, row in place.items():
        if month < (year - 1970) * 12 + 3 and not (cost[row] > 0 and days[row] > 0):
            raise InputError(
                f"{np.datetime64(month, 'M')}: cost {cost[row]:.12g} on {days[row]:.12g} dispensing days; "
                "expected both above 0"
            )
    found: dict[int, Floats] = {}
    for start in range(int(number.min()) // 12 + 1970, year):
        april = (start - 1970) * 12 + 3
        rows = [place[month] for month in range(april, april + 12) if month in place]
        if len(rows) == 12:
            found[start] = np.array([cost[rows], days[rows]])
    return found


def _profile(years: list[Floats], days: Floats) -> Floats:
    """Percent of a year with so many dispensing days that falls in each of its months."""
    rate = np.log(np.array([cost / open_days for cost, open_days in years]))
    month = (rate - rate.mean(axis=1, keepdims=True)).mean(axis=0)
    share = np.exp(month) * days
    return np.asarray(100 * share / share.sum(), dtype=np.float64)


def _tests(known: dict[int, Floats]) -> tuple[Tested, ...]:
    """Each year forecast from those before it; error in percent of what the year came to."""
    every = list(known.values())
    errors = [
        _errors(_profile(every[max(0, place - YEARS[1]):place], days), cost)
        for place, (cost, days) in enumerate(every) if place >= TRAINED
    ]  # fmt: skip
    table = np.array(errors)
    return tuple(
        Tested(to_date, len(errors), float(np.abs(column).mean()), float(column.mean()), float(np.abs(column).max()))
        for to_date, column in enumerate(table.T, start=SUPPRESSED_MONTHS + 1)
    )


def _errors(percent: Floats, cost: Floats) -> Floats:
    """Percent errors of forecasts made from June to February, float64 (9,)."""
    to_date = slice(SUPPRESSED_MONTHS, 11)
    forecast = np.cumsum(cost)[to_date] * 100 / np.cumsum(percent)[to_date]
    return np.asarray(100 * (forecast / cost.sum() - 1), dtype=np.float64)
