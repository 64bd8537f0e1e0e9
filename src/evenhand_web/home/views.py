"""The pages that gather all steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from evenhand.measures import Measure
from evenhand.story import sights
from evenhand_web.change import cycling, reading
from evenhand_web.decide import register
from evenhand_web.decide.explaining import explanations
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Identity, Organisation
from evenhand_web.people.pages import may, organisation_page
from evenhand_web.people.tree import ancestors, children
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.see import choosing, comparing, figures, following, listing
from evenhand_web.see.asked import measure_named
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from . import gathering, tables, visiting
from . import pathway as pathways

MOST = 10  # opportunities on the page (PAGES.md)
ACCESS = ("wait_within_18_weeks", "wait_over_52_weeks")


def front(request: HttpRequest) -> HttpResponse:
    """Anyone. Who has a role goes on to their organisation; who has none is told how to get one."""
    if not request.user.is_authenticated:
        return render(request, "home/front.html", {"first": not Identity.objects.exists()})
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
    found = comparing.lines(held, organisation) if held else []
    up = ancestors(organisation)
    under, gains = tables.below(organisation), tables.gains(found, organisation)
    if response := download(request, under, gains):
        return response
    moved = listing.this_quarter(listing.what_moved(held, organisation), found)
    follows = following.here(request.user.person, organisation)
    changed = sorted((item for kind in moved.values() for item in kind), key=lambda item: item["id"] not in follows)
    return render(request, "home/organisation.html", {
        "parent": up[0] if up else None, "below": len(under.rows), "under": under, "gains": gains,
        "look_at": found[0] if found else None,
        "to_do": gathering.to_do(request.actor, request.user.person, organisation),
        "latest": gathering.latest(organisation), "plans": gathering.plans(organisation),
        "target": gathering.target(organisation), "overdue": register.overdue(organisation),
        "lines": [item for item in found if item["id"] not in ACCESS][:MOST],
        "changed": changed[:MOST], "follows": follows,
        "followed": [item for item in changed if item["id"] in follows],
        "access": [item for item in found if item["id"] in ACCESS],
        "pathways": sorted({item["pathway"] for item in found} & set(pathways.known())),
        "waiting": len(sights.waiting(held)) if held else 0,
    })  # fmt: skip


@organisation_page("read")
def measure(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """Whoever works here, above or below: is our variation warranted? Next: explain it, or start a scheme."""
    held = lake()
    definition = measure_named(held, measure)
    view = comparing.view(held, organisation, definition) if held else None
    if view is None:
        return render(request, "home/measure_empty.html", {"measure": definition, "loaded": held is not None})
    assert held is not None  # or there were no view
    chosen = choosing.choose(held, definition, view, request.GET)
    view = chosen.view
    can_switch = view.standing is not None and view.row is not None and bool(np.isfinite(view.standing.ratio))
    like_ours = can_switch and request.GET.get("view") == figures.SWITCH[1]
    plans = _plans(definition.id, organisation)
    tried = cycling.of_measure(organisation, definition.id, timezone.localdate())
    marks = _marks(plans) + cycling.marks(tried)
    chart = view.chart
    spread = figures.spread(view, names=listing.names(request, view), like_ours=like_ours)
    over_time = figures.over_time(view, marks)
    course = figures.course(view, chart, marks, cycling.expected(tried)) if chart is not None else None
    inner = _within(request, organisation, view)
    within = tables.within(inner, definition, organisation) if inner else None
    if response := download(request, *(figure for figure in (spread, over_time, course, within) if figure)):
        return response
    standing = view.standing
    return render(request, "home/measure.html", {
        "measure": definition, "view": view, "chosen": chosen, "spread": spread,
        "over_time": over_time, "course": course,
        "line": comparing.line(definition, standing, own=view.own) if standing is not None else None,
        "can_switch": can_switch, "like_ours": like_ours, "beside": figures.side_by_side(view),
        "not_in_it": figures.not_in_it(view.spread), "split": view.spread.facts["split"],
        "prices": view.spread.facts["prices"],
        "modules": reading.on(measure=definition.id),
        "reasons": explanations(definition.id, organisation, request.user.person), "plans": plans,
        "cycles": tried[::-1],
        "within": inner, "within_table": within, "proved": _proved(definition.id),
        "months": [str(m) for m in view.spread.months[::-1][:12]],
        "stands_for": standing.level if standing is not None and not view.own else "",
        "followed": definition.id in following.here(request.user.person, organisation),
        "can_explain": may(request, "explain"), "presentations": _has_presentations(definition, view),
    }, status=422 if chosen.wrong else 200)  # fmt: skip


@organisation_page("read")
def pathway_page(request: HttpRequest, organisation: Organisation, pathway: str) -> HttpResponse:
    """Whoever works here, above or below: the decision points of a pathway in order. Next: open a measure."""
    found = pathways.known().get(pathway)
    if found is None:
        raise Http404(f"no pathway {pathway!r}")
    held = lake()
    stood = comparing.standings(held, organisation) if held else {}
    points = pathways.points(held, organisation, found, stood, gathering.plans(organisation))
    return render(request, "home/pathway.html", {
        "modules": reading.on(pathway=pathway),
        "pathway": found, "points": points, "lead": pathways.lead(organisation, pathway),
        "proved": pathways.proved(found.measures),
        "spend": pathways.spend(stood, pathway), "pounds": sum(point.pounds for point in points),
        "stored": any(point.lines for point in points),
        "how": ("The decision points and their order are the pathway's definition; each measure is worked out as on "
                "its own page. Spend is the sum of the pathway's prescribing as published.",),
    })  # fmt: skip


@organisation_page("read")
def visit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Whoever works here, above or below: two pages to take along on a visit."""
    from evenhand.report.visit import visit as set_in_type

    body = set_in_type(visiting.pack(lake(), organisation))
    name = f'attachment; filename="visit-{organisation.code}.pdf"'
    return HttpResponse(body, content_type="application/pdf", headers={"Content-Disposition": name})


def _within(request: HttpRequest, organisation: Organisation, view: comparing.View) -> list[dict[str, Any]]:
    """The organisations directly below on the same measure; named only for those with the right."""
    parts = list(children(organisation))
    held = lake()
    if not parts or held is None:
        return []
    inner = comparing.spread(held, view.measure, parts[0].level)
    if inner is None:
        return []
    at = {code: row for row, code in enumerate(inner.codes)}
    value, named = inner.value, may(request, "see_peer_names")
    rows = [{"code": p.code if named else "", "name": p.name if named else "", "value": float(value[at[p.code]]),
             "pounds": float(inner.pounds[at[p.code]]), "units": float(inner.units[at[p.code]])}
            for p in parts if p.code in at]  # fmt: skip
    return sorted((row for row in rows if np.isfinite(row["value"])), key=lambda row: -row["value"])


def _has_presentations(definition: Measure, view: comparing.View) -> bool:
    """Whether there is a page of the presentations that the measure counts here."""
    return definition.kind == "prescribing" and view.own


def _plans(measure: str, organisation: Organisation) -> list[Plan]:
    return [plan for plan in gathering.plans(organisation) if (v := plan.latest()) and v.measure == measure]


def _marks(plans: list[Plan]) -> tuple:
    """The months in which schemes on this measure begin, to be drawn on its course."""
    return tuple((np.datetime64(start, "M"), "Scheme began") for plan in plans if (start := gathering.start_of(plan)))


def _proved(measure: str) -> list[VerdictRecord]:
    """What was tried on this measure anywhere, proved schemes first; no organisation is named."""
    records = VerdictRecord.objects.filter(design__version__measure=measure).order_by("-evidenced", "-id")
    return list(records[:5])
