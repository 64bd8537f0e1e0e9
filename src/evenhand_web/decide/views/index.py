"""The first page of DECIDE."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page
from evenhand_web.people.tree import around

from .. import moderating, rounds, signing
from ..models import Plan, Round, Statement


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what is open to vote on, which schemes wait for whom, what became of statements.

    Next: vote, see what is agreed, sign, read a scheme.
    """
    found = rounds.here(organisation)
    shown = [_round(request, organisation, round_) for round_ in found]
    statements = Statement.objects.filter(round__in=found).select_related("round", "duplicate_of")
    grown = rounds.grown(statements, organisation)
    return render(request, "decide/index.html", {
        "open_rounds": [row for row in shown if row["open"]], "past_rounds": [row for row in shown if not row["open"]],
        "schemes": _schemes(request, organisation),
        "grown": [(s, grown[s.pk]) for s in statements if s.pk in grown],
        "mine": [(s, grown.get(s.pk, [])) for s in statements if s.author_id == request.user.person.pk],
    })  # fmt: skip


def _round(request: HttpRequest, organisation: Organisation, round_: Round) -> dict[str, Any]:
    accepted = round_.statements.filter(moderation="accepted").count()
    moderates = may(request, "moderate")
    return {
        "round": round_, "open": round_.is_open(), "statements": accepted, "of": min(rounds.TWELVE, accepted),
        "voted": len(rounds.standing(round_, request.user.person)),
        "may_vote": may(request, "vote", round_.organisation),
        "waiting": moderating.waiting(round_, organisation).count() if moderates else 0,
    }  # fmt: skip


def _schemes(request: HttpRequest, organisation: Organisation) -> list[dict[str, Any]]:
    """The schemes of this place, those above and those below; the ones that wait for the reader go first."""
    shown = []
    for plan in Plan.objects.filter(organisation__in=around(organisation, Plan)).select_related("organisation"):
        sheet = signing.sheet(plan)
        theirs = [x for x in sheet.missing if may(request, x.action, x.organisation)]
        shown.append({"plan": plan, "sheet": sheet, "for_me": bool(theirs)})
    return sorted(shown, key=lambda row: not row["for_me"])
