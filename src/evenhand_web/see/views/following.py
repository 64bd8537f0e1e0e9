"""Follow a measure and be told when it changes: one click, and one to undo it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from evenhand.story import sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.lake import lake

from .. import following
from ..asked import measure_named


@require_POST
@organisation_page("read")
def follow(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """Everybody of the organisation, for themselves: follow the measure, or stop. Next: the measure's page."""
    definition = measure_named(lake(), measure)
    person = request.user.person
    if request.POST.get("stop"):
        following.unfollow(person, organisation, definition.id)
        messages.success(request, "You no longer follow this measure.")
    elif following.follow(person, organisation, definition.id, _latest(organisation, definition.id)):
        messages.success(request, "You follow this measure here. When it changes, you are told.")
    else:
        messages.error(request, f"You follow {following.MOST} measures already. Stop following one first.")
    return redirect("home:measure", organisation.code, definition.id)


def _latest(organisation: Organisation, measure: str) -> str:
    """The latest month that is published of it here, YYYY-MM; '' if none is."""
    held = lake()
    stood = sights.standings(held, [(organisation.level, organisation.code)], [measure]) if held else ()
    return max((str(row.last) for row in stood), default="")
