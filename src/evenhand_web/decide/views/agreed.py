"""What is agreed in a round."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page
from evenhand_web.site.figures import download

from .. import camps, figures, moderating, rounds
from ..agreement import ORDER


@organisation_page("read")
def agreed(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: what every profession agrees on, who does not, where votes are missing.

    Next: vote; for leads: draft a scheme from a statement.
    """
    round_ = rounds.find(organisation, key)
    found = camps.judged(round_)
    all_, by_profession = figures.statements(round_, found), figures.by_profession(round_, found)
    if response := download(request, all_, by_profession):
        return response
    grown = rounds.grown([row.statement for row in found.said], organisation)
    sections = [
        {"verdict": verdict, "heading": figures.HEADINGS[verdict][0], "means": figures.HEADINGS[verdict][1],
         "rows": [(figures.show(row), figures.words(row), grown.get(row.statement.pk)) for row in found.of(verdict)]}
        for verdict in ORDER
    ]  # fmt: skip
    may_vote = may(request, "vote", round_.organisation)
    return render(request, "decide/round.html", {
        "round": round_, "found": found, "sections": [s for s in sections if s["rows"]], "open": round_.is_open(),
        "sentence": figures.sentence(found), "all": all_, "by_profession": by_profession, "may_vote": may_vote,
        "voted": len(rounds.standing(round_, request.user.person)) if may_vote else None,
        "not_taken": moderating.decided(round_), "moderation_rules": moderating.RULES,
    })  # fmt: skip
