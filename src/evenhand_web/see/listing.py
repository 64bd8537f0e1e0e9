"""Every measure of an organisation as tables: all of them, what changed, what lies beyond the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.http import HttpRequest

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may
from evenhand_web.site.figures import Figure

from .comparing import CERTAINTY, View

COLUMNS = ("title", "pathway", "unit", "value", "middle", "rank", "units", "pounds", "low", "high", "certainty", "icon")
HEADS = ("measure", "pathway", "unit", "value", "middle of the others", "share that lie below", "to gain (units)",
         "to gain (pounds)", "low", "high", "certainty", "change")  # fmt: skip
BY_CHANCE = 0.002  # beyond 99.8% limits on either side
FEW = 60  # organisations whose names are looked up one by one
SORTS = {
    "gain": ("What there is to gain", lambda item: -(item["pounds"] or 0.0)),
    "rank": ("How far from the middle", lambda item: -abs(np.nan_to_num(item["rank"], nan=0.5) - 0.5)),
    "title": ("Name", lambda item: item["title"].lower()),
    "change": ("What changed first", lambda item: item["variation"] in ("", "common_cause")),
}  # fmt: skip
Lines = list[dict[str, Any]]


def chosen(found: Lines, asked: Mapping[str, str]) -> Lines:
    """Those lines that fit what is asked for (pathway, direction, size, certainty), in the order asked for."""
    fitting = (item for item in found if _fits(item, asked))
    return sorted(fitting, key=SORTS.get(asked.get("sort", ""), SORTS["gain"])[1])


def every(shown: Lines, found: Lines) -> Figure:
    """Those that are shown, of all that are found."""
    return Figure(
        name="measures", sentence=_counted(shown, found), columns=HEADS,
        rows=[tuple(item[key] for key in COLUMNS) for item in shown],
        command="evenhand flow --lake LAKE --organisation CODE --json",
    )  # fmt: skip


def moved(found: Lines) -> Lines:
    """The lines whose latest month differs by more than chance."""
    return [item for item in found if item["variation"] not in ("", "common_cause")]


def changed(found: Lines, organisation: Organisation) -> Figure:
    """What moved by more than chance in its latest month."""
    rows = moved(found)
    return Figure(
        name="changed",
        sentence=f"{len(rows)} of {len(found)} measures differ in their latest month by more than chance.",
        columns=("measure", "pathway", "unit", "latest twelve months", "middle of the others", "change"),
        rows=[(i["title"], i["pathway"], i["unit"], i["value"], i["middle"], i["icon"]) for i in rows],
        how=("Each measure has a control chart (XmR) of our own months; what is listed broke one of the plot-the-dots "
             "rules in its latest month: beyond the limits, a trend of seven, two of three near a limit, or seven on "
             "one side of the mean. Of many measures a few do so by chance.",),
        command=f"evenhand see changed --level {organisation.level} --organisation CODE --lake LAKE --json",
    )  # fmt: skip


def beyond(found: Lines) -> Lines:
    """Our own measures that lie beyond the limits of chance, as they are or for patients like ours."""
    return [item for item in found if item["own"] and (item["outlier"] or item["unlike"])]


def outliers(found: Lines, organisation: Organisation) -> Figure:
    """Where we lie beyond the limits of chance, whatever the measure."""
    rows, own = beyond(found), sum(item["own"] for item in found)
    return Figure(
        name="outliers",
        sentence=f"{len(rows)} of {own} measures lie beyond the 99.8% limits, as they are or for patients "
                 f"like ours; about {BY_CHANCE * own:.1f} would by chance alone.",
        columns=("measure", "pathway", "unit", "value", "middle of the others", "as it is", "for patients like ours"),
        rows=[(i["title"], i["pathway"], i["unit"], i["value"], i["middle"], i["outlier"] or "within",
               i["unlike"] or "within") for i in rows],
        how=("Nobody chose these measures beforehand: whoever looks at many finds some beyond any limit. The limits "
             "are those of each measure's funnel, widened by the variation that all organisations share.",),
        command=f"evenhand see outliers --level {organisation.level} --organisation CODE --lake LAKE --json",
    )  # fmt: skip


def names(request: HttpRequest, view: View) -> dict[str, str]:
    """Names of the others, for those who have the right to them: in organisations that they lead."""
    codes = view.spread.codes
    if len(codes) > FEW:
        return {}
    known = Organisation.objects.in_bulk(codes)
    return {code: o.name for code, o in known.items() if may(request, "see_peer_names", o)}


def _fits(item: dict[str, Any], asked: Mapping[str, str]) -> bool:
    size = "pounds" if (item["pounds"] or 0) > 0 else "units" if (item["units"] or 0) > 0 else "none"
    has = {"pathway": item["pathway"], "direction": item["direction"], "size": size,
           "certainty": item["certainty"].replace(" ", "-")}  # fmt: skip
    return all(asked.get(name, "") in ("", value) for name, value in has.items())


def _counted(shown: Lines, found: Lines) -> str:
    sure = sum(item["certainty"] == CERTAINTY[0] for item in shown)
    some = f"{len(shown)} measures" if len(shown) == len(found) else f"{len(shown)} of {len(found)} measures"
    return f"{some}; in {sure} of them the difference is more than chance."
