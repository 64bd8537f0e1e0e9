"""Counted: the intervals of a share of which only the counts were published."""

from __future__ import annotations

import math

from scipy.special import betaincinv, ndtri

from ..errors import InputError
from ..records import Estimate
from ..stats.wilson import wilson

COUNTED = ("wilson", "wilson_cc", "clopper", "jeffreys", "agresti_coull", "wald")


def counted(hits: float, n: float, *, kind: str = "wilson", level: float = 0.95) -> Estimate:
    """Where is the share, when `hits` of `n` people drawn at random said so?

    Parameters
    ----------
    kind
        wilson: the score interval; wilson_cc: with a continuity correction; clopper: exact, never too short;
        jeffreys: with Jeffreys' prior; agresti_coull: an easy approximation of wilson; wald: the textbook's, too
        short for small n and near 0 and 1.

    Raises
    ------
    InputError
        If hits or n is out of range, or kind is unknown.

    Source: Newcombe (1998), Stat Med 17:857; Brown, Cai and DasGupta (2001), Stat Sci 16:101 (Jeffreys without the
    ends moved to 0 and 1); R `prop.test` and `binom.test`.

    >>> print(counted(252, 600, kind="clopper"))
    0.420 (0.380 to 0.461)
    """
    if kind not in COUNTED:
        raise InputError(f"no interval {kind!r}; there are: {', '.join(COUNTED)}")
    plain = wilson(hits, n, level=level)
    if kind == "wilson":
        return plain
    z, p, alpha = float(ndtri((1 + level) / 2)), hits / n, 1 - level
    if kind == "clopper":
        low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, alpha / 2))
        high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - alpha / 2))
    elif kind == "jeffreys":
        low, high = (float(betaincinv(hits + 0.5, n - hits + 0.5, q)) for q in (alpha / 2, 1 - alpha / 2))
    elif kind == "wilson_cc":
        low, high = _corrected(hits, n, z)
    else:
        middle, size = (p, n) if kind == "wald" else ((hits + z * z / 2) / (n + z * z), n + z * z)
        half = z * math.sqrt(middle * (1 - middle) / size)
        low, high = middle - half, middle + half
    return Estimate(value=p, low=low, high=high, se=plain.se, level=level)


def _corrected(hits: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's limits of a share half a person lower, and half a person higher."""

    def root(h: float, sign: int) -> float:
        p = h / n
        return (h + z * z / 2 + sign * z * math.sqrt(n * p * (1 - p) + z * z / 4)) / (n + z * z)

    low = 0.0 if hits == 0 else root(hits - 0.5, -1)
    high = 1.0 if hits == n else root(hits + 0.5, 1)
    return low, high
