"""Promises: made in two clicks, and what became of them."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from evenhand.change import Content
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page

from .. import desk, reading
from ..forms import PromiseForm, ReportForm
from ..models import Campaign, Commitment
from .modules import written

DAYS_TO_CHANGE = 90  # a promise without a scheme: by when, unless its owner says otherwise


@organisation_page("promise")
def promise(request: HttpRequest, organisation: Organisation, content: str) -> HttpResponse:
    """A clinician of the organisation: a promise, filled in beforehand; two clicks."""
    found = written(content)
    sent = reading.campaign_for(organisation, content)
    form = PromiseForm(request.POST or None, initial=_beforehand(found, sent))
    if request.method == "POST" and form.is_valid():
        Commitment.objects.create(
            person=request.user.person, organisation=organisation, campaign=sent, measure=found.facts.measure,
            version=sent.version if sent else None, **form.cleaned_data,
        )  # fmt: skip
        reading.note(request.user.person, content, "intends", campaign=sent)
        messages.success(request, "Your promise is kept. You will be told what became of it.")
        return redirect("change:promises", organisation.code)
    return render(request, "change/promise.html", {"module": found, "form": form, "campaign": sent},
                  status=422 if form.errors else 200)  # fmt: skip


@organisation_page("read")
def promises(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Their owner alone: what I promised, by when, and what became of it."""
    mine = reading.promises(request.user.person)
    return render(request, "change/promises.html", {"promises": mine, "today": timezone.localdate()})


@organisation_page("read")
def report(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Its owner alone: say what became of a promise. It is a report: money never follows from it."""
    mine = get_object_or_404(Commitment, pk=pk, person=request.user.person)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reading.report(mine, form.cleaned_data["said"], form.cleaned_data["note"])
        if form.cleaned_data["said"] == "done" and mine.campaign:
            reading.note(mine.person, mine.campaign.content, "reported", campaign=mine.campaign)
        messages.success(request, "Thank you. What the data shows will stand beside it, not added to it.")
        return redirect("change:promises", organisation.code)
    return render(request, "change/report.html", {"promise": mine, "form": form}, status=422 if form.errors else 200)


def _beforehand(found: Content, sent: Campaign | None) -> dict[str, object]:
    """What a promise says unless its owner changes it."""
    scheme = None if sent is None else desk.scheme_of(sent)
    if scheme is None:
        return {"what": found.facts.title, "by": timezone.localdate() + timedelta(days=DAYS_TO_CHANGE)}
    last = max(date.fromisoformat(f"{scheme.follow_up.last}-28"), timezone.localdate() + timedelta(days=DAYS_TO_CHANGE))
    return {"what": scheme.title, "size": scheme.planned_effect, "by": last}
