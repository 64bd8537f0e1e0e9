"""The pictures of PROVE: the effect on one line, and the measure with and without the scheme."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evenhand import charts
from evenhand.charts import effect_sketches, sketches
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.records import Panel
from evenhand.story import panels
from evenhand_web.site.figures import Figure

from .judging import Case, allocation
from .telling import Told

COMMAND = "evenhand prove verdict --scheme SCHEME.yaml --lake LAKE --json"


def effect(case: Case, told: Told) -> Figure:
    """The effect with its interval, beside no effect and the smallest that was planned to matter."""
    found, planned = told.verdict.effect, case.scheme.planned_effect
    one = [np.array([x]) for x in (found.effect, found.low, found.high)]

    def draw(width: int) -> object:
        return charts.forest(["Effect"], *one, matters=np.array([planned]), title=told.title, unit=told.unit,
                             share=told.share, level=found.level, width=width)  # fmt: skip

    def sketch(width: int) -> str:
        return effect_sketches.forest(["Effect"], *one, matters=np.array([planned]), unit=told.unit, share=told.share,
                                      level=found.level, width=width)  # fmt: skip

    return Figure(
        name=f"{case.plan.key}-effect", draw=draw, sketch=sketch, source=told.verdict.source, command=COMMAND,
        sentence=f"Where the scheme ran it ended {told.effect} than where it did not "
                 f"({found.level:.0%} interval {told.between}).",
        columns=("compared", "effect", "standard error", "low", "high", "p", "degrees of freedom", "planned"),
        rows=[("against its controls", found.effect, found.se, found.low, found.high, found.p, found.df, planned)],
        how=(f"{found.design[:1].upper()}{found.design[1:]}. Everybody counts where they were drawn, whatever they "
             "did. The interval is of Student's t with Satterthwaite's degrees of freedom.",
             "The orange mark is the effect that was planned when the scheme was signed: the smallest that was said to "
             "matter."),
    )  # fmt: skip


def course(case: Case, lake: Lake, told: Told) -> Figure | None:
    """The measure month by month, treated and controls each taken together; None if it cannot be read any more."""
    scheme = case.scheme
    try:
        panel, _ = panels.panel(
            lake, scheme.measure, scheme.level, first=scheme.baseline.first, last=scheme.follow_up.last
        )
    except InputError:
        return None
    drawn = allocation(case)
    arms = dict(zip(drawn.text("unit"), drawn.text("arm"), strict=True))
    sides = {"With": scheme.treated_arms, "Without": (scheme.control_arm,)}
    values = {name: _together(panel, [unit for unit, arm in arms.items() if arm in side])
              for name, side in sides.items()}  # fmt: skip

    began = ((np.datetime64(scheme.start, "M"), "Scheme began"),)

    def draw(width: int) -> object:
        return charts.lines(values, panel.months, title=told.title, unit=told.unit, share=told.share, width=width,
                            marks=began)  # fmt: skip

    def sketch(width: int) -> str:
        return sketches.lines(values, panel.months, share=told.share, width=width, marks=began)

    return Figure(
        name=f"{case.plan.key}-course", draw=draw, sketch=sketch, source=panel.source,
        columns=("month", "with", "without"),
        sentence="With the scheme and without it, month by month, before and after it began.",
        rows=[(str(month), values["With"][i], values["Without"][i]) for i, month in enumerate(panel.months)],
        how=("Each line is a ratio of sums over everybody who was drawn into that side. The picture judges nothing: "
             "the effect above also takes into account where each began.",),
    )  # fmt: skip


def _together(panel: Panel, units: list[str]) -> NDArray[np.float64]:
    """A ratio of sums over these units, one a month (T,)."""
    wanted = set(units)
    rows = [i for i, code in enumerate(panel.organisations) if code in wanted]
    top, bottom = np.nansum(panel.numerator[rows], axis=0), np.nansum(panel.denominator[rows], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        together: NDArray[np.float64] = np.where(bottom > 0, top / bottom, np.nan)
    return together
