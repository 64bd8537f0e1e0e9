"""The pages of SEE: all measures of an organisation, and the published rows behind one number."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand import measures
from evenhand.errors import InputError
from evenhand.story import sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake

from ..comparing import CERTAINTY, lines

COLUMNS = ("title", "pathway", "unit", "value", "middle", "rank", "units", "pounds", "low", "high", "certainty", "icon")
HEADS = ("measure", "pathway", "unit", "value", "middle of the others", "share that lie below", "to gain (units)",
         "to gain (pounds)", "low", "high", "certainty", "change")  # fmt: skip
MOST_ROWS = 500  # on a page; the download has them all
BY_CHANCE = 0.002  # beyond 99.8% limits on either side
SORTS = {
    "gain": ("What there is to gain", lambda item: -(item["pounds"] or 0.0)),
    "rank": ("How far from the middle", lambda item: -abs(np.nan_to_num(item["rank"], nan=0.5) - 0.5)),
    "title": ("Name", lambda item: item["title"].lower()),
    "change": ("What changed first", lambda item: item["variation"] in ("", "common_cause")),
}  # fmt: skip
DIRECTIONS = {"lower": "less is better", "higher": "more is better", "neutral": "neither is better"}
SIZES = {"pounds": "something to gain in pounds", "units": "something to gain for patients", "none": "nothing to gain"}


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: every measure, where we stand, what it is worth. Next: open one."""
    held = lake()
    found = lines(held, organisation) if held else []
    asked = {name: request.GET.get(name, "") for name in ("pathway", "direction", "size", "certainty", "sort")}
    shown = sorted((item for item in found if _fits(item, asked)), key=SORTS.get(asked["sort"], SORTS["gain"])[1])
    table = Figure(
        name="measures", sentence=_counted(shown, found), columns=HEADS,
        rows=[tuple(item[key] for key in COLUMNS) for item in shown],
        command="evenhand flow --lake LAKE --organisation CODE --json",
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/index.html", {
        "lines": shown, "table": table, "asked": asked, "filters": _filters(found, asked), "all": len(found),
        "sorts": [(key, words) for key, (words, _) in SORTS.items()],
        "waiting": len(sights.waiting(held)) if held else 0,
    })  # fmt: skip


@organisation_page("read")
def rows(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """Everybody of the organisation: the published rows that one month's number was counted from."""
    if organisation.level != "practice":
        require(request, "see_rows")  # rows name the practices they come from
    held = lake()
    month = request.GET.get("month", "")
    if held is None:
        raise Http404("no published data is loaded")
    try:
        definition = measures.look_up(held, measure, measures.for_lake(held))
        found = measures.rows(held, measure, organisation.code, month)
    except (InputError, ValueError) as error:
        raise Http404(str(error)) from error
    columns = list(dict.fromkeys(key for row in found for key in row))
    table = Figure(
        name=f"{measure}-{month}-rows", columns=columns,
        rows=[[row.get(c) for c in columns] for row in found],
        sentence=f"{len(found)} published rows of {month}.", most=MOST_ROWS,
        table_open=True,
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/rows.html", {"measure": definition, "month": month, "table": table})


@organisation_page("read")
def changed(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what moved by more than chance in its latest month. Next: open the measure."""
    held = lake()
    found = lines(held, organisation) if held else []
    moved = [item for item in found if item["variation"] not in ("", "common_cause")]
    table = Figure(
        name="changed",
        sentence=f"{len(moved)} of {len(found)} measures differ in their latest month by more than chance.",
        columns=("measure", "pathway", "unit", "latest twelve months", "middle of the others", "change"),
        rows=[(i["title"], i["pathway"], i["unit"], i["value"], i["middle"], i["icon"]) for i in moved],
        how=("Each measure has a control chart (XmR) of our own months; what is listed broke one of the plot-the-dots "
             "rules in its latest month: beyond the limits, a trend of seven, two of three near a limit, or seven on "
             "one side of the mean. Of many measures a few do so by chance.",),
        command=f"evenhand see changed --level {organisation.level} --organisation CODE --lake LAKE --json",
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/changed.html", {
        "better": [i for i in moved if i["variation"].startswith("improvement")],
        "worse": [i for i in moved if i["variation"].startswith("concern")],
        "other": [i for i in moved if i["variation"].startswith("neutral")], "table": table, "all": len(found),
    })  # fmt: skip


@organisation_page("read")
def outliers(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: where we lie beyond the limits of chance, whatever the measure. Next: open it."""
    held = lake()
    found = [item for item in lines(held, organisation) if item["own"]] if held else []
    beyond = [item for item in found if item["outlier"] or item["unlike"]]
    table = Figure(
        name="outliers",
        sentence=f"{len(beyond)} of {len(found)} measures lie beyond the 99.8% limits, as they are or for patients "
                 f"like ours; about {BY_CHANCE * len(found):.1f} would by chance alone.",
        columns=("measure", "pathway", "unit", "value", "middle of the others", "as it is", "for patients like ours"),
        rows=[(i["title"], i["pathway"], i["unit"], i["value"], i["middle"], i["outlier"] or "within",
               i["unlike"] or "within") for i in beyond],
        how=("Nobody chose these measures beforehand: whoever looks at many finds some beyond any limit. The limits "
             "are those of each measure's funnel, widened by the variation that all organisations share.",),
        command=f"evenhand see outliers --level {organisation.level} --organisation CODE --lake LAKE --json",
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/outliers.html", {"lines": beyond, "table": table, "all": len(found)})


def _fits(item: dict[str, Any], asked: dict[str, str]) -> bool:
    size = "pounds" if (item["pounds"] or 0) > 0 else "units" if (item["units"] or 0) > 0 else "none"
    return (
        asked["pathway"] in ("", item["pathway"]) and asked["direction"] in ("", item["direction"])
        and asked["size"] in ("", size) and asked["certainty"] in ("", item["certainty"].replace(" ", "-"))
    )  # fmt: skip


def _filters(found: list[dict[str, Any]], asked: dict[str, str]) -> list[dict[str, Any]]:
    """What can be chosen, with what is."""
    pathways = [(p, p.replace("_", " ").capitalize()) for p in sorted({item["pathway"] for item in found})]
    certain = [(word.replace(" ", "-"), word) for word in CERTAINTY]
    choices = (("pathway", "Pathway", pathways), ("direction", "Direction", list(DIRECTIONS.items())),
               ("size", "Size", list(SIZES.items())), ("certainty", "Certainty", certain))  # fmt: skip
    return [{"name": n, "label": label, "options": options, "chosen": asked[n]} for n, label, options in choices]


def _counted(shown: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    beyond = sum(item["certainty"] == CERTAINTY[0] for item in shown)
    some = f"{len(shown)} measures" if len(shown) == len(found) else f"{len(shown)} of {len(found)} measures"
    return f"{some}; in {beyond} of them the difference is more than chance."
