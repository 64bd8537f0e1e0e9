"""Who would be seen when, if the next free slot went to whoever has waited longest?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records import Record

Days = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Schedule(Record):
    """A list with its free slots filled. removal: datetime64[D] (n,), NaT where nobody could be seen; slots (m,) and
    used: bool (m,), in order of date."""

    removal: Days
    slots: Days
    used: NDArray[np.bool_]


def schedule(referral: Days, removal: Days, slots: Days) -> Schedule:
    """Give each slot, in order of date, to the longest waiting person who was referred on an earlier day.

    Those who have a date of removal keep it. A slot before anybody waits stays unused.

    Parameters
    ----------
    referral, removal
        datetime64[D] (n,); NaT in `removal` where the person has no date yet.
    slots
        datetime64[D] (m,), in any order.

    >>> day = lambda *words: np.array(words, dtype="datetime64[D]")
    >>> found = schedule(day("2024-01-02", "2024-01-01"), day("NaT", "NaT"), day("2024-01-02", "2024-01-09"))
    >>> [str(d) for d in found.removal]
    ['2024-01-09', '2024-01-02']
    """
    filled, ordered = removal.copy(), np.sort(slots)
    used = np.zeros(len(ordered), dtype=bool)
    without = np.flatnonzero(np.isnat(removal))
    line = iter(without[np.argsort(referral[without], kind="stable")])
    person = next(line, None)
    for place, slot in enumerate(ordered):
        if person is not None and referral[person] < slot:
            filled[person], used[place] = slot, True
            person = next(line, None)
    return Schedule(filled, ordered, used)
