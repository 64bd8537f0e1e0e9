"""The pages of SEE: all measures of an organisation, and the published rows behind one number."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand import measures
from evenhand.errors import InputError
from evenhand.story import sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake
from evenhand_web.site.templatetags.evenhand import month as named

from .. import listing
from ..comparing import CERTAINTY, lines

MOST_ROWS = 500  # on a page; the download has them all
DIRECTIONS = {"lower": "less is better", "higher": "more is better", "neutral": "neither is better"}
ASKED = ("q", "pathway", "direction", "size", "certainty", "sort")
SIZES = {"pounds": "something to gain in pounds", "units": "something to gain for patients", "none": "nothing to gain"}


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: every measure, where we stand, what it is worth. Next: open one."""
    held = lake()
    found = lines(held, organisation) if held else []
    asked = {name: request.GET.get(name, "")[:100] for name in ASKED}
    chosen = any(asked[name] for name in ASKED[:-1]) or asked["sort"] not in ("", "gain")
    shown = listing.chosen(found, asked)
    table = listing.every(shown, found)
    if response := download(request, table):
        return response
    return render(request, "see/index.html", {
        "lines": shown, "table": table, "asked": asked, "filters": _filters(found, asked), "all": len(found),
        "groups": None if chosen else listing.grouped(shown), "narrowed": any(asked[name] for name in ASKED[1:]),
        "sorts": [(key, words) for key, (words, _) in listing.SORTS.items()],
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
        return redirect("home:measure", organisation.code, measure)  # which says that nothing is loaded yet
    try:
        definition = measures.look_up(held, measure, measures.for_lake(held))
        found = measures.rows(held, measure, organisation.code, month)
    except (InputError, ValueError) as error:
        raise Http404(str(error)) from error
    columns = list(dict.fromkeys(key for row in found for key in row))
    table = Figure(
        name=f"{measure}-{month}-rows", columns=columns,
        rows=[[row.get(c) for c in columns] for row in found],
        sentence=f"{len(found)} published rows of {named(month)}.", most=MOST_ROWS,
        table_open=True,
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/rows.html", {"measure": definition, "month": month, "table": table})


@organisation_page("read")
def changed(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what moved this quarter by more than chance. Next: open the measure."""
    held = lake()
    found = listing.what_moved(held, organisation)
    table = listing.changed(held, found, organisation)
    if response := download(request, table):
        return response
    return render(request, "see/changed.html", {
        **listing.this_quarter(found, lines(held, organisation) if held and found else []),
        "table": table, "found": found, "waiting": len(sights.waiting(held)) if held else 0,
    })  # fmt: skip


@organisation_page("read")
def outliers(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: where we lie beyond chance, whatever the measure. Next: open it."""
    held = lake()
    found = listing.what_is_far(held, organisation)
    table = listing.outliers(held, found, organisation)
    if response := download(request, table):
        return response
    return render(request, "see/outliers.html", {
        "lines": listing.named(found, lines(held, organisation) if held and found else []), "table": table,
        "found": found, "waiting": len(sights.waiting(held)) if held else 0,
    })  # fmt: skip


def _filters(found: list[dict[str, Any]], asked: dict[str, str]) -> list[dict[str, Any]]:
    """What can be chosen, with what is."""
    pathways = [(p, p.replace("_", " ").capitalize()) for p in sorted({item["pathway"] for item in found})]
    certain = [(word.replace(" ", "-"), word) for word in CERTAINTY]
    choices = (("pathway", "Pathway", pathways), ("direction", "Direction", list(DIRECTIONS.items())),
               ("size", "Size", list(SIZES.items())), ("certainty", "Certainty", certain))  # fmt: skip
    return [{"name": n, "label": label, "options": options, "chosen": asked[n]} for n, label, options in choices]
