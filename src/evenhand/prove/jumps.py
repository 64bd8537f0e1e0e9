"""Did a count change so suddenly, everywhere at once, that what is counted must have changed?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]

TIMES = 5.0  # of the usual month-to-month change, as 1.4826 x its median size: our rule
LEAST = 0.03  # our rule: a change under 3% is not asked about
FEWEST = 6  # months, below which nothing is usual


def jumps(months: Months, totals: Floats) -> tuple[tuple[np.datetime64, float], ...]:
    """The months in which a total leaps, and by what share: to be asked about, never to be decided here.

    Parameters
    ----------
    months, totals
        (T,) each, in order; a month may be absent. Totals of 0 or below, and NaN, are passed over.

    >>> months = np.arange("2024-01", "2024-11", dtype="datetime64[M]")
    >>> found, = jumps(months, np.array([100, 101, 100, 102, 101, 102, 120, 121, 120, 122.0]))
    >>> str(found[0]), round(found[1], 3)
    ('2024-07', 0.176)
    """
    kept = np.isfinite(totals) & (totals > 0)
    if kept.sum() < FEWEST:
        return ()
    when, logs = months[kept][1:], np.diff(np.log(totals[kept]))
    apart = np.abs(logs - np.median(logs))
    usual = 1.4826 * float(np.median(apart))
    far = (apart > TIMES * usual) & (np.abs(np.expm1(logs)) > LEAST)
    return tuple((when[place], float(np.expm1(logs[place]))) for place in np.flatnonzero(far))
