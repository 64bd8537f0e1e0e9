"""The months of the demonstration: when it runs, when campaigns start, which windows are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

LAST = np.datetime64("2026-03", "M")
SNOMED_FROM = np.datetime64("2025-07", "M")  # METHODS D.4: the prescribing file's columns changed in July 2025
MONTHS = (12, 60)
# 12 months before and 12 after fit the default of 30; the windows compared are the same six calendar months.
AFTER = 12
WINDOW = 6


@dataclass(frozen=True)
class Calendar:
    """months: datetime64[M] (T,), rising. `start` is the first month of every campaign, as an index into them."""

    months: NDArray[np.datetime64]
    start: int

    @property
    def baseline(self) -> slice:
        """The months just before the start."""
        return slice(max(0, self.start - WINDOW), self.start)

    @property
    def follow_up(self) -> slice:
        """The last months: with twelve months after the start, the same calendar months as the baseline."""
        return slice(max(self.start, len(self.months) - WINDOW), len(self.months))

    def word(self, index: int) -> str:
        """A month as YYYY-MM."""
        return str(self.months[index])


def calendar(months: int) -> Calendar:
    """The calendar of a demonstration of so many months, ending in March 2026.

    Raises
    ------
    InputError
        If it has fewer than 12 or more than 60 months.

    >>> c = calendar(30); c.word(0), c.word(c.start), c.word(-1)
    ('2023-10', '2025-04', '2026-03')
    >>> c.baseline, c.follow_up
    (slice(12, 18, None), slice(24, 30, None))
    """
    if not MONTHS[0] <= months <= MONTHS[1]:
        raise InputError(f"--months {months}: expected {MONTHS[0]} to {MONTHS[1]}")
    after = min(AFTER, months * 2 // 5)
    return Calendar(LAST - np.arange(months - 1, -1, -1), months - after)


def dispensing_days(months: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Days on which pharmacies dispense, Monday to Saturday without Christmas and New Year: float64 (T,).

    >>> dispensing_days(np.array(["2025-12", "2026-02"], dtype="datetime64[M]")).tolist()
    [25.0, 24.0]
    """
    return _open_days(months, "1111110")


def surgery_days(months: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Days on which practices see people, Monday to Friday without Christmas and New Year: float64 (T,).

    >>> surgery_days(np.array(["2025-12", "2026-02"], dtype="datetime64[M]")).tolist()
    [21.0, 20.0]
    """
    return _open_days(months, "1111100")


def _open_days(months: NDArray[np.datetime64], week: str) -> NDArray[np.float64]:
    first = months.astype("datetime64[D]")
    last = (months + 1).astype("datetime64[D]")
    years = np.unique(months.astype("datetime64[Y]")).astype("datetime64[M]")
    closed = np.concatenate([(years + m).astype("datetime64[D]") + d for m, d in ((0, 0), (11, 24), (11, 25))])
    return np.busday_count(first, last, weekmask=week, holidays=closed).astype(np.float64)
