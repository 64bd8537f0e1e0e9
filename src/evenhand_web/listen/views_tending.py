"""The pages on which whoever opened a survey closes it, and says what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.people.tree import around

from . import tending
from .forms_tending import BecameForm
from .models import SurveyWave


@organisation_page("read")
def close(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Whoever opened the survey: what closing it now means, and the button that does it. Next: its results."""
    wave = _tended(request, organisation, key)
    if request.method == "POST":
        try:
            tending.close(wave, request.user.person)
            messages.success(request, "The survey is closed. No link leads from its answers to people any more.")
        except InputError as error:
            messages.error(request, str(error))
        return redirect("listen:wave", organisation.code, key)
    if not wave.is_open():
        return redirect("listen:wave", organisation.code, key)
    return render(request, "listen/close.html", {"wave": wave, "enough": tending.enough(wave)})


@organisation_page("read")
def became(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Whoever opened the survey: say what became of the answers. Next: it stands on the survey's page."""
    wave = _tended(request, organisation, key)
    if wave.is_open():
        messages.error(request, "This survey is still open. What became of the answers can be told when it has closed.")
        return redirect("listen:wave", organisation.code, key)
    form = BecameForm(request.POST if request.method == "POST" else None, initial={"became": wave.what_became})
    if request.method == "POST" and form.is_valid():
        tending.tell(wave, request.user.person, form.cleaned_data["became"])
        messages.success(request, "It stands on the survey's page, for everybody who may read it.")
        return redirect("listen:wave", organisation.code, key)
    return render(request, "listen/became.html", {"wave": wave, "form": form}, status=422 if form.is_bound else 200)


def _tended(request: HttpRequest, organisation: Organisation, key: str) -> SurveyWave:
    """A survey of this organisation, of one above it or below it, that the actor tends."""
    wave = get_object_or_404(SurveyWave, key=key, organisation__in=around(organisation, SurveyWave))
    tending.only_who_tends(request, wave)
    return wave
