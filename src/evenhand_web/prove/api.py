"""The API of PROVE: verdicts as they were found, and guardrails across schemes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from evenhand.story import watch_words
from evenhand.story.watching import Watch
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import enter
from evenhand_web.people.tree import around
from evenhand_web.site.api import Paging, Part, Table, part, whole
from evenhand_web.site.lake import lake

from . import figures, judging, telling, watching
from .models import GuardrailRecord, VerdictRecord
from .record import finite

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


class WatchedGuardrail(Schema):
    """One guardrail of the library that the scheme does not name: it blocks nothing."""

    measure: str
    title: str
    level: str
    compared: str = Field(description="drawn, chosen (take part, not drawn), named (the scheme's places) or matched")
    treated: int
    controls: int
    left_out: int = Field(description="drawn, and without a month that is needed")
    verdict: str = Field(description="pass, inconclusive, breach or not_assessed")
    in_words: str
    effect: float | None
    standard_error: float | None
    bound: float | None
    margin: float | None
    harm: str
    reason: str
    blocks: bool = Field(description="always false")


class Beside(Schema):
    """What is watched besides what a scheme names, on the data of today, and what chance alone would give."""

    in_words: list[str]
    guardrails: list[WatchedGuardrail]
    not_held_by_chance: float = Field(description="how many of those assessed, with nothing going on")
    at_risk_by_chance: float
    nothing_loaded: list[str] = Field(description="measures of the library of which the lake holds nothing that fits")


class Verdict(Case):
    """The latest verdict of a scheme, number for number as it was kept."""

    at: datetime
    evidenced: bool
    countable: bool
    verdict: dict[str, Any] = Field(description="as `evenhand prove verdict --json` gives it")
    guardrails: list[Guardrail]
    watched: Beside | None = Field(description="none of it blocks or takes off anything")
    would_change_our_mind: list[str]
    assumptions: list[str]
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
        "watched": _watch(watching.watch(case, held)), "would_change_our_mind": list(told.mind),
        "assumptions": list(told.assumed), "effect": whole(figures.effect(case, told)),
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
    return Plan.objects.filter(organisation__in=around(organisation, Plan)).select_related("organisation")


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


def _watch(found: Watch | None) -> dict[str, Any] | None:
    if found is None:
        return None
    words = watch_words.line(found), watch_words.ask(found), watch_words.chance([found])
    return {
        "in_words": [text for text in words if text],
        "guardrails": [
            {"measure": one.measure, "title": one.title, "level": one.level, "compared": one.by,
             "treated": one.treated, "controls": one.controls, "left_out": one.left_out,
             "verdict": one.says.verdict, "in_words": GuardrailRecord.WORDS[one.says.verdict],
             "effect": finite(one.says.effect), "standard_error": finite(one.says.se),
             "bound": finite(one.says.bound), "margin": finite(one.says.margin), "harm": one.says.harm,
             "reason": one.says.reason, "blocks": False}
            for one in found.guardrails
        ],
        "not_held_by_chance": found.not_held_by_chance, "at_risk_by_chance": found.breach_by_chance,
        "nothing_loaded": [one.measure for one in found.without],
    }  # fmt: skip
