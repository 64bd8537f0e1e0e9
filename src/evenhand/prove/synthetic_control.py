"""What would one place have done without its scheme? The mixture of others that moved as it did before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..records import Estimate, Record
from .donors import Donors, donors
from .placebo import invert, rank_p
from .simplex import mixture

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]

LEVEL = 0.9
FULL = 10  # units in all: with fewer, no rank reaches 10%, and no 90% interval has an end
FINE = 20  # units in all: with fewer, ranks are so coarse that a 90% interval covers 93% or more
TWO_YEARS = 24  # months before: two of each season; our rule
POOR = np.sqrt(5.0)  # times the placebos' median: Abadie and others (2010) set aside placebos of 5 times the square
USED = 0.001  # a weight below is rounding


@dataclass(frozen=True, eq=False)
class SyntheticControl(Record):
    """One treated unit against its synthetic self. months (T,), observed, synthetic, low, high: float64 (T,); low and
    high bound the gap of each month from `start` on, NaN before.

    effect: the mean gap from `start` on, with the interval of effects that the placebos do not reject at 10%;
    p: rank of the ratio of the errors after and before among all units; smallest_p: 1 / units, the least it could be;
    pre_rmspe, post_rmspe: root mean square gap; weights, placebo_ratio and leave_one_out name the unit first;
    dropped: units with a month missing; indicative: may guide, and never moves a saving, for `reasons`.
    """

    treated: str
    start: np.datetime64
    pre_months: int
    post_months: int
    donors: int
    weights: tuple[tuple[str, float], ...]
    pre_rmspe: float
    post_rmspe: float
    ratio: float
    p: float
    p_effect: float
    smallest_p: float
    effect: Estimate
    relative: float
    months: Months
    observed: Floats
    synthetic: Floats
    low: Floats
    high: Floats
    placebo_ratio: tuple[tuple[str, float], ...]
    leave_one_out: tuple[tuple[str, float], ...]
    dropped: tuple[str, ...]
    missing_months: tuple[str, ...]
    indicative: bool
    reasons: tuple[str, ...]
    interval: str = "effects that in-space placebos do not reject: mean gap over each unit's error before the start"


def synthetic_control(
    units: Sequence[str], months: Months, values: Floats, treated: str, *, start: np.datetime64, level: float = LEVEL
) -> SyntheticControl:
    """Estimate what a scheme did in one place, from a mixture of places without it.

    Weights are chosen on the months before `start` only. Inference takes every other unit for the treated one in turn,
    the treated among its donors with the supposed effect taken out, so that under that effect all units are alike: the
    p and the interval are exact if the treated could as well have been any of them, and no more than a guide if it was
    chosen for how it looked.

    Parameters
    ----------
    units, months, values
        One row for each unit and month (N,), in any order; NaN or no row where missing. A unit that lacks a month that
        the treated has is left out and named. Other units must be free of the scheme.
    treated
        The unit with the scheme.
    start
        First day of the scheme. A month in which it starts on a later day than the 1st belongs to neither side.

    Raises
    ------
    InputError
        If the unit is not there, a unit has a month twice, there are fewer than 6 months before, none after, or fewer
        than 5 donors, or nothing ever changes.

    Source: Abadie, Diamond and Hainmueller (2010), JASA 105:493; Firpo and Possebom (2018), Journal of Causal Inference
    6(2), for intervals by inversion. The treated unit's exchangeable place among the donors is ours.
    """
    given = donors(units, months, values, treated, start)
    weights = np.array([_weights(given.before, row) for row in range(len(given.names))])
    before, after = given.before @ (np.eye(len(weights)) - weights.T), given.after @ (np.eye(len(weights)) - weights.T)
    pre, post = (np.sqrt(np.mean(gap**2, axis=0)) for gap in (before, after))
    floor = 1e-9 * float(np.ptp(given.before))  # a fit without any error would divide by nothing
    scale, pull, mean = np.maximum(pre, floor), weights[:, 0], after.mean(axis=0)
    ends = [invert(gap, pull, scale, alpha=1 - level) for gap in (mean, *after)]
    gone = np.full(len(before), np.nan)
    reasons = _reasons(given, pre)
    return SyntheticControl(
        treated=treated, start=start, pre_months=len(before), post_months=len(after), donors=len(weights) - 1,
        weights=_named(given.names, weights[0], least=USED), pre_rmspe=float(pre[0]), post_rmspe=float(post[0]),
        ratio=float(post[0] / scale[0]), p=rank_p(post / scale), p_effect=rank_p(np.abs(mean) / scale),
        smallest_p=1 / len(weights), effect=Estimate(float(mean[0]), low=ends[0][0], high=ends[0][1], level=level),
        relative=_over(float(mean[0]), float(given.after[:, 0].mean() - mean[0])), months=given.months,
        observed=np.concatenate([given.before[:, 0], given.after[:, 0]]),
        synthetic=np.concatenate([given.before[:, 0] - before[:, 0], given.after[:, 0] - after[:, 0]]),
        low=np.concatenate([gone, [end[0] for end in ends[1:]]]),
        high=np.concatenate([gone, [end[1] for end in ends[1:]]]),
        placebo_ratio=_named(given.names[1:], (post / scale)[1:]), leave_one_out=_without_each(given, weights[0]),
        dropped=given.dropped, missing_months=given.missing, indicative=bool(reasons), reasons=reasons,
    )  # fmt: skip


def _weights(before: Floats, row: int) -> Floats:
    others = np.delete(np.arange(before.shape[1]), row)
    out = np.zeros(before.shape[1])
    out[others] = mixture(before[:, row], before[:, others])
    return out


def _without_each(given: Donors, weights: Floats) -> tuple[tuple[str, float], ...]:
    """The effect with each donor that carries weight left out in turn: no one place should make the result."""
    found = []
    for row in np.flatnonzero(weights > USED):
        others = np.setdiff1d(np.arange(1, len(weights)), [row])
        parts = mixture(given.before[:, 0], given.before[:, others])
        found.append((given.names[row], float(np.mean(given.after[:, 0] - given.after[:, others] @ parts))))
    return tuple(found)


def _reasons(given: Donors, pre: Floats) -> tuple[str, ...]:
    """Why the result may only guide."""
    reasons, mine, others = [], given.before[:, 0], given.before[:, 1:]
    if len(pre) < FULL:
        reasons.append(f"{len(pre)} units in all: the smallest p is {1 / len(pre):.2f}; a 90% interval needs {FULL}")
    elif len(pre) < FINE:
        reasons.append(f"{len(pre)} units in all: ranks are coarse, and the 90% interval covers {1 - 1 / len(pre):.0%}")
    if len(mine) < TWO_YEARS:
        reasons.append(f"{len(mine)} months before the start; with fewer than {TWO_YEARS} a season may pass for a fit")
    outside = (mine > others.max(axis=1)) | (mine < others.min(axis=1))
    if outside.mean() > 0.5:
        reasons.append(f"outside the range of all donors in {outside.sum()} of {len(mine)} months before the start: "
                       "no mixture of them can be like it")  # fmt: skip
    if pre[0] > POOR * np.median(pre[1:]):
        times = _over(float(pre[0]), float(np.median(pre[1:])))
        reasons.append(f"a poor fit: the error before the start is {times:.1f} times the median of the placebos "
                       f"(at most {POOR:.1f})")  # fmt: skip
    return tuple(reasons)


def _named(names: Sequence[str], values: Floats, least: float = -np.inf) -> tuple[tuple[str, float], ...]:
    return tuple((names[row], float(values[row])) for row in np.argsort(-values, kind="stable") if values[row] > least)


def _over(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
