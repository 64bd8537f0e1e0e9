"""A key performance indicator against its plan: how far of the way from where it began to where it should be by now."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from ..errors import InputError
from ..records import Record
from ..records.scheme_plan import Kpi

ON_TRACK, BEHIND, FAR_BEHIND, UNKNOWN = "on_track", "behind", "far_behind", "not_assessed"
ON_TRACK_FROM, BEHIND_FROM = 0.95, 0.80  # our rule: the shares that METHODS A.5 has for money


@dataclass(frozen=True, eq=False)
class KpiLine(Record):
    """One indicator in its own unit; NaN or '' where nothing is known.

    planned: what it should be in `month`, the last one with an actual; way: (actual - baseline) / (planned -
    baseline), 1 where it is as planned, below 0 where it went the wrong way; status: on_track from 0.95, behind from
    0.80, far_behind below, not_assessed where it cannot be said. It moves no pound and no other colour.
    """

    measure: str
    kind: str
    month: str
    baseline: float
    planned: float
    actual: float
    difference: float
    way: float
    status: str


def line(measure: str, kind: str, month: str, baseline: float, planned: float, actual: float) -> KpiLine:
    """An indicator compared with its plan.

    >>> found = line("x", "activity", "2025-09", 40.0, 50.0, 48.5)
    >>> round(found.way, 2), found.status
    (0.85, 'behind')
    """
    meant = planned - baseline
    way = (actual - baseline) / meant if meant else (1.0 if actual == planned else math.nan)
    return KpiLine(measure, kind, month, baseline, planned, actual, actual - planned, way, status(way))


def status(way: float) -> str:
    """on_track, behind, far_behind or not_assessed."""
    if math.isnan(way):
        return UNKNOWN
    return ON_TRACK if way >= ON_TRACK_FROM else BEHIND if way >= BEHIND_FROM else FAR_BEHIND


def against_trajectory(kpi: Kpi, actual: Mapping[str, float]) -> KpiLine:
    """A scheme's indicator in the last month that has an actual, against its trajectory.

    actual: month (YYYY-MM) to value. Between two months of the trajectory the plan runs in a straight line; before the
    first it is not known, after the last it stays.

    Raises
    ------
    InputError
        If the trajectory gives a month twice.
    """
    steps = sorted((step.month, step.value) for step in kpi.trajectory)
    for (one, _), (other, _) in pairwise(steps):
        if one == other:
            raise InputError(f"kpi {kpi.measure!r}: its trajectory gives {one} twice; expected each month once")
    known = sorted(month for month, value in actual.items() if not math.isnan(value))
    if not known:
        return line(kpi.measure, kpi.kind, "", kpi.baseline, math.nan, math.nan)
    return line(kpi.measure, kpi.kind, known[-1], kpi.baseline, _planned(steps, known[-1]), actual[known[-1]])


def planned(kpi: Kpi, month: str) -> float:
    """What an indicator should be in a month (YYYY-MM), by its trajectory; NaN before it begins."""
    return _planned(sorted((step.month, step.value) for step in kpi.trajectory), month)


def _planned(steps: list[tuple[str, float]], month: str) -> float:
    if month < steps[0][0]:
        return math.nan
    for (first, was), (then, be) in pairwise(steps):
        if month < then:
            return was + (be - was) * (_place(month) - _place(first)) / (_place(then) - _place(first))
    return steps[-1][1]


def _place(month: str) -> int:
    return 12 * int(month[:4]) + int(month[5:7])
