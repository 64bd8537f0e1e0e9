"""Rounds: whose they are, what a person has said in one, and what comes to them next."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.http import Http404

from evenhand.decide import Next
from evenhand.errors import InputError
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import around

from . import camps
from .models import Plan, Round, Statement, VoteEvent

TWELVE = 12  # PAGES.md, Decide: twelve and done
NEWEST = 8  # rounds counted when a server starts: half of what `camps` and `agreement` keep
WHY = {  # as evenhand.decide.routing chose, said to the one who votes
    "new": "fewer than ten people have seen it, and one place in four is kept for new statements",
    "information": "your answer says most about where you stand",
    "need": "people of your kind, or all, have hardly been asked about it",
}
NEXT_RULE = (
    "One place in four is kept for statements that fewer than ten people have seen, so that a new idea is heard. Else "
    "a lottery draws what says most about where a person stands, and what people of their kind have hardly been asked."
)


def here(organisation: Organisation) -> list[Round]:
    """The rounds of an organisation, of those above it and of those below it, the newest first."""
    return list(Round.objects.filter(organisation__in=around(organisation, Round)).select_related("organisation"))


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


def to_come(round_: Round, person: Person, said: dict[int, VoteEvent]) -> tuple[list[Statement], Next | None]:
    """The statements that a person has not voted on, the one to show next first, and how it was drawn.

    `said` are their votes that stand. The next one is evenhand.decide's to choose; the others keep their order.
    None: nothing was drawn.
    """
    coming = list(round_.statements.filter(moderation="accepted").exclude(pk__in=said))
    values = {event.statement.key: VoteEvent.VALUES[event.value] or 0 for event in said.values()}
    found = camps.next_statement(round_, person, values) if coming else None
    if found is None or found.statement is None:
        return coming, None
    coming.sort(key=lambda statement: statement.key != found.statement)
    return coming, found


def grown(statements: Iterable[Statement], organisation: Organisation) -> dict[int, list[Plan]]:
    """The schemes that statements became part of, by statement: those that a reader at this organisation can open."""
    found: dict[int, list[Plan]] = {}
    links = Plan.statements.through.objects.filter(
        statement__in=[s.pk for s in statements], plan__organisation__in=around(organisation, Plan)
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


def count_newest() -> None:
    """Count the newest rounds, and find their opinion groups, before a page asks."""
    for round_ in Round.objects.select_related("organisation").order_by("-opens")[:NEWEST]:
        camps.judged(round_)
