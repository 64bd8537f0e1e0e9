"""Writing a scheme in plain questions: the same versions through the same door as the text, made for a phone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.people.tree import children

from .. import plain, rounds, signing, versions
from ..forms_plain import PlainAmend, PlainDraft
from .scheme import find
from .writing import beginning


@organisation_page("draft")
def draft_plain(request: HttpRequest, organisation: Organisation, key: str, statement: str) -> HttpResponse:
    """Leads: begin a scheme from one statement, question by question. Next: have it signed."""
    round_ = rounds.find(organisation, key)
    said = get_object_or_404(round_.statements, key=statement, moderation="accepted")
    like = {name: value for name, value in plain.content(beginning(request, organisation)).items()
            if name not in ("id", "area", "allocation", "stage", "people")}  # fmt: skip
    first = {} if like else {"title": " ".join(said.text.split()).rstrip(".")[:120]}
    form = PlainDraft(
        [organisation, *children(organisation)], request.POST or None, said=like, area=organisation.code,
        pathway=round_.pathway, initial={"signers": [organisation], **first},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        signers = list(form.cleaned_data["signers"])
        try:
            plan = versions.draft(form.yaml, signers, [said], request.user.person, organisation)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The scheme is drafted. It is in force once everybody named has signed it.")
            return redirect("decide:scheme", organisation.code, plan.key)
    return render(request, "decide/draft_plain.html", {"round": round_, "statement": said, "form": form},
                  status=422 if form.is_bound and form.errors else 200)  # fmt: skip


@organisation_page("read")
def amend_plain(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Leads of the scheme's area: a new version, question by question; what is not asked for stays as it was."""
    plan = find(organisation, key)
    require(request, "draft", plan.organisation)
    sheet = signing.sheet(plan)
    form = PlainAmend(
        request.POST or None, said=plain.content(sheet.version.yaml), area=plan.organisation_id, key=plan.key,
        initial={"number": sheet.version.number},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = versions.amend(plan, given["number"], form.yaml, given["note"], request.user.person)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Version {made.number} is kept. Everybody who signed before must sign again.")
            return redirect("decide:scheme", organisation.code, key)
    return render(request, "decide/amend_plain.html", {"plan": plan, "sheet": sheet, "form": form},
                  status=422 if form.is_bound and form.errors else 200)  # fmt: skip
