"""The tree of organisations as it stands in the database: up, down, and who somebody is in it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from .models import Membership, Organisation, Person
from .rights import Actor, Place, PostHeld


def place(organisation: Organisation) -> Place:
    """The organisation as rights see it: its code, its name and all that is above it."""
    return Place(organisation.code, organisation.name, frozenset(o.code for o in ancestors(organisation)))


def ancestors(organisation: Organisation) -> list[Organisation]:
    """Everything above an organisation, nearest first."""
    return list(Organisation.objects.raw(_ORDERED.format(walk=_UP), [*_asked(organisation), organisation.code]))


def children(organisation: Organisation) -> QuerySet[Organisation]:
    """The organisations directly below one, by code."""
    return Organisation.objects.filter(up__in=_open_now().filter(parent=organisation)).distinct()


def below(organisation: Organisation, level: str | None = None) -> list[Organisation]:
    """Everything below an organisation, top down; only one level of it if `level` is given."""
    found = Organisation.objects.raw(_ORDERED.format(walk=_DOWN), [*_asked(organisation), organisation.code])
    return [o for o in found if level is None or o.level == level]


def actor(person: Person) -> Actor:
    """A person as rights see them: the posts they hold today."""
    today = timezone.localdate()
    posts = person.posts.filter(Q(until=None) | Q(until__gte=today), since__lte=today).select_related("organisation")
    held = tuple(PostHeld(post.role, place(post.organisation)) for post in posts)
    return Actor(person.key, person.profession, person.identity_level, held)


def upward(organisation: Organisation) -> list[Organisation]:
    """The organisation and everything above it: what is asked or planned there is asked of it."""
    return [organisation, *ancestors(organisation)]


def around(organisation: Organisation) -> QuerySet[Organisation]:
    """The organisation, everything above it and everything below it: whose business is also its own.

    A query, so that `filter(organisation__in=around(o))` asks the database once, however many lie below.
    """
    either = (
        f"SELECT code FROM ({_OUTSIDE} SELECT code FROM walk) AS up UNION "
        f"SELECT code FROM ({_INSIDE} SELECT code FROM walk) AS down UNION SELECT %s"
    )
    asked = [*_asked(organisation), *_asked(organisation), organisation.code]
    return Organisation.objects.filter(code__in=RawSQL(either, asked))


def within(organisation: Organisation) -> QuerySet[Organisation]:
    """The organisation and everything below it, as a query."""
    down = f"SELECT code FROM ({_INSIDE} SELECT code FROM walk) AS down UNION SELECT %s"
    return Organisation.objects.filter(code__in=RawSQL(down, [*_asked(organisation), organisation.code]))


# a walk through the tree in one question: codes with their distance; from nation to team there are eight levels
_WALK = (
    'WITH RECURSIVE walk(code, far) AS (SELECT {to}_id, 1 FROM people_membership WHERE {of}_id = %s '
    'AND ("end" IS NULL OR "end" >= %s) UNION SELECT m.{to}_id, far + 1 FROM people_membership m '
    'JOIN walk ON m.{of}_id = walk.code WHERE far < 12 AND (m."end" IS NULL OR m."end" >= %s))'
)
_UP, _DOWN = _WALK.format(to="parent", of="child"), _WALK.format(to="child", of="parent")
# the same where no distance is asked for: each code once, however many ways lead to it
_REACH = (
    'WITH RECURSIVE walk(code) AS (SELECT {to}_id FROM people_membership WHERE {of}_id = %s '
    'AND ("end" IS NULL OR "end" >= %s) UNION SELECT m.{to}_id FROM people_membership m '
    'JOIN walk ON m.{of}_id = walk.code WHERE m."end" IS NULL OR m."end" >= %s)'
)
_OUTSIDE, _INSIDE = _REACH.format(to="parent", of="child"), _REACH.format(to="child", of="parent")
_ORDERED = (
    "{walk} SELECT o.code, o.name, o.level FROM people_organisation o JOIN (SELECT code, MIN(far) AS far FROM walk "
    "GROUP BY code) AS near ON near.code = o.code WHERE o.code <> %s ORDER BY near.far, o.code"
)


def _asked(organisation: Organisation) -> list[object]:
    today = timezone.localdate()
    return [organisation.code, today, today]


def _open_now() -> QuerySet[Membership]:
    today: date = timezone.localdate()
    return Membership.objects.filter(Q(end=None) | Q(end__gte=today))
