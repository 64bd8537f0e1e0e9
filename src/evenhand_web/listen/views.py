"""The pages of LISTEN: answer a survey, and what a survey said."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from evenhand.listen import asked
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.people.tree import around
from evenhand_web.site.figures import download

from . import answering, figures
from .forms import AnswerForm
from .links import cut_on_close
from .models import Invitation, SurveyWave
from .moving import moved
from .results import results
from .tending import tends


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: which surveys are open, which of them wait for you, what the others said."""
    waves = SurveyWave.objects.filter(organisation__in=around(organisation, SurveyWave)).select_related("organisation")
    person = request.user.person
    shown = []
    for wave in waves:
        place = answering.invitation(wave, person)
        shown.append({
            "wave": wave, "open": wave.is_open(), "asked": place is not None,
            "answered": place is not None and answering.submitted(place),
            "minutes": _minutes(wave),
        })  # fmt: skip
    return render(request, "listen/index.html", {
        "open_waves": [s for s in shown if s["open"]], "past_waves": [s for s in shown if not s["open"]],
    })  # fmt: skip


@organisation_page("read")
def wave(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: what a survey said, who answered and who is missing; results after it closes."""
    asked_wave = _wave(organisation, key)
    if asked_wave.closes <= timezone.now():
        cut_on_close(asked_wave)
    found = None if asked_wave.is_open() else results(asked_wave)
    drawn = figures.of(asked_wave, found) if found else []
    moves = moved(asked_wave) if found else []
    change = figures.changed(asked_wave, moves) if moves else None
    responses = [figures.responses(asked_wave, found)] if found else []
    more = [change] if change else []
    if response := download(request, *(figure for part in drawn for figure in part), *more, *responses):
        return response
    return render(request, "listen/wave.html", {
        "wave": asked_wave, "found": found, "figures": drawn, "open": asked_wave.is_open(),
        "tends": tends(request, asked_wave), "closed": asked_wave.closes <= timezone.now(),
        "missing": figures.least_heard(found) if found else None, "change": change,
        "response": responses[0] if responses else None,
    })  # fmt: skip


@organisation_page("answer")
def answer(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Those in the survey's frame: one question a screen, kept at every step; come back when you like."""
    place = _place(request, organisation, key)
    questions = answering.instrument(place.wave)
    said = answering.so_far(place)
    wanted = request.GET.get("question")
    question = next((q for q in questions.questions if q.id == wanted and asked(q, said)), None)
    question = question or questions.next_question(said)
    if question is None:
        return redirect("listen:check", organisation.code, key)
    form = AnswerForm(question, request.POST or None, given=said.get(question.id, ""))
    if request.method == "POST":
        form = AnswerForm(question, request.POST)
        if form.is_valid():
            answering.save(place, {**said, question.id: form.cleaned_data["answer"]})
            return redirect("listen:answer" if wanted is None else "listen:check", organisation.code, key)
    before = [q for q in questions.questions if asked(q, said) and q.id in said]
    return render(request, "listen/answer.html", {
        "wave": place.wave, "form": form, "question": question, "questions": questions,
        "step": len(before) + 1 if question.id not in said else [q.id for q in before].index(question.id) + 1,
        "steps": sum(1 for q in questions.questions if asked(q, said) or q.id == question.id),
        "back": before[-1].id if before and question.id not in said else "",
        "first": not before, "minutes": _minutes(place.wave),
    }, status=422 if form.is_bound and form.errors else 200)  # fmt: skip


@organisation_page("answer")
def check(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Those in the frame: your answers, to change or to hand in."""
    place = _place(request, organisation, key)
    questions = answering.instrument(place.wave)
    said = answering.so_far(place)
    if questions.next_question(said) is not None:
        return redirect("listen:answer", organisation.code, key)
    if request.method == "POST":
        answering.save(place, said, "submitted")
        return redirect("listen:thanks", organisation.code, key)
    return render(request, "listen/check.html", {
        "wave": place.wave, "said": answering.words(questions, said), "again": answering.submitted(place),
    })  # fmt: skip


@organisation_page("answer")
def thanks(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Those in the frame, when they have answered: what happens now, and what became of the last survey."""
    asked_wave = _wave(organisation, key)
    place = answering.invitation(asked_wave, request.user.person)
    if place is None or not answering.submitted(place):
        return redirect("listen:index", organisation.code)
    return render(request, "listen/thanks.html", {"wave": asked_wave})


def _wave(organisation: Organisation, key: str) -> SurveyWave:
    """A survey of this organisation, of one above it or of one below it."""
    return get_object_or_404(SurveyWave, key=key, organisation__in=around(organisation, SurveyWave))


def _place(request: HttpRequest, organisation: Organisation, key: str) -> Invitation:
    asked_wave = _wave(organisation, key)
    require(request, "answer", asked_wave.organisation)
    place = answering.invitation(asked_wave, request.user.person)
    if place is None:
        raise Http404("you were not among those asked")
    if not asked_wave.is_open():
        raise Http404("this survey is closed")
    return place


def _minutes(asked_wave: SurveyWave) -> int:
    """How long it takes at its longest, in whole minutes."""
    return -(-round(answering.instrument(asked_wave).longest) // 60)
