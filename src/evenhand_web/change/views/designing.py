"""The campaign desk before launch: a campaign designed on one screen, looked at, and changed until it is sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.site.lake import lake

from .. import designing, trailing
from ..models import Campaign
from .campaigns import found_campaign

KINDS = ("practice", "awareness")


@organisation_page("run_campaign")
def new(request: HttpRequest, organisation: Organisation, kind: str) -> HttpResponse:
    """Who runs campaigns here: design one on one screen, look at its power and its messages, keep it as a draft."""
    return _desk(request, organisation, kind, None)


@organisation_page("read")
def design(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who runs campaigns in its area: change a draft. What is sealed stands."""
    found = found_campaign(organisation, key)
    require(request, "run_campaign", found.area)
    if found.sealed_at is not None:
        messages.error(request, "This campaign is sealed: its design cannot change any more.")
        return redirect("change:campaign", organisation.code, key)
    return _desk(request, found.area, found.kind, found)


def _desk(request: HttpRequest, area: Organisation, kind: str, campaign: Campaign | None) -> HttpResponse:
    held = lake()
    given = (request.POST,) if request.method == "POST" else ()
    first = designing.said_before(campaign) if campaign else None
    form: Form = (designing.awareness_form(area, *given, initial=first) if kind == "awareness"
                  else designing.practice_form(area, held, *given, initial=first))  # fmt: skip
    context: dict[str, Any] = {"form": form, "kind": kind, "area": area, "campaign": campaign}
    if request.method == "POST" and form.is_valid():
        try:
            drafted = designing.designed(form, area, request.user.person, campaign)
            seen = designing.look(drafted, held)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            if request.POST.get("do") == "keep" and not seen.trouble:
                with transaction.atomic():
                    drafted.save()
                    trailing.designed(drafted, request.user.person)
                messages.success(request, "The design is kept. Nobody has been drawn yet.")
                return redirect("change:campaign", area.code, drafted.key)
            context |= {"look": seen, "drafted": drafted}
            if seen.trouble:
                form.add_error(None, seen.trouble)
    return render(request, "change/design.html", context, status=422 if form.errors else 200)
