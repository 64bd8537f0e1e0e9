"""Outliers among many comparisons: who differs by more than chance, when so many are looked at?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ..errors import InputError
from ..records.base import Record
from .funnel import KINDS, _transformed
from .overdispersion import between_variance, winsorised

FALSE_SHARE = 0.05  # of the comparisons named, how many may be false on average
TRIM = 0.1  # of z-scores pulled in at each end, as in a funnel
FIFTHS = 5
FEWEST = 10 * FIFTHS  # units: ten tell a spread, as for a picture of a funnel
NORMAL = 1.4826  # a normal deviation over the median distance from the middle

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outliers(Record):
    """z, p, q: float64 (N,), NaN where nothing could be compared; outlier: high, low or None.

    compared: how many; named: how many are outliers; false_share: the rate controlled; expected_at_99_8: how many
    of those compared plain 99.8% limits would name by chance alone.
    """

    z: Floats
    p: Floats
    q: Floats
    outlier: tuple[str | None, ...]
    compared: int
    named: int
    false_share: float
    expected_at_99_8: float


def outliers(z: ArrayLike, *, false_share: float = FALSE_SHARE) -> Outliers:
    """Ask which of many z-scores lie outside chance, so that on average no more than `false_share` of those named are
    false.

    z: float64 (N,), standard normal by chance: a funnel's z_adjusted, over units or over measures of one unit.

    Raises
    ------
    InputError
        If the share is not between 0 and 1.

    Source: Benjamini & Hochberg (1995) JRSS B 57:289; for outliers of funnels Jones et al. (2008) Statist. Med. 27:5.

    >>> found = outliers([0.3, -4.5, 1.2, 3.9, -0.8])
    >>> found.outlier
    (None, 'low', None, 'high', None)
    """
    if not 0 < false_share < 1:
        raise InputError(f"false share: expected a share between 0 and 1, found {false_share:g}")
    scores = np.asarray(z, dtype=np.float64)
    p = 2 * stats.norm.sf(np.abs(scores))
    q = false_discovery(p)
    named = q <= false_share
    outlier = tuple(("high" if s > 0 else "low") if yes else None for s, yes in zip(scores, named, strict=True))
    compared = int(np.isfinite(scores).sum())
    return Outliers(scores, p, q, outlier, compared, int(named.sum()), false_share, 0.002 * compared)


def false_discovery(p: ArrayLike) -> Floats:
    """The smallest false-discovery rate at which each of N tests is still named (q); NaN stays NaN.

    Source: Benjamini & Hochberg (1995); step-up, as Yekutieli & Benjamini (1999) adjust p-values.

    >>> false_discovery([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    values = np.asarray(p, dtype=np.float64)
    there = np.flatnonzero(np.isfinite(values))
    q = np.full(values.shape, np.nan)
    order = there[np.argsort(values[there], kind="stable")]
    raised = values[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
    return q


def z_scores(numerator: ArrayLike, denominator: ArrayLike, *, kind: str) -> Floats:
    """Each unit's z-score against all, float64 (N,), widened by the variation that all share; a funnel's z_adjusted.

    NaN for a unit with a missing number or no denominator, and for all if fewer than two can be compared.

    Raises
    ------
    InputError
        If the kind is none of a funnel's.
    """
    if kind not in KINDS:
        raise InputError(f"kind: expected {', '.join(KINDS)}, found {kind!r}")
    hits, base = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    there = np.flatnonzero(np.isfinite(hits) & np.isfinite(base) & (base > 0))
    z = np.full(len(hits), np.nan)
    n, d = hits[there], base[there]
    if len(there) < 2 or n.sum() == 0 or (kind == "proportion" and n.sum() >= d.sum()):
        return z
    target = 1.0 if kind == "ratio" else float(n.sum() / d.sum())
    y, centre, s = _transformed(n, d, target, kind, "cqc")
    kept, trimmed = winsorised((y - centre) / s, TRIM)
    tau2 = between_variance(float(np.mean(trimmed**2)), s[kept])
    z[there] = (y - centre) / np.sqrt(s**2 + tau2)
    return z


def scattered(value: ArrayLike, size: ArrayLike) -> Floats:
    """Each unit's z-score where the numerator is no count (pounds), by how values scatter about their median.

    value, size: float64 (N,). Units are compared with the fifth of them that is nearest in size, because small ones
    scatter more. NaN where fewer than 50 units have a value, and where a fifth does not scatter.

    Source: the median distance from the median, times 1.4826, is a normal deviation that a few far units do not move
    (Hampel 1974, JASA 69:383).
    """
    x, n = np.asarray(value, dtype=np.float64), np.asarray(size, dtype=np.float64)
    z = np.full(len(x), np.nan)
    there = np.flatnonzero(np.isfinite(x) & (n > 0))
    if len(there) < FEWEST:
        return z
    for part in np.array_split(there[np.argsort(n[there], kind="stable")], FIFTHS):
        away = x[part] - np.median(x[there])
        spread = NORMAL * float(np.median(np.abs(x[part] - np.median(x[part]))))
        if spread > 0:
            z[part] = away / spread
    return z
