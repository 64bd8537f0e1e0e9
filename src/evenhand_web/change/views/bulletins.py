"""My bulletin, as it would be and as it was; whether I want it; and, for the desk, the week's queue without names."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from evenhand.errors import InputError
from evenhand_web.people import rights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page
from evenhand_web.site.figures import download

from .. import bulletins, bulletins_desk
from ..models import Bulletin

EARLIER = 10  # letters listed on one's own page


@organisation_page("read")
def bulletin(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Its owner alone: this week's letter, or what it would say; the earlier ones. Next: want it, or not."""
    person = request.user.person
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "yes"
        if bulletins.choose(person, wanted, "page"):
            messages.success(request, "You get bulletins again." if wanted else "You get no more bulletins.")
        return redirect("change:bulletin", organisation.code)
    week = this_week()
    kept = list(Bulletin.objects.filter(person=person, state__in=("queued", "sending", "sent")).order_by("-week"))
    now = next((letter for letter in kept if letter.week == week), None)
    letter, path, wrong = None, "", ""
    if now is None:
        try:
            if found := bulletins.preview(person, week):
                letter, path = found[1].as_json(), found[0].path
        except InputError as error:
            wrong = str(error)
    return render(request, "change/bulletin.html", {
        "now": now, "letter": now.facts["letter"] if now else letter, "path": now.facts["path"] if now else path,
        "wrong": wrong, "wants": bulletins.wants(person), "email": request.user.email, "week": week,
        "earlier": [one for one in kept if one is not now and one.state == "sent"][:EARLIER], "desk": _desk(request),
    })  # fmt: skip


@organisation_page("read")
def own_letter(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Its owner alone: one letter as it was sent. Next: its one action."""
    found = get_object_or_404(Bulletin, pk=pk, person=request.user.person)
    return render(request, "change/own_letter.html", {
        "row": found, "letter": found.facts["letter"], "path": found.facts["path"],
    })  # fmt: skip


@organisation_page("read")
def desk(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Who runs campaigns or administers here or above: the queue of the last weeks, by state, without a name."""
    if not _desk(request):
        raise PermissionDenied(rights.why_not(request.actor, "run_campaign", request.place) or "")
    weeks = bulletins_desk.weeks(organisation)
    figure = bulletins_desk.figure(weeks) if weeks else None
    if response := download(request, *([figure] if figure else [])):
        return response
    return render(request, "change/bulletins.html", {"weeks": weeks, "figure": figure, "week": this_week()})


def this_week() -> date:
    """Its Monday."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


def _desk(request: HttpRequest) -> bool:
    return may(request, "run_campaign") or may(request, "administer")
