"""The tree of organisations as it stands in the database: up, down, and who somebody is in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.db import connection
from django.db.models import Model, Q, QuerySet
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


def around(organisation: Organisation, among: Among | None = None) -> QuerySet[Organisation]:
    """The organisation, everything above it and everything below it: whose business is also its own.

    A query, so that `filter(organisation__in=around(o))` asks the database once, however many lie below. With `among`,
    a model or rows with an `organisation`, only such of them as have one of those: `around(o, Plan)`. That asks upward
    from the few places that have a scheme, where to walk down from the nation passes every practice.
    """
    return Organisation.objects.filter(code__in=codes_around(organisation, among))


def codes_around(organisation: Organisation, among: Among | None = None) -> RawSQL:
    """The codes of `around`, for a condition that needs no more of them."""
    down, asked = _down(organisation, among)
    either = (
        f"SELECT code FROM ({_OUTSIDE} SELECT code FROM walk) AS up UNION "
        f"SELECT code FROM ({down} SELECT code FROM walk) AS down UNION SELECT %s"
    )
    return RawSQL(either, [*_asked(organisation), *asked, organisation.code])


def inside(organisation: Organisation, codes: Iterable[str]) -> frozenset[str]:
    """Those of some codes that are the organisation's own or of one below it."""
    wanted, found = sorted(set(codes)), set[str]()
    for first in range(0, len(wanted), AT_ONCE):
        part = wanted[first : first + AT_ONCE]
        seed = f"SELECT code FROM people_organisation WHERE code IN ({', '.join(['%s'] * len(part))})"
        with connection.cursor() as cursor:
            cursor.execute(f"{_CLIMB.format(seed=seed)} SELECT code FROM walk", [*part, _today(), organisation.code])
            found |= {code for (code,) in cursor.fetchall()}
    return frozenset(found | ({organisation.code} & set(wanted)))


def within(organisation: Organisation, among: Among | None = None) -> QuerySet[Organisation]:
    """The organisation and everything below it, as a query; `among` as in `around`."""
    return Organisation.objects.filter(code__in=codes_within(organisation, among))


def codes_within(organisation: Organisation, among: Among | None = None) -> RawSQL:
    """The codes of `within`, for a condition that needs no more of them."""
    down, asked = _down(organisation, among)
    either = f"SELECT code FROM ({down} SELECT code FROM walk) AS down UNION SELECT %s"
    return RawSQL(either, [*asked, organisation.code])


def known_within(organisation: Organisation) -> frozenset[str]:
    """The codes of `within`, kept by the process until a tie is made or ended, or the day changes.

    Ties are made, ended and deleted, their numbers go up: how many there are, their numbers and their ends say whether
    they are the same. Within a transaction, which may be taken back, it is asked anew.
    """
    with connection.cursor() as cursor:
        cursor.execute('SELECT COUNT(*), MAX(id), SUM(id), COUNT("end"), MIN("end"), MAX("end") FROM people_membership')
        state = tuple(map(str, cursor.fetchone()))
    walk = _walked.__wrapped__ if connection.in_atomic_block else _walked
    return walk(organisation.code, _today(), state)


@lru_cache(maxsize=16)
def _walked(code: str, today: date, state: tuple[str, ...]) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_INSIDE} SELECT code FROM walk", [code, today, today])
        return frozenset({code} | {row for (row,) in cursor.fetchall()})


Among = type[Model] | QuerySet
FEW = 2_500  # places from which to walk up is quicker than down from a nation of 6,500 practices: measured, 23 ms each
AT_ONCE = 500  # codes in one question: SQLite takes at least 999 parameters (its documentation, limits)

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
# the same the other way about: those of a few codes (the seed) from which a way leads up to one organisation
_CLIMB = (
    "WITH seed(code) AS ({seed}), walk(code) AS (SELECT code FROM seed WHERE EXISTS ("
    "WITH RECURSIVE climb(at) AS (SELECT seed.code UNION SELECT m.parent_id FROM people_membership m "
    'JOIN climb ON m.child_id = climb.at WHERE m."end" IS NULL OR m."end" >= %s) SELECT 1 FROM climb WHERE at = %s))'
)
_OUTSIDE, _INSIDE = _REACH.format(to="parent", of="child"), _REACH.format(to="child", of="parent")
_ORDERED = (
    "{walk} SELECT o.code, o.name, o.level FROM people_organisation o JOIN (SELECT code, MIN(far) AS far FROM walk "
    "GROUP BY code) AS near ON near.code = o.code WHERE o.code <> %s ORDER BY near.far, o.code"
)


def _asked(organisation: Organisation) -> list[object]:
    return [organisation.code, _today(), _today()]


def _today() -> date:
    return timezone.localdate()


def _down(organisation: Organisation, among: Among | None) -> tuple[str, list[object]]:
    """The walk to what lies below, and what it asks: downward, or upward from the places that some rows have."""
    rows = among if isinstance(among, QuerySet) or among is None else among._default_manager.all()
    seeds = None if rows is None else rows.order_by().values_list("organisation", flat=True).distinct()
    if seeds is None or len(seeds[: FEW + 1]) > FEW:
        return _INSIDE, _asked(organisation)
    seed, given = seeds.query.sql_with_params()
    return _CLIMB.format(seed=seed), [*given, _today(), organisation.code]


def _open_now() -> QuerySet[Membership]:
    today: date = timezone.localdate()
    return Membership.objects.filter(Q(end=None) | Q(end__gte=today))
