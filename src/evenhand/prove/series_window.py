"""The months of a series that count, on which side of the start each lies, and what was divided and taken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .segmented import Season, Steps, columns, steps

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Dates = NDArray[np.datetime64]

LEAST_BEFORE, LEAST_AFTER = 6, 3  # METHODS F.1: fewer than 6 months before are dropped; F.6: 3 months after
MEAN_MONTH = 365.25 / 12  # days


@dataclass(frozen=True)
class Window:
    """The months that count: at (n,) places from 0, y (n,), what y was divided by (n,), the control (n,) or zeros.

    left_out: the month in which the start falls later than its first day, which belongs to neither side, or None;
    numerator (n,): as given, before any division.
    """

    days: Dates
    at: Whole
    y: Floats
    numerator: Floats
    exposure: Floats
    control: Floats
    controlled: bool
    steps: Steps
    first_after: int
    left_out: np.datetime64 | None
    missing: Dates

    @property
    def n_pre(self) -> int:
        return int(np.sum(self.at < self.first_after))

    @property
    def n_post(self) -> int:
        return int(np.sum(self.at >= self.first_after))

    @property
    def last(self) -> int:
        return int(self.at[-1])

    @property
    def months(self) -> Whole:
        """The month of the year of each point, 1 to 12."""
        return _month_of_year(self.days)

    def day(self, place: int) -> np.datetime64:
        """The date of a place, observed or missing."""
        there = np.flatnonzero(self.at == place)
        return self.days[int(there[0])] if there.size else _date_of(self.steps, self.days[0], self.at[0], place)

    def on_grid(self, values: Floats) -> Floats:
        """Values (n,) at every place from 0 to the last; NaN where a month is missing."""
        out = np.full(self.last + 1, np.nan)
        out[self.at] = values
        return out

    def control_on_grid(self) -> Floats:
        """What was taken off; 0 everywhere without a control."""
        return self.on_grid(self.control) if self.controlled else np.zeros(self.last + 1)

    def breaks(self, named: Mapping[np.datetime64, str]) -> dict[str, int]:
        """The place of each month in which the measure itself changed, by its name.

        Raises
        ------
        InputError
            If a break leaves fewer than 3 points between it and the start, or either end.
        """
        found = {}
        for when in sorted(named):
            first = min(int(np.searchsorted(self.days, when.astype("datetime64[D]"))), len(self.at) - 1)
            place = int(self.at[first])
            low, high = sorted((place, self.first_after))
            between = int(np.sum((self.at >= low) & (self.at < high)))
            before, after = int(np.sum(self.days < when)), int(np.sum(self.days >= when))
            if min(between, before, after) < LEAST_AFTER:
                raise InputError(
                    f"the break in {when} ({named[when]}): {before} points before it, {after} from it on and {between} "
                    f"between it and the start; expected {LEAST_AFTER} of each, or nothing tells one from the other"
                )
            found[str(when)] = place
        return found

    def everywhere(self, season: Season, harmonics: int, breaks: Mapping[str, int]) -> Floats:
        """The columns of the model at every place from 0 to the last. A month never seen has the first one's level."""
        at = np.arange(self.last + 1)
        days = np.array([self.day(int(place)) for place in at])
        known = np.unique(self.months)
        months = _month_of_year(days)
        if season == "month":
            months = np.where(np.isin(months, known), months, known[0])
        X, _ = columns(
            at, self.first_after, season=season, months=months, year=self.steps.year, harmonics=harmonics, breaks=breaks
        )
        return X


def window(
    dates: Dates, values: Floats, start: np.datetime64, denominator: Floats | None, control: Floats | None,
    *, per_day: bool,
) -> Window:  # fmt: skip
    """Order the months, divide, take the control off, and find the start among them."""
    order = np.argsort(dates, kind="stable")
    days = dates[order].astype("datetime64[D]")
    if (twice := np.flatnonzero(days[1:] == days[:-1])).size:
        raise InputError(f"{days[int(twice[0])]} is given twice; expected each date once (or --unit COL)")
    top = values[order].astype(float)
    below = np.ones(len(top)) if denominator is None else denominator[order].astype(float)
    if np.any(below < 0):
        raise InputError(f"the denominator of {days[int(np.flatnonzero(below < 0)[0])]} is below 0")
    if per_day:
        below = below * days_in_month(days) / MEAN_MONTH
    taken = np.zeros(len(top)) if control is None else control[order].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(below > 0, top / below, np.nan) - taken
    known = np.isfinite(y)
    if known.sum() < LEAST_BEFORE + LEAST_AFTER:
        raise InputError(
            f"{int(known.sum())} dates have a value{' in both series' if control is not None else ''}; expected at "
            f"least {LEAST_BEFORE} before the start and {LEAST_AFTER} after it"
        )
    pace = steps(days[known])
    place, left_out = _place(start.astype("datetime64[D]"), days[known], pace)
    at = pace.at
    keep = np.ones(len(at), dtype=bool) if left_out is None else at != place
    after = place if left_out is None else place + 1
    there = days[known][keep]
    absent = np.setdiff1d(np.arange(at[-1] + 1), at)
    partly = there[0] if left_out is None else _date_of(pace, days[known][0], 0, place)
    found = Window(
        there, at[keep], y[known][keep], top[known][keep], below[known][keep], taken[known][keep], control is not None,
        pace, after, None if left_out is None else partly,
        np.array([_date_of(pace, days[known][0], 0, int(p)) for p in absent], dtype="datetime64[D]"),
    )  # fmt: skip
    _enough(found, start.astype("datetime64[D]"))
    return found


def _place(start: np.datetime64, days: Dates, pace: Steps) -> tuple[int, np.datetime64 | None]:
    """The place in which the start falls; and the start itself where that place is only partly after it."""
    if pace.unit == "month":
        month = int(start.astype("datetime64[M]").astype(np.int64) - days[0].astype("datetime64[M]").astype(np.int64))
        place, rest = divmod(month, pace.size)
        whole = rest == 0 and (start == start.astype("datetime64[M]").astype("datetime64[D]") or start in days)
    else:
        size = pace.size * (7 if pace.unit == "week" else 1)
        place, rest = divmod(int((start - days[0]).astype(np.int64)), size)
        whole = rest == 0
    if not 0 < place + (not whole) <= int(pace.at[-1]):
        raise InputError(f"start {start} leaves no dates on one side: they run from {days[0]} to {days[-1]}")
    return place, None if whole else start


def _enough(seen: Window, start: np.datetime64) -> None:
    for count, least, side in ((seen.n_pre, LEAST_BEFORE, "before"), (seen.n_post, LEAST_AFTER, "after")):
        if count < least:
            raise InputError(f"{count} points {side} the start {start}; expected at least {least}")


def _date_of(pace: Steps, first: np.datetime64, at: int, place: int) -> np.datetime64:
    gone = (place - int(at)) * pace.size
    if pace.unit == "month":
        month: np.datetime64 = (first.astype("datetime64[M]") + gone).astype("datetime64[D]")
        return month
    return first + gone * (7 if pace.unit == "week" else 1)


def _month_of_year(days: Dates) -> Whole:
    return np.asarray(days.astype("datetime64[M]").astype(np.int64) % 12 + 1)


def days_in_month(days: Dates) -> Floats:
    month = days.astype("datetime64[M]")
    return np.asarray(((month + 1).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(float))
