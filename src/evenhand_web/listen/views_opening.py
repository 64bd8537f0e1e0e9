"""The page on which a survey begins."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand.errors import InputError
from evenhand.listen import Instrument, instruments, load_instrument
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page

from .forms_opening import WaveForm
from .opening import before, frame, open_wave
from .results import FEWEST


@organisation_page("moderate")
def new_wave(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Clinical leads and administrators: ask the clinicians who work here and below. Next: they answer."""
    form = WaveForm(place=organisation.name)
    if request.method == "POST":
        form = WaveForm(request.POST, place=organisation.name)
        if form.is_valid():
            try:
                made = open_wave(organisation, request.user.person, **form.cleaned_data)
            except InputError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The survey is open. It stands on the page of everybody who is asked.")
                return redirect("listen:wave", organisation.code, made.key)
    found = frame(organisation)
    return render(request, "listen/new_wave.html", {
        "form": form, "asked": found.asked, "waiting": found.waiting, "few": found.asked < FEWEST,
        "surveys": [_shown(organisation, load_instrument(name)) for name in instruments()],
    }, status=422 if request.method == "POST" else 200)  # fmt: skip


def _shown(organisation: Organisation, survey: Instrument) -> dict[str, object]:
    return {"survey": survey, "minutes": -(-round(survey.longest) // 60),
            "last": before(organisation, survey.id)}  # fmt: skip
