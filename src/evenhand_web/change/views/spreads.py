"""How far a campaign spreads, and how much of what is said is seen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.figures import download

from .. import spreading
from ..gap import gap
from .campaigns import found_campaign


@organisation_page("read")
def spread(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: how many have taken it up, how many may, what the data shows of it."""
    found = found_campaign(organisation, key)
    shown = spreading.spreading(found)
    figure = spreading.figure(found, shown)
    if figure and (response := download(request, figure)):
        return response
    promises = found.commitments.select_related("organisation").prefetch_related("reports")
    return render(request, "change/spread.html", {
        "campaign": found, "shown": shown, "figure": figure, "gap": gap(promises),
    })  # fmt: skip
