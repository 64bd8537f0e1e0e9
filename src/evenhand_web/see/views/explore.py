"""Explore: any numerator over any denominator, for any organisation or group of one's own; kept and shared."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story.exploring import Question, can_ask
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake

from .. import exploring
from ..forms import QuestionForm
from ..models import Group, SavedSearch

ASKED = ("n", "d", "sum", "level", "group")
MOST_KEPT = 100  # searches of one person: more than anybody reads again
EXAMPLES = (
    ("Linagliptin among gliptins", {"n": "0601023AE", "d": "0601023"}),
    ("Metformin for 1,000 patients, by network", {"n": "metformin", "d": "patients", "level": "pcn"}),
)


@organisation_page("read")
def explore(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: ask anything of prescribing. Next: keep the question, or send its address."""
    held, person = lake(), request.user.person
    asked = "n" in request.GET
    form = QuestionForm(request.GET if asked else None, person)
    drawn: list[Figure] = []
    wrong = ""
    if asked and form.is_valid() and held is not None and can_ask(held):
        try:
            drawn = _figures(held, form.cleaned_data, organisation, person)
        except InputError as error:
            wrong = str(error)
    if response := download(request, *drawn):
        return response
    question = urlencode({name: request.GET[name] for name in ASKED if request.GET.get(name)})
    return render(request, "see/explore.html", {
        "form": form, "figures": drawn, "wrong": wrong, "asked": asked, "question": question,
        "title": f"{request.GET.get('n', '')} over {request.GET.get('d', '')}"[:120],
        "searches": SavedSearch.objects.filter(owner=person).select_related("organisation"),
        "examples": [(words, urlencode(q)) for words, q in EXAMPLES], "loaded": held is not None and can_ask(held),
        "address": request.build_absolute_uri(f"{reverse('see:explore', args=[organisation.code])}?{question}"),
    }, status=422 if asked and (form.errors or wrong) else 200)  # fmt: skip


@require_POST
@organisation_page("read")
def keep(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: keep a question for oneself."""
    given = {name: request.POST.get(name, "")[:300] for name in ASKED if request.POST.get(name)}
    question = urlencode(given)[:1000]
    title = " ".join(request.POST.get("title", "").split())[:120]
    mine = SavedSearch.objects.filter(owner=request.user.person)
    if not given.get("n") or not title:
        messages.error(request, "A question needs something to count, and a name to find it by. Nothing was kept.")
    elif mine.count() >= MOST_KEPT:
        messages.error(request, f"You have kept {MOST_KEPT} questions; take one away first.")
    else:
        SavedSearch.objects.create(owner=request.user.person, organisation=organisation, title=title, question=question)
        messages.success(request, "Kept. You find it below, wherever you explore.")
    return redirect(f"{reverse('see:explore', args=[organisation.code])}?{question}")


@require_POST
@organisation_page("read")
def forget(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Its owner alone: take a kept question away."""
    get_object_or_404(SavedSearch, key=key, owner=request.user.person).delete()
    messages.success(request, "Taken away.")
    return redirect("see:explore", organisation.code)


def _figures(held: Lake, given: dict[str, Any], organisation: Organisation, person: Person) -> list[Figure]:
    """Raises InputError where the question cannot be answered."""
    level = given["level"] or "practice"
    group = get_object_or_404(Group, key=given["group"], owner=person) if given["group"] else None
    asked = Question(given["n"], given["d"], level, given["sum"] or "items")
    measure, found = exploring.answer(held, asked)
    found, own, called = exploring.marked(found, organisation, group)
    command = f"evenhand panel --numerator '{asked.numerator}' --denominator '{asked.denominator}' " \
              f"--sum {asked.sum} --level {level} --lake LAKE --json"  # fmt: skip
    return exploring.figures(measure, found, own, called, command)
