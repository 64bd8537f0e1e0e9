"""Promises: filled in beforehand, kept once, reminded of when they are due, and held against what the data shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from evenhand.change import Content, suggested_size
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.measures import Measure
from evenhand.records import Scheme
from evenhand.story.sight import IMPROVES
from evenhand_web.decide import stages
from evenhand_web.decide.models import Plan, SchemeVersion
from evenhand_web.people.models import Organisation, Person
from evenhand_web.see.comparing import quarters

from . import reading
from .evidence import Evidence, evidence, in_words, known_measure, standing
from .models import Campaign, Commitment

DAYS_TO_CHANGE = 90  # a promise without a scheme: by when, unless its owner says otherwise
JUDGED = ("proved", "inconclusive", "breach")  # a scheme's states once there is a verdict
VERBS = {"lower": "Bring down", "higher": "Bring up", "neutral": "Look at"}
_EXAMPLE = re.compile(r"[“\"]([^“”\"]{10,200})[”\"]")


@dataclass(frozen=True)
class Draft:
    """A promise as it is filled in before anybody typed: `why` says where its size comes from, '' without one."""

    measure: str
    definition: Measure | None
    what: str
    by: date
    size: float | None = None
    why: str = ""
    version: SchemeVersion | None = None
    campaign: Campaign | None = None
    content: str = ""

    @property
    def share(self) -> bool:
        """Whether its size is a change of a share, which people say in percentage points."""
        return self.definition is not None and self.definition.is_share


@dataclass(frozen=True)
class Line:
    """One promise as its owner sees it: what they said, what the data shows, and the verdict on its scheme."""

    promise: Commitment
    evidence: Evidence | None
    verdict: stages.Stage | None
    due: bool
    size: str


def from_module(content: Content, organisation: Organisation) -> Draft:
    """The promise that a module ends with; its campaign's scheme says how far and by when, if there is one."""
    sent = reading.campaign_for(organisation, content.id)
    if sent is not None and sent.version is not None:
        return _from_version(sent.version, sent, content.id)
    found = from_measure(organisation, content.facts.measure)
    return Draft(found.measure, found.definition, _example(content) or content.facts.title, found.by, found.size,
                 found.why, None, sent, content.id)  # fmt: skip


def from_scheme(plan: Plan, organisation: Organisation) -> Draft | None:
    """The promise to do one's part of a scheme; None if it has no version. Its campaign is the one that wrote here."""
    version = plan.latest()
    if version is None:
        return None
    sent = Campaign.objects.filter(
        version__plan=plan, launched_at__isnull=False, allocation__unit=organisation.code
    ).first()
    return _from_version(version, sent, sent.content if sent else "")


def from_measure(organisation: Organisation, measure: str) -> Draft:
    """The promise to move a measure: half of the way to the best quarter, in 90 days."""
    definition, by = known_measure(measure), timezone.localdate() + timedelta(days=DAYS_TO_CHANGE)
    if definition is None:
        return Draft(measure, None, "", by)
    here = standing(organisation, definition)
    what = f"{VERBS[definition.direction]}: {definition.title}"[:200]
    if here is None or here.code != organisation.code or not np.isfinite(here.tenths).all():
        return Draft(measure, definition, what, by)
    places = quarters(here.tenths.tolist())
    best = places[0] if definition.direction == "lower" else places[2]
    size = suggested_size(here.value, best, improves=IMPROVES[definition.direction])
    if not np.isfinite(size):
        return Draft(measure, definition, what, by)
    why = (f"Half of the way from where {organisation.name} is ({in_words(here.value, definition)}) to the best "
           f"quarter ({in_words(best, definition)}).")  # fmt: skip
    return Draft(measure, definition, what, by, size, why)


@transaction.atomic
def keep(
    draft: Draft, person: Person, organisation: Organisation, what: str, size: float | None, by: date
) -> Commitment:
    """Keep a promise. The same one again, while it is open, is the one that stands: a button pressed twice."""
    Person.objects.select_for_update().get(pk=person.pk)
    same = Commitment.objects.filter(
        person=person, organisation=organisation, measure=draft.measure, what=what, size=size, by=by, reports=None
    ).first()
    if same is not None:
        return same
    made = Commitment.objects.create(
        person=person, organisation=organisation, version=draft.version, campaign=draft.campaign,
        content=draft.content, measure=draft.measure, what=what, size=size, by=by,
    )  # fmt: skip
    if draft.content and size is not None:  # METHODS E.2: who intends says how much; without it, it is kept and no more
        reading.note(person, draft.content, "intends", campaign=draft.campaign)
    return made


@transaction.atomic
def told(promise: Commitment, said: str, text: str) -> None:
    """Keep what somebody says became of their promise; that it was done is a stage of its module's funnel."""
    reading.report(promise, said, text)
    content = promise.content or (promise.campaign.content if promise.campaign else "")
    if content and said == "done":
        reading.note(promise.person, content, "reported", campaign=promise.campaign)


def promises_due(person: Person, day: date) -> list[Commitment]:
    """The promises whose day has come and of which their owner has not said yet what became; the oldest day first."""
    due = Commitment.objects.filter(person=person, by__lte=day, reports=None).select_related("organisation")
    return list(due.order_by("by", "id"))


def lines(person: Person, day: date) -> list[Line]:
    """Everything somebody promised, what is due first, then the newest."""
    found = [line(one, day) for one in reading.promises(person)]
    return sorted(found, key=lambda one: not one.due)


def line(promise: Commitment, day: date) -> Line:
    """One promise beside what the data shows and what was proved of its scheme."""
    shown = evidence(promise.organisation, promise.measure, timezone.localdate(promise.at))
    definition = shown.measure if shown else known_measure(promise.measure)
    due = promise.by <= day and not promise.reports.all()
    return Line(promise, shown, verdict(promise), due, size_words(promise.size, definition))


def verdict(promise: Commitment) -> stages.Stage | None:
    """The verdict on the scheme that a promise serves; None while there is none."""
    if promise.version is None:
        return None
    found = stages.of(promise.version.plan, promise.organisation)
    return next((stage for stage in found if stage.state in JUDGED), None)


def size_words(size: float | None, definition: Measure | None) -> str:
    """How far a promise goes, in words; '' where it does not say."""
    if size is None:
        return ""
    amount = f"{abs(100 * size):.3g} percentage points" if definition and definition.is_share else f"{abs(size):.3g}"
    return f"{amount} {'lower' if size < 0 else 'higher'}" + (
        f" ({definition.unit})" if definition and not definition.is_share else "")  # fmt: skip


def verify(campaign: Campaign) -> int:
    """Note who of those that reported a change works where the data moved the better way; how many are new.

    It is the funnel's last stage: what moved, not what was proved. Called once the verdict is asked for, not before.
    """
    said = campaign.commitments.filter(reports__said="done").select_related("organisation", "person").distinct()
    before = campaign.events.filter(stage="verified").count()
    for promise in said:
        shown = evidence(promise.organisation, promise.measure, timezone.localdate(promise.at))
        if shown is not None and shown.own and shown.found.way == "better":
            reading.note(promise.person, campaign.content, "verified", campaign=campaign)
    return campaign.events.filter(stage="verified").count() - before


def _from_version(version: SchemeVersion, sent: Campaign | None, content: str) -> Draft:
    try:
        scheme: Any = loads(version.yaml, Scheme)
    except InputError:
        return Draft(version.measure, known_measure(version.measure), version.text[:200], _in_time(None), None, "",
                     version, sent, content)  # fmt: skip
    last = date.fromisoformat(f"{scheme.follow_up.last}-28")
    why = f"What the scheme “{scheme.title}” aims at."
    return Draft(scheme.measure, known_measure(scheme.measure), scheme.title[:200], _in_time(last),
                 scheme.planned_effect, why, version, sent, content)  # fmt: skip


def _in_time(day: date | None) -> date:
    """A day that leaves time to change something."""
    soonest = timezone.localdate() + timedelta(days=DAYS_TO_CHANGE)
    return soonest if day is None else max(day, soonest)


def _example(content: Content) -> str:
    """The promise that a module gives as an example, in its writer's words; '' if it gives none."""
    blocks: Sequence[Any] = content.blocks
    found = next((b for b in blocks if "promise" in b.heading.lower()), None)
    match = _EXAMPLE.search(" ".join(found.markdown.split())) if found else None
    return match[1] if match else ""
