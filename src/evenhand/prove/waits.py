"""How long patients wait, from bands of weeks: within 18 weeks, median, 92nd percentile, over a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record

STANDARD_WEEKS = 18  # NHS Constitution: start of treatment within 18 weeks of referral
YEAR_WEEKS = 52
LONG_WEEKS = 65  # NHS England's long waits: 52, 65, 78 weeks


@dataclass(frozen=True, eq=False)
class Waits(Record):
    """The waits of one organisation or specialty.

    pathways: all of them; within_18_weeks: a count; share_within_18_weeks: 0 to 1; medians and percentiles in
    weeks, NaN where they lie in the open band (p92_open, median_open, p95_open) or nobody waits; over_52, over_65:
    counts, over_65 None where the bands end before.
    """

    code: str
    pathways: int
    within_18_weeks: int
    share_within_18_weeks: float
    median_weeks: float
    p92_weeks: float
    p92_open: bool
    median_open: bool
    over_52: int
    p95_weeks: float
    p95_open: bool
    over_65: int | None


def waits(
    codes: Sequence[str], counts: NDArray[np.int64], weeks_from: NDArray[np.int64], *, open_band: bool
) -> tuple[Waits, ...]:
    """Sum up the waits of each row of counts.

    Parameters
    ----------
    codes
        One for each row, R.
    counts
        int64 (R, B): pathways in each band of weeks.
    weeks_from
        int64 (B,), rising: band b holds waits longer than `weeks_from[b]` weeks, up to the next band's start.
        A closed last band is one week wide.
    open_band
        Whether the last band has no upper end.

    Raises
    ------
    InputError
        If a count is below 0, or no band ends at 18 or 52 weeks.

    Source: NHS England's RTT extracts, METHODS D.2: the target p x N, in the first band that reaches it, linear inside.

    >>> bands = np.arange(0, 105)
    >>> row = np.zeros((1, 105), dtype=np.int64); row[0, 9] = row[0, 30] = 50
    >>> found, = waits(["RBD"], row, bands, open_band=True)
    >>> found.share_within_18_weeks, found.median_weeks, found.p92_weeks
    (0.5, 10.0, 30.84)
    """
    if counts.size and counts.min() < 0:
        raise InputError(f"{codes[int(np.argwhere(counts < 0)[0][0])]}: a count of pathways is below 0")
    for weeks in (STANDARD_WEEKS, YEAR_WEEKS):
        if weeks not in weeks_from:
            raise InputError(f"no band ends at {weeks} weeks; the bands start at {weeks_from[0]} to {weeks_from[-1]}")
    within = counts[:, weeks_from < STANDARD_WEEKS].sum(axis=1)
    over = counts[:, weeks_from >= YEAR_WEEKS].sum(axis=1)
    longer = counts[:, weeks_from >= LONG_WEEKS].sum(axis=1) if LONG_WEEKS in weeks_from else None
    found = []
    for row, code in enumerate(codes):
        total = int(counts[row].sum())
        median, median_open = percentile(counts[row], weeks_from, 50, open_band=open_band)
        p92, p92_open = percentile(counts[row], weeks_from, 92, open_band=open_band)
        p95, p95_open = percentile(counts[row], weeks_from, 95, open_band=open_band)
        share = int(within[row]) / total if total else float("nan")
        found.append(Waits(
            code, total, int(within[row]), share, median, p92, p92_open, median_open, int(over[row]), p95, p95_open,
            None if longer is None else int(longer[row]),
        ))  # fmt: skip
    return tuple(found)


def percentile(
    counts: NDArray[np.int64], weeks_from: NDArray[np.int64], percent: int, *, open_band: bool
) -> tuple[float, bool]:
    """The wait that `percent` of pathways do not exceed, and whether it lies in the open band (then NaN).

    Compared in whole numbers, so that a target that falls on the end of a band stays there.
    """
    cumulative = np.cumsum(counts)
    total = int(cumulative[-1])
    if total == 0:
        return float("nan"), False
    band = int(np.searchsorted(100 * cumulative, percent * total))
    if open_band and band == len(counts) - 1:
        return float("nan"), True
    before = int(cumulative[band]) - int(counts[band])
    width = int(weeks_from[band + 1] - weeks_from[band]) if band + 1 < len(weeks_from) else 1
    inside = (percent * total - 100 * before) / (100 * int(counts[band]))
    return float(weeks_from[band]) + width * inside, False
