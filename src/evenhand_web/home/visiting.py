"""The pack for a visit, from the same numbers as the pages."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from evenhand.charts import sketches
from evenhand.charts.words import number
from evenhand.lake import Lake
from evenhand.report.visit import Line, Topic, Visit
from evenhand.story import sights
from evenhand_web.change.models import Commitment
from evenhand_web.people.models import Organisation
from evenhand_web.see import comparing, figures
from evenhand_web.site.templatetags.evenhand import level_words, month, worth

from . import gathering

MOST = 12  # measures: a table that leaves room for the rest of its page
WIDTH = 340  # pixels of a chart in half a column
DEMONSTRATION = "Demonstration data. Every organisation, person and number here is invented."
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def pack(lake: Lake | None, organisation: Organisation) -> Visit:
    """What is said about an organisation on two pages."""
    found = [item for item in comparing.lines(lake, organisation) if item["own"]] if lake else []
    promises = Commitment.objects.filter(organisation=organisation).order_by("-by")[:5]
    topic = _topic(lake, organisation, found[0]["id"]) if lake and found else None
    return Visit(
        organisation.name, level_words(organisation.level), _about(lake, organisation),
        DEMONSTRATION if lake is not None and lake.demonstration else "", tuple(_line(item) for item in found[:MOST]),
        topic, tuple(f"Promised by {p.by:%-d %B %Y}: {p.what}" for p in promises),
        tuple(plan.title for plan in gathering.plans(organisation)[:5]),
    )  # fmt: skip


def _about(lake: Lake | None, organisation: Organisation) -> str:
    stood = comparing.standings(lake, organisation) if lake else {}
    last = max((s.last for s in stood.values()), default="")
    return f"Figures to {month(last)}." if last else "No figures yet."


def _line(item: dict[str, Any]) -> Line:
    if (item["pounds"] or 0) > 0:
        gain = f"{worth(item['pounds'])} ({worth(item['low'])} to {worth(item['high'])})"
    elif item["units"]:
        gain = f"{number(item['units'])} {item['words'][:40]}"
    else:
        gain = "none that chance would not explain" if item["units"] is not None else "–"
    tenths = item["tenths"]
    dots = sketches.dots(item["value"], comparing.quarters(tenths), float(tenths[0]), float(tenths[8]), width=200)
    return Line(
        item["title"], number(item["value"], share=item["share"]), number(item["middle"], share=item["share"]), gain,
        "–" if item["variation"] in ("", "common_cause") else item["icon"], dots if np.isfinite(tenths).all() else "",
    )  # fmt: skip


def _topic(lake: Lake, organisation: Organisation, name: str) -> Topic | None:
    measure = sights.known(lake)[name]
    view = comparing.view(lake, organisation, measure)
    if view is None or view.standing is None:
        return None
    spread = figures.spread(view, names={}, like_ours=False)
    chart = view.chart
    course = figures.course(view, chart) if chart is not None else None
    return Topic(
        measure.title, spread.sentence, spread.sketch(WIDTH) if spread.sketch else "",
        course.sketch(WIDTH) if course is not None and course.sketch else "", _plain(measure.why_it_matters),
        _plain(measure.how_to_change), _plain(measure.cautions),
        f"{_plain(measure.find_patients.words)} ({measure.find_patients.tested})",
        f"Written by {measure.authored_by}; {measure.checked_by}; review due {measure.review_due}.",
    )  # fmt: skip


def _plain(markdown: str) -> str:
    """Words without the marks of Markdown."""
    return " ".join(_LINK.sub(r"\1", markdown).replace("*", "").split())
