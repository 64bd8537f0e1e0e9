"""Rounds: whose they are, what a person has said in one, and what comes to them next."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count
from django.http import Http404

from evenhand.decide.verdict import FEWEST
from evenhand.errors import InputError
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import around

from .models import Plan, Round, Statement, VoteEvent

TWELVE = 12  # PAGES.md, Decide: twelve and done
FLOOR = FEWEST  # a statement that fewer people have seen cannot be judged, and goes before all others
NEXT_RULE = (
    "Statements that fewer than ten people have seen come first, the newest of them before the others, so that a new "
    "idea is heard. Then come those that the fewest people have seen. Ties fall differently for each person."
)


def here(organisation: Organisation) -> list[Round]:
    """The rounds of an organisation, of those above it and of those below it, the newest first."""
    return list(Round.objects.filter(organisation__in=around(organisation)).select_related("organisation"))


def find(organisation: Organisation, key: str) -> Round:
    """One of the rounds `here`; Http404 if it is none of them."""
    for found in here(organisation):
        if found.key == key:
            return found
    raise Http404(f"no round {key!r} here")


def standing(round_: Round, person: Person) -> dict[int, VoteEvent]:
    """What a person says now: by statement, the last vote, those taken back left out; the latest vote last."""
    said: dict[int, VoteEvent] = {}
    for event in VoteEvent.objects.filter(statement__round=round_, person=person).select_related("statement"):
        said.pop(event.statement_id, None)
        if event.value != "retract":
            said[event.statement_id] = event
    return {key: event for key, event in said.items() if event.statement.moderation == "accepted"}


def to_come(round_: Round, person: Person) -> list[Statement]:
    """The statements that a person has not voted on, in the order in which they come to them (NEXT_RULE)."""
    said = standing(round_, person)
    open_ = round_.statements.filter(moderation="accepted").exclude(pk__in=said)
    seen = open_.annotate(seen=Count("votes__person", distinct=True))

    def place(statement: Statement) -> tuple[int, int, str]:
        lot = hashlib.sha256(f"{person.key} {statement.key}".encode()).hexdigest()
        new = statement.seen < FLOOR
        return (0, -statement.pk, lot) if new else (1, statement.seen, lot)

    return sorted(seen, key=place)


def grown(statements: Iterable[Statement], organisation: Organisation) -> dict[int, list[Plan]]:
    """The schemes that statements became part of, by statement: those that a reader at this organisation can open."""
    found: dict[int, list[Plan]] = {}
    links = Plan.statements.through.objects.filter(
        statement__in=[s.pk for s in statements], plan__organisation__in=around(organisation)
    )
    for link in links.select_related("plan").order_by("pk"):
        found.setdefault(link.statement_id, []).append(link.plan)
    return found


@transaction.atomic
def cast(statement: Statement, person: Person, value: str) -> bool:
    """Keep a vote as one more row; False if it says what already stands.

    Raises
    ------
    InputError
        If the round is closed, the statement takes no votes, or a moderator has taken the person out.
    """
    round_ = statement.round
    if value not in VoteEvent.VALUES:
        raise InputError("Choose agree, disagree or pass. Nothing was saved.")
    if not round_.is_open():
        raise InputError(f"“{round_.title}” takes no votes now. Nothing was saved.")
    if statement.moderation != "accepted":
        raise InputError("This statement takes no votes any more. Nothing was saved.")
    if person.removed_by_moderator:
        raise InputError("A moderator has taken your votes out of the count. Nothing was saved.")
    last = VoteEvent.objects.filter(statement=statement, person=person).last()
    now = last.value if last else "retract"
    if now == value:
        return False
    VoteEvent.objects.create(statement=statement, person=person, value=value)
    return True
