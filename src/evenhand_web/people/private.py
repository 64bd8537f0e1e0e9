"""What belongs to one person: they may take all of it along, and have it forgotten.

Erasure deletes the Identity and whatever is private; what was said and promised stays under the pseudonym, and nobody
can say any more whose it was. A later step that keeps private things puts its own `forget` here, once, as it starts:
`private.hold(Holding("reflections", "my reflections for appraisal", forget))`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.utils import timezone

from evenhand.errors import InputError

from . import posts, trail
from .models import Identity, IdentityStep, Organisation, Person, TrailRow

# never in a download: secrets and what stands for them
_SECRET = frozenset({"password", "sha256", "token", "mark", "hash"})


@dataclass(frozen=True)
class Holding:
    """Something private that a step keeps. forget: deletes it, gives the number of rows; tells: rows that no foreign
    key to the person leads to (answers under a random key), for the download."""

    key: str
    words: str
    forget: Callable[[Person], int] | None = None
    tells: Callable[[Person], list[dict[str, Any]]] | None = None


_HOLDINGS: dict[str, Holding] = {}


def hold(holding: Holding) -> None:
    """Register what a step keeps privately."""
    _HOLDINGS[holding.key] = holding


def what_is_forgotten() -> list[str]:
    """In words, for the page that asks whether one is sure."""
    return [holding.words for holding in _HOLDINGS.values() if holding.forget]


def download(person: Person) -> dict[str, Any]:
    """Everything that is kept about somebody, as plain JSON: each table with the rows that lead to them."""
    identity = Identity.objects.filter(person=person).first()
    document: dict[str, Any] = {
        "made_at": timezone.now().isoformat(),
        "person": _row(person),
        "identity": _row(identity) if identity else None,
        "tables": {**_rows_of(person), **(_rows_of(identity) if identity else {})},
        "trail": [_row(row) for row in TrailRow.objects.filter(who=person.key)],
    }
    for holding in _HOLDINGS.values():
        if holding.tells:
            document["tables"][holding.key] = holding.tells(person)
    return document


@transaction.atomic
def erase(identity: Identity, successors: dict[Organisation, Identity] | None = None) -> dict[str, int]:
    """Delete who somebody is, and all that is private to them; rows deleted, by kind.

    `successors`: who looks after each organisation that would be left without an administrator.

    Raises
    ------
    InputError
        If an organisation would be left without an administrator. Nothing is deleted then.
    """
    person, today = identity.person, timezone.localdate()
    for organisation, successor in (successors or {}).items():
        posts.give(successor.person, "administrator", organisation, by=person)
    left = posts.sole_administrator_of(person)
    if left:
        names = ", ".join(place.name for place in left)
        raise InputError(f"{names} would be left without an administrator: name another one first.")
    gone = {key: holding.forget(person) for key, holding in _HOLDINGS.items() if holding.forget}
    gone["sessions"] = end_sessions(identity)
    gone["posts ended"] = posts.current(person).update(until=today - timedelta(days=1))
    identity.delete()
    trail.keep("identity erased", who=person, what=f"person {person.pk}", organisation=person.organisation, **gone)
    return gone


def end_sessions(identity: Identity, *, but: str | None = None) -> int:
    """Sign somebody out everywhere, except in the session with the key `but`; how many sessions ended."""
    mine = [session.pk for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator()
            if session.pk != but and session.get_decoded().get("_auth_user_id") == str(identity.pk)]  # fmt: skip
    Session.objects.filter(pk__in=mine).delete()
    return len(mine)


def _rows_of(owner: models.Model) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table that point to a person or an identity, by table and role in it."""
    found = {}
    for relation in owner._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        model, field = relation.related_model, relation.field
        if model in (Person, Identity) or (model is IdentityStep and field.name == "by"):
            continue  # the same person again; or what they decided about somebody else
        rows = [_row(row) for row in model._base_manager.filter(**{field.name: owner})]
        if rows:
            name = model._meta.label_lower
            found[name if field.name in ("person", "identity", "owner") else f"{name} ({field.name})"] = rows
    return found


def _row(row: models.Model) -> dict[str, Any]:
    return {
        field.name: _plain(field.value_from_object(row)) for field in row._meta.concrete_fields
        if field.name not in _SECRET
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
