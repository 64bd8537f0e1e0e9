"""Promises: made in two clicks, and what became of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.people.tree import around

from .. import promising
from ..forms import PromiseForm, ReportForm
from ..models import Commitment
from .modules import written


@organisation_page("promise")
def promise(request: HttpRequest, organisation: Organisation, content: str) -> HttpResponse:
    """A clinician of the organisation: the promise that a module ends with, filled in beforehand; two clicks."""
    found = written(content)
    if found.about_survey:
        raise Http404(f"module {content!r} is about no measure: there is nothing to promise")
    draft = promising.from_module(found, organisation)
    words = f"the scheme “{draft.campaign.title}”" if draft.version and draft.campaign else "the module"
    back = reverse("change:module", args=(organisation.code, content))
    return _promise(request, organisation, draft, words, back, found.facts.title)


@organisation_page("promise")
def promise_measure(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """A clinician of the organisation: promise to move a measure, from its page; two clicks."""
    draft = promising.from_measure(organisation, measure)
    if draft.definition is None:
        raise Http404(f"no measure {measure!r} in what is published")
    back = reverse("home:measure", args=(organisation.code, measure))
    return _promise(request, organisation, draft, "the measure", back, draft.definition.title)


@organisation_page("promise")
def promise_scheme(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """A clinician of the organisation: promise one's part of a scheme, from its page; two clicks."""
    plan = get_object_or_404(Plan, key=key, organisation__in=around(organisation, Plan))
    draft = promising.from_scheme(plan, organisation)
    if draft is None:
        raise Http404(f"scheme {key!r} has no version yet")
    back = reverse("decide:scheme", args=(organisation.code, key))
    return _promise(request, organisation, draft, f"the scheme “{plan.title}”", back, plan.title)


@never_cache
@organisation_page("read")
def promises(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Their owner alone: what I promised, by when, what I said, what the data shows. Next: say, reflect."""
    found = promising.lines(request.user.person, timezone.localdate())
    return render(request, "change/promises.html", {"lines": found})


@never_cache
@organisation_page("read")
def report(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Its owner alone: say what became of a promise. It is a report: money never follows from it."""
    mine = get_object_or_404(Commitment, pk=pk, person=request.user.person)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        promising.told(mine, form.cleaned_data["said"], form.cleaned_data["note"])
        messages.success(request, "Thank you. What the data shows will stand beside it, not added to it.")
        return redirect("change:promises", organisation.code)
    line = promising.line(mine, timezone.localdate())
    return render(request, "change/report.html", {"line": line, "form": form}, status=422 if form.errors else 200)


def _promise(
    request: HttpRequest, organisation: Organisation, draft: promising.Draft, words: str, back: str, back_words: str
) -> HttpResponse:  # fmt: skip
    form = PromiseForm(request.POST or None, draft=draft)
    if request.method == "POST" and form.is_valid():
        promising.keep(draft, request.user.person, organisation, **form.cleaned_data)
        messages.success(request, "Your promise is kept. You will be told what became of it.")
        return redirect("change:promises", organisation.code)
    return render(request, "change/promise.html", {
        "form": form, "from_words": words, "back": back, "back_words": back_words,
    }, status=422 if form.errors else 200)  # fmt: skip
