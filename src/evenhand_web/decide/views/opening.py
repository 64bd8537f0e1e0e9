"""Putting a question to the clinicians of a place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page

from ..forms_round import RoundForm
from ..opening import open_round


@organisation_page("moderate")
def new_round(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Clinical leads and administrators: put a question to all who work here and below. Next: it is voted on."""
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = open_round(
            organisation, request.user.person, title=said["title"], question=said["question"],
            pathway=said["pathway"], closes=said["closes"], texts=said["statements"],
        )  # fmt: skip
        messages.success(request, "The question is open. It stands on the page of everybody who may vote.")
        return redirect("decide:round", organisation.code, made.key)
    return render(request, "decide/new_round.html", {"form": form}, status=422 if request.method == "POST" else 200)
