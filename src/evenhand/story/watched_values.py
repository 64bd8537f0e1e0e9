"""The values of a guardrail that a scheme does not name, every month of them, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import prove
from ..errors import InputError
from ..lake import Lake
from ..measures.guardrails import LibraryGuardrail
from ..records import Guardrail, Panel, Scheme
from .panels import panel as stored_panel
from .wait_weeks import wait_weeks
from .watched_places import Places

NAN = float("nan")
YEAR = 12  # months before the start from which a margin in hundredths of the level is read
LOST = 0.1  # of the units that were drawn: with more lost than this, those left are no longer those drawn (verdict.py)


@dataclass(frozen=True)
class Values:
    """A watched guardrail's values: units by months (N, T), who is treated (N,)."""

    units: tuple[str, ...]
    months: NDArray[np.datetime64]
    values: NDArray[np.float64]
    treated: tuple[bool, ...]


def values_of(lake: Lake, scheme: Scheme, rule: LibraryGuardrail, places: Places) -> Values | str:
    """The values there up to the end of the follow-up; why not, where either side has none.

    What the lake refuses is remembered as long as nothing is loaded: to find it out again takes as long as to count.
    """
    refused: dict[tuple[str, str, str], str] = lake.remember("story.watching.refused", dict)
    last, codes = scheme.follow_up.last, (*places.treated, *places.controls)
    asked = (rule.measure, places.level, last)
    if asked in refused:
        return refused[asked]
    try:
        if rule.percent is not None:
            months, values = wait_weeks(lake, rule.percent, places.level, codes, last=last)
        else:
            panel, _ = stored_panel(lake, rule.measure, places.level, last=last)
            top, bottom = _sums(panel, places, codes)
            months, values = panel.months, np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    except InputError as error:
        return refused.setdefault(asked, str(error))
    seen: NDArray[np.bool_] = np.any(np.isfinite(values), axis=1)
    count = len(places.treated)
    if not seen[:count].any() or not seen[count:].any():
        return f"{places.level} places of the scheme have no numbers of it"
    return Values(codes, months, values, tuple(row < count for row in range(len(codes))))


def _sums(panel: Panel, places: Places, codes: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerator and denominator of each place (N, T): of a network, the sums over those in it that were drawn."""
    at = {code: row for row, code in enumerate(panel.organisations)}
    known = np.isfinite(panel.numerator) & np.isfinite(panel.denominator)
    sides = []
    for side in (panel.numerator, panel.denominator):
        cells = np.where(known, side, 0.0)
        sums = np.full((len(codes), len(panel.months)), np.nan)
        for row, code in enumerate(codes):
            mine = [at[unit] for unit in (places.groups or {}).get(code, (code,)) if unit in at]
            if mine:
                sums[row] = np.where(known[mine].any(axis=0), cells[mine].sum(axis=0), np.nan)
        sides.append(sums)
    return sides[0], sides[1]


def whole(found: Values, scheme: Scheme) -> Values:
    """Every calendar month from the first to the end of the follow-up, so that one that is absent is seen to be."""
    first, last = found.months[0], np.datetime64(scheme.follow_up.last, "M")
    months = np.arange(first, last + 1)
    values = np.full((len(found.units), len(months)), np.nan)
    values[:, (found.months - first).astype(int)] = found.values
    return Values(found.units, months, values, found.treated)


def those_seen(found: Values, scheme: Scheme) -> tuple[Values, int]:
    """Without those that lack a month which nearly everybody has, if they are few; and how many those are."""
    needed = found.months >= np.datetime64(scheme.start, "M") - YEAR
    lacking = np.isnan(found.values[:, needed])
    here = np.mean(lacking, axis=0) <= LOST  # a month that many lack was not published: nobody is left out for it
    lost: NDArray[np.bool_] = np.any(lacking[:, here], axis=1)
    if not 0 < lost.sum() <= LOST * len(lost):
        return found, 0
    units, sides = (tuple(x for x, gone in zip(each, lost, strict=True) if not gone)
                    for each in (found.units, found.treated))  # fmt: skip
    return Values(tuple(map(str, units)), found.months, found.values[~lost], tuple(map(bool, sides))), int(lost.sum())


def judge(
    found: Values, scheme: Scheme, rule: LibraryGuardrail, breaks: dict[np.datetime64, str], match: int | None
) -> Guardrail:
    """By the method of those that a scheme names; a margin in hundredths is of the level where it ran, before it."""
    margin = rule.margin
    if margin is None:
        start = np.datetime64(scheme.start, "M")
        before = (found.months >= start - YEAR) & (found.months < start)
        level = found.values[np.array(found.treated)][:, before]
        margin = (rule.margin_share or 0.0) * float(level[np.isfinite(level)].mean()) if np.isfinite(level).any() else 0
        if not margin > 0:
            return not_assessed(rule, NAN, "there was nothing of it before the start, so no margin can be drawn")
    count = len(found.months)
    try:
        return prove.guardrail(
            [unit for unit in found.units for _ in range(count)], np.tile(found.months, len(found.units)),
            found.values.ravel(), [side for side in found.treated for _ in range(count)], margin=margin,
            start=np.datetime64(f"{scheme.start}-01", "D"), harm=rule.harm, measure=rule.measure, breaks=breaks,
            match=match,
        )  # fmt: skip
    except InputError as error:
        return not_assessed(rule, margin, str(error))


def not_assessed(rule: LibraryGuardrail, margin: float, reason: str) -> Guardrail:
    """No verdict, and why."""
    return Guardrail(rule.measure, "not_assessed", NAN, NAN, NAN, margin, rule.harm, reason)
