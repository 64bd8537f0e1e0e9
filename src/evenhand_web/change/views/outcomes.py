"""What a campaign did to its outcome. Nobody is told before the verdict is due: not by page, download or API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from .. import desk, outcomes
from .campaigns import found_campaign


@organisation_page("read")
def outcome(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: the effect of a campaign once its verdict is due, and until then when that is."""
    found = found_campaign(organisation, key)
    told, waits = None, outcomes.waits(found)
    if not waits:
        try:
            told = outcomes.told(found, lake())
        except InputError as error:
            waits = f"The verdict is due, and it cannot be given yet: {error}."
    if response := download(request, *(figure for figure in (told and told.figure, told and told.by_person) if figure)):
        return response
    return render(request, "change/outcome.html", {
        "campaign": found, "told": told, "waits": waits, "due": desk.due(found), "area": found.area,
    })  # fmt: skip
