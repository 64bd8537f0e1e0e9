"""The API of ACCOUNT: where the money stands, every entry and its trail, the forecast, budgets."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from evenhand import account
from evenhand_web.decide.models import Plan
from evenhand_web.people.pages import enter
from evenhand_web.site.api import Paging, Part, Table, part, table, whole
from evenhand_web.site.lake import lake

from . import ahead, book, budget_showing, budgeting, figures, gathering, trail

router = Router(tags=["account"])
Number = float | None


class EntryOut(Schema):
    """One entry of the ledger in one line; nothing is ever changed or taken out."""

    number: int
    booked: str
    saving: str
    what: str
    state: str
    pounds: Number = Field(description="what it puts into its state; null where it moves nothing")
    basis: str
    organisation: str
    hash: str


class Step(Schema):
    """One link of the trail: a question, what is said, and the pages where it can be looked at."""

    question: str
    says: list[str]
    there: bool = Field(description="whether the ledger says it yet")
    entry: int | None
    guardrails: list[list[str]] = Field(description="measure and verdict of each")
    links: list[list[str]] = Field(description="address and words of each")
    seal: str
    files: list[dict[str, Any]] = Field(description="the published files, with their sha256")


class Trail(EntryOut):
    """An entry back to the published rows: every step, and what it claims."""

    origin: str
    saving_class: str
    pence: int = Field(description="of the saving, as it stands")
    patients: int
    confirmed: list[str] = Field(description="role and pseudonym")
    claims: list[str]
    trail: list[Step]
    line: str = Field(description="word for word as it was sealed")


class SavingOut(Schema):
    """One saving: where it stands and what it waits for."""

    saving: str
    title: str
    organisation: str
    state: str
    pence: int
    patients: int
    comes_next: str
    waits: str
    confirmed_by: list[str] = Field(description="roles that have confirmed")
    entry: int | None = Field(description="its latest entry")


class Forecast(Schema):
    """How likely the target is, from the savings as they stand."""

    target_pence: int
    by: date
    probability: Number
    in_words: str
    median: Number
    low_90: Number
    high_90: Number
    hangs_on: list[str]
    by_saving: Table


class Budget(Schema):
    """What a place would spend if money followed need, and what it is forecast to spend."""

    area: str
    year: str
    pence: int = Field(description="its budget")
    historic_pounds: Number
    fair_pounds: Number = Field(description="by need alone")
    target_pounds: Number
    practices: int
    forecast_pounds: Number
    variance_pounds: Number
    variance: Table | None = Field(description="what the difference is made of")
    by_practice: Table | None = Field(description="for those who may see it; else null")


@router.get("/organisations/{code}/money", response=Table, operation_id="money")
def money(request: HttpRequest, code: str, paging: Query[Paging]):
    """The target bar: what stands in each state, never added to another; only what is confirmed counts."""
    entries = book.read()
    aim = gathering.aim(enter(request, code))
    return table(request, figures.bar(gathering.progress(entries, aim), account.check(entries)), paging)


@router.get("/organisations/{code}/savings", response=Part[SavingOut], operation_id="savings")
def savings(request: HttpRequest, code: str, paging: Query[Paging]):
    """Every saving of this organisation, above it and below it: its state, and what the next state waits for."""
    return part(request, gathering.lines(enter(request, code), book.read()), paging, _saving)


@router.get("/organisations/{code}/ledger", response=Part[EntryOut], operation_id="ledger")
def ledger(request: HttpRequest, code: str, paging: Query[Paging]):
    """Every entry on savings here, above and below, the latest first."""
    near = gathering.near(enter(request, code), book.read())
    return part(request, near[::-1], paging, _entry)


@router.get("/organisations/{code}/ledger/{number}", response=Trail, operation_id="entry")
def entry(request: HttpRequest, code: str, number: int = Path(..., ge=1, le=1_000_000_000)):
    """One entry and its trail: rows, measure, votes, signatures, promises, draw, effect, guardrails, confirmation."""
    organisation, entries = enter(request, code), book.read()
    if number > len(entries) or not gathering.near(organisation, [entries[number - 1]]):
        raise Http404(f"There is no entry {number} on a saving of {organisation.code}.")
    one, found = entries[number - 1], account.trace(entries, number)
    origin, kind = trail.origin(found)
    steps = trail.links(request, organisation, found, lake())
    return _entry(one) | {
        "origin": origin, "saving_class": kind, "pence": found.pence, "patients": found.patients,
        "confirmed": trail.confirmed(found), "claims": trail.claims(found), "line": one.line(),
        "trail": [{"question": s.question, "says": list(s.says), "there": s.there, "entry": s.entry, "seal": s.seal,
                   "guardrails": [list(pair) for pair in s.guardrails], "links": [list(pair) for pair in s.links],
                   "files": list(s.files)} for s in steps],
    }  # fmt: skip


@router.get("/organisations/{code}/forecast", response=Forecast, operation_id="forecast")
def forecast(request: HttpRequest, code: str):
    """The chance of reaching the target, and what it hangs on; 404 without a target or a saving."""
    organisation, entries = enter(request, code), book.read()
    aim, lines = gathering.aim(organisation), gathering.lines(organisation, entries)
    found = ahead.ahead(entries, aim, lines, dict(Plan.objects.values_list("key", "title")))
    if found is None:
        raise Http404("There is no target here, or no saving to forecast.")
    numbers = {name: getattr(found.found, name) for name in ("probability", "median", "low_90", "high_90")}
    return numbers | {
        "target_pence": aim.pence, "by": aim.end, "in_words": found.words, "hangs_on": list(found.moves),
        "by_saving": whole(found.figure),
    }  # fmt: skip


@router.get("/organisations/{code}/budgets", response=Budget, operation_id="budgets")
def budgets(request: HttpRequest, code: str):
    """The budget of a place and why; practice by practice for those who may see it; 404 where none is set."""
    organisation = enter(request, code)
    held, area = lake(), budgeting.area_of(organisation)
    basis = budgeting.basis(held, area) if held and area else None
    place = budgeting.place(organisation, area, basis) if basis and area else None
    if held is None or place is None:
        raise Http404("No budget is set here for this year.")
    found = budgeting.outturn(held, place)
    shown = budget_showing.shown(request, organisation, place, found)
    known = shown["known"]
    return {
        "area": place.area.code, "year": place.basis.year, "pence": place.pence, "practices": len(place.codes),
        "historic_pounds": _n(shown["historic"]), "fair_pounds": _n(shown["fair"]),
        "target_pounds": _n(shown["target"]), "forecast_pounds": _n(found.forecast_outturn) if known else None,
        "variance_pounds": _n(found.variance) if known else None, "variance": whole(shown["variance"]),
        "by_practice": whole(shown["table"]),
    }  # fmt: skip


def _entry(e: account.Entry) -> dict[str, Any]:
    return {
        "number": e.number, "booked": e["booked"], "saving": e.saving, "what": figures.KINDS[e.kind],
        "state": figures.word(e.state), "pounds": figures.pounds(e), "basis": e["basis"] or "",
        "organisation": e["organisation"], "hash": e.hash,
    }  # fmt: skip


def _saving(line: gathering.Line) -> dict[str, Any]:
    now = line.standing
    return {
        "saving": now.saving, "title": now.plan.title, "organisation": now.plan.organisation_id,
        "state": figures.word(now.state) if now.state else "", "pence": line.pence, "patients": line.patients,
        "comes_next": figures.word(now.to) if now.to else "", "waits": now.waits,
        "confirmed_by": sorted(line.confirmed), "entry": line.number or None,
    }  # fmt: skip


def _n(x: float) -> float | None:
    return float(x) if x == x else None
