"""A scheme's indicators by month: what its trajectory plans, and what was published since. Nothing is typed in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..account.kpi import KpiLine, against_trajectory, planned
from ..lake import Lake
from ..records import Scheme
from . import sights


@dataclass(frozen=True)
class Indicator:
    """One indicator of a scheme in its area. months: YYYY-MM, from the start of its trajectory on; planned, actual: one
    each, NaN where nothing says it; share: the measure is a share. line: the latest month, as `account plan` has it."""

    title: str
    unit: str
    share: bool
    months: tuple[str, ...]
    planned: tuple[float, ...]
    actual: tuple[float, ...]
    line: KpiLine


def indicators(lake: Lake, scheme: Scheme, level: str) -> tuple[Indicator, ...]:
    """Every indicator in `delivery.kpis` of a scheme, with the months of its area (an organisation of `level`) that the
    store holds; one whose measure the lake does not know has its plan alone."""
    wanted = scheme.delivery.kpis if scheme.delivery else ()
    if not wanted:
        return ()
    held = {one.measure: one for one in sights.standings(lake, [(level, scheme.area)], [k.measure for k in wanted])}
    known, found = sights.known(lake), []
    for kpi in wanted:
        first = min(step.month for step in kpi.trajectory)
        actual: dict[str, float] = {}
        if (standing := held.get(kpi.measure)) is not None:
            pairs = zip(standing.months.astype("datetime64[M]").astype(str), standing.course.tolist(), strict=True)
            actual = {str(month): value for month, value in pairs if month >= first and np.isfinite(value)}
        months = tuple(sorted({*actual, *(step.month for step in kpi.trajectory)}))
        measure = known.get(kpi.measure)
        found.append(Indicator(
            measure.title if measure else kpi.measure.replace("_", " ").capitalize(), measure.unit if measure else "",
            bool(measure and measure.is_share), months, tuple(planned(kpi, month) for month in months),
            tuple(actual.get(month, float("nan")) for month in months), against_trajectory(kpi, actual),
        ))  # fmt: skip
    return tuple(found)
