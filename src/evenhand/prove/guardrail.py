"""Did access or quality hold, where the scheme was, against where it was not?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from ..errors import InputError
from ..records import Guardrail

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]

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
    harm: Literal["up", "down"],
    measure: str = "",
) -> Guardrail:
    """Judge whether a measure that must not suffer got worse by more than `margin`, against controls.

    For each unit: the mean of its months from `start` on, each minus the same calendar month of its last year
    before `start`; or, where the file holds no full year before, minus the mean of all its earlier months. The
    effect is the mean change of the treated minus that of the controls; its error is Student's, from the spread
    of changes between units, so it may be trusted with few of them.

    pass: the bound on the harm side lies within the margin. breach: the effect is harm beyond the margin, and the
    bound on the other side lies beyond 0 too (harm is there at all). inconclusive: neither. not_assessed: a
    month that is needed is missing for a unit, or there are too few units; a missing month is never green.

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

    Raises
    ------
    InputError
        If margin is not above 0, a unit is both treated and not, or a unit has a month twice.

    Source: non-inferiority against controls, our rule (docs/explanation/how-a-change-is-proved.md).
    """
    if not margin > 0 or not math.isfinite(margin):
        raise InputError(f"margin: expected a number above 0, got {margin:g}")
    names, months = list(dict.fromkeys(units)), months.astype("datetime64[M]")
    sides = _sides(units, treated)
    table, first = _table(names, units, months, values)
    wanted = _plan(first, first + table.shape[1] - 1, start)
    if isinstance(wanted, str):
        return _not_assessed(measure, margin, harm, wanted)
    mine = np.array([sides[name] for name in names])
    if len(names) < FEWEST_UNITS or mine.sum() < 1 or (~mine).sum() < 2:
        return _not_assessed(
            measure, margin, harm,
            f"{int(mine.sum())} treated and {int((~mine).sum())} control units; "
            f"need 1 treated, 2 controls and {FEWEST_UNITS} in all",
        )  # fmt: skip
    if gap := _gap(names, table, first, wanted):
        return _not_assessed(measure, margin, harm, gap)
    change = np.mean([table[:, after] - table[:, before].mean(axis=1) for after, before in wanted], axis=0)
    return _judge(change[mine], change[~mine], margin, harm, measure)


def _judge(mine: Floats, others: Floats, margin: float, harm: Literal["up", "down"], measure: str) -> Guardrail:
    df = len(mine) + len(others) - 2
    effect = float(mine.mean() - others.mean())
    squares = np.sum((mine - mine.mean()) ** 2) + np.sum((others - others.mean()) ** 2)
    se = math.sqrt(squares / df * (1 / len(mine) + 1 / len(others)))
    half = float(stdtrit(df, LEVEL)) * se
    worse = effect if harm == "up" else -effect  # how much worse, whichever way is worse
    if worse + half <= margin:
        verdict, reason = "pass", "the bound on the harm side lies within the margin"
    elif worse > margin and worse - half > 0:
        verdict, reason = "breach", "harm is beyond the margin, and beyond chance"
    else:
        verdict, reason = "inconclusive", "harm beyond the margin can be neither shown nor ruled out"
    bound = effect + half if harm == "up" else effect - half
    return Guardrail(measure, verdict, effect, se, bound, margin, harm, reason)


def _plan(first: np.datetime64, last: np.datetime64, start: np.datetime64) -> list[tuple[int, list[int]]] | str:
    """For every month after the start: its column, and those of the months before that it is compared with."""
    launch = start.astype("datetime64[M]")
    whole = launch == start.astype("datetime64[D]")
    opening = launch if whole else launch + 1
    if last < opening:
        return f"no month after the start ({opening}); the last month is {last}"
    if launch <= first:
        return f"no month before the start ({launch}); the first month is {first}"
    begin, after = int((launch - first).astype(int)), range(int((opening - first).astype(int)),
                                                            int((last - first).astype(int)) + 1)  # fmt: skip
    if begin < 12:
        return [(column, list(range(begin))) for column in after]
    return [(column, [column - 12 * math.ceil((column - begin + 1) / 12)]) for column in after]


def _gap(names: Sequence[str], table: Floats, first: np.datetime64, wanted: list[tuple[int, list[int]]]) -> str:
    """The first missing month that is needed, in words; empty if none is."""
    needed = sorted({c for after, before in wanted for c in (after, *before)})
    missing = np.argwhere(np.isnan(table[:, needed]))
    if not len(missing):
        return ""
    row, column = missing[0]
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    return f"{names[row]} has no value for {first + needed[column]}{more}, which is needed"


def _table(
    names: Sequence[str], units: Sequence[str], months: Months, values: Floats
) -> tuple[Floats, np.datetime64]:
    """Units by calendar months, NaN where a row is absent, and the first month."""
    first = months.min()
    table = np.full((len(names), int((months.max() - first).astype(int)) + 1), np.nan)
    seen = np.zeros(table.shape, dtype=bool)
    place = {name: row for row, name in enumerate(names)}
    for unit, month, value in zip(units, months, values, strict=True):
        cell = place[unit], int((month - first).astype(int))
        if seen[cell]:
            raise InputError(f"unit {unit!r} has {month} twice; expected one row for each unit and month")
        seen[cell], table[cell] = True, value
    return table, first


def _sides(units: Sequence[str], treated: Sequence[bool]) -> dict[str, bool]:
    sides: dict[str, bool] = {}
    for unit, side in zip(units, treated, strict=True):
        if sides.setdefault(unit, bool(side)) != bool(side):
            raise InputError(f"unit {unit!r} is treated in some rows and not in others; expected one or the other")
    return sides


def _not_assessed(measure: str, margin: float, harm: str, reason: str) -> Guardrail:
    nothing = float("nan")
    return Guardrail(measure, "not_assessed", nothing, nothing, nothing, margin, harm, reason)
