"""Voting: one statement at a time, and one's own votes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.site.figures import download

from .. import becoming, camps, rounds, showing
from ..models import Round, Statement

CHOICES = (("agree", "Agree", "✓"), ("disagree", "Disagree", "✕"), ("pass", "Pass: I cannot say", "–"))
WORDS = {"agree": "agree", "disagree": "disagree", "pass": "pass"}


@organisation_page("read")
@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who may vote where the round is: one statement, three answers, undo. Next: the next one, or add one's own."""
    round_ = rounds.find(organisation, key)
    require(request, "vote", round_.organisation)
    person = request.user.person
    if request.method == "POST":
        return _cast(request, organisation, round_)
    if not round_.is_open():
        messages.info(request, f"“{round_.title}” takes no votes now. This is what was agreed.")
        return redirect("decide:round", organisation.code, key)
    said = rounds.standing(round_, person)
    coming, drawn = rounds.to_come(round_, person, said)
    accepted = len(said) + len(coming)
    wanted = round_.statements.filter(moderation="accepted", key=request.GET.get("statement", "")).first()
    more = "more" in request.GET
    done = wanted is None and (not coming or (len(said) >= rounds.TWELVE and not more))
    statement = wanted or (coming[0] if coming else None)
    if drawn and wanted is None and not done:
        showing.keep(coming[0], person, drawn)
    return render(request, "decide/vote.html", {
        "round": round_, "statement": None if done else statement, "choices": CHOICES, "done": done, "more": more,
        "voted": len(said), "of": min(rounds.TWELVE, accepted), "left": len(coming),
        "last": list(said.values())[-1] if said and wanted is None else None,
        "now": said.get(wanted.pk) if wanted else None, "rule": rounds.NEXT_RULE,
        "why": "" if wanted or drawn is None else rounds.WHY[drawn.why],
    })  # fmt: skip


@organisation_page("read")
def stand(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: whether there are camps, and where the reader stands. Next: go on voting."""
    round_ = rounds.find(organisation, key)
    found = camps.camps(round_)
    statements = {s.key: s for s in round_.statements.all()}
    drawn = camps.figure(round_, found, statements) if found else None
    if drawn and (response := download(request, drawn)):
        return response
    person = request.user.person
    return render(request, "decide/stand.html", {
        "round": round_, "found": found, "figure": drawn, "open": round_.is_open(),
        "agreed": camps.agreed(found, statements) if found else [],
        "groups": camps.apart(found, statements) if found and found.groups > 1 else [],
        "mine": found.by_person.get(person.key, "") if found else "",
        "voted": len(rounds.standing(round_, person)), "may_vote": may(request, "vote", round_.organisation),
    })  # fmt: skip


@organisation_page("read")
def mine(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Each reader, about themselves alone: their statements and votes, and what became of each. Next: vote, read on."""
    found = becoming.mine(request.user.person, organisation)
    return render(request, "decide/mine.html", {
        "written": [row for row in found if row.own], "voted": [row for row in found if not row.own],
    })  # fmt: skip


@organisation_page("read")
def my_votes(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who may vote: their own votes and nobody else's. Next: change one, take one back."""
    round_ = rounds.find(organisation, key)
    require(request, "vote", round_.organisation)
    said = list(rounds.standing(round_, request.user.person).values())
    return render(request, "decide/my_votes.html", {"round": round_, "said": said[::-1], "open": round_.is_open()})


def _cast(request: HttpRequest, organisation: Organisation, round_: Round) -> HttpResponse:
    statement = get_object_or_404(Statement, round=round_, key=request.POST.get("statement", ""))
    value = request.POST.get("value", "")
    try:
        rounds.cast(statement, request.user.person, value)
    except InputError as error:
        messages.warning(request, str(error))
        return redirect("decide:round", organisation.code, round_.key)
    if request.POST.get("back") == "my_votes":
        return redirect("decide:my_votes", organisation.code, round_.key)
    url = reverse("decide:vote", args=(organisation.code, round_.key))
    if value == "retract":
        return redirect(f"{url}?statement={statement.key}")
    return redirect(f"{url}?more=1" if "more" in request.POST else url)
