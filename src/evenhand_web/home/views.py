"""The pages that gather all steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand import measures
from evenhand.errors import InputError
from evenhand.story import Comparison
from evenhand_web.decide.explaining import explanations
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page
from evenhand_web.people.tree import ancestors, children
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.see import figures
from evenhand_web.see.comparing import comparison, standing, standings
from evenhand_web.see.views import line
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from . import gathering

MOST = 10  # opportunities on the page (PAGES.md)
ACCESS = ("wait_within_18_weeks", "wait_over_52_weeks")


def front(request: HttpRequest) -> HttpResponse:
    """Anyone. Who has a role goes on to their organisation; who has none is told how to get one."""
    if not request.user.is_authenticated:
        return render(request, "home/front.html")
    if not request.actor.posts:
        return render(request, "home/no_role.html")
    last = request.session.get("organisation")
    return redirect("home:organisation", code=last or request.actor.posts[0].place.code)


def about(request: HttpRequest) -> HttpResponse:
    """Anyone. What the six steps are."""
    return render(request, "home/about.html")


@organisation_page("read")
def organisation(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Whoever works in this organisation, above it or below it: what to look at, what to do, what became of it."""
    held = lake()
    found = standings(held, organisation) if held else []
    lines = [line(held, organisation, c, code) for c, code in found] if held else []
    up = ancestors(organisation)
    return render(request, "home/organisation.html", {
        "parent": up[0] if up else None, "below": children(organisation).count(),
        "look_at": lines[0] | {"sentence": figures.sentence(*found[0])} if lines else None,
        "to_do": gathering.to_do(request.actor, request.user.person, organisation),
        "latest": gathering.latest(organisation), "plans": gathering.plans(organisation),
        "target": gathering.target(organisation),
        "lines": [item for item in lines if item["id"] not in ACCESS][:MOST],
        "changed": [item for item in lines if item["variation"] not in ("", "common_cause")],
        "access": [item for item in lines if item["id"] in ACCESS],
    })  # fmt: skip


@organisation_page("read")
def measure(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """Whoever works here, above or below: is our variation warranted? Next: explain it, or start a scheme."""
    held = lake()
    if held is None:
        raise Http404("no published data is loaded")
    try:
        definition = measures.look_up(held, measure, measures.for_lake(held))
    except InputError as error:
        raise Http404(str(error)) from error
    stood = standing(held, organisation, definition)
    if stood is None:
        return render(request, "home/measure_empty.html", {"measure": definition})
    found, code = stood
    names = _names(request, found)
    spread = figures.spread(found, code, names=names)
    chart = found.chart(code) if code else found.sight.chart
    plans = _plans(definition.id, organisation)
    course = None
    if chart is not None:
        course = (figures.course(found, code, chart, _marks(plans)) if code
                  else figures.everybody(found, chart))  # fmt: skip
    shown = [figure for figure in (spread, course) if figure]
    if response := download(request, *shown):
        return response
    return render(request, "home/measure.html", {
        "measure": definition, "line": line(held, organisation, found, code), "found": found,
        "spread": spread, "course": course,
        "reasons": explanations(definition.id, organisation, request.user.person), "plans": plans,
        "within": _within(request, organisation, found), "proved": _proved(definition.id),
        "months": [str(m) for m in found.panel.months[::-1][:12]],
        "stands_for": _stands_for(organisation, found, code),
        "split": _split(found), "can_explain": may(request, "explain"),
    })  # fmt: skip


def _names(request: HttpRequest, found: Comparison) -> dict[str, str]:
    """Names of the others, for those who have the right to them: in organisations that they lead."""
    codes = found.sight.units
    known = Organisation.objects.in_bulk(codes)
    return {code: o.name for code, o in known.items() if may(request, "see_peer_names", o)} if len(codes) <= 60 else {}


def _within(request: HttpRequest, organisation: Organisation, found: Comparison) -> list[dict[str, Any]]:
    """The organisations directly below on the same measure; named only for those with the right."""
    parts = list(children(organisation))
    held = lake()
    if not parts or held is None:
        return []
    inner = comparison(held, found.measure.id, parts[0].level)
    if inner is None:
        return []
    named = may(request, "see_peer_names")
    rows = [{"code": p.code if named else "", "name": p.name if named else "", "value": inner.value(p.code),
             "gain": inner.gain(p.code)} for p in parts]  # fmt: skip
    return sorted((row for row in rows if np.isfinite(row["value"])), key=lambda row: -row["value"])


def _plans(measure: str, organisation: Organisation) -> list[Plan]:
    return [plan for plan in gathering.plans(organisation) if (v := plan.latest()) and v.measure == measure]


def _marks(plans: list[Plan]) -> tuple:
    """The months in which schemes on this measure begin, to be drawn on its course."""
    return tuple((np.datetime64(start, "M"), "Scheme began") for plan in plans if (start := gathering.start_of(plan)))


def _proved(measure: str) -> list[VerdictRecord]:
    """What was tried on this measure anywhere, proved schemes first; no organisation is named."""
    records = VerdictRecord.objects.filter(design__version__measure=measure).order_by("-evidenced", "-id")
    return list(records[:5])


def _stands_for(organisation: Organisation, found: Comparison, code: str) -> str:
    """The level that is shown instead, where the organisation itself has no number."""
    return "" if code == organisation.code else found.sight.level


def _split(found: Comparison) -> dict[str, float] | None:
    """How much of the variation is chance, as shares of what is observed."""
    split = found.sight.opportunity.split if found.sight.opportunity else None
    if split is None or not split.observed > 0:
        return None
    return {"chance": min(1.0, split.chance / split.observed), "left": max(0.0, split.unexplained / split.observed)}
