"""What a control chart refuses: options that are none, and values that no such chart can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from ..errors import InputError, did_you_mean
from .chart_icons import IMPROVES
from .chart_lines import Floats
from .xmr_rules import RULES

FEWEST_FIXED = 12  # Making Data Count: fewest points that limits may be fixed on
K = TypeVar("K")


def check(kinds: Mapping[str, K], chart: str, *, improves: str, fix_after: int | None, rules: str) -> K:
    """The kind of chart that is asked for, once every option is one that exists."""
    if chart not in kinds:
        raise InputError(f"chart: expected one of {' '.join(kinds)}, found {chart!r}{did_you_mean(chart, kinds)}")
    if improves not in IMPROVES:
        hint = did_you_mean(improves, IMPROVES)
        raise InputError(f"improves: expected increase, decrease or neutral, found {improves!r}{hint}")
    if fix_after is not None and fix_after < FEWEST_FIXED:
        raise InputError(f"fix after: expected {FEWEST_FIXED} points or more, found {fix_after}")
    if rules not in RULES:
        raise InputError(f"rules: expected {' or '.join(RULES)}, found {rules!r}{did_you_mean(rules, RULES)}")
    return kinds[chart]


def given(
    chart: str, needs: str, counted: bool, values: Floats, denominator: Floats | None
) -> tuple[Floats, Floats, Floats]:
    """Numerator, denominator (ones if there is none) and what is drawn, each float64 (T,); NaN at a gap."""
    top = np.asarray(values, dtype=np.float64)
    if top.ndim != 1 or len(top) == 0:
        raise InputError("a control chart needs at least one point; found none")
    if np.isinf(top).any():
        raise InputError("a control chart needs finite numbers; found an infinite one")
    if needs in ("must", "of") and denominator is None:
        raise InputError(f"chart {chart}: needs a denominator")
    if needs == "never" and denominator is not None:
        instead = "u draws a count over an exposure" if chart == "c" else "its values are times or cases between events"
        raise InputError(f"chart {chart}: takes no denominator; {instead}")
    _can_be(top, chart, needs, counted)
    if denominator is None:
        return top, np.ones(len(top)), top
    below = np.asarray(denominator, dtype=np.float64)
    if below.shape != top.shape:
        raise InputError(f"denominator: expected {len(top)} numbers, one a value, found {below.size}")
    if needs == "of":
        return top, below, top
    if (wrong := np.flatnonzero((below < 0) | np.isinf(below))).size:
        raise InputError(f"point {wrong[0]}: expected a denominator of 0 or more, found {below[wrong[0]]:g}")
    if chart in ("p", "pp") and (wrong := np.flatnonzero(top > below)).size:
        raise InputError(f"point {wrong[0]}: a share needs a numerator of at most its denominator, "
                         f"found {top[wrong[0]]:g} of {below[wrong[0]]:g}")  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        return top, below, np.where(below > 0, top / below, np.nan)


def _can_be(top: Floats, chart: str, needs: str, counted: bool) -> None:
    if (counted or chart in ("pp", "up", "t", "s")) and (wrong := np.flatnonzero(top < 0)).size:
        raise InputError(f"point {wrong[0]}: chart {chart} needs numbers of 0 or more, found {top[wrong[0]]:g}")
    if counted and (wrong := np.flatnonzero(np.isfinite(top) & (top != np.round(top)))).size:
        instead = {"p": "pp or xmr", "u": "up or xmr"}.get(chart, "xmr")
        raise InputError(f"point {wrong[0]}: chart {chart} counts, so it needs whole numbers; found {top[wrong[0]]:g} "
                         f"(chart {instead} takes other numbers)")  # fmt: skip
