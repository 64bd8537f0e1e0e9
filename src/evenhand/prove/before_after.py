"""Before and after, with the regression to the mean beside it: shown, never counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .rtm import rtm

Floats = NDArray[np.float64]

YEAR = 12  # months that are averaged, so that a season falls out
LEAST_UNITS = 8  # below it the spread between units says nothing


@dataclass(frozen=True, eq=False)
class BeforeAfter(Record):
    """What a tool that compares before with after would say of units chosen for being far out.

    units, chosen: how many; cut: units beyond it in the year before were chosen; before, after, change: means of the
    chosen; everyone_before, everyone_after, everyone_change: of all units; regression_to_the_mean: how far the chosen
    were expected to come back by chance alone, towards the mean; came_back_before: how far units chosen by the same
    rule a year earlier came back, beyond everyone's move, when nothing had begun (NaN without two years before; below
    0 where they went on); sd_between, sd_within: spread of true values between units, and of one unit's months;
    months: averaged.
    """

    units: int
    chosen: int
    side: str
    cut: float
    before: float
    after: float
    change: float
    everyone_before: float
    everyone_after: float
    everyone_change: float
    regression_to_the_mean: float
    came_back_before: float
    sd_between: float
    sd_within: float
    months: int


def before_after(
    values: Floats,
    first_after: int,
    *,
    side: Literal["above", "below"] = "above",
    share: float = 0.25,
    months: int = YEAR,
) -> BeforeAfter:
    """Compare the year before with all that came after, for the `share` of units furthest out and for everyone.

    values (U, T): a row a unit, a column a month, NaN where missing; `first_after` is the first column after the start.
    Every unit counts alike. Only units with a value on both sides are taken. The regression expected takes a unit's
    months as independent; where they lean on one another it is more, and came_back_before shows it.

    Raises
    ------
    InputError
        If there are fewer than 8 such units, or no month on one side.

    Source: Barnett, van der Pols and Dobson (2005), Int J Epidemiology 34:215.
    """
    if not 0 < first_after < values.shape[1]:
        raise InputError("before and after needs months on both sides of the start")
    window = values[:, max(first_after - months, 0) : first_after]
    both = np.isfinite(window).any(axis=1) & np.isfinite(values[:, first_after:]).any(axis=1)
    if both.sum() < LEAST_UNITS:
        raise InputError(f"{int(both.sum())} units have values on both sides; expected at least {LEAST_UNITS}")
    window, late = window[both], values[both, first_after:]
    before, after = np.nanmean(window, axis=1), np.nanmean(late, axis=1)
    far = _far(before, side, share)
    within = _within(window)
    m = int(np.median(np.isfinite(window).sum(axis=1)))
    between = float(np.sqrt(max(float(np.var(before, ddof=1)) - within**2 / m, 0.0)))
    cut = float(before[far].min() if side == "above" else before[far].max())
    expected = rtm(mean=float(before.mean()), sd_between=between, sd_within=within, months=m, cut=cut, side=side)
    return BeforeAfter(
        units=len(before), chosen=int(far.sum()), side=side, cut=cut, before=float(before[far].mean()),
        after=float(after[far].mean()), change=float((after - before)[far].mean()),
        everyone_before=float(before.mean()), everyone_after=float(after.mean()),
        everyone_change=float((after - before).mean()),
        regression_to_the_mean=expected.regression_to_the_mean if within > 0 else 0.0,
        came_back_before=_came_back(values, first_after, side, share, months),
        sd_between=between, sd_within=within, months=m,
    )  # fmt: skip


def _far(level: Floats, side: str, share: float) -> NDArray[np.bool_]:
    cut = np.quantile(level, 1 - share if side == "above" else share)
    return np.asarray(level >= cut if side == "above" else level <= cut)


def _within(window: Floats) -> float:
    """The spread of one unit's months about its own mean and the month's."""
    left = window - np.nanmean(window, axis=1, keepdims=True)
    left = left - np.nanmean(left, axis=0, keepdims=True)
    known = np.isfinite(left)
    spare = int(known.sum()) - window.shape[0] - window.shape[1] + 1
    return float(np.sqrt(np.nansum(left**2) / spare)) if spare > 0 else 0.0


def _came_back(values: Floats, first_after: int, side: str, share: float, months: int) -> float:
    if first_after < 2 * months:
        return float("nan")
    one, two = values[:, first_after - 2 * months : first_after - months], values[:, first_after - months : first_after]
    both = np.isfinite(one).any(axis=1) & np.isfinite(two).any(axis=1)
    if both.sum() < LEAST_UNITS:
        return float("nan")
    first, second = np.nanmean(one[both], axis=1), np.nanmean(two[both], axis=1)
    far = _far(first, side, share)
    moved = (second - first)[far].mean() - (second - first).mean()
    return float(-moved if side == "above" else moved)
