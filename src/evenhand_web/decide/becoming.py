"""What became of a person's statements and votes: said, became a scheme, signed, sent, judged."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import around

from . import rounds, signing, stages
from .models import Advice, KeyDecision, Plan, Statement, VoteEvent
from .stages import Stage


@dataclass(frozen=True)
class Grown:
    """A scheme that a statement became part of, and what later steps say of it."""

    plan: Plan
    in_force: bool
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class Became:
    """One statement of mine, or that I voted on. said: my vote that stands, '' if none; decisions: that it advised."""

    statement: Statement
    own: bool
    said: str
    schemes: tuple[Grown, ...]
    decisions: tuple[KeyDecision, ...]


def mine(person: Person, organisation: Organisation) -> list[Became]:
    """Everything that a person wrote or voted on in the rounds here, their own statements first, then the latest vote.

    Statements that became something go before the others. Schemes are asked about once each, however many statements.
    """
    here = rounds.here(organisation)
    events = VoteEvent.objects.filter(person=person, statement__round__in=here)
    last: dict[int, VoteEvent] = {}
    for event in events.select_related("statement__round", "statement__duplicate_of"):
        last.pop(event.statement_id, None)
        last[event.statement_id] = event
    voted = {key: event for key, event in reversed(last.items()) if event.value != "retract"}
    written = person.statements.filter(round__in=here).select_related("round", "duplicate_of")
    statements = {s.pk: s for s in written} | {key: event.statement for key, event in voted.items()}
    stand_for = {s.duplicate_of_id or s.pk: s.duplicate_of or s for s in statements.values()}
    plans = rounds.grown(stand_for.values(), organisation)
    told = _told({plan.pk: plan for found in plans.values() for plan in found}, organisation)
    advised: dict[int, list[KeyDecision]] = {}
    places = around(organisation, KeyDecision)
    for advice in Advice.objects.filter(statement__in=stand_for, decision__organisation__in=places).select_related(
        "decision__taken"
    ):
        if advice.decision not in advised.setdefault(advice.statement_id, []):
            advised[advice.statement_id].append(advice.decision)
    found = [
        Became(
            s, s.author_id == person.pk, voted[key].value if key in voted else "",
            tuple(told[plan.pk] for plan in plans.get(s.duplicate_of_id or key, ())),
            tuple(advised.get(s.duplicate_of_id or key, ())),
        )
        for key, s in statements.items()
    ]  # fmt: skip
    return sorted(found, key=lambda row: (not row.own, not row.schemes and not row.decisions))


def _told(plans: dict[int, Plan], organisation: Organisation) -> dict[int, Grown]:
    signed = signing.in_force_since(plans.values())
    return {key: Grown(plan, key in signed, tuple(stages.of(plan, organisation))) for key, plan in plans.items()}
