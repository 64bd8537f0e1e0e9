"""Did access or quality hold, where the scheme was, against where it was not?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from ..errors import InputError
from ..records import Guardrail
from .guardrail_table import Panel, compare, gap, panel
from .matching import nearest
from .spread_between import Between, between, relative_noise

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]
Harm = Literal["up", "down"]

LEVEL = 0.9  # METHODS F.7: the one-sided 90% bound
FEWEST_UNITS = 4  # one treated, two controls and two degrees of freedom: below, Student's bound says nothing


def guardrail(
    units: Sequence[str],
    months: Months,
    values: Floats,
    treated: Sequence[bool],
    *,
    start: np.datetime64,
    margin: float,
    harm: Harm,
    measure: str = "",
    breaks: Mapping[np.datetime64, str] | None = None,
    match: int | None = None,
) -> Guardrail:
    """Judge whether a measure that must not suffer got worse by more than `margin`, against controls.

    For each unit: the mean of its months from `start` on, each minus the same calendar month of its last year
    before `start`; or, where there is no full year before, minus the mean of all its earlier months. The
    effect is the mean change of the treated minus that of the controls; its error comes from the spread
    of changes between units (see `spread_between`), so it may be trusted with few of them.

    pass: the bound on the harm side lies within the margin. breach: the effect is harm beyond the margin, and the
    bound on the other side lies beyond 0 too (harm is there at all). inconclusive: neither. not_assessed: a
    month that is needed is missing for a unit, the measure itself changed between the months compared, or there are too
    few units; a missing month is never green.

    Parameters
    ----------
    units, months, values, treated
        One row for each unit and month, N each, in any order; months are datetime64, values in the measure's own
        unit with NaN where missing; a unit is treated in all its rows or in none.
    start
        First day of the scheme. A month in which it starts on a later day than the 1st belongs to neither side.
    margin
        The worsening that may be tolerated, above 0, in the measure's unit.
    harm
        Which way is worse.
    breaks
        First months in which the measure is not what it was, with what happened: no comparison crosses one.
    match
        Keep only so many controls for each treated unit: the nearest in level and slope before the start.

    Raises
    ------
    InputError
        If margin is not above 0, a unit is both treated and not, or a unit has a month twice.

    Source: non-inferiority against controls, our rule (docs/explanation/how-a-change-is-proved.md).
    """
    check(margin, match)
    given = matched(panel(units, months, values, treated), start, match)
    wanted = compare(given, start, breaks or {})
    if isinstance(wanted, str):
        return _not_assessed(measure, margin, harm, wanted)
    if few := too_few(given.mine):
        return _not_assessed(measure, margin, harm, few)
    if missing := gap(given, wanted):
        return _not_assessed(measure, margin, harm, missing)
    change = wanted.changes(given.table)
    noise = relative_noise(given.table[:, : before_start(given, start)], given.mine)
    return _judge(between(change[given.mine], change[~given.mine], noise), margin, harm, measure)


def check(margin: float, match: int | None) -> None:
    """Refuse a margin or a number of matches that makes no sense."""
    if not margin > 0 or not math.isfinite(margin):
        raise InputError(f"margin: expected a number above 0, got {margin:g}")
    if match is not None and match < 1:
        raise InputError(f"match: expected 1 control for each treated unit, or more; got {match}")


def matched(given: Panel, start: np.datetime64, match: int | None) -> Panel:
    """The treated and their nearest controls; everybody where no matching is asked for, or nothing was before."""
    width = before_start(given, start)
    return given if match is None or width < 1 else given.only(nearest(given.table[:, :width], given.mine, match))


def before_start(given: Panel, start: np.datetime64) -> int:
    """How many of the panel's months lie before the start."""
    return int(np.clip((start.astype("datetime64[M]") - given.first).astype(int), 0, given.table.shape[1]))


def too_few(mine: NDArray[np.bool_]) -> str:
    """Why so few units cannot be judged, in words; empty if they can."""
    treated, controls = int(mine.sum()), int((~mine).sum())
    if treated >= 1 and controls >= 2 and treated + controls >= FEWEST_UNITS:
        return ""
    return f"{treated} treated and {controls} control units; need 1 treated, 2 controls and {FEWEST_UNITS} in all"


def _judge(found: Between, margin: float, harm: Harm, measure: str) -> Guardrail:
    half = float(stdtrit(found.df, LEVEL)) * found.se
    worse = found.effect if harm == "up" else -found.effect  # how much worse, whichever way is worse
    if worse + half <= margin:
        verdict, reason = "pass", "the bound on the harm side lies within the margin"
    elif worse > margin and worse - half > 0:
        verdict, reason = "breach", "harm is beyond the margin, and beyond chance"
    else:
        verdict, reason = "inconclusive", "harm beyond the margin can be neither shown nor ruled out"
    bound = found.effect + half if harm == "up" else found.effect - half
    return Guardrail(measure, verdict, found.effect, found.se, bound, margin, harm, reason)


def _not_assessed(measure: str, margin: float, harm: str, reason: str) -> Guardrail:
    nothing = float("nan")
    return Guardrail(measure, "not_assessed", nothing, nothing, nothing, margin, harm, reason)
