"""What somebody agrees to: one purpose at a time, given and withdrawn as rows; without a row they do not agree.

A purpose that a later step keeps by rows of its own (bulletins) is offered here all the same: `offer` it once, as the
step starts, with how to read it and how to choose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from . import trail
from .models import Consent, Person


@dataclass(frozen=True)
class Purpose:
    """One purpose. title, words: what is agreed to; reads, chooses: only where another step keeps the rows."""

    key: str
    title: str
    words: str
    reads: Callable[[Person], bool] | None = None
    chooses: Callable[[Person, bool], object] | None = None


_PURPOSES = {
    purpose.key: purpose
    for purpose in (
        Purpose("research", "Research",
                "My survey answers and votes may be used for research on how clinicians decide, under my pseudonym."),
        Purpose("interviews", "Being asked again",
                "I may be written to at my NHS e-mail about an interview or a study. I can say no each time."),
    )
}  # fmt: skip


def offer(purpose: Purpose) -> None:
    """Put a purpose on everybody's page."""
    _PURPOSES[purpose.key] = purpose


def purposes(person: Person) -> list[tuple[Purpose, bool]]:
    """Every purpose, and whether this person agrees now."""
    last = {row.purpose: row.given for row in Consent.objects.filter(person=person)}
    return [(p, p.reads(person) if p.reads else last.get(p.key, False)) for p in _PURPOSES.values()]


def agrees(person: Person, key: str) -> bool:
    """Whether this person agrees to one purpose now."""
    return next(on for purpose, on in purposes(person) if purpose.key == key)


@transaction.atomic
def choose(person: Person, wanted: dict[str, bool]) -> list[str]:
    """Keep what somebody chose, one row for each purpose that changed; the keys of those."""
    changed = []
    for purpose, was in purposes(person):
        now = wanted.get(purpose.key, was)
        if now == was:
            continue
        changed.append(purpose.key)
        if purpose.chooses:
            purpose.chooses(person, now)
        else:
            Consent.objects.create(person=person, purpose=purpose.key, given=now, words=purpose.words)
        trail.keep("consent given" if now else "consent withdrawn", who=person, what=purpose.key,
                   organisation=person.organisation)  # fmt: skip
    return changed
