"""Content modules: the list by pathway; one of them, to read and to audit your own practice with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from evenhand.change import Content, review_day
from evenhand.story import sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.see import comparing
from evenhand_web.site.lake import lake

from .. import asides, reading, told


@organisation_page("read")
def modules(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: every module by pathway, how long it takes, how far I came. Next: read one."""
    shelves = reading.shelves(request.user.person, timezone.localdate())
    return render(request, "change/modules.html", {"shelves": shelves})


@organisation_page("read")
def module(request: HttpRequest, organisation: Organisation, content: str) -> HttpResponse:
    """Everybody of the organisation reads; a clinician's reading and self-audit are kept. Next: promise."""
    found = written(content)
    person, sent = request.user.person, reading.campaign_for(organisation, content)
    wrong = []
    if may(request, "promise"):
        reading.note(person, content, "reached", "viewed", campaign=sent)
        if request.method == "POST":
            wrong = reading.answers(found, request.POST)
            if not wrong:
                reading.note(person, content, "completed", "evaluated", campaign=sent)
                messages.success(request, "Your self-audit is kept. Nobody else sees its answers: they are not stored.")
                return _after(organisation, found)
    return _page(request, organisation, found, wrong=wrong)


@require_POST
@organisation_page("read")
def aside(request: HttpRequest, organisation: Organisation, content: str) -> HttpResponse:
    """A clinician of the organisation: why this is not for me. It counts as an answer."""
    found = written(content)
    require(request, "promise")
    form = asides.AsideForm(request.POST)
    if not form.is_valid():
        return _page(request, organisation, found, form=form)
    person, sent = request.user.person, reading.campaign_for(organisation, content)
    reading.note(person, content, "reached", "viewed", campaign=sent)
    asides.keep(form, person, content, sent)
    messages.success(request, "Thank you: that counts as an answer too.")
    return redirect("change:modules", organisation.code)


def written(content: str) -> Content:
    """The module of this id; 404 if nobody has written it."""
    found = reading.modules().get(content)
    if found is None:
        raise Http404(f"no module {content!r}")
    return found


def _page(
    request: HttpRequest, organisation: Organisation, found: Content, *,
    wrong: list[Any] | None = None, form: asides.AsideForm | None = None,
) -> HttpResponse:  # fmt: skip
    shown = told.filled(found, organisation)
    return render(request, "change/module.html", {
        "module": shown, "wrong": wrong or [], "before": reading.before_the_audit(shown),
        "aside": form or asides.AsideForm(),
        "audit": [(question, request.POST.get(f"audit-{question.word}", "")) for question in found.self_audit],
        "line": _line(organisation, found), "late": review_day(found) < timezone.localdate(),
    }, status=422 if wrong or (form is not None and form.errors) else 200)  # fmt: skip


def _line(organisation: Organisation, found: Content) -> dict[str, Any] | None:
    """Where the organisation stands on the module's measure, if that is known."""
    held = lake()
    if held is None or found.about_survey:
        return None
    standing = comparing.standings(held, organisation).get(found.facts.measure)
    if standing is None:
        return None
    return comparing.line(sights.known(held)[found.facts.measure], standing, own=standing.code == organisation.code)


def _after(organisation: Organisation, found: Content) -> HttpResponse:
    """On to the promise; from what is about no measure, to what there is to read."""
    if found.about_survey:
        return redirect("change:modules", organisation.code)
    return redirect("change:promise", organisation.code, found.id)
