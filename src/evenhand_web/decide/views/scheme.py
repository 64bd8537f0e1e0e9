"""A scheme, and one version of it word for word."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from evenhand.measures import Measure
from evenhand.records import Scheme
from evenhand.records.improvement import MEASURE_KINDS
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page
from evenhand_web.people.tree import around

from .. import camps, checking, commenting, figures, signing, stages, versions
from ..differences import differences
from ..forms_scheme import CommentForm
from ..models import Plan
from ..reading import reading


def find(organisation: Organisation, key: str) -> Plan:
    """A scheme of this organisation, of one above it or of one below it."""
    return get_object_or_404(
        Plan.objects.select_related("organisation"), key=key, organisation__in=around(organisation, Plan)
    )


@organisation_page("read")
def scheme(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: what is planned, who has signed, what became of it.

    Next: sign or withdraw (the leads and managers of those who sign), amend (leads of the area).
    """
    return page(request, organisation, find(organisation, key), CommentForm())


def page(request: HttpRequest, organisation: Organisation, plan: Plan, form: CommentForm) -> HttpResponse:
    """The page of a scheme, with a comment form that may hold what could not be kept."""
    sheet = signing.sheet(plan)
    known = checking.known_measures()
    found = reading(versions.read(sheet.version), known)
    person = request.user.person
    signed_here = {x.organisation.code for x in sheet.lines if x.signature and x.signature.person_id == person.pk}
    lines = [
        {"line": line, "own": line.signature is not None and line.signature.person_id == person.pk,
         "may_sign": line.signature is None and may(request, line.action, line.organisation)
         and line.organisation.code not in signed_here}
        for line in sheet.lines
    ]  # fmt: skip
    all_versions = list(plan.versions.order_by("-number"))
    before = all_versions[1] if len(all_versions) > 1 else None
    return render(request, "decide/scheme.html", {
        "plan": plan, "sheet": sheet, "lines": lines, "reading": found, "known": found.scheme.measure in known,
        "stages": stages.of(plan, organisation), "sections": stages.sections(plan, organisation),
        "votes": _votes(plan), "versions": all_versions,
        "changes": differences(before.yaml, sheet.version.yaml) if before else [], "before": before,
        "may_amend": may(request, "draft", plan.organisation), "threads": commenting.threads(plan),
        "comment_form": form, "diagram_measures": _measures(found.scheme, known),
    }, status=422 if form.errors else 200)  # fmt: skip


@organisation_page("read")
def version(request: HttpRequest, organisation: Organisation, key: str, number: int) -> HttpResponse:
    """Everybody of the organisation: one version as it was written, what it changed, who had signed it.

    Next: download it for the command line, go to the latest.
    """
    plan = find(organisation, key)
    shown = plan.versions.filter(number=number).first()
    if shown is None:
        raise Http404(f"scheme {key} has no version {number}")
    if request.GET.get("download") == "yaml":
        name = f'attachment; filename="{plan.key}-version-{number}.yaml"'
        return HttpResponse(shown.yaml, content_type="text/yaml; charset=utf-8", headers={"Content-Disposition": name})
    before = plan.versions.filter(number=number - 1).first()
    return render(request, "decide/version.html", {
        "plan": plan, "version": shown, "before": before, "latest": plan.latest(),
        "changes": differences(before.yaml, shown.yaml) if before else [],
        "signatures": shown.signatures.select_related("organisation", "withdrawal"),
    })  # fmt: skip


def _measures(scheme: Scheme, known: dict[str, Measure]) -> list[tuple[str, list[str]]]:
    """The driver diagram's measures by kind: outcome, process, balancing; a measure by its title if it is known."""
    rows = scheme.driver_diagram.measures if scheme.driver_diagram else ()
    return [(kind, [known[row.measure].title if row.measure in known else row.measure
                    for row in rows if row.kind == kind]) for kind in MEASURE_KINDS]  # fmt: skip


def _votes(plan: Plan) -> list:
    """The statements that a scheme grew from, with their votes as they stand today."""
    shown = []
    grown = list(plan.statements.select_related("round"))
    for round_ in {statement.round_id: statement.round for statement in grown}.values():
        rows = {row.statement.pk: row for row in camps.judged(round_).said}
        for statement in grown:
            if statement.round_id == round_.pk:
                row = rows.get(statement.pk)
                shown.append((statement, figures.show(row) if row else None, figures.words(row) if row else ""))
    return shown
