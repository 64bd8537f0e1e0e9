"""Every control chart: which lines each kind draws, which rules hold on it, its phases and icons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import ControlChart
from . import moving_range, shewhart_counts, shewhart_events, shewhart_subgroups
from .chart_asked import check, given
from .chart_icons import assurance, kind, variation
from .chart_lines import Floats, Lines, Phase
from .runs import runs as runs_about
from .xmr_rules import ALL, labels

TRIAL = 13  # METHODS F.2: fewer points give trial limits


@dataclass(frozen=True)
class Kind:
    """How one chart is drawn. needs: what its values are divided by, if anything; rules: those that hold on it."""

    lines: Callable[[Phase], Lines]
    needs: str = "may"  # must, may or never have a denominator; of: it is the size of each subgroup
    counted: bool = False  # whole numbers only: its limits are those of a count
    rules: frozenset[str] = ALL


_SKEWED = ALL - {"two_of_three"}
KINDS = {
    "xmr": Kind(moving_range.xmr),
    "i": Kind(moving_range.individuals),
    "ip": Kind(moving_range.individuals_prime, "must"),
    "run": Kind(moving_range.run_chart, rules=frozenset({"trend", "shift"})),
    "p": Kind(shewhart_counts.p, "must", counted=True),
    "pp": Kind(shewhart_counts.p_prime, "must"),
    "u": Kind(shewhart_counts.u, "must", counted=True),
    "up": Kind(shewhart_counts.u_prime, "must"),
    "c": Kind(shewhart_counts.c, "never", counted=True),
    "t": Kind(shewhart_events.t, "never"),
    "g": Kind(shewhart_events.g, "never", counted=True, rules=_SKEWED),
    "xbar": Kind(shewhart_subgroups.xbar, "of"),
    "s": Kind(shewhart_subgroups.s, "of", rules=_SKEWED),
}
SHARES = ("p", "pp")


def shewhart(
    chart: str,
    values: Floats,
    *,
    denominator: Floats | None = None,
    spread: Floats | None = None,
    improves: str = "increase",
    target: float = float("nan"),
    rebase_at: Sequence[int] = (),
    exclude_at: Sequence[int] = (),
    fix_after: int | None = None,
    screening: bool = True,
    rules: str = "plotthedots",
    multiplier: float = 1.0,
) -> ControlChart:
    """Ask which points of a series in time order chance does not explain, on any of thirteen charts.

    Parameters
    ----------
    chart
        xmr, i, ip (I'), run, p, pp (P'), u, up (U'), c, t, g, xbar or s.
    values
        float64 (T,), NaN at a gap: the numerator where there is a denominator, the time (t) or the cases (g) since
        the last event, the mean (xbar) or standard deviation (s) of each subgroup.
    denominator
        float64 (T,): what each value is divided by; the subgroups' sizes for xbar and s.
    spread
        float64 (T,), for xbar: the standard deviation within each subgroup.
    improves, target, rebase_at, fix_after, screening
        As for `xmr`. Screening is of the charts whose limits come from moving ranges: xmr, i, ip, pp, up, t.
    exclude_at
        Positions of points with a known cause: drawn, and a gap for every line and rule.
    rules
        plotthedots or mdc2023. On run charts only the shift and the trend hold, and on g and s charts no "2 of 3".
    multiplier
        Values and lines are times this; so is the target.

    Raises
    ------
    InputError
        If there are no points, a value is infinite or cannot be on such a chart, or an option is none of these.

    Source: the functions that draw each kind's lines name theirs; checked against qicharts2 0.8.1 and Montgomery.

    >>> chart = shewhart("p", np.array([12.0, 15, 8, 30]), denominator=np.full(4, 50.0))
    >>> round(float(chart.upper[0]), 4), chart.special_cause[-1]
    (0.5237, 'Above UCL')
    """
    known = check(KINDS, chart, improves=improves, fix_after=fix_after, rules=rules)
    top, below, drawn = given(chart, known.needs, known.counted, values, denominator)
    inside = np.full(len(top), np.nan) if spread is None else np.asarray(spread, dtype=np.float64)
    inside = drawn if chart == "s" else inside
    phase = _phases(rebase_at, len(top))
    left_out = tuple(sorted({_position(at, len(top), "exclude") for at in exclude_at}))
    counted = drawn.copy()
    counted[list(left_out)] = np.nan
    seen = shewhart_events.rooted(counted) if chart == "t" else counted
    mean, lower, upper = (np.full(len(top), np.nan) for _ in range(3))
    found: list[str | None] = []
    about = []
    for number in np.unique(phase):
        rows = phase == number
        base = _base(seen[rows], drawn[rows], fix_after)
        part = Phase(seen[rows], top[rows], below[rows], inside[rows], base, screening)
        lines = known.lines(part)
        mean[rows], lower[rows], upper[rows] = lines.centre, lines.lower, lines.upper
        found += labels(part.values, lines, rules=rules, used=known.rules)
        about.append(runs_about(part.values, float(lines.centre[0]), phase=int(number)))
    last = np.flatnonzero(np.isfinite(seen))
    icon, sure = None, None
    if len(last):
        icon = variation(found[last[-1]], improves)
        goal = np.array(target / multiplier)
        sure = assurance(float(shewhart_events.rooted(goal) if chart == "t" and target >= 0 else goal),
                         lower[last[-1]], upper[last[-1]], improves)  # fmt: skip
    if chart == "t":
        mean, lower, upper = (shewhart_events.unrooted(line) for line in (mean, lower, upper))
    enough = np.array([np.isfinite(seen[phase == number]).sum() for number in phase])
    types = tuple(None if np.isnan(v) else kind(label, improves) for v, label in zip(seen, found, strict=True))
    return ControlChart(
        drawn * multiplier, mean * multiplier, lower * multiplier, upper * multiplier, float(target), phase,
        tuple(found), types, enough < TRIAL, tuple(about), icon, sure, improves, rules, chart, left_out,
    )  # fmt: skip


def _base(seen: Floats, drawn: Floats, fix_after: int | None) -> NDArray[np.bool_]:
    """The points that set the lines: those that count, or those of them among the first so many that are drawn."""
    base = np.isfinite(seen)
    return base & (np.cumsum(np.isfinite(drawn)) <= fix_after) if fix_after else base


def _phases(rebase_at: Sequence[int], points: int) -> NDArray[np.int64]:
    starts = np.zeros(points, dtype=np.int64)
    starts[[_position(at, points, "rebase") for at in rebase_at]] = 1
    return np.cumsum(starts)


def _position(at: int, points: int, option: str) -> int:
    if not 0 <= at < points:
        raise InputError(f"{option}: no point {at}; expected a position from 0 to {points - 1}")
    return int(at)
