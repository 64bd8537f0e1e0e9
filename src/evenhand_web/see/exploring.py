"""Explore: a question answered once for a state of the lake, and its figures."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np

from evenhand import charts
from evenhand.charts import sketches
from evenhand.charts.words import number
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.records.spread import Spread
from evenhand.story import sight_keys
from evenhand.story.exploring import Question, explore, group_of
from evenhand.story.place import PLURAL
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import ancestors
from evenhand_web.site.figures import Figure
from evenhand_web.site.templatetags.evenhand import month

from .figures import funnel_of, moved
from .models import Group

KEPT = 40  # answers: what a few dozen people look at in a morning
MOST = 60
_answers: OrderedDict[tuple[Any, ...], tuple[Measure, Spread]] = OrderedDict()
_lock = threading.Lock()


def answer(lake: Lake, question: Question) -> tuple[Measure, Spread]:
    """What the lake says; counted once, then kept until new data comes."""
    name = (str(lake.path), sight_keys.state(lake), question)
    with _lock:
        if name in _answers:
            _answers.move_to_end(name)
            return _answers[name]
    found = explore(lake, question)
    with _lock:
        _answers[name] = found
        while len(_answers) > KEPT:
            _answers.popitem(last=False)
    return found


def marked(found: Spread, organisation: Organisation, group: Group | None) -> tuple[Spread, int | None, str]:
    """The spread, the row that is marked in it, and what that is called: a group, we, or the one above us."""
    if group is not None:
        whole = group_of(found, tuple(group.codes), group.name)
        return whole, len(whole.codes) - 1, group.name
    for place in (organisation, *ancestors(organisation)):
        if place.level == found.level and (row := found.row(place.code)) is not None:
            return found, row, "you" if place.code == organisation.code else place.name
    return found, None, ""


def figures(measure: Measure, found: Spread, own: int | None, called: str, command: str) -> list[Figure]:
    """Where everybody stands, and over time."""
    several, share = PLURAL.get(found.level, found.level), measure.is_share
    middle = number(float(found.facts["middle"]), share=share)
    curve = found.facts["funnel"]
    said = f"The middle of {found.facts['compared']} {several} is {middle} ({measure.unit}"
    said += f", {month(found.first)} to {month(found.last)})"
    if own is not None:
        value = number(float(found.value[own]), share=share)
        said += f"; {'you are' if called == 'you' else f'{called} is'} at {value}"

    def sketch(width: int) -> str:
        if curve is None:
            return sketches.strip(found.value, own=own, share=share, width=width)
        return sketches.funnel(found.denominator, found.value, found.outlier, curve, own=own, share=share,
                               size_words=measure.denominator.words, width=width)  # fmt: skip

    def draw(width: int) -> object:
        common: dict[str, Any] = {"title": measure.title, "unit": measure.unit, "share": share, "width": width}
        if curve is None:
            return charts.strip(found.value, own=own, **common)
        record = funnel_of(found, found.denominator, found.value, found.outlier, curve)
        return charts.funnel(record, own=found.codes[own] if own is not None else None,
                             size=measure.denominator.words, **common)  # fmt: skip

    order = np.argsort(-np.nan_to_num(found.value, nan=-np.inf), kind="stable")
    rows = [(called if i == own else "–", found.numerator[i], found.denominator[i], found.value[i],
             found.outlier[i] or "") for i in order if np.isfinite(found.value[i])]  # fmt: skip
    rows.sort(key=lambda row: row[0] != called)
    spread = Figure(
        name="explore-spread", sentence=f"{said}.", draw=draw, sketch=sketch, rows=rows, most=MOST, command=command,
        columns=("organisation", "numerator", "denominator", "value", "beyond the limits"),
        source=found.facts["source"][:24],
        how=(f"{measure.numerator.words}, over {measure.denominator.words}. Nothing is said about which way is better.",
             "Where it is a count, limits are those of a funnel (99.8%), widened by the variation that all share."),
    )  # fmt: skip
    return [spread, _over_time(measure, found, own, command)]


def _over_time(measure: Measure, found: Spread, own: int | None, command: str) -> Figure:
    tenths, months, share = np.array(found.facts["deciles"], dtype=np.float64), found.months, measure.is_share
    ours = None
    if own is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            ours = np.where(found.bottom[own] > 0, found.top[own] / found.bottom[own], np.nan)

    def sketch(width: int) -> str:
        return sketches.over_time(tenths, ours, months, share=share, width=width)

    def draw(width: int) -> object:
        series = {"highest tenth": tenths[8], "middle": tenths[4], "lowest tenth": tenths[0]}
        return charts.lines(series | ({} if ours is None else {"marked": ours}), months, title=measure.title,
                            unit=measure.unit, share=share, width=width)  # fmt: skip

    columns = ("month", *(("marked",) if ours is not None else ()), *(f"{10 * (i + 1)}% are below" for i in range(9)))
    rows = [(str(m), *(() if ours is None else (ours[t],)), *tenths[:, t]) for t, m in enumerate(months)]
    return Figure(name="explore-over-time", sentence=moved(tenths[4], ours, months, share), draw=draw, sketch=sketch,
                  rows=rows, columns=columns, command=command, source=found.facts["source"][:24],
                  how=("Each dashed line is a tenth of those compared; the bold one is the middle.",))  # fmt: skip
