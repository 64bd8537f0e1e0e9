"""The API of PROVE: verdicts as they were found, and guardrails across schemes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import enter
from evenhand_web.people.tree import around
from evenhand_web.site.api import Paging, Part, Table, part, whole
from evenhand_web.site.lake import lake

from . import figures, judging, telling
from .models import GuardrailRecord, VerdictRecord

router = Router(tags=["prove"])


class Case(Schema):
    """A scheme before its judge, in one line."""

    scheme: str
    title: str
    organisation: str = Field(description="its area")
    measure: str
    state: str = Field(description="proved, inconclusive, breach, or '' without a verdict")
    sentence: str = Field(description="of the latest verdict; '' without one")
    waits: str = Field(description="why no verdict can be asked for now; '' if one can")


class Guardrail(Schema):
    """One guardrail of the latest verdict of a scheme."""

    scheme: str
    measure: str
    verdict: str = Field(description="pass, inconclusive, breach or not_assessed")
    in_words: str
    effect: float | None
    standard_error: float | None
    bound: float | None
    margin: float
    harm: str
    reason: str


class Verdict(Case):
    """The latest verdict of a scheme, number for number as it was kept."""

    at: datetime
    evidenced: bool
    countable: bool
    verdict: dict[str, Any] = Field(description="as `evenhand prove verdict --json` gives it")
    guardrails: list[Guardrail]
    would_change_our_mind: list[str]
    effect: Table
    course: Table | None = Field(description="with and without the scheme, month by month")


@router.get("/organisations/{code}/verdicts", response=Part[Case], operation_id="verdicts")
def verdicts(request: HttpRequest, code: str, paging: Query[Paging]):
    """Every scheme of this organisation, above it and below it: judged, or what its verdict waits for."""
    held = lake()
    return part(request, judging.cases(enter(request, code)), paging, lambda case: _case(case, held))


@router.get("/organisations/{code}/verdicts/{scheme}", response=Verdict, operation_id="verdict")
def verdict(request: HttpRequest, code: str, scheme: str):
    """The latest verdict of a scheme: effect with its interval, guardrails, what a plain before and after said."""
    organisation = enter(request, code)
    case = judging.case(get_object_or_404(_plans(organisation), key=scheme))
    if case.verdict is None:
        raise Http404("This scheme has no verdict yet.")
    held, record = lake(), case.verdict
    told = telling.verdict(case, record, held)
    return _case(case, held) | {
        "at": record.at, "evidenced": record.evidenced, "countable": record.countable, "verdict": record.verdict,
        "guardrails": [_guardrail(row, case.plan.key) for row in record.guardrails.all()],
        "would_change_our_mind": list(told.mind), "effect": whole(figures.effect(case, told)),
        "course": whole(figures.course(case, held, told)) if held else None,
    }  # fmt: skip


@router.get("/organisations/{code}/guardrails", response=Part[Guardrail], operation_id="guardrails")
def guardrails(request: HttpRequest, code: str, paging: Query[Paging]):
    """The guardrails of every scheme's latest verdict here, above and below: which held, which did not."""
    records = VerdictRecord.objects.filter(design__version__plan__in=_plans(enter(request, code)))
    newest: dict[str, VerdictRecord] = {}
    for record in records.select_related("design__version__plan").order_by("id"):
        newest[record.design.version.plan.key] = record
    keys = {record.pk: key for key, record in newest.items()}
    rows = GuardrailRecord.objects.filter(verdict_record__in=list(keys)).order_by("id")
    return part(request, rows, paging, lambda row: _guardrail(row, keys[row.verdict_record_id]))


def _plans(organisation: Organisation):  # type: ignore[no-untyped-def]
    return Plan.objects.filter(organisation__in=around(organisation)).select_related("organisation")


def _case(case: judging.Case, held: Any) -> dict[str, Any]:
    return {
        "scheme": case.plan.key, "title": case.plan.title, "organisation": case.plan.organisation_id,
        "measure": case.scheme.measure, "state": case.state,
        "sentence": case.verdict.sentence if case.verdict else "", "waits": judging.why_not_yet(case, held),
    }  # fmt: skip


def _guardrail(row: GuardrailRecord, scheme: str) -> dict[str, Any]:
    return {
        "scheme": scheme, "measure": row.measure, "verdict": row.verdict, "in_words": row.WORDS[row.verdict],
        "effect": row.effect, "standard_error": row.se, "bound": row.bound, "margin": row.margin, "harm": row.harm,
        "reason": row.reason,
    }  # fmt: skip
