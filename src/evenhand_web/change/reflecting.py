"""Reflections for appraisal: begun from a promise or a module, with the result as it stood; their owner's alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from evenhand.change.reflection import Reflection as Written
from evenhand.change.reflection import Result
from evenhand_web.people.models import Organisation, Person

from . import promising, reading
from .evidence import Evidence, evidence
from .models import Commitment, EngagementEvent, Reflection


def mine(person: Person) -> Any:
    """Everything that somebody wrote, newest first; nobody else's is ever looked at."""
    return Reflection.objects.filter(person=person).select_related("commitment__version__plan", "organisation")


def from_promise(promise: Commitment) -> Reflection:
    """A reflection that begins with what was promised, said and seen; not kept yet."""
    line = promising.line(promise, timezone.localdate())
    told = [f"In {promise.at:%B %Y} I promised: {promise.what} (by {promise.by:%B %Y}"
            + (f", {line.size}" if line.size else "") + ")."]  # fmt: skip
    told += [f"In {r.at:%B %Y} I said of it: {r.get_said_display()}." for r in promise.reports.all()]
    if line.evidence:
        told.append(f"{line.evidence.measure.title}: {line.evidence.sentence}")
    return Reflection(
        person=promise.person, organisation=promise.organisation, commitment=promise, measure=promise.measure,
        kind="qia", title=promise.what, what="\n".join(told),
    )  # fmt: skip


def from_module(person: Person, organisation: Organisation, content: str) -> Reflection | None:
    """A reflection that begins with a module that was read; not kept yet. None if there is no such module."""
    found = reading.modules().get(content)
    if found is None:
        return None
    seen = EngagementEvent.objects.filter(person=person, content=content).order_by("at").first()
    when = f"In {seen.at:%B %Y} I" if seen else "I"
    audit = " and compared my own practice with it" if "evaluated" in reading.reached(person, content) else ""
    return Reflection(
        person=person, organisation=organisation, content=content, measure=found.facts.measure, kind="cpd",
        title=found.facts.title, hours=round(found.facts.minutes / 60, 2),
        what=f"{when} read “{found.facts.title}”{audit}.",
    )  # fmt: skip


def attach(reflection: Reflection) -> bool:
    """Attach what the data shows now, and the verdict if there is one, with its source; False if there is nothing."""
    shown, verdict = _shown(reflection), None
    if reflection.commitment is not None:
        verdict = promising.verdict(reflection.commitment)
    if shown is None and verdict is None:
        return False
    sentences = [f"{shown.measure.title}: {shown.sentence}"] if shown else []
    if shown and not shown.own:
        sentences.append(f"These are numbers of {shown.standing.code}, not of my organisation alone.")
    if verdict:
        sentences.append(f"The verdict on its scheme: {verdict.words}")
    else:
        sentences.append("Nothing is proved of it: before and after have no comparison.")
    kept = shown.as_json() if shown else {}
    reflection.attached = {
        "day": timezone.localdate().isoformat(), "sentences": sentences, "source": kept.pop("source", []),
        "evidence": kept, "verdict": {"state": verdict.state, "words": verdict.words} if verdict else None,
    }  # fmt: skip
    return True


def written(found: Iterable[Reflection]) -> list[Written]:
    """Reflections as the library writes them out."""
    return [
        Written(one.title, f"{timezone.localdate(one.at):%B %Y}", one.kind, one.hours, one.what, one.so_what,
                one.now_what, _result(one.attached))
        for one in found
    ]  # fmt: skip


def forget(person: Person) -> int:
    """Delete what only somebody themselves may read: their reflections, and their notes beside reports.

    A report itself stays, under the pseudonym; it is counted. How many rows were changed or deleted.
    """
    from .models.promises import forget_notes

    return Reflection.objects.filter(person=person).delete()[0] + forget_notes(person)


def _shown(reflection: Reflection) -> Evidence | None:
    if reflection.commitment is not None:
        since = reflection.commitment.at
    else:
        seen = EngagementEvent.objects.filter(person=reflection.person, content=reflection.content).order_by("at")
        first = seen.first() if reflection.content else None
        since = first.at if first else reflection.at
    if not reflection.measure:
        return None
    return evidence(reflection.organisation, reflection.measure, timezone.localdate(since))


def day(attached: dict[str, Any]) -> date | None:
    """The day on which a result was attached; None without one."""
    return date.fromisoformat(attached["day"]) if attached else None


def _result(attached: dict[str, Any]) -> Result | None:
    when = day(attached)
    if when is None:
        return None
    return Result(tuple(attached["sentences"]), f"{when:%-d %B %Y}", tuple(attached.get("source", ())))
