"""The tree of organisations as it stands in the database: up, down, and who somebody is in it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from .models import Membership, Organisation, Person
from .rights import Actor, Place, PostHeld


def place(organisation: Organisation) -> Place:
    """The organisation as rights see it: its code, its name and all that is above it."""
    return Place(organisation.code, organisation.name, frozenset(o.code for o in ancestors(organisation)))


def ancestors(organisation: Organisation) -> list[Organisation]:
    """Everything above an organisation, nearest first."""
    found: dict[str, Organisation] = {}
    front = [organisation.code]
    while front:
        rows = _open_now().filter(child__in=front).select_related("parent").order_by("parent_id")
        new = {row.parent_id: row.parent for row in rows if row.parent_id not in found}
        new.pop(organisation.code, None)
        found.update(new)
        front = list(new)
    return list(found.values())


def children(organisation: Organisation) -> QuerySet[Organisation]:
    """The organisations directly below one, by code."""
    return Organisation.objects.filter(up__in=_open_now().filter(parent=organisation)).distinct()


def below(organisation: Organisation, level: str | None = None) -> list[Organisation]:
    """Everything below an organisation, top down; only one level of it if `level` is given."""
    found: dict[str, Organisation] = {}
    front = [organisation.code]
    while front:
        rows = _open_now().filter(parent__in=front).select_related("child").order_by("child_id")
        new = {row.child_id: row.child for row in rows if row.child_id not in found}
        new.pop(organisation.code, None)
        found.update(new)
        front = list(new)
    return [o for o in found.values() if level is None or o.level == level]


def actor(person: Person) -> Actor:
    """A person as rights see them: the posts they hold today."""
    today = timezone.localdate()
    posts = person.posts.filter(Q(until=None) | Q(until__gte=today), since__lte=today).select_related("organisation")
    held = tuple(PostHeld(post.role, place(post.organisation)) for post in posts)
    return Actor(person.key, person.profession, person.identity_level, held)


def around(organisation: Organisation) -> list[Organisation]:
    """The organisation, everything above it and everything below it: whose business is also its own."""
    return [organisation, *ancestors(organisation), *below(organisation)]


def _open_now() -> QuerySet[Membership]:
    today: date = timezone.localdate()
    return Membership.objects.filter(Q(end=None) | Q(end__gte=today))
