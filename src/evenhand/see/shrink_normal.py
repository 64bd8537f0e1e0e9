"""Shrinkage of values that are no counts: by a known standard error, by repeated rows, or by moments alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.optimize import brentq, minimize_scalar

from ..errors import InputError, did_you_mean
from ..records import Shrinkage
from ..records.base import Record
from .units import check_counts, ratio, summed

METHODS = ("reml", "ml", "pm", "dl")
LEVEL = 0.95
TIGHT = 1e-12  # relative tolerance of the searches

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments(Record):
    """centre: the common rate; between: the variance of true rates; weight, shrunken: float64 (N,)."""

    units: tuple[str, ...]
    raw: Floats
    weight: Floats
    shrunken: Floats
    centre: float
    between: float


def between_variance(value: ArrayLike, variance: ArrayLike, *, method: str = "reml") -> tuple[float, float, float]:
    """The variance of true levels about a common one (tau2), that common level, and its standard error.

    Parameters
    ----------
    method
        reml or ml (restricted or full likelihood), pm (Paule & Mandel), dl (DerSimonian & Laird).

    Raises
    ------
    InputError
        If there are fewer than two values, a variance is not above 0, or the method is unknown.

    Source: Viechtbauer (2005) J. Educ. Behav. Stat. 30:261 compares them; results agree with metafor 4.8.

    >>> tau2, centre, se = between_variance([28, 8, -3, 7, -1, 1, 18, 12],
    ...                                     np.array([15, 10, 16, 11, 9, 11, 10, 18.0]) ** 2)
    >>> round(tau2, 3), round(centre, 2)  # Rubin's eight schools are alike for all we know
    (0.0, 7.69)
    """
    if method not in METHODS:
        raise InputError(f"method: expected {', '.join(METHODS)}, found {method!r}{did_you_mean(method, METHODS)}")
    y, v = np.asarray(value, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if len(y) < 2:
        raise InputError(f"shrinkage compares units: expected 2 or more, found {len(y)}")
    if not (v > 0).all():
        raise InputError(f"a variance must be above 0, found {v[~(v > 0)][0]:g}")

    def fit(tau2: float) -> tuple[float, float, float]:
        w = 1 / (v + tau2)
        centre = float((w * y).sum() / w.sum())
        return centre, float(1 / w.sum()), float((w * (y - centre) ** 2).sum())

    top = 10 * (float(y.var(ddof=1)) + float(v.max()))
    if method == "dl":
        w = 1 / v
        tau2 = max(0.0, (fit(0.0)[2] - (len(y) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))
    elif method == "pm":
        spare = len(y) - 1
        tau2 = 0.0 if fit(0.0)[2] <= spare else float(brentq(lambda t: fit(t)[2] - spare, 0.0, top, xtol=top * TIGHT))
    else:

        def slope(tau2: float) -> float:
            """Of the log-likelihood, doubled."""
            w = 1 / (v + tau2)
            centre, _, _ = fit(tau2)
            lost = float((w**2).sum() / w.sum()) if method == "reml" else 0.0
            return float((w**2 * (y - centre) ** 2).sum() - w.sum() + lost)

        tau2 = 0.0 if slope(0.0) <= 0 else float(brentq(slope, 0.0, top, xtol=top * TIGHT))
    centre, known, _ = fit(tau2)
    return tau2, centre, float(np.sqrt(known))


def shrink_known(
    units: Sequence[str], value: ArrayLike, standard_error: ArrayLike, *, method: str = "reml"
) -> Shrinkage:
    """Estimate each unit's own level from values whose standard error is known, one row a unit.

    Intervals hold the uncertainty of the common level too. `sd_unit` is the deviation of true levels.

    Raises
    ------
    InputError
        If a unit is given twice, or as `between_variance`.

    Source: Raudenbush & Bryk (1985) J. Educ. Stat. 10:75 (empirical Bayes); agrees with metafor's blup.

    >>> s = shrink_known(["a", "b", "c"], [1.0, 5.0, 9.0], [0.1, 0.1, 3.0])
    >>> bool(abs(s.raw[2] - s.shrunken[2]) > abs(s.raw[0] - s.shrunken[0]))
    True
    """
    if len(set(units)) < len(units):
        raise InputError("a standard error needs one row a unit; a unit is given twice")
    y, se = np.asarray(value, dtype=np.float64), np.asarray(standard_error, dtype=np.float64)
    there = np.isfinite(y) & np.isfinite(se)
    tau2, centre, known = between_variance(y[there], se[there] ** 2, method=method)
    keep = tau2 / (tau2 + se**2)
    mode = keep * (y - centre)
    return _told(tuple(units), y, centre, mode, np.sqrt(keep * se**2 + (1 - keep) ** 2 * known**2), np.sqrt(tau2))


def shrink_rows(units: Sequence[str], value: ArrayLike) -> Shrinkage:
    """Estimate each unit's own mean from several rows a unit, all as noisy as one another (restricted likelihood).

    Raises
    ------
    InputError
        If there are fewer than two units, or no unit has two rows.

    Source: Patterson & Thompson (1971) Biometrika 58:545; agrees with lme4's lmer (REML).

    >>> s = shrink_rows(["a", "a", "b", "b", "c", "c"], [1, 2, 5, 6, 9, 8])
    >>> bool(s.raw[0] < s.shrunken[0] < s.intercept)
    True
    """
    rows = np.isfinite(np.asarray(value, dtype=np.float64))
    x = np.asarray(value, dtype=np.float64)[rows]
    kept = [unit for unit, there in zip(units, rows, strict=True) if there]
    names, (total, count) = summed(kept, x, np.ones(len(x)))
    if len(names) < 2 or len(x) == len(names):
        raise InputError("shrinkage of repeated values: expected 2 or more units, one of them with 2 rows or more")
    mean, where = total / count, {name: i for i, name in enumerate(names)}
    within = float(((x - mean[[where[unit] for unit in kept]]) ** 2).sum())
    n = len(x)

    def fit(odds: float) -> tuple[float, float, float]:
        """Centre, residual variance and deviance when true levels vary `odds` times as much as rows."""
        w = count / (1 + count * odds)
        centre = float((w * mean).sum() / w.sum())
        variance = (within + float((w * (mean - centre) ** 2).sum())) / (n - 1)
        deviance = (n - 1) * np.log(variance) + np.log1p(count * odds).sum() + np.log(w.sum())
        return centre, variance, float(deviance)

    if within == 0:
        raise InputError("shrinkage of repeated values: no unit's rows differ, so there is no noise to take out")
    found = minimize_scalar(lambda log: fit(float(np.exp(log)))[2], bounds=(-14, 14), method="bounded",
                            options={"xatol": 1e-10})  # fmt: skip
    odds = float(np.exp(found.x)) if found.fun < fit(0.0)[2] else 0.0
    centre, variance, _ = fit(odds)
    keep = count * odds / (1 + count * odds)
    spread = np.sqrt(variance * odds / (1 + count * odds))
    return _told(names, mean, centre, keep * (mean - centre), spread, float(np.sqrt(variance * odds)))


def shrink_moments(units: Sequence[str], numerator: ArrayLike, denominator: ArrayLike) -> Moments:
    """Estimate rates without a model of their spread: each drawn to the common rate by what chance may have done.

    Raises
    ------
    InputError
        If a count is negative, or fewer than two units have a denominator.

    Source: Marshall (1991) Appl. Stat. 40:283.

    >>> m = shrink_moments(["a", "b"], [1, 40], [10, 100])
    >>> bool(m.weight[0] < m.weight[1])
    True
    """
    names, (hits, base) = summed(units, numerator, denominator)
    check_counts(names, hits, base, share=False)
    there = np.isfinite(hits) & (base > 0)
    if there.sum() < 2:
        raise InputError(f"shrinkage compares units: expected 2 or more with a denominator, found {there.sum()}")
    raw, n = ratio(hits, base), base[there]
    centre = float(hits[there].sum() / n.sum())
    spread = float((n * (raw[there] - centre) ** 2).sum() / n.sum())
    between = max(0.0, spread - centre / float(n.mean()))
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(there, between / (between + centre / base), np.nan)
    return Moments(names, raw, weight, centre + weight * (raw - centre), centre, between)


def _told(units: tuple[str, ...], raw: Floats, centre: float, mode: Floats, spread: Floats, sd: float) -> Shrinkage:
    reach = float(stats.norm.ppf((1 + LEVEL) / 2)) * spread
    return Shrinkage(units, raw, centre + mode, centre + mode - reach, centre + mode + reach, mode, spread, centre,
                     float(sd), "normal", LEVEL)  # fmt: skip
