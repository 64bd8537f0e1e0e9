"""The campaign desk: what was sent to us, one campaign, its draw and its launch."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from evenhand.errors import InputError
from evenhand_web.decide.models import Plan
from evenhand_web.decide.signing import sheet
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.people.tree import around
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from .. import designing, desk, figures, fitness, reading, trailing
from ..models import Campaign

LONGEST = 500  # letters of a reason


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what was sent to us, the campaigns of our schemes, my promises."""
    return render(request, "change/index.html", {
        "campaigns": desk.campaigns(organisation),
        "shelves": reading.shelves(request.user.person, timezone.localdate()),
        "promised": len(reading.promises(request.user.person)),
    })  # fmt: skip


@organisation_page("read")
def campaign(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: the design, the draw, who came how far. Next, for the desk: seal, launch."""
    found = found_campaign(organisation, key)
    area, scheme, runs = found.area, desk.scheme_of(found), may(request, "run_campaign", found.area)
    over, data = desk.is_due(found), found.kind == "practice"  # an awareness campaign moves no data that verifies it
    engaged = reading.engagement(found) if found.launched_at else None
    shown = [figures.engagement(engaged, found.key, over=over and data)] if engaged else []
    arms = reading.engagement_by_arm(found) if engaged else {}
    by_arm = figures.by_arm(arms, found) if len(arms) > 1 else None
    drawn = figures.drawn(found) if found.sealed_at and runs else None
    parts = desk.balance(found)
    balance = figures.balance(parts, found) if parts else None
    if response := download(request, *shown, *(figure for figure in (by_arm, drawn, balance) if figure)):
        return response
    seen = designing.look(found, lake())
    draws = runs and found.sealed_at is None
    return render(request, "change/campaign.html", {
        "campaign": found, "scheme": scheme, "area": area, "figure": shown[0] if shown else None, "by_arm": by_arm,
        "drawn": drawn, "engaged": engaged, "module": desk.content_of(found), "over": over, "data": data,
        "due": desk.due(found),
        "signed": sheet(found.version.plan) if found.version else None, "balance": parts, "balance_table": balance,
        "promised": found.commitments.count(), "runs": runs, "look": seen,
        "fit": fitness.fitness(found, seen) if draws else None,
        "waves": [date.fromisoformat(day) for day in found.waves],
    })  # fmt: skip


@require_POST
@organisation_page("read")
def seal(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who runs campaigns in its area: draw at random and seal, once the scheme is signed by all who must."""
    found = found_campaign(organisation, key)
    require(request, "run_campaign", found.area)
    try:
        with transaction.atomic():
            drawn = fitness.seal(found, lake(), request.POST.get("why", "")[:LONGEST])
            trailing.sealed(found, request.user.person, drawn)
        messages.success(request, f"Drawn and sealed. The seal is {drawn.seal[:12]}…; nobody can be moved any more.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("change:campaign", organisation.code, key)


@require_POST
@organisation_page("read")
def launch(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who runs campaigns in its area: send the sealed wave."""
    found = found_campaign(organisation, key)
    require(request, "run_campaign", found.area)
    try:
        with transaction.atomic():
            desk.launch(found)
            trailing.launched(found, request.user.person)
        day = f"from {found.verdict_due:%-d %B %Y}" if found.verdict_due else "when the survey's next wave has closed"
        messages.success(request, f"Launched. A verdict can be asked for {day}.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("change:campaign", organisation.code, key)


def found_campaign(organisation: Organisation, key: str) -> Campaign:
    """A campaign of this organisation, of one above it or of one below it; 404 if there is none."""
    near = Q(organisation__in=around(organisation, Campaign))
    of_scheme = Q(organisation=None, version__plan__organisation__in=around(organisation, Plan))
    return get_object_or_404(
        Campaign.objects.select_related("organisation", "version__plan__organisation"), near | of_scheme, key=key
    )
