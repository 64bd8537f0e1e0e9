"""The campaign desk: what was sent to us, one campaign, its draw and its launch."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from evenhand.errors import InputError
from evenhand.story.planning import wave_power
from evenhand_web.decide.signing import sheet
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.people.tree import around
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from .. import desk, figures, reading
from ..models import Campaign


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what was sent to us, the campaigns of our schemes, my promises."""
    return render(request, "change/index.html", {
        "campaigns": desk.campaigns(around(organisation)),
        "shelves": reading.shelves(request.user.person, timezone.localdate()),
        "promised": len(reading.promises(request.user.person)),
    })  # fmt: skip


@organisation_page("read")
def campaign(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: the design, the draw, who came how far. Next, for the desk: seal, launch."""
    found = _campaign(organisation, key)
    area, scheme = found.area, desk.scheme_of(found)
    audience = desk.audience(area)
    held = lake()
    power = None
    if found.sealed_at is None and held is not None and scheme is not None:
        power = wave_power(held, scheme, audience.units, audience.clusters)
    engaged = reading.engagement(found) if found.launched_at else None
    figure = figures.engagement(engaged, found.key) if engaged else None
    if response := download(request, *([figure] if figure else [])):
        return response
    return render(request, "change/campaign.html", {
        "campaign": found, "scheme": scheme, "area": area, "audience": audience, "power": power, "figure": figure,
        "engaged": engaged, "module": desk.content_of(found),
        "signed": sheet(found.version.plan) if found.version else None,
        "balance": desk.balance(found), "promised": found.commitments.count(),
        "runs": may(request, "run_campaign", area), "words": len(found.message.split()),
    })  # fmt: skip


@require_POST
@organisation_page("read")
def seal(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who runs campaigns in its area: draw at random and seal, once the scheme is signed by all who must."""
    found = _campaign(organisation, key)
    require(request, "run_campaign", found.area)
    try:
        drawn = desk.seal(found)
        messages.success(request, f"Drawn and sealed. The seal is {drawn.seal[:12]}…; nobody can be moved any more.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("change:campaign", organisation.code, key)


@require_POST
@organisation_page("read")
def launch(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who runs campaigns in its area: send the sealed wave."""
    found = _campaign(organisation, key)
    require(request, "run_campaign", found.area)
    try:
        desk.launch(found)
        messages.success(request, f"Launched. A verdict can be asked for from {found.verdict_due:%-d %B %Y}.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("change:campaign", organisation.code, key)


def _campaign(organisation: Organisation, key: str) -> Campaign:
    places = around(organisation)
    return get_object_or_404(
        Campaign.objects.select_related("organisation", "version__plan__organisation"),
        Q(organisation__in=places) | Q(organisation=None, version__plan__organisation__in=places), key=key,
    )  # fmt: skip
