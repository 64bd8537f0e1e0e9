"""Those who wait for an administrator to say that they work there, and what became of them.

The desk asks `waiting(organisation)`; the page of one person asks `one(...)`, and calls confirm or refuse.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from evenhand.errors import InputError

from . import levels, posts, trail
from .models import Identity, IdentityStep, Organisation, Person
from .tree import within


@dataclass(frozen=True)
class Waiting:
    """Somebody to verify. on_register: whether an extract has them as current (None: nothing to look up)."""

    person: Person
    identity: Identity
    organisation: Organisation
    since: datetime
    on_register: bool | None
    email: bool


def waiting(organisation: Organisation) -> list[Waiting]:
    """Who waits in an organisation and below it, longest first; two questions to the database."""
    steps: dict[str, list[IdentityStep]] = defaultdict(list)
    who = Person.objects.filter(identity__is_active=True)
    here = within(organisation, who)
    asked = IdentityStep.objects.filter(person__organisation__in=here, person__identity__is_active=True)
    for row in asked.order_by("id").select_related("person__identity", "person__organisation"):
        steps[row.person_id].append(row)
    found = [one for rows in steps.values() if (one := _waiting(rows)) is not None]
    return sorted(found, key=lambda one: one.since)


def one(person: Person) -> Waiting | None:
    """Somebody who waits; None if they do not."""
    asked = person.steps.order_by("id").select_related("person__identity", "person__organisation")
    return _waiting(list(asked)) if Identity.objects.filter(person=person, is_active=True).exists() else None


@transaction.atomic
def confirm(person: Person, *, by: Person, role: str = "member") -> None:
    """Say that somebody works in the organisation that they named, and give them a role there.

    Raises
    ------
    InputError
        If it is oneself, or they do not wait.
    """
    found = _must_wait(person, by)
    levels.step(person, "confirmed", by=by, organisation=found.organisation)
    trail.keep("person confirmed", who=by, what=f"person {person.pk}", organisation=found.organisation)
    if not posts.current(person).filter(organisation=found.organisation, role=role).exists():
        posts.give(person, role, found.organisation, by=by)


@transaction.atomic
def refuse(person: Person, *, by: Person, why: str) -> None:
    """Do not confirm somebody, with the reason that they will read.

    Raises
    ------
    InputError
        If it is oneself, they do not wait, or no reason is given.
    """
    if not why.strip():
        raise InputError("Give the reason: they will read it.")
    found = _must_wait(person, by)
    levels.step(person, "refused", by=by, organisation=found.organisation, why=why.strip()[:300])
    trail.keep("person not confirmed", who=by, what=f"person {person.pk}", organisation=found.organisation)


def _must_wait(person: Person, by: Person) -> Waiting:
    if by.pk == person.pk:
        raise InputError("Nobody confirms themselves: another administrator, or one above, has to.")
    found = one(person)
    if found is None:
        raise InputError("They are not waiting to be confirmed any more.")
    return found


def _waiting(rows: list[IdentityStep]) -> Waiting | None:
    now = levels.standing(rows)
    if not now.claimed or now.confirmed or now.refused or not (now.email or now.care_identity):
        return None
    person = rows[-1].person
    if person.organisation is None:
        return None
    claimed = [row.at for row in rows if row.kind == "claimed"][-1]
    return Waiting(person, person.identity, person.organisation, claimed, now.matched if now.mark else None, now.email)
