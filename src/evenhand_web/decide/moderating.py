"""Moderation: statements that wait, who may decide on them, and every decision kept with its public reason."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from evenhand.decide import similar
from evenhand.errors import InputError
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import inside

from .models import Moderation, Round, Statement

WAITING_AT_MOST = 5  # of one person in one round, so that nobody fills it alone
RULES = (
    "One idea a statement, which others can agree or disagree with.",
    "About what to do, not about people: nobody is named, nobody is blamed.",
    "Nothing about a patient who could be recognised.",
    "Not said before: then it is joined with the first one, and its votes move there.",
)


def waiting(round_: Round, organisation: Organisation) -> QuerySet[Statement]:
    """The statements that a moderator of `organisation` decides on: those of the people who work there or below.

    Whoever moderates where the round itself is, or above it, decides on all.
    """
    pending = round_.statements.filter(moderation="pending")
    if inside(organisation, [round_.organisation_id]):
        return pending
    places = pending.exclude(author__organisation=None).values_list("author__organisation", flat=True)
    return pending.filter(author__organisation__in=inside(organisation, places))


def near(round_: Round, text: str) -> list[Statement]:
    """What was said before in this round and may be the same idea, the nearest first."""
    said = {s.key: s for s in round_.statements.filter(moderation="accepted")}
    return [said[found.statement] for found in similar(text, {key: s.text for key, s in said.items()})]


@transaction.atomic
def propose(round_: Round, text: str, author: Person, kind: str) -> Statement:
    """Keep somebody's own statement, to wait for a moderator.

    Raises
    ------
    InputError
        If the round is closed, the same words stand there already, or too many of theirs wait.
    """
    if not round_.is_open():
        raise InputError(f"“{round_.title}” takes no statements now. Nothing was saved.")
    text = " ".join(text.split())
    if round_.statements.exclude(moderation="rejected").filter(text__iexact=text).exists():
        raise InputError("These very words have been said already.")
    if round_.statements.filter(author=author, moderation="pending").count() >= WAITING_AT_MOST:
        raise InputError(f"{WAITING_AT_MOST} statements of yours are waiting for a moderator; wait for those first.")
    number = round_.statements.count() + 1
    while round_.statements.filter(key=f"s{number:02d}").exists():
        number += 1
    return Statement.objects.create(round=round_, key=f"s{number:02d}", text=text, author=author, author_kind=kind)


@transaction.atomic
def decide(
    statement: Statement, decision: str, person: Person, *, reason: str = "", duplicate_of: Statement | None = None
) -> Moderation:
    """Decide on a waiting statement, and keep the decision.

    Raises
    ------
    InputError
        If it does not wait any more, is one's own, or the decision lacks its reason or its original.
    """
    statement.refresh_from_db()
    if statement.moderation != "pending":
        raise InputError("Somebody else has decided on this statement in the meantime.")
    if statement.author_id == person.pk:
        raise InputError("This statement is your own; somebody else decides on it.")
    if decision == "rejected" and not reason:
        raise InputError("Give the reason: everybody will read it beside the statement.")
    if decision == "duplicate" and (duplicate_of is None or duplicate_of.pk == statement.pk):
        raise InputError("Say which statement said it before.")
    original = duplicate_of if decision == "duplicate" else None
    statement.moderation, statement.reason, statement.duplicate_of = decision, reason, original
    statement.save()
    return Moderation.objects.create(
        statement=statement, decision=decision, reason=reason, duplicate_of=original, person=person
    )


def decided(round_: Round) -> QuerySet[Statement]:
    """What was not taken as it stood, with its reason, for everybody to read."""
    return round_.statements.filter(Q(moderation="rejected") | Q(moderation="duplicate")).select_related("duplicate_of")
