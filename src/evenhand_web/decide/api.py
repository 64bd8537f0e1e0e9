"""The API of DECIDE: rounds as they are agreed or divided, never a single vote; schemes and their versions."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import enter
from evenhand_web.people.tree import around
from evenhand_web.site.api import Paging, Part, Table, part, table, whole

from . import camps, figures, register, register_figures, rounds, signing
from .models import Plan, Round, SchemeVersion

router = Router(tags=["decide"])


class RoundOut(Schema):
    """A round of statements in one line."""

    key: str
    title: str
    question: str
    pathway: str
    organisation: str
    opens: datetime
    closes: datetime
    open: bool


class Agreed(RoundOut):
    """What a round agrees on. Nobody's vote is in it, and no group of fewer than ten."""

    sentence: str
    participants: int
    votes: int
    professions: list[str] = Field(description="those judged by themselves")
    statements: Table
    by_profession: Table


class Name(Schema):
    """A signature that a scheme still needs."""

    organisation: str
    role: str


class Scheme(Schema):
    """A scheme in one line."""

    key: str
    title: str
    pathway: str
    organisation: str = Field(description="its area")
    measure: str
    version: int = Field(description="the latest: only that one can be in force")
    in_force: bool
    signatures: int = Field(description="how many stand under the latest version")
    needed: int
    missing: list[Name]


class Version(Schema):
    """One version of a scheme, word for word."""

    number: int
    measure: str
    aim: str
    note: str
    sha256: str
    at: datetime
    yaml: str = Field(description="as the command line reads it")


@router.get("/organisations/{code}/rounds", response=Part[RoundOut], operation_id="rounds")
def every_round(request: HttpRequest, code: str, paging: Query[Paging]):
    """The rounds of this organisation, of those above it and of those below it, the newest first."""
    return part(request, rounds.here(enter(request, code)), paging, _round)


@router.get("/organisations/{code}/rounds/{key}", response=Agreed, operation_id="round")
def agreed(request: HttpRequest, code: str, key: str):
    """What is agreed, with an exception, divided, rejected, or needs more votes; by statement and by profession."""
    round_ = rounds.find(enter(request, code), key)
    found = camps.judged(round_)
    return _round(round_) | {
        "sentence": figures.sentence(found), "participants": found.participants, "votes": found.votes,
        "professions": list(found.professions), "statements": whole(figures.statements(round_, found)),
        "by_profession": whole(figures.by_profession(round_, found)),
    }  # fmt: skip


@router.get("/organisations/{code}/schemes", response=Part[Scheme], operation_id="schemes")
def schemes(request: HttpRequest, code: str, paging: Query[Paging]):
    """The schemes of this organisation, of those above it and of those below it, the newest first."""
    return part(request, _plans(enter(request, code)), paging, _scheme)


@router.get("/organisations/{code}/schemes/{key}", response=Scheme, operation_id="scheme")
def scheme(request: HttpRequest, code: str, key: str):
    """One scheme: its latest version, whether it is in force, whose names are missing."""
    return _scheme(get_object_or_404(_plans(enter(request, code)), key=key))


@router.get("/organisations/{code}/schemes/{key}/versions", response=Part[Version], operation_id="versions")
def versions(request: HttpRequest, code: str, key: str, paging: Query[Paging]):
    """Every version of a scheme, the first first; a version is never changed."""
    plan = get_object_or_404(_plans(enter(request, code)), key=key)
    return part(request, plan.versions.order_by("number"), paging, _version)


@router.get("/organisations/{code}/schemes/{key}/versions/{number}", response=Version, operation_id="version")
def version(request: HttpRequest, code: str, key: str, number: int = Path(..., ge=1, le=1_000_000)):
    """One version of a scheme."""
    plan = get_object_or_404(_plans(enter(request, code)), key=key)
    found = plan.versions.filter(number=number).first()
    if found is None:
        raise Http404(f"Scheme {plan.key} has no version {number}.")
    return _version(found)


@router.get("/organisations/{code}/decisions", response=Table, operation_id="decisions")
def decisions(request: HttpRequest, code: str, paging: Query[Paging]):
    """The decision register by level: how many decisions clinicians took part in, and for how much money."""
    return table(request, register_figures.levels(register.book(enter(request, code))), paging)


def _plans(organisation: Organisation):  # type: ignore[no-untyped-def]
    having = Plan.objects.filter(organisation__in=around(organisation, Plan), versions__isnull=False)
    return having.distinct().order_by("-at", "pk")


def _round(found: Round) -> dict[str, object]:
    return {
        "key": found.key, "title": found.title, "question": found.question, "pathway": found.pathway,
        "organisation": found.organisation_id, "opens": found.opens, "closes": found.closes, "open": found.is_open(),
    }  # fmt: skip


def _scheme(plan: Plan) -> dict[str, object]:
    sheet = signing.sheet(plan)
    return {
        "key": plan.key, "title": plan.title, "pathway": plan.pathway, "organisation": plan.organisation_id,
        "measure": sheet.version.measure, "version": sheet.version.number, "in_force": sheet.in_force,
        "signatures": sheet.given, "needed": sheet.needed,
        "missing": [{"organisation": line.organisation.code, "role": line.role} for line in sheet.missing],
    }  # fmt: skip


def _version(found: SchemeVersion) -> dict[str, object]:
    return {
        "number": found.number, "measure": found.measure, "aim": found.text, "note": found.note,
        "sha256": found.sha256, "at": found.at, "yaml": found.yaml,
    }  # fmt: skip
