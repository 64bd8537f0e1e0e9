"""Shrinkage: a small unit's value, drawn towards the rest by as much as chance may have moved it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import expit

from ..errors import InputError, did_you_mean
from ..records import Shrinkage
from .laplace import fit
from .units import check_counts, ratio, summed

FAMILIES = ("binomial", "poisson")
LEVEL = 0.95


def shrink(
    units: Sequence[str], numerator: ArrayLike, denominator: ArrayLike, *, family: str = "binomial"
) -> Shrinkage:
    """Estimate each unit's own level, knowing all the others'.

    A random intercept for units, on the logit scale (binomial: hits of those counted) or the log scale (poisson:
    counts over an exposure), fitted by maximum likelihood with Laplace's approximation. Rows of a unit are summed
    first. A unit with no denominator gets the common mean and its full spread; one with a missing number gets NaN.
    Intervals take intercept and spread as known, so that few units make them a little too narrow.

    Raises
    ------
    InputError
        If fewer than two units can be compared, nothing (or, binomial, everything) was counted, a count is
        negative, a share exceeds 1, or the family is unknown.

    Source: Pinheiro & Bates (1995) J. Comp. Graph. Stat. 4:12 (Laplace); results agree with lme4's glmer (nAGQ = 1).

    >>> s = shrink(["a", "b", "c"], [1, 50, 90], [2, 100, 100], family="binomial")
    >>> bool(abs(s.shrunken[0] - 0.5) > abs(s.shrunken[1] - 0.5))
    True
    """
    if family not in FAMILIES:
        raise InputError(f"family: expected binomial or poisson, found {family!r}{did_you_mean(family, FAMILIES)}")
    names, (hits, base) = summed(units, numerator, denominator)
    check_counts(names, hits, base, share=family == "binomial")
    there = np.isfinite(hits) & np.isfinite(base)
    _check(hits[there], base[there], family)
    fitted = fit(hits[there], base[there], family=family)
    mode, spread = np.full(len(names), np.nan), np.full(len(names), np.nan)
    mode[there], spread[there] = fitted.mode, fitted.conditional_sd
    centre = fitted.intercept + mode
    reach = float(stats.norm.ppf((1 + LEVEL) / 2)) * spread
    shrunken, low, high = (_back(x, family) for x in (centre, centre - reach, centre + reach))
    return Shrinkage(
        names, ratio(hits, base), shrunken, low, high, mode, spread, fitted.intercept, fitted.sd_unit, family, LEVEL
    )


def _back(x: NDArray[np.float64], family: str) -> NDArray[np.float64]:
    back: NDArray[np.float64] = expit(x) if family == "binomial" else np.exp(x)
    return back


def _check(hits: NDArray[np.float64], base: NDArray[np.float64], family: str) -> None:
    if (base > 0).sum() < 2:
        raise InputError(f"shrinkage compares units: expected 2 or more with a denominator, found {(base > 0).sum()}")
    if hits.sum() == 0:
        raise InputError("every numerator is 0: there is no level to shrink towards")
    if family == "binomial" and hits.sum() == base.sum():
        raise InputError("every share is 1: there is no level to shrink towards")
    if family == "poisson" and (wrong := np.flatnonzero((base == 0) & (hits > 0))).size:
        raise InputError(f"a count of {hits[wrong[0]]:g} has a denominator of 0; expected an exposure above 0")
