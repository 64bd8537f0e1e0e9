"""The pictures of SEE: where we stand among others, over time, and within us."""

from __future__ import annotations

import numpy as np

from evenhand import charts
from evenhand.charts.words import number
from evenhand.records import ControlChart
from evenhand.story import Comparison
from evenhand.story.place import PLURAL
from evenhand_web.site.figures import Figure

ICONS = {
    "common_cause": "No change beyond chance", "improvement_high": "Better: higher than usual",
    "improvement_low": "Better: lower than usual", "concern_high": "Worth a look: higher than usual",
    "concern_low": "Worth a look: lower than usual", "neutral_high": "Changed: higher than usual",
    "neutral_low": "Changed: lower than usual",
}  # fmt: skip


def spread(found: Comparison, code: str, *, names: dict[str, str]) -> Figure:
    """Everybody of the level, us marked. `names`: what may be shown of the others (code -> name), often nothing."""
    sight, measure = found.sight, found.measure
    funnel = sight.funnel

    def draw(width: int) -> object:
        common = {"title": measure.title, "unit": measure.unit, "share": measure.is_share, "width": width}
        if funnel is not None:
            return charts.funnel(funnel, own=code or None, size=measure.denominator.words, **common)
        own = sight.units.index(code) if code in sight.units else None
        return charts.strip(sight.value, own=own, **common)

    rows = [
        ("you" if unit == code else names.get(unit, "–"), sight.numerator[i], sight.denominator[i], sight.value[i],
         found.outlier(unit) or "")
        for i, unit in enumerate(sight.units) if np.isfinite(sight.value[i])
    ]  # fmt: skip
    rows.sort(key=lambda row: -row[3])
    return Figure(
        name=f"{measure.id}-spread", sentence=sentence(found, code), draw=draw, rows=rows, source=found.panel.source,
        columns=("organisation", "numerator", "denominator", "value", "beyond the limits"),
        command=f"evenhand panel {measure.id} --level {sight.level} --lake LAKE --json | see funnel",
        how=_how(found),
    )  # fmt: skip


def course(found: Comparison, code: str, chart: ControlChart, marks: tuple = ()) -> Figure:
    """Our value month by month, with the limits of its own chance."""
    measure, panel = found.measure, found.panel
    months = panel.months

    def draw(width: int) -> object:
        return charts.spc(chart, months, title=f"{measure.title}, month by month", unit=measure.unit,
                          share=measure.is_share, marks=marks, width=width)  # fmt: skip

    rows = [
        (str(month), chart.values[i], chart.mean[i], chart.lower[i], chart.upper[i], chart.special_cause[i] or "")
        for i, month in enumerate(months)
    ]
    signals = sum(bool(row[5]) for row in rows)
    word = ICONS.get(chart.variation or "", "Too few months to say")
    return Figure(
        name=f"{measure.id}-course", draw=draw, rows=rows, source=panel.source,
        sentence=f"{word}: {signals} of {len(rows)} months differ from the rest by more than chance.",
        columns=("month", "value", "mean", "lower limit", "upper limit", "rule"),
        how=("An XmR chart: the mean and limits of 2.66 average moving ranges, moving ranges beyond 3.267 averages "
             "left out once. The rules are those of NHS plot-the-dots; each month's rule stands in the table.",),
        command=f"evenhand see spc FILE --improves ... --json   # FILE: evenhand panel {measure.id} --out FILE",
    )  # fmt: skip


def everybody(found: Comparison, chart: ControlChart) -> Figure:
    """The course of all organisations together."""
    measure, sight = found.measure, found.sight

    def draw(width: int) -> object:
        return charts.spc(chart, sight.months, title=f"{measure.title}, everybody together", unit=measure.unit,
                          share=measure.is_share, width=width)  # fmt: skip

    rows = [(str(month), chart.values[i], chart.lower[i], chart.upper[i], chart.special_cause[i] or "")
            for i, month in enumerate(sight.months)]  # fmt: skip
    return Figure(
        name=f"{measure.id}-course", draw=draw, rows=rows, source=found.panel.source,
        sentence=f"{ICONS.get(chart.variation or '', 'Too few months to say')}, all organisations together.",
        columns=("month", "value", "lower limit", "upper limit", "rule"),
    )  # fmt: skip


def sentence(found: Comparison, code: str) -> str:
    """Where we stand, in one sentence: how different, and how sure."""
    sight, measure = found.sight, found.measure
    value, middle = found.value(code) if code else sight.place_value, found.middle()
    several = PLURAL.get(sight.level, sight.level)
    if not np.isfinite(value):
        return f"Nothing was published of {measure.title.lower()} here; the middle of {sight.counted_units} {several} "\
               f"is {number(middle, share=measure.is_share)}."  # fmt: skip
    said = f"{number(value, share=measure.is_share)} ({measure.unit})"
    spread_words = f"the middle of {sight.counted_units} {several} is {number(middle, share=measure.is_share)}"
    if not code:
        return f"Altogether {said}; {spread_words}."
    return f"You are at {said}; {spread_words}. {certainty(found, code)}"


def certainty(found: Comparison, code: str) -> str:
    """How much of the difference chance could explain, in words."""
    beyond = found.outlier(code)
    if beyond:
        way = "above" if beyond == "high" else "below"
        return f"You are different here: {way} what chance and the variation that all share would give."
    if found.sight.funnel is not None:
        return "That is within what chance and the variation that all share would give."
    return "We cannot tell how much of that is chance: the numbers are no counts, or those compared are too few."


def _how(found: Comparison) -> tuple[str, ...]:
    measure, sight = found.measure, found.sight
    return (
        f"{measure.numerator.words}, over {measure.denominator.words}; {sight.first} to {sight.last}.",
        "Funnel: limits that chance gives for each size, widened by the variation that all organisations share "
        "(over-dispersion; Spiegelhalter 2005). Opportunity: the gap to the best quarter in draws from the posterior, "
        "so that luck is not counted as a gain.",
        f"Definition: {measure.authored_by}; {measure.checked_by}; review due {measure.review_due}.",
    )
