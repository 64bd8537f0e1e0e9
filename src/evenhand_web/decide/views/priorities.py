"""What comes first: clinicians put opportunities in order, and see what all of them together would take on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.site.figures import download

from .. import checking, prioritising
from ..forms_scheme import PriorityForm


@organisation_page("read")
def priorities(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what clinicians would take on first, and how sure that is.

    Next, for clinicians who work here: put three in order.
    """
    titles = {key: measure.title for key, measure in checking.known_measures().items()}
    found = prioritising.result(organisation)
    drawn = prioritising.figure(found, titles) if found else None
    if drawn and (response := download(request, drawn)):
        return response
    may_choose = may(request, "prioritise")
    form = PriorityForm(prioritising.options(titles), request.POST or None)
    if request.method == "POST":
        require(request, "prioritise")
        if form.is_valid():
            prioritising.keep(organisation, request.user.person, form.ranking)
            messages.success(request, "Your order is kept. Choose again at any time; the last one counts.")
            return redirect("decide:priorities", organisation.code)
    return render(request, "decide/priorities.html", {
        "found": found, "figure": drawn, "form": form, "may_choose": may_choose,
        "given": len(prioritising.chosen(organisation)) if found is None else 0,
        "apart": [(titles.get(a, a), titles.get(b, b)) for a, b in found.apart] if found else [],
    }, status=422 if form.errors else 200)  # fmt: skip
