"""A reader and a module: what they saw, said and promised, each stage kept once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from django.utils import timezone

import evenhand
from evenhand.change import Content, Question, funnel, load_all_content, review_day
from evenhand.records import EngagementFunnel
from evenhand_web.people.models import Organisation, Person

from .models import AllocationRow, Campaign, Commitment, CommitmentReport, EngagementEvent

STAGES = EngagementEvent.STAGES
FIRST = ("diabetes", "mental_health", "coronary_heart_disease", "cancer")  # the priority pathways
CONTENT = Path(evenhand.__file__).parent / "definitions" / "content"


@cache
def modules() -> dict[str, Content]:
    """Every module of the library, by id."""
    return load_all_content(CONTENT)


def learn() -> None:
    """Read every module, and what each says of itself, before a page asks."""
    for one in modules().values():
        _ = one.facts, review_day(one)


@dataclass(frozen=True)
class Book:
    """A module on its shelf: the last stage that its reader reached, and whether its review is overdue."""

    module: Content
    stage: str
    late: bool


@dataclass(frozen=True)
class Shelf:
    """The modules of one pathway, in order of their titles; pathway '': what is about no measure."""

    pathway: str
    books: tuple[Book, ...]


def shelves(person: Person | None, today: date) -> list[Shelf]:
    """What there is to read, as somebody sees it: what we are trying to do, the priority pathways, then others."""
    far = furthest(person)
    of: dict[str, list[Book]] = {pathway: [] for pathway in FIRST}
    for one in sorted(modules().values(), key=lambda one: one.facts.title):
        book = Book(one, far.get(one.id, ""), review_day(one) < today)
        of.setdefault("" if one.about_survey else one.facts.pathway, []).append(book)
    return [Shelf(pathway, tuple(of[pathway])) for pathway in sorted(of, key=bool) if of[pathway]]


def on(*, pathway: str = "", measure: str = "") -> list[Content]:
    """The modules of a pathway, or about a measure, in order of their titles."""
    facts = ((one, one.facts) for one in modules().values() if one.facts.measure)
    found = [one for one, fact in facts if pathway == fact.pathway or measure == fact.measure]
    return sorted(found, key=lambda one: one.facts.title)


def furthest(person: Person | None) -> dict[str, str]:
    """How far somebody came with each module that they opened: its last stage by id."""
    found: dict[str, str] = {}
    rows = EngagementEvent.objects.filter(person=person).values_list("content", "stage") if person else []
    for content, stage in rows:
        if stage in STAGES and STAGES.index(stage) >= STAGES.index(found.get(content, STAGES[0])):
            found[content] = stage
    return found


def note(person: Person, content: str, *stages: str, campaign: Campaign | None = None, reason: str = "") -> None:
    """Keep that somebody reached these stages, each the first time only."""
    for stage in stages:
        EngagementEvent.objects.get_or_create(
            person=person, content=content, stage=stage, defaults={"campaign": campaign, "reason": reason}
        )


def reached(person: Person, content: str) -> set[str]:
    """The stages somebody has reached with a module."""
    return set(EngagementEvent.objects.filter(person=person, content=content).values_list("stage", flat=True))


def campaign_for(organisation: Organisation, content: str) -> Campaign | None:
    """The launched campaign that sent this module to an organisation; None if none did, or its wave has not begun."""
    sent = AllocationRow.objects.filter(
        unit=organisation.code, campaign__content=content, campaign__launched_at__isnull=False, wave__gt=0
    )
    today = timezone.localdate().isoformat()
    for row in sent.select_related("campaign"):
        days = row.campaign.waves
        begun = len(days) < row.wave or days[row.wave - 1] <= today
        if row.arm != row.campaign.control and begun:
            return row.campaign
    return None


def engagement(campaign: Campaign) -> EngagementFunnel | None:
    """How far the readers of a campaign came; None while there are none."""
    rows = _of(campaign)
    if not rows:
        return None
    return _funnel(rows)


def _of(campaign: Campaign) -> list[tuple[Any, ...]]:
    """Everything that a campaign's readers did with its module: who had read it before the letter came has read it."""
    readers = campaign.events.values("person")
    rows = EngagementEvent.objects.filter(content=campaign.content, person__in=readers)
    return list(rows.values_list("person_id", "content", "stage", "at", "person__organisation_id").order_by("at", "id"))


def _funnel(rows: Sequence[tuple[Any, ...]]) -> EngagementFunnel:
    return funnel([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows],
                  np.array([r[3].replace(tzinfo=None) for r in rows], dtype="datetime64[s]"))  # fmt: skip


def engagement_by_arm(campaign: Campaign) -> dict[str, EngagementFunnel]:
    """How far the readers of each arm came; an arm that nobody has read anything of is not there."""
    arm_of, rows = dict(campaign.allocation.values_list("unit", "arm")), _of(campaign)
    found = {}
    for arm in campaign.arms:
        own = [row for row in rows if arm_of.get(row[4]) == arm]
        if own:
            found[str(arm)] = _funnel(own)
    return found


def answers(content: Content, given: Mapping[str, str]) -> list[Question]:
    """The questions of the self-audit that have no answer, or one that is none of the choices."""
    said = {q.word: given.get(f"audit-{q.word}", "").strip() for q in content.self_audit}
    return [q for q in content.self_audit if not q.accepts(said[q.word])]


def before_the_audit(content: Content) -> str:
    """What a module says of its self-audit before the questions, as Markdown."""
    blocks = (block.markdown for block in content.blocks if not block.required)
    return "\n".join(f"\n{block}".split("\n- `")[0] for block in blocks)


def promises(person: Person) -> Sequence[Commitment]:
    """What somebody promised, newest first, with what they say became of it."""
    return list(Commitment.objects.filter(person=person).prefetch_related("reports").select_related("organisation"))


def report(commitment: Commitment, said: str, text: str) -> CommitmentReport:
    """Keep what somebody says became of their promise."""
    return CommitmentReport.objects.create(commitment=commitment, said=said, note=text)
