"""The trail of a pound, link by link, each with the page where it can be looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from evenhand import account, measures
from evenhand.lake import Lake
from evenhand.measures.guardrails import in_weeks
from evenhand.story import counting, files_behind
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may
from evenhand_web.site.templatetags.evenhand import month as named

from .moving import campaign_of

QUESTIONS = {
    "rows": "Which published rows?", "measure": "Which measure?", "votes": "What did clinicians want?",
    "signatures": "Who signed?", "commitments": "Who promised?", "allocation": "Who got it when?",
    "effect": "Did practice change, because of this?", "guardrails": "What held?",
    "confirmation": "Who confirmed?",
}  # fmt: skip
ROLES = {"clinical_lead": "Clinical lead", "manager": "Manager", "finance_lead": "Finance lead"}


@dataclass(frozen=True)
class Link:
    """One step of the trail. says: sentences; links: (address, words); there: whether the ledger says it yet."""

    question: str
    says: tuple[str, ...]
    there: bool
    entry: int | None
    links: tuple[tuple[str, str], ...] = ()
    guardrails: tuple[tuple[str, str], ...] = ()
    seal: str = ""
    files: tuple[dict[str, Any], ...] = ()


def states(found: account.Trace) -> list[dict[str, Any]]:
    """How a saving came to where it stands, with days as days."""
    return [state | {"booked": day(state["booked"])} for state in found.states]


def confirmed(found: account.Trace) -> list[str]:
    """The two people who confirmed it, by role and pseudonym; nobody where it is not confirmed."""
    return [f"{ROLES.get(s['role'], s['role'])} {s['person']}, on {day(s['signed']):%-d %B %Y}"
            for s in found.confirmed_by]  # fmt: skip


def claims(found: account.Trace) -> list[str]:
    """What it claims, so that nobody can claim it again: a sentence for each year that it was proved for."""
    said = []
    for cells in found.cells:
        months, places, codes = cells["months"], len(cells["organisations"]), len(cells["codes"])
        what = f"{codes} presentation{'s' if codes != 1 else ''}" if codes else "the measure itself"
        span = f"{months[0]} to {months[-1]}" if months else "no month"
        said.append(f"{what}, in {places} organisation{'s' if places != 1 else ''}, {span}")
    return said


def origin(found: account.Trace) -> tuple[str, str]:
    """Where it comes from, and whether cash is released, in words."""
    return counting.ORIGINS.get(found.origin, found.origin.replace("_", " ")), found.saving_class.replace("_", " ")


def day(text: str) -> date:
    """A day of the ledger."""
    return date.fromisoformat(text[:10])


def links(request: HttpRequest, organisation: Organisation, found: account.Trace, lake: Lake | None) -> list[Link]:
    """Every step of a trace, with the pages that this reader may open from it."""
    plan = Plan.objects.filter(key=found.saving).select_related("organisation").first()
    where = _Where(request, organisation, found, plan, lake)
    return [
        Link(QUESTIONS[step.step], where.says(step), step.entry is not None, step.entry,
             tuple(where.links(step)) if step.entry is not None else (), where.guardrails(step),
             step.says if step.step == "allocation" and step.entry is not None else "",
             tuple(files_behind(lake, found)) if lake and step.step == "rows" and step.entry is not None else ())
        for step in found.trail
    ]  # fmt: skip


class _Where:
    """The pages behind one saving, for one reader."""

    def __init__(
        self, request: HttpRequest, organisation: Organisation, found: account.Trace, plan: Plan | None,
        lake: Lake | None,
    ) -> None:  # fmt: skip
        self._request, self._here, self._plan = request, organisation, plan
        proof = {step.step: step.proof for step in found.trail}
        self._measure = proof["measure"]["measure"]
        self._place = Organisation.objects.filter(code=proof["measure"]["organisation"]).first()
        self._month = (proof["effect"].get("window") or [None, None])[1]
        self._titles = {one.measure: one.title for one in in_weeks().values() if one.title} | {
            m.id: m.title for m in (measures.for_lake(lake) if lake else measures.load_all()).values()
        }  # fmt: skip
        self._lake = lake

    def says(self, step: account.Step) -> tuple[str, ...]:
        """What a step says, people by role and pseudonym."""
        if step.entry is None:
            return (step.says.capitalize() + ".",)
        if step.step in ("signatures", "confirmation"):
            return tuple(f"{ROLES.get(s['role'], s['role'])} {s['person']}, on {day(s['signed']):%-d %B %Y}"
                         for s in step.proof["signatures"])  # fmt: skip
        if step.step == "measure":
            place = self._place.name if self._place else step.proof["organisation"]
            return (f"{self._title(self._measure)}, in {place}.",)
        if step.step == "allocation":
            return ("Drawn by chance, and sealed under one hash, so that nobody could be moved.",)
        if step.step == "effect":
            return (step.says,)
        if step.step == "guardrails":
            return ()
        if step.step == "rows":
            told = f"{step.says[:1].upper()}{step.says[1:]}."
            return (told,) if self._rows() else (told, "Rows name single practices: they open to those who lead here.")
        return (f"{step.says[:1].upper()}{step.says[1:]}.",)

    def guardrails(self, step: account.Step) -> tuple[tuple[str, str], ...]:
        """(title, verdict) of each guardrail."""
        if step.step != "guardrails" or step.entry is None:
            return ()
        return tuple((self._title(g["measure"]), g["verdict"]) for g in step.proof["guardrails"])

    def links(self, step: account.Step) -> list[tuple[str, str]]:
        """(address, words) of the pages behind a step."""
        pages: dict[str, Callable[[], list[tuple[str, str]]]] = {
            "rows": self._rows, "measure": self._measure_page, "votes": self._votes,
            "signatures": lambda: self._to("decide:scheme", "The scheme they signed"),
            "commitments": lambda: self._campaign("Its campaign, and how far people came"),
            "allocation": lambda: self._campaign("The sealed draw"),
            "effect": lambda: self._to("prove:scheme", "The verdict, with its interval and its controls"),
            "guardrails": lambda: self._to("prove:scheme", "The guardrails, with their margins"),
        }  # fmt: skip
        return pages[step.step]() if step.step in pages else []

    def _rows(self) -> list[tuple[str, str]]:
        if self._lake is None:
            return []
        month = self._month or str(measures.latest_month(self._lake))
        place = self._place
        if place is None or (place.level != "practice" and not may(self._request, "see_rows", place)):
            place = self._here if self._here.level == "practice" else None
        if place is None:
            return []
        address = reverse("see:rows", args=(place.code, self._measure))
        return [(f"{address}?month={month}", f"The rows of {place.name}, {named(month)}")]

    def _measure_page(self) -> list[tuple[str, str]]:
        place = self._place or self._here
        return [(reverse("home:measure", args=(place.code, self._measure)), "The measure, and how it varies")]

    def _votes(self) -> list[tuple[str, str]]:
        rounds = {s.round_id: s.round for s in self._plan.statements.select_related("round")} if self._plan else {}
        return [(reverse("decide:round", args=(self._here.code, r.key)), r.title) for r in rounds.values()]

    def _campaign(self, words: str) -> list[tuple[str, str]]:
        campaign = campaign_of(self._plan) if self._plan else None
        return [(reverse("change:campaign", args=(self._here.code, campaign.key)), words)] if campaign else []

    def _to(self, name: str, words: str) -> list[tuple[str, str]]:
        return [(reverse(name, args=(self._here.code, self._plan.key)), words)] if self._plan else []

    def _title(self, measure: str) -> str:
        return self._titles.get(measure, measure.replace("_", " ").capitalize())
