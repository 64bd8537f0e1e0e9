"""Wilson's score interval for a share."""

from __future__ import annotations

import math

from scipy.special import ndtri

from ..errors import InputError
from ..records import Estimate


def wilson(hits: float, n: float, *, level: float = 0.95) -> Estimate:
    """Estimate a share, with Wilson's score interval.

    Holds for small n and for shares near 0 or 1, where the textbook interval leaves the range 0 to 1.
    With n = 0 nothing is known: value and interval are NaN.

    Parameters
    ----------
    hits
        People who said yes, 0 <= hits <= n.
    n
        People asked.
    level
        Coverage, between 0 and 1. A one-sided 90% bound is an end of the interval at level 0.8.

    Raises
    ------
    InputError
        If hits, n or level is out of range.

    Source: Wilson (1927), JASA 22:209; checked against Newcombe (1998), Table I.

    >>> print(wilson(252, 600))     # 42% of 600 doctors had not heard of QIPP
    0.420 (0.381 to 0.460)
    """
    if not 0 <= hits <= n:
        raise InputError(f"need 0 <= hits <= n; got hits={hits}, n={n}")
    if not 0 < level < 1:
        raise InputError(f"need a level between 0 and 1; got {level}")
    if n == 0:
        return Estimate(math.nan, level=level)
    z = float(ndtri((1 + level) / 2))
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if hits == 0 else centre - half
    high = 1.0 if hits == n else centre + half
    return Estimate(share, se=math.sqrt(share * (1 - share) / n), low=low, high=high, level=level)
