"""A content module: read, and audit your own practice with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand.change import Content
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page

from .. import reading


@organisation_page("read")
def module(request: HttpRequest, organisation: Organisation, content: str) -> HttpResponse:
    """Everybody of the organisation reads; a clinician's reading and self-audit are kept. Next: promise."""
    found = written(content)
    person, sent = request.user.person, reading.campaign_for(organisation, content)
    wrong: list[str] = []
    if may(request, "promise"):
        reading.note(person, content, "reached", "viewed", campaign=sent)
        if request.method == "POST":
            said, wrong = reading.answers(found, request.POST)
            if not wrong and len(said) == len(found.self_audit):
                reading.note(person, content, "completed", "evaluated", campaign=sent)
                messages.success(request, "Your self-audit is kept. Nobody else sees its answers: they are not stored.")
                return redirect("change:promise", organisation.code, content)
            wrong = wrong or ["Please answer every question of the self-audit."]
    return render(request, "change/module.html", {
        "module": found, "wrong": wrong, "before": reading.before_the_audit(found),
        "audit": [(question, request.POST.get(f"audit-{question.word}", "")) for question in found.self_audit],
    }, status=422 if wrong else 200)  # fmt: skip


def written(content: str) -> Content:
    """The module of this id; 404 if nobody has written it."""
    found = reading.modules().get(content)
    if found is None:
        raise Http404(f"no module {content!r}")
    return found
