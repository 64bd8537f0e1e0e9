"""The plain funnel of public health: limits of chance alone, and which units differ from the whole by them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..errors import InputError, did_you_mean
from ..stats.byar import count_limits
from ..stats.wilson import wilson
from .units import check_counts

KINDS = ("proportion", "rate", "ratio")

Floats = NDArray[np.float64]


def share_limits(denominator: ArrayLike, target: float, *, level: float) -> tuple[Floats, Floats]:
    """The shares of so many counted whose Wilson interval would just reach the target; float64 (N,) each.

    Source: Wilson (1927), inverted in closed form, as PHEindicatormethods 2.1.0 draws its funnels.

    >>> low, high = share_limits([100.0], 0.5, level=0.95)
    >>> [round(float(x), 3) for x in (low[0], high[0])]
    [0.402, 0.598]
    """
    n = np.asarray(denominator, dtype=np.float64)
    z = float(stats.norm.ppf((1 + level) / 2))
    half = z * np.sqrt(target * (1 - target) / n)  # a score interval reaches the target at target -/+ this
    return np.maximum(target - half, 0.0), np.minimum(target + half, 1.0)


def exposure_limits(events: ArrayLike, *, level: float) -> tuple[Floats, Floats]:
    """The expected events at which so many observed lie just on the lower, and just on the upper, limit.

    Source: Garwood (1936) Biometrika 28:437, exact where the peer searches to 1e-7.

    >>> low, high = exposure_limits([10.0], level=0.95)
    >>> [round(float(x), 2) for x in (low[0], high[0])]
    [18.39, 4.8]
    """
    x = np.asarray(events, dtype=np.float64)
    tail = (1 - level) / 2
    return np.asarray(stats.chi2.ppf(1 - tail, 2 * x + 2) / 2), np.asarray(stats.chi2.ppf(tail, 2 * x) / 2)


def significance(numerator: ArrayLike, denominator: ArrayLike, *, kind: str) -> tuple[str | None, ...]:
    """How surely each unit differs from the whole: high_998, high_95, low_95, low_998, or None.

    A share by Wilson's interval, a count by the exact interval below 10 events and Byar's from 10; no allowance for
    over-dispersion. A ratio (observed over expected) is held against 1, the others against all units together.

    Raises
    ------
    InputError
        If a number is negative, a share exceeds 1, or the kind is unknown.

    Source: PHE technical guide on funnel plots; flags as PHEindicatormethods 2.1.0.

    >>> significance([8, 30, 12], [10, 10, 10], kind="ratio")
    (None, 'high_998', None)
    """
    if kind not in KINDS:
        raise InputError(f"kind: expected {', '.join(KINDS)}, found {kind!r}{did_you_mean(kind, KINDS)}")
    top, bottom = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    check_counts(tuple(str(i + 1) for i in range(len(top))), top, bottom, share=kind == "proportion")
    there = np.isfinite(top) & (bottom > 0)
    target = 1.0 if kind == "ratio" else float(top[there].sum() / bottom[there].sum()) if there.any() else np.nan
    out: list[str | None] = [None] * len(top)
    for level, name in ((0.95, "95"), (0.998, "998")):
        if kind == "proportion":
            found = [wilson(float(a), float(b), level=level) for a, b in zip(top[there], bottom[there], strict=True)]
            low, high = np.array([e.low for e in found]), np.array([e.high for e in found])
        else:
            low, high = (end / bottom[there] for end in count_limits(top[there], level=level))
        for unit, few, many in zip(np.flatnonzero(there), low, high, strict=True):
            out[unit] = f"high_{name}" if few > target else f"low_{name}" if many < target else out[unit]
    return tuple(out)
