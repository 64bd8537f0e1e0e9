"""Plan against actual of each scheme's indicators, month by month, from what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evenhand import charts
from evenhand.charts import sketches
from evenhand.charts.words import number
from evenhand.lake import Lake
from evenhand.story.indicating import Indicator, indicators
from evenhand_web.site.figures import Figure
from evenhand_web.site.templatetags.evenhand import month

from .gathering import Line

STATUS = {"on_track": "on track", "behind": "behind its plan", "far_behind": "far behind its plan",
          "not_assessed": "not assessed"}  # fmt: skip
HOW = (
    "What is planned runs in a straight line between the months that the scheme's trajectory gives. What came is the "
    "measure in the scheme's whole area, as it was published; it says how things stand, not that the scheme did it.",
    "On track from 95% of the way from where it began to where it should be by now, behind from 80%, far behind below. "
    "It moves no pound and no other colour.",
)


@dataclass(frozen=True)
class Shown:
    """The indicators of one scheme."""

    title: str
    figures: tuple[Figure, ...]


def shown(lines: Sequence[Line], lake: Lake | None) -> list[Shown]:
    """Each scheme that names indicators, with a figure for each."""
    found = []
    for line in lines if lake is not None else ():
        assert lake is not None
        plan = line.standing.plan
        known = indicators(lake, line.standing.scheme, plan.organisation.level)
        if known:
            found.append(Shown(plan.title, tuple(_figure(plan.key, one) for one in known)))
    return found


def _figure(key: str, one: Indicator) -> Figure:
    sides = {"Plan": np.array(one.planned), "Actual": np.array(one.actual)}
    months = np.array(one.months, dtype="datetime64[M]")

    def draw(width: int) -> object:
        return charts.lines(sides, months, title=one.title, unit=one.unit, share=one.share, width=width)

    return Figure(
        name=f"{key}-{one.line.measure}".replace("_", "-"), draw=draw, sentence=_sentence(one), how=HOW,
        sketch=lambda width: sketches.lines(sides, months, unit=one.unit, share=one.share, width=width),
        columns=("month", "planned", "actual"), rows=list(zip(one.months, one.planned, one.actual, strict=True)),
        command="evenhand account plan --scheme SCHEME.yaml --actuals ACTUALS.csv --kpis KPIS.csv --json",
    )  # fmt: skip


def _sentence(one: Indicator) -> str:
    line, share = one.line, one.share
    if not line.month:
        return f"{one.title}: nothing is published of it here since its plan began, so it is not assessed."
    came = f"{one.title}: {number(line.actual, share=share)} in {month(line.month)}"
    if line.planned != line.planned:
        return f"{came}; its plan begins later."
    return (f"{came}, where {number(line.planned, share=share)} was planned (it began at "
            f"{number(line.baseline, share=share)}): {STATUS[line.status]}.")  # fmt: skip
