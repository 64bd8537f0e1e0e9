"""The decision register: what was to be decided, who took part, what was decided; blockers; leads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from evenhand.errors import InputError
from evenhand_web.people import leads as leading
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.people.tree import ancestors, around, children
from evenhand_web.site.figures import download

from .. import recording, register_figures
from .. import register as registers
from ..forms_register import AdviceForm, AnswerUpwardForm, AskForm, DecisionForm, LeadForm, TakenForm
from ..models import Blocker, KeyDecision, Plan, Round, Statement


@organisation_page("read")
def register(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: were clinicians part of the decisions that matter? Next: open one, ask upward."""
    book = registers.book(organisation)
    levels = register_figures.levels(book)
    if response := download(request, levels):
        return response
    own = [lead for lead in book.leads if lead.organisation.code == organisation.code]
    below = [lead for lead in book.leads if lead.organisation.code != organisation.code]
    return render(request, "decide/register.html", {
        "book": book, "levels": levels, "leads": own, "leads_below": len(below),
        "vacant_below": sum(lead.person is None for lead in below),
        "decided": [kept for kept in book.decisions if kept.taken],
        "to_decide": sorted((k for k in book.decisions if not k.taken), key=lambda k: k.row.by),
        "waiting": [raised for raised in book.blockers if raised.told.state != "answered"],
        "answered": [raised for raised in book.blockers if raised.told.state == "answered"],
    })  # fmt: skip


@organisation_page("record_decision")
def record(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Leads and board members: put a key decision of this organisation on the register. Next: add what votes advise."""
    form = DecisionForm(Plan.objects.filter(organisation__in=around(organisation, Plan)), request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        made = recording.record(organisation, request.user.person, given.pop("took_part"), **given)
        messages.success(request, "The decision is on the register. It cannot be changed; what follows stands beside.")
        return redirect("decide:decision", organisation.code, made.pk)
    return render(request, "decide/record.html", {"form": form}, status=422 if form.errors else 200)


@organisation_page("read")
def decision(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Everybody of the organisation: one decision, who took part, what they advised, what was decided.

    Next, for leads and board members of the place that decides: keep what votes advise, keep what was decided.
    """
    row = get_object_or_404(
        KeyDecision.objects.select_related("organisation", "plan"), pk=pk,
        organisation__in=around(organisation, KeyDecision),
    )
    kept = registers.one(row)
    took_part = register_figures.took_part(kept)
    if response := download(request, took_part):
        return response
    statements = Statement.objects.filter(
        round__organisation__in=around(row.organisation, Round), moderation="accepted"
    ).select_related("round")  # fmt: skip
    part = request.POST.get("part", "")
    advice = AdviceForm(row, statements, request.POST if part == "advice" else None)
    taken = TakenForm(row, request.POST if part == "taken" else None)
    if request.method == "POST":
        require(request, "record_decision", row.organisation)
        form = taken if part == "taken" else advice
        if form.is_valid():
            try:
                if form is advice:
                    recording.advise(row, person=request.user.person, **form.cleaned_data)
                else:
                    recording.take(row, person=request.user.person, **form.cleaned_data)
            except InputError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "It is kept, and everybody sees it here.")
                return redirect("decide:decision", organisation.code, pk)
    return render(request, "decide/decision.html", {
        "kept": kept, "took_part": took_part, "advice_form": advice, "taken_form": taken,
        "failed": next((form for form in (advice, taken) if form.is_bound), None),
        "may_record": may(request, "record_decision", row.organisation),
        "blockers": [registers.state(b) for b in
                     row.blockers.select_related("organisation", "raised_to", "answer", "decision")],
    }, status=422 if request.method == "POST" else 200)  # fmt: skip


@organisation_page("ask_upward")
def ask(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Clinicians and managers who work here: ask an organisation above for what cannot be mended here.

    Next: the answer is due on a day, and stands on the register.
    """
    above = ancestors(organisation)
    form = AskForm(above, request.POST or None, initial={"raised_to": above[0].code if above else None})
    if request.method == "POST" and form.is_valid():
        try:
            recording.ask(organisation, person=request.user.person, **form.cleaned_data)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "It is asked. The answer will stand on the register.")
            return redirect("decide:register", organisation.code)
    return render(request, "decide/ask.html", {"form": form, "above": above}, status=422 if form.errors else 200)


@organisation_page("read")
def blocker(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Everybody of either organisation: what was asked, since when, what was answered.

    Next, for leads and board members of the organisation asked: answer.
    """
    row = get_object_or_404(
        Blocker.objects.select_related("organisation", "raised_to", "answer", "decision"), pk=pk,
        organisation__in=around(organisation, Blocker),
    )  # fmt: skip
    form = AnswerUpwardForm(request.POST or None)
    if request.method == "POST":
        require(request, "answer_upward", row.raised_to)
        if form.is_valid():
            try:
                recording.answer(row, form.cleaned_data["text"], request.user.person)
            except InputError as error:
                messages.warning(request, str(error))
            else:
                messages.success(request, "Your answer is kept, and those who asked see it.")
            return redirect("decide:blocker", organisation.code, pk)
    return render(request, "decide/blocker.html", {
        "raised": registers.state(row), "form": form, "may_answer": may(request, "answer_upward", row.raised_to),
    }, status=422 if form.errors else 200)  # fmt: skip


@organisation_page("read")
def leads(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: who leads each pathway here and directly below, and where it is vacant.

    Next, for administrators: appoint somebody, or say that it is vacant.
    """
    people = leading.candidates(organisation) if may(request, "administer") else []
    form = LeadForm(people, request.POST or None)
    if request.method == "POST":
        require(request, "administer")
        if form.is_valid():
            chosen = form.cleaned_data["lead"]
            try:
                leading.appoint(organisation, form.cleaned_data["pathway"], chosen.person if chosen else None,
                                request.user.person)  # fmt: skip
            except InputError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "It is kept from today.")
                return redirect("decide:leads", organisation.code)
    places = [organisation, *children(organisation)]
    found = leading.leads(places, registers.pathways())
    by_place = [(place, [lead for lead in found if lead.organisation.code == place.code]) for place in places]
    return render(request, "decide/leads.html", {
        "by_place": by_place, "form": form, "vacant": sum(lead.person is None for lead in found), "of": len(found),
    }, status=422 if form.errors else 200)  # fmt: skip
