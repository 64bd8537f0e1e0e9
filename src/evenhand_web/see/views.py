"""The pages of SEE: all measures of an organisation, and the published rows behind one number."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand import measures
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story import Comparison
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake

from .comparing import gain, standings
from .figures import ICONS

COLUMNS = ("title", "unit", "value", "middle", "pounds", "low", "high", "icon")
MOST_ROWS = 500  # on a page; the download has them all


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: every measure, where we stand, what it is worth. Next: open one."""
    held = lake()
    found = standings(held, organisation) if held else []
    pathways = sorted({c.measure.pathway for c, _ in found})
    chosen = request.GET.get("pathway", "")
    shown = [line(held, organisation, c, code) for c, code in found if chosen in ("", c.measure.pathway)]
    table = Figure(
        name="measures", sentence=f"{len(shown)} measures, the largest opportunity first.",
        columns=("measure", "unit", "value", "middle of the others", "pounds", "low", "high", "change"),
        rows=[tuple(item[key] for key in COLUMNS) for item in shown],
        source=sorted({source for c, _ in found for source in c.panel.source})[:12],
        command="evenhand flow --lake LAKE --organisation CODE --json",
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/index.html", {
        "lines": shown, "pathways": pathways, "chosen": chosen, "table": table,
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
        rows=[[row.get(c) for c in columns] for row in found[:MOST_ROWS]],
        sentence=f"{len(found)} published rows of {month}"
                 f"{f'; the first {MOST_ROWS} are shown' if len(found) > MOST_ROWS else ''}.",
        table_open=True,
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/rows.html", {"measure": definition, "month": month, "table": table})


def line(held: Lake, organisation: Organisation, found: Comparison, code: str) -> dict[str, Any]:
    """One measure in one line of a list: where we stand, what it is worth, what changed."""
    measure, sight = found.measure, found.sight
    worth = gain(held, organisation, found, code)
    chart = found.chart(code) if code else sight.chart
    return {
        "id": measure.id, "title": measure.title, "unit": measure.unit, "share": measure.is_share,
        "pathway": measure.pathway, "value": found.value(code) if code else sight.place_value,
        "middle": found.middle(), "level": sight.level, "own": bool(code),
        "pounds": worth.pounds if worth else None, "low": worth.low if worth else None,
        "high": worth.high if worth else None, "units": worth.units if worth else None,
        "together": worth is not None and found.gain(code) is None, "priced": sight.price == sight.price,
        "outlier": found.outlier(code) if code else None,
        "icon": ICONS.get(chart.variation or "", "") if chart else "Too few months to say",
        "variation": (chart.variation or "") if chart else "",
    }  # fmt: skip
