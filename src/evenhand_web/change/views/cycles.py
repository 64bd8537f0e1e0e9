"""PDSA cycles: planned with a prediction, drawn on the measure's chart, studied once they have ended."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from evenhand.errors import InputError
from evenhand.measures import Measure
from evenhand_web.decide.models import Plan, SchemeVersion
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.people.tree import around
from evenhand_web.see import comparing
from evenhand_web.see import figures as sights
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake

from .. import cycling
from ..evidence import in_words, known_measure, standing
from ..forms_cycle import PlanForm, StudyForm
from ..models import Cycle

MONTHS = 3  # a cycle on monthly data: so many points tell a little (our rule)


@organisation_page("read")
def cycles(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what was tried here, what waits to be studied. Next: study, or plan one."""
    return render(request, "change/cycles.html", {
        "lines": cycling.of_organisation(organisation, timezone.localdate()), "may_cycle": may(request, "cycle"),
    })  # fmt: skip


@organisation_page("cycle")
def plan_cycle(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """Clinicians and managers: plan a cycle on a measure, with its prediction."""
    definition = known_measure(measure)
    if definition is None:
        raise Http404(f"no measure {measure!r} in what is published")
    return _plan(request, organisation, measure, definition, None)


@organisation_page("cycle")
def plan_cycle_of_scheme(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Clinicians and managers: plan a cycle that serves a scheme, with its prediction."""
    plan = get_object_or_404(Plan, key=key, organisation__in=around(organisation, Plan))
    version = plan.latest()
    if version is None:
        raise Http404(f"scheme {key!r} has no version yet")
    return _plan(request, organisation, version.measure, known_measure(version.measure), version)


@organisation_page("read")
def cycle(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Everybody of the organisation: predicted, came, decided. Next, once it has ended: study it."""
    found = get_object_or_404(Cycle, pk=pk, organisation=organisation)
    lines = cycling.of_measure(organisation, found.measure, timezone.localdate())
    line = next(one for one in lines if one.cycle.pk == found.pk)
    figure = _course(organisation, line, lines)
    if figure and (response := download(request, figure)):
        return response
    said = line.studied.sentence if line.studied and cycling.came(line) is not None else ""
    form = StudyForm(request.POST or None, initial={"happened": said})
    if request.method == "POST":
        require(request, "cycle")
        if form.is_valid():
            try:
                cycling.study(found, request.user.person, **form.cleaned_data, value=cycling.came(line))
                messages.success(request, "Your study is kept. It cannot be changed; a next cycle can begin.")
            except InputError as error:
                messages.error(request, str(error))
            return redirect("change:cycle", organisation.code, pk)
    may_study = line.state == "waiting" and may(request, "cycle")
    return render(request, "change/cycle.html", {
        "line": line, "figure": figure, "form": form if may_study else None, "result": getattr(found, "result", None),
        "expected": in_words(found.expected, line.definition), "signals": _signals(line),
        "value": in_words(found.result.value, line.definition) if hasattr(found, "result") else "",
    }, status=422 if form.errors else 200)  # fmt: skip


def _plan(
    request: HttpRequest, organisation: Organisation, measure: str, definition: Measure | None,
    version: SchemeVersion | None,
) -> HttpResponse:  # fmt: skip
    starts, ends = _usual_time(timezone.localdate())
    here = standing(organisation, definition) if definition else None
    usual = f". It was {in_words(here.value, definition)} in the latest year" if here is not None else ""
    form = PlanForm(request.POST or None, measure=definition, usual=usual, initial={"starts": starts, "ends": ends})
    if request.method == "POST" and form.is_valid():
        same = Cycle.objects.filter(organisation=organisation, version=version, measure=measure,
                                    person=request.user.person, **form.cleaned_data).first()  # fmt: skip
        made = same or Cycle.objects.create(
            organisation=organisation, version=version, measure=measure, person=request.user.person,
            **form.cleaned_data,
        )  # fmt: skip
        messages.success(request, f"Your prediction stands. You can study the cycle after {made.ends:%-d %B %Y}.")
        return redirect("change:cycle", organisation.code, made.pk)
    return render(request, "change/cycle_plan.html", {"form": form, "measure": definition, "version": version},
                  status=422 if form.errors else 200)  # fmt: skip


def _usual_time(today: date) -> tuple[date, date]:
    """The next three whole months."""
    first = np.datetime64(today, "M") + 1
    return first.astype("datetime64[D]").item(), (first + MONTHS).astype("datetime64[D]").item() - timedelta(days=1)


def _course(organisation: Organisation, line: cycling.Line, lines: list[cycling.Line]) -> Figure | None:
    """The measure's control chart with every cycle on it; None without enough months."""
    held = lake()
    if held is None or line.definition is None:
        return None
    view = comparing.view(held, organisation, line.definition)
    if view is None or (chart := view.chart) is None:
        return None
    return sights.course(view, chart, cycling.marks(lines), cycling.expected(lines))


def _signals(line: cycling.Line) -> list[tuple[str, str]]:
    """Month and words of the signals in a cycle's months."""
    return [(signal.date[:7], signal.words) for signal in line.studied.signals] if line.studied else []
