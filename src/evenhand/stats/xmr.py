"""The XmR control chart as the NHS's Making Data Count draws it, with its rules, phases and icons."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import ControlChart
from .runs import runs as runs_about
from .xmr_rules import RULES, labels

IMPROVES = ("increase", "decrease", "neutral")
LIMIT = 2.66  # Making Data Count: 3 / 1.128, as published, rounded
SCREEN = 3.267  # Making Data Count: upper limit of a moving range; a larger one is left out, once
FEWEST_FIXED = 12  # Making Data Count: fewest points that limits may be fixed on
TRIAL = 13  # METHODS F.2: fewer points give trial limits

Floats = NDArray[np.float64]


def xmr(
    values: Floats,
    *,
    improves: str = "increase",
    target: float = float("nan"),
    rebase_at: Sequence[int] = (),
    fix_after: int | None = None,
    screening: bool = True,
    rules: str = "plotthedots",
) -> ControlChart:
    """Ask which points of a series in time order chance does not explain.

    Holds for any measure of one number a period; `values` is float64 (T,), NaN at a gap. A gap breaks runs,
    trends and windows of three, and no moving range spans it.

    Parameters
    ----------
    improves
        Which way is better: increase, decrease, or neutral.
    target
        What the last point's limits are held against for the assurance icon; NaN for none.
    rebase_at
        Positions at which a new phase begins; every rule starts afresh there.
    fix_after
        Limits come from this many first points of each phase, 12 or more; None for all points.
    screening
        Leave out moving ranges of 3.267 times their mean or more, once.
    rules
        plotthedots, or mdc2023, where a point beyond the limits counts towards "2 of 3" too.

    Raises
    ------
    InputError
        If there are no points, a value is infinite, or an option is not one of those above.

    Source: NHS England, Making Data Count; rules as the tests under tests/reference hold them.

    >>> chart = xmr(np.array([5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 20]))
    >>> chart.special_cause[-1], chart.variation
    ('Above UCL', 'improvement_high')
    """
    values = np.asarray(values, dtype=np.float64)
    _check(values, improves, fix_after, rules)
    starts = np.zeros(len(values), dtype=np.int64)
    for position in rebase_at:
        if not 0 <= position < len(values):
            raise InputError(f"rebase: no point {position}; expected a position from 0 to {len(values) - 1}")
        starts[position] = 1
    phase = np.cumsum(starts)
    mean, lower, upper = (np.full(len(values), np.nan) for _ in range(3))
    found: list[str | None] = []
    about = []
    for number in np.unique(phase):
        rows = phase == number
        m, low, high = limits(values[rows], fix_after=fix_after, screening=screening)
        mean[rows], lower[rows], upper[rows] = m, low, high
        found += labels(values[rows], m, low, high, rules=rules)
        about.append(runs_about(values[rows], m, phase=int(number)))
    counted = np.array([np.isfinite(values[phase == p]).sum() for p in phase])
    point_type = tuple(None if np.isnan(v) else kind(label, improves) for v, label in zip(values, found, strict=True))
    counts = np.flatnonzero(np.isfinite(values))
    icon = variation(found[counts[-1]], improves) if len(counts) else None
    return ControlChart(
        values, mean, lower, upper, float(target), phase, tuple(found), point_type, counted < TRIAL, tuple(about),
        icon, assurance(float(target), lower[-1], upper[-1], improves), improves, rules,
    )  # fmt: skip


def limits(values: Floats, *, fix_after: int | None = None, screening: bool = True) -> tuple[float, float, float]:
    """The mean and the lower and upper limit of one phase; limits are NaN where no moving range exists.

    A series that never changes has both limits at its mean.
    """
    counted = np.flatnonzero(np.isfinite(values))
    if len(counted) == 0:
        return float("nan"), float("nan"), float("nan")
    baseline = values[: counted[fix_after - 1] + 1] if fix_after and len(counted) > fix_after else values
    ranges = np.abs(np.diff(baseline))
    ranges = ranges[np.isfinite(ranges)]
    mean = _mean(baseline[np.isfinite(baseline)])
    if len(ranges) == 0:
        return mean, float("nan"), float("nan")
    average = _mean(ranges)
    if screening and average > 0:
        average = _mean(ranges[ranges < SCREEN * average])
    if average == 0 and np.nanmax(baseline) > np.nanmin(baseline):  # only gaps lie between the changes
        return mean, float("nan"), float("nan")
    return mean, mean - LIMIT * average, mean + LIMIT * average


def kind(label: str | None, improves: str) -> str:
    """The point type that a label means, given which way is better."""
    if label is None:
        return "common_cause"
    up = is_up(label)
    if improves == "neutral":
        return f"special_cause_neutral_{'high' if up else 'low'}"
    return "special_cause_improvement" if up == (improves == "increase") else "special_cause_concern"


def is_up(label: str) -> bool:
    """Whether a label speaks of high or rising values."""
    return "Above" in label or "Increasing" in label


def variation(label: str | None, improves: str) -> str:
    """The variation icon that the last point's label gives."""
    if label is None:
        return "common_cause"
    return f"{kind(label, improves).split('_')[2]}_{'high' if is_up(label) else 'low'}"


def assurance(target: float, lower: float, upper: float, improves: str) -> str | None:
    """The assurance icon: will chance alone reach the target always, never, or now and then?

    A series that never changes and lies at its target passes.
    """
    if improves == "neutral" or np.isnan([target, lower, upper]).any():
        return None
    better = improves == "increase"
    if lower == upper == target:
        return "pass"
    if target > upper:
        return "fail" if better else "pass"
    if target < lower:
        return "pass" if better else "fail"
    return "inconsistent"


def _mean(values: Floats) -> float:
    # Exact, then rounded once: a point that lies on the mean must not fall beside it.
    return float(statistics.mean(values.tolist()))


def _check(values: Floats, improves: str, fix_after: int | None, rules: str) -> None:
    if values.ndim != 1 or len(values) == 0:
        raise InputError("a control chart needs at least one point; found none")
    if np.isinf(values).any():
        raise InputError("a control chart needs finite numbers; found an infinite one")
    if improves not in IMPROVES:
        hint = did_you_mean(improves, IMPROVES)
        raise InputError(f"improves: expected increase, decrease or neutral, found {improves!r}{hint}")
    if fix_after is not None and fix_after < FEWEST_FIXED:
        raise InputError(f"fix after: expected {FEWEST_FIXED} points or more, found {fix_after}")
    if rules not in RULES:
        raise InputError(f"rules: expected {' or '.join(RULES)}, found {rules!r}{did_you_mean(rules, RULES)}")
