"""The columns of a segmented regression: a line before, a step and a bend at the start, and the season."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Season = Literal["none", "month", "harmonic"]

LEVEL, SLOPE = 2, 3  # columns of X
TOLERANCE = 1e-9  # of a column's length: what is left of it by the columns before it, beyond rounding of doubles


@dataclass(frozen=True)
class Steps:
    """Dates as whole steps: `at` (n,) counts them from 0; `unit` is month, week or day; a step is `size` of them."""

    at: Whole
    unit: Literal["month", "week", "day"]
    size: int

    @property
    def word(self) -> str:
        """What a message calls one step."""
        return self.unit if self.size == 1 else "point"

    @property
    def year(self) -> float:
        """Steps in a year."""
        return {"month": 12.0, "week": 365.25 / 7, "day": 365.25}[self.unit] / self.size


def steps(days: NDArray[np.datetime64]) -> Steps:
    """How dates (n,), rising and each given once, follow one another: by months, weeks or days, with gaps or without.

    Dates are months when each lies in a month of its own; the step is the greatest that divides every distance.

    Raises
    ------
    InputError
        If the dates follow no such step: then "one month later" means nothing.
    """
    months = days.astype("datetime64[M]").astype(np.int64)
    if np.all(np.diff(months) > 0) and np.median(np.diff(days.astype(np.int64))) >= 28:
        at = months - months[0]
        size = int(np.gcd.reduce(at[1:])) if len(at) > 1 else 1
        return Steps(at // size, "month", size)
    at = days.astype(np.int64) - int(days[0].astype(np.int64))
    size = int(np.gcd.reduce(at[1:]))
    if size % 7 == 0:
        return Steps(at // size, "week", size // 7)
    if size == 1 and np.median(np.diff(at)) == 1:
        return Steps(at, "day", 1)
    raise InputError("the dates follow no step: expected one a month, one a week or one a day")


def columns(
    at: Whole, first_after: int, *, season: Season, months: Whole, year: float, harmonics: int,
    breaks: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Floats, list[str]]:  # fmt: skip
    """X (n, k) and its names: 1, t, post, t_post, then the season, then a step at each break (name: its place).

    t is 1 in the first month; t_post is 0 in the first month after the start. Months of the year are set against the
    first of them that the series has; harmonics are pairs of waves, a year long, half a year, and so on.

    Source: Wagner and others (2002), J Clin Pharm Ther 27:299; Bernal, Cummins and Gasparrini (2017), IJE 46:348.
    """
    t: Floats = at.astype(np.float64) + 1.0
    post = (at >= first_after).astype(float)
    made: dict[str, Floats] = {"(Intercept)": np.ones(len(at)), "t": t, "post": post,
                               "t_post": post * (at - first_after)}  # fmt: skip
    if season == "month":
        for month in np.unique(months)[1:]:
            made[f"month {month}"] = (months == month).astype(float)
    if season == "harmonic":
        for wave in range(1, harmonics + 1):
            made[f"sin {wave}"] = np.sin(2 * np.pi * wave * t / year)
            made[f"cos {wave}"] = np.cos(2 * np.pi * wave * t / year)
    for name, place in breaks.items():
        made[f"break {name}"] = (at >= place).astype(float)
    return np.column_stack(list(made.values())), list(made)


def untreated(X: Floats) -> Floats:
    """The same months, as if nothing had begun."""
    out = X.copy()
    out[:, [LEVEL, SLOPE]] = 0.0
    return out


def check_columns(X: Floats, names: list[str], least_left: int) -> None:
    """Refuse a model that these months cannot tell."""
    n, k = X.shape
    if n - k < least_left:
        raise InputError(
            f"{n} points for {k} coefficients; expected at least {k + least_left}, or a simpler --season"
        )
    _, r = np.linalg.qr(X / np.linalg.norm(X, axis=0).clip(min=np.finfo(float).tiny))
    lost = np.flatnonzero(np.abs(np.diag(r)) < TOLERANCE)
    if lost.size:
        raise InputError(
            f"{names[int(lost[0])]!r} cannot be told from the columns before it "
            f"({', '.join(names[: int(lost[0])])}); expected more months, or a simpler --season"
        )
