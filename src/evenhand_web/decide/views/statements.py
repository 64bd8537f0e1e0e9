"""Statements: adding one's own, and deciding on those that wait."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.site.forms import whole

from .. import moderating, rounds, showing
from ..forms import ModerationForm, StatementForm


@organisation_page("read")
def add(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who may vote: add a statement of one's own, after seeing what was said before. It waits for a moderator."""
    round_ = rounds.find(organisation, key)
    require(request, "vote", round_.organisation)
    if not round_.is_open():
        messages.info(request, f"“{round_.title}” takes no statements now.")
        return redirect("decide:round", organisation.code, key)
    form = StatementForm(request.POST or None)
    near = []
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        near = [] if "all_the_same" in request.POST else moderating.near(round_, text)
        if not near:
            kind = "clinician" if request.actor.clinician else "manager"
            try:
                moderating.propose(round_, text, request.user.person, kind)
            except InputError as error:
                form.add_error("text", str(error))
            else:
                messages.success(request, "Your statement is kept. People vote on it once a moderator has read it.")
                return redirect("decide:vote", organisation.code, key)
    return render(request, "decide/add.html", {
        "round": round_, "form": form, "near": near, "moderation_rules": moderating.RULES,
    }, status=422 if form.is_bound and form.errors else 200)  # fmt: skip


@organisation_page("moderate")
def moderation(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Clinical leads and administrators: statements that wait, of the people here and below; accept, join or reject.

    Everybody reads the reason of a rejection on the round's page.
    """
    round_ = rounds.find(organisation, key)
    pending = moderating.waiting(round_, organisation)
    given = get_object_or_404(pending, pk=_number(request)) if request.method == "POST" else None
    forms = {s.pk: ModerationForm(s, request.POST if s == given else None) for s in pending}
    failed = None
    if given is not None:
        failed = forms[given.pk]
        if failed.is_valid():
            try:
                moderating.decide(given, person=request.user.person, **failed.cleaned_data)
            except InputError as error:
                failed.add_error(None, str(error))
            else:
                messages.success(request, "Your decision is kept, and its author sees it.")
                return redirect("decide:moderation", organisation.code, key)
    shown = [
        {"statement": s, "form": forms[s.pk], "near": moderating.near(round_, s.text),
         "own": s.author_id == request.user.person.pk}
        for s in pending
    ]  # fmt: skip
    return render(request, "decide/moderation.html", {
        "round": round_, "shown": shown, "form": failed, "moderation_rules": moderating.RULES,
        "not_taken": moderating.decided(round_), "watch": showing.watch(round_),
    }, status=422 if failed is not None else 200)  # fmt: skip


def _number(request: HttpRequest) -> int:
    return whole(request.POST.get("statement", ""))
