"""The presentations that a measure is made of in one organisation, in its latest month."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand import measures
from evenhand.errors import InputError
from evenhand.story import presentations as made_of
from evenhand.story import sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake
from evenhand_web.site.templatetags.evenhand import month as named

MOST = 40


@organisation_page("read")
def presentations(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """Everybody of the organisation: which presentations make up the measure here. Next: the rows as published."""
    held = lake()
    if held is None:
        return redirect("home:measure", organisation.code, measure)  # which says that nothing is loaded yet
    try:
        definition = measures.look_up(held, measure, sights.known(held))
        month, found = made_of.made_of(held, definition, organisation.code)
    except InputError as error:
        raise Http404(str(error)) from error
    spent = sum(row.cost for row in found if row.counted)
    table = Figure(
        name=f"{definition.id}-presentations", most=MOST, table_open=True,
        columns=("presentation", "BNF code", "counted", "items", "quantity", "pounds"),
        rows=[(r.name, r.code, "yes" if r.counted else "no", r.items, r.quantity, r.cost) for r in found],
        sentence=f"{sum(r.counted for r in found)} presentations are counted here in {named(month)}, for "
                 f"£{spent:,.0f}; the others are what they are counted over.",
        how=("Actual cost, items and quantity as published for the practices of this organisation, added up.",),
        command=f"evenhand panel {definition.id} --level {organisation.level} --lake LAKE --json",
    )  # fmt: skip
    if response := download(request, table):
        return response
    return render(request, "see/presentations.html", {"measure": definition, "table": table, "month": month})
