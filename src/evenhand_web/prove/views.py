"""The pages of PROVE: which schemes are registered and due, and what was found, verdict first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.people.tree import around
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from . import figures, judging, telling, watching
from .models import VerdictRecord


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: which schemes are registered, when a verdict is due, what was found."""
    held = lake()
    shown = [
        {"case": case, "waits": judging.why_not_yet(case, held), "later": _later(case, held),
         "may_prove": may(request, "prove", case.plan.organisation), "at_risk": watching.at_risk(case, held)}
        for case in judging.cases(organisation)
    ]  # fmt: skip
    return render(request, "prove/index.html", {
        "judged": [item for item in shown if item["case"].verdict],
        "open": [item for item in shown if not item["case"].verdict],
    })  # fmt: skip


@organisation_page("read")
def scheme(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: the latest verdict, or what it waits for.

    Next, for medicines optimisation and analysts of its area: register the design, ask for the verdict.
    """
    case = judging.case(_plan(organisation, key))
    return _page(request, case, case.verdict)


@organisation_page("read")
def verdict(request: HttpRequest, organisation: Organisation, key: str, pk: int) -> HttpResponse:
    """Everybody of the organisation: one verdict of a scheme, also an earlier one, as it was found."""
    plan = _plan(organisation, key)
    record = get_object_or_404(VerdictRecord.objects.select_related("design__version__plan"), pk=pk,
                               design__version__plan=plan)  # fmt: skip
    case = judging.case(plan)
    return _page(request, case if case.design == record.design else judging.case(plan, record.design), record)


@require_POST
@organisation_page("read")
def register(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Medicines optimisation and analysts of the area: register how the scheme will be judged. Next: wait."""
    plan = _plan(organisation, key)
    require(request, "prove", plan.organisation)
    try:
        kept = judging.register(plan, lake(), request.user.person)
        messages.success(request, f"The design is registered under {kept.sha256[:12]}…; it can no longer be changed.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("prove:scheme", organisation.code, key)


@require_POST
@organisation_page("read")
def ask(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Medicines optimisation and analysts of the area: ask for the verdict once it is due, on the year whose design the
    form names. Next: Money."""
    plan, design = _plan(organisation, key), request.POST.get("design", "")
    require(request, "prove", plan.organisation)
    try:
        number = (int(design) if design.isascii() and design.isdigit() and len(design) < 19 else 0) if design else None
        judging.ask(plan, lake(), request.user.person, number)
        watching.watch(judging.case(plan), lake())  # so that the page finds it made
        messages.success(request, "The verdict is in, and it stays: a later one will stand beside it.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("prove:scheme", organisation.code, key)


def _later(case: judging.Case, held: Lake | None) -> dict[str, Any] | None:
    """The later year that is registered, and what its verdict waits for; None if none is."""
    again = judging.later_case(case)
    return None if again is None else {"case": again, "waits": judging.why_not_yet(again, held)}


def _plan(organisation: Organisation, key: str) -> Plan:
    """A scheme of this organisation, of one above it or of one below it."""
    plans = Plan.objects.select_related("organisation")
    return get_object_or_404(plans, key=key, organisation__in=around(organisation, Plan))


def _page(request: HttpRequest, case: judging.Case, shown: VerdictRecord | None) -> HttpResponse:
    held = lake()
    context: dict[str, Any] = {
        "case": case, "plan": case.plan, "design": telling.design(case, held), "shown": shown,
        "cannot_register": judging.why_not_register(case, held), "waits": judging.why_not_yet(case, held),
        "may_prove": may(request, "prove", case.plan.organisation), "later": _later(case, held),
        "besides": watching.besides(case, held),
    }  # fmt: skip
    if shown is None:
        return render(request, "prove/scheme.html", context)
    told = telling.verdict(case, shown, held)
    effect = figures.effect(case, told)
    course = figures.course(case, held, told) if held else None
    if response := download(request, *[figure for figure in (effect, course) if figure]):
        return response
    earlier = list(VerdictRecord.objects.filter(design__version__plan=case.plan).exclude(pk=shown.pk))
    return render(request, "prove/scheme.html", context | {
        "told": told, "effect": effect, "course": course, "earlier": earlier,
        "watched": watching.shown(case, watching.watch(case, held)),
        "latest": not any(record.pk > shown.pk for record in earlier),
    })  # fmt: skip
