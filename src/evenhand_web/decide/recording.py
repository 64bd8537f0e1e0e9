"""What is kept in the decision register: decisions, participation, advice, what was decided, questions upward."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from evenhand.decide.verdict import FEWEST
from evenhand.errors import InputError
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.rights import CLINICAL
from evenhand_web.people.tree import ancestors

from . import camps, figures
from .agreement import heads
from .models import Advice, Blocker, BlockerAnswer, DecisionTaken, KeyDecision, Participation, Statement, VoteEvent
from .register import OTHER_CLINICIANS

OTHERS = "Others"


@transaction.atomic
def record(
    organisation: Organisation, person: Person, took_part: list[tuple[str, int, int]], **said: Any
) -> KeyDecision:
    """Keep a key decision with who has taken part so far: (profession, people, out of)."""
    made = KeyDecision.objects.create(organisation=organisation, person=person, **said)
    participate(made, took_part)
    return made


def participate(decision: KeyDecision, took_part: list[tuple[str, int, int]]) -> None:
    """Keep who took part; a profession that is given again takes the place of its row before."""
    Participation.objects.bulk_create(
        Participation(decision=decision, profession=name, people=people, out_of=out_of)
        for name, people, out_of in took_part
    )


def who_voted(statement: Statement) -> list[tuple[str, int, int]]:
    """(profession, people whose vote on the statement stands, people who may vote), the largest profession first.

    It says who took part, never what they said. Professions of fewer than ten people count together, so that
    nobody is seen to have voted.
    """
    same = Q(statement=statement) | Q(statement__duplicate_of=statement)
    events = VoteEvent.objects.filter(same, person__removed_by_moderator=False).order_by("pk")
    last = {(person, on): (value, profession) for person, on, value, profession in
            events.values_list("person_id", "statement_id", "value", "person__profession")}  # fmt: skip
    voted = {person: profession for (person, _), (value, profession) in last.items() if value != "retract"}
    there, found = Counter[str](), Counter[str]()
    every = heads(statement.round)
    for name, n in every.items():
        there[_counted_as(name, every)] += n
    for profession in voted.values():
        found[_counted_as(profession, every)] += 1
    return [(name, found[name], n) for name, n in there.items()]


def _counted_as(profession: str, every: dict[str, int]) -> str:
    if every.get(profession, 0) >= FEWEST and profession:
        return profession
    return OTHER_CLINICIANS if profession.lower() in CLINICAL else OTHERS


@transaction.atomic
def advise(decision: KeyDecision, statement: Statement, option: str, person: Person) -> Advice:
    """Keep what the votes on a statement advise now, and who took part by voting on it.

    Raises
    ------
    InputError
        If it is decided already, the option is none, or fewer than ten people have voted on the statement.
    """
    _open(decision)
    if option not in decision.options:
        raise InputError("Choose one of the options of this decision. Nothing was saved.")
    row = next((row for row in camps.judged(statement.round).said if row.statement.pk == statement.pk), None)
    if row is None or row.everyone is None:
        raise InputError(f"Fewer than {FEWEST} people have voted on this statement, so it advises nothing yet.")
    participate(decision, who_voted(statement))
    return Advice.objects.create(
        decision=decision, option=option, statement=statement, verdict=figures.words(row),
        agree=int(row.everyone.agree), seen=int(row.everyone.seen), person=person,
    )  # fmt: skip


@transaction.atomic
def take(decision: KeyDecision, option: str, by: str, on: date, reason: str, person: Person) -> DecisionTaken:
    """Keep what was decided; a decision against the advice needs its reason.

    Raises
    ------
    InputError
        If it is decided already, the option is none, the day is to come, or the reason is missing.
    """
    _open(decision)
    if option not in decision.options:
        raise InputError("Choose one of the options of this decision. Nothing was saved.")
    if on > timezone.localdate():
        raise InputError("The day of the decision is still to come. Nothing was saved.")
    advice = decision.advice.last()
    if advice is not None and advice.option != option and not reason.strip():
        raise InputError(f"The votes advised “{advice.option}”: say why it was decided otherwise.")
    return DecisionTaken.objects.create(
        decision=decision, option=option, by=by, on=on, reason=reason.strip(), person=person
    )


def ask(organisation: Organisation, raised_to: Organisation, question: str, due: date, person: Person,
        decision: KeyDecision | None = None) -> Blocker:  # fmt: skip
    """Raise a blocker to an organisation above, with the day on which its answer is due.

    Raises
    ------
    InputError
        If that organisation is not above this one, or the day has passed.
    """
    if raised_to.code not in {above.code for above in ancestors(organisation)}:
        raise InputError(f"{raised_to.name} is not above {organisation.name}. Nothing was asked.")
    if due <= timezone.localdate():
        raise InputError("Give a day after today on which the answer is due.")
    return Blocker.objects.create(
        organisation=organisation, raised_to=raised_to, question=question, due=due, person=person, decision=decision
    )


@transaction.atomic
def answer(blocker: Blocker, text: str, person: Person) -> BlockerAnswer:
    """Answer a blocker, today.

    Raises
    ------
    InputError
        If it is answered already.
    """
    if BlockerAnswer.objects.filter(blocker=blocker).exists():
        raise InputError("This was answered already; the first answer stands.")
    return BlockerAnswer.objects.create(blocker=blocker, text=text, person=person)


def _open(decision: KeyDecision) -> None:
    if DecisionTaken.objects.filter(decision=decision).exists():
        raise InputError("This was decided already, and the record stands. Nothing was saved.")
