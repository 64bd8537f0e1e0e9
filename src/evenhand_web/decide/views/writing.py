"""Writing a scheme: a first draft from a statement, and a new version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from evenhand.errors import InputError
from evenhand.measures.guardrails import in_weeks
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.people.tree import around, children

from .. import camps, checking, figures, rounds, signing, versions
from ..blank import blank
from ..forms import AmendForm, DraftForm
from ..models import Plan
from .scheme import find


@organisation_page("draft")
def draft(request: HttpRequest, organisation: Organisation, key: str, statement: str) -> HttpResponse:
    """Leads: begin a scheme for this organisation from one statement, with its votes. Next: have it signed."""
    round_ = rounds.find(organisation, key)
    said = get_object_or_404(round_.statements, key=statement, moderation="accepted")
    choice = [organisation, *children(organisation)]
    form = DraftForm(choice, request.POST or None, area=organisation.code, initial={
        "yaml": beginning(request, organisation) or blank(said, organisation), "signers": [organisation],
    })  # fmt: skip
    if request.method == "POST" and form.is_valid():
        signers = list(form.cleaned_data["signers"])
        try:
            plan = versions.draft(form.cleaned_data["yaml"], signers, [said], request.user.person, organisation)
        except InputError as error:
            form.add_error("yaml", str(error))
        else:
            messages.success(request, "The scheme is drafted. It is in force once everybody named has signed it.")
            return redirect("decide:scheme", organisation.code, plan.key)
    row = next((row for row in camps.judged(round_).said if row.statement.pk == said.pk), None)
    return render(request, "decide/draft.html", {
        "round": round_, "statement": said, "form": form, "measures": checking.known_measures().values(),
        "waits": in_weeks().values(),
        "shown": figures.show(row) if row else None, "words": figures.words(row) if row else "",
        "likes": Plan.objects.filter(organisation__in=around(organisation, Plan)),
    }, status=422 if form.is_bound and form.errors else 200)  # fmt: skip


@organisation_page("read")
def amend(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Leads of the scheme's area: write a new version; the old ones stay, and every name is needed again."""
    plan = find(organisation, key)
    require(request, "draft", plan.organisation)
    sheet = signing.sheet(plan)
    form = AmendForm(
        request.POST or None, key=plan.key, area=plan.organisation_id,
        initial={"yaml": sheet.version.yaml, "number": sheet.version.number},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = versions.amend(plan, given["number"], given["yaml"], given["note"], request.user.person)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Version {made.number} is kept. Everybody who signed before must sign again.")
            return redirect("decide:scheme", organisation.code, key)
    return render(request, "decide/amend.html", {
        "plan": plan, "sheet": sheet, "form": form, "measures": checking.known_measures().values(),
        "waits": in_weeks().values(),
    }, status=422 if form.is_bound and form.errors else 200)  # fmt: skip


def beginning(request: HttpRequest, organisation: Organisation) -> str:
    """The text of another scheme to begin from, if `?like=KEY` names one that can be read here."""
    like = Plan.objects.filter(key=request.GET.get("like", ""), organisation__in=around(organisation, Plan)).first()
    latest = like.latest() if like else None
    return latest.yaml if latest else ""
