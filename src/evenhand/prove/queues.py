"""Is a waiting list in balance, what would bring it back, and how long would it then wait? Queueing theory.

Source: Fong and others (2022), Understanding waiting lists pressures, medRxiv 2022.08.23.22279117.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record

Days = NDArray[np.datetime64]

FACTOR = 4.0  # a mean wait of a quarter of the target: 1 - exp(-4), 98.2%, are then seen in time
RELIEF_WEEKS = 26.0  # half a year in which to clear a backlog
TOO_BIG = 2.0  # a queue over twice its target needs relief, not only balance


@dataclass(frozen=True, eq=False)
class Queue(Record):
    """One waiting list on the day `until`. Rates are people a week; waits are weeks unless the name says days.

    demand_per_week, capacity_per_week: one over the mean gap between arrivals (removals); NaN with no removal.
    relief_capacity: a week, until the queue is at its target; NaN where the queue is not too big.
    target_capacity: a week, that keeps the queue at its target; NaN where it is too big.
    pressure: 1 when the mean wait of those waiting is half the target; dates (D,) and sizes (D,): the queue by day.
    """

    since: np.datetime64
    until: np.datetime64
    referrals: int
    removals: int
    demand_per_week: float
    capacity_per_week: float
    load: float
    load_too_big: bool
    cv_demand: float
    cv_capacity: float
    queue_size: int
    target_weeks: float
    target_queue_size: float
    queue_too_big: bool
    mean_wait_weeks: float
    mean_wait_days: float
    pressure: float
    relief_capacity: float
    target_capacity: float
    dates: Days
    sizes: NDArray[np.int64]


def queue(
    referral: Days,
    removal: Days,
    *,
    target_weeks: float,
    factor: float = FACTOR,
    weeks: float = RELIEF_WEEKS,
    since: np.datetime64 | None = None,
    until: np.datetime64 | None = None,
) -> Queue:
    """Sum up a waiting list from the two dates of each person on it.

    Parameters
    ----------
    referral, removal
        datetime64[D] (n,); NaT in `removal` where the person still waits. A person waits from the day of referral to
        the day before removal.
    target_weeks, factor, weeks
        The wait that (nearly) all should stay within; the target over the mean wait; weeks in which to clear a backlog.
    since, until
        The window; both days count. Unless given, the first and the last referral, and then every removal counts. Those
        who left before `since` are not waiting, and never count.

    Raises
    ------
    InputError
        If somebody is removed before they are referred, the target is not above 0, or fewer than two referrals, or
        referrals on one day only, lie in the window.

    >>> days = lambda *words: np.array(words, dtype="datetime64[D]")
    >>> found = queue(days("2024-01-01", "2024-01-08", "2024-01-15"), days("2024-01-05", "NaT", "NaT"), target_weeks=18)
    >>> found.queue_size, found.mean_wait_days
    (2, 3.5)
    """
    _check(referral, removal, target_weeks, factor, weeks)
    first, last = (referral.min() if since is None else since), (referral.max() if until is None else until)
    arrived = referral[(referral >= first) & (referral <= last)]
    if len(arrived) < 2 or last <= first:
        raise InputError(f"need two referrals or more on different days; found {len(arrived)} from {first} to {last}")
    gone = removal[~np.isnat(removal)]
    left = gone[(gone >= first) & ((gone <= last) if until is not None else True)]
    demand, cv_demand = _rate(np.concatenate([[first], arrived, [last]]))
    capacity, cv_capacity = _rate(np.concatenate([[first], left]))
    waiting = (referral <= last) & (np.isnat(removal) | (removal > last))
    size, goal = int(waiting.sum()), target_queue_size(demand, target_weeks, factor)
    days = float((last - referral[waiting]).astype(float).mean()) if size else float("nan")
    big, dates = size > TOO_BIG * goal, np.arange(first, last + 1)
    load = queue_load(demand, capacity)
    return Queue(
        first, last, len(arrived), len(left), demand, capacity, load, load >= 1, cv_demand, cv_capacity, size,
        target_weeks, goal, big, days / 7, days, pressure(days / 7, target_weeks),
        relief_capacity(demand, size, goal, weeks) if big else float("nan"),
        float("nan") if big else target_capacity(demand, target_weeks, factor, cv_demand, cv_capacity),
        dates, _sizes(referral, gone, dates),
    )  # fmt: skip


def queue_load(demand: float, capacity: float) -> float:
    """How many arrive for each that leaves; at 1 or more a list grows without end.

    >>> round(queue_load(30, 27), 8)
    1.11111111
    """
    return demand / capacity if capacity > 0 else float("nan")


def target_mean_wait(target: float, factor: float = FACTOR) -> float:
    """The mean wait at which all but exp(-factor) are seen within the target."""
    return target / factor


def target_queue_size(demand: float, target: float, factor: float = FACTOR) -> float:
    """How many then wait: Little's law.

    >>> target_queue_size(30, 52)
    390.0
    """
    return demand * target_mean_wait(target, factor)


def pressure(mean_wait: float, target: float) -> float:
    """How far a list is from where it should be, comparable between lists: above 1 is too long. One unit for both."""
    return 2 * mean_wait / target


def relief_capacity(demand: float, queue_size: float, target_size: float, weeks: float = RELIEF_WEEKS) -> float:
    """The capacity that brings a queue to its target in so many weeks.

    >>> round(relief_capacity(30, 1200, 390, 26), 6)
    61.153846
    """
    return demand + (queue_size - target_size) / weeks


def target_capacity(
    demand: float, target: float, factor: float = FACTOR, cv_demand: float = 1.0, cv_capacity: float = 1.0
) -> float:
    """The capacity that keeps a queue at its target, given how uneven arrivals and removals are.

    >>> round(target_capacity(30, 52, 3, 1.1, 1.2), 6)
    30.076442
    """
    return demand + (cv_demand**2 + cv_capacity**2) / 2 * factor / target


def careful_demand(demand: float, referrals: int, cv_demand: float) -> float:
    """Demand two standard errors higher than it was seen, for a plan that should not fall short of it.

    One over the mean gap less two of its standard errors: the same share is added in any unit of time.

    Raises
    ------
    InputError
        If there are too few referrals to say: 4 cv^2 or fewer.
    """
    less = 2 * cv_demand / math.sqrt(referrals) if referrals > 0 else math.inf
    if less >= 1:
        raise InputError(f"{referrals} referrals cannot bound demand from above; need more than {4 * cv_demand**2:.0f}")
    return demand / (1 - less)


def _rate(days: Days) -> tuple[float, float]:
    """Events a week, one over the mean gap between them, and the gaps' coefficient of variation."""
    gaps = np.diff(np.sort(days.astype("datetime64[D]"))).astype(np.float64)
    if not len(gaps) or not gaps.mean() > 0:
        return float("nan"), float("nan")
    spread = float(gaps.std(ddof=1) / gaps.mean()) if len(gaps) > 1 else float("nan")
    return 7 / float(gaps.mean()), spread


def _sizes(referral: Days, gone: Days, dates: Days) -> NDArray[np.int64]:
    """How many wait at the end of each day."""
    came = np.searchsorted(np.sort(referral), dates, side="right")
    went = np.searchsorted(np.sort(gone), dates, side="right")
    return np.asarray(came - went, dtype=np.int64)


def _check(referral: Days, removal: Days, target_weeks: float, factor: float, weeks: float) -> None:
    for name, value in (("target", target_weeks), ("factor", factor), ("weeks", weeks)):
        if not value > 0:
            raise InputError(f"{name}: expected a number above 0, got {value:g}")
    if np.isnat(referral).any():
        raise InputError("a referral has no date; expected one for each person")
    for row in np.flatnonzero(removal < referral)[:1]:
        raise InputError(f"referral {row + 1} of {len(referral)}: removed on {removal[row]}, before the referral on "
                         f"{referral[row]}; expected the same day or later")  # fmt: skip
