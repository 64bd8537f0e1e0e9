"""The demonstration's round of statements, its votes, and its plans: signed ones, and one that waits for signatures."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.utils import timezone

from evenhand.definition import loads
from evenhand.records import Scheme
from evenhand.table import Table
from evenhand_web.people.models import Organisation, Person

from .models import Explanation, Plan, Round, SchemeVersion, Signature, Statement, VoteEvent, Weighing

ROUND = "diabetes-first"
_WORDS = {"1": "agree", "-1": "disagree", "0": "pass", "retract": "retract"}


def take_round(statements: Table, votes: Table, participants: Table, organisation: Organisation) -> Round:
    """The open round, with what was said and how people have voted so far."""
    times = [moment(text) for text in votes.text("time")]
    round_, new = Round.objects.get_or_create(key=ROUND, defaults={
        "title": "Diabetes: what shall we do about it?", "pathway": "diabetes", "organisation": organisation,
        "question": "Which changes in how we prescribe for type 2 diabetes are right for our patients, "
                    "and on what terms?",
        "opens": min(times), "closes": timezone.now() + timedelta(days=60),
    })  # fmt: skip
    if not new:
        return round_
    removed = [key for key, out in zip(participants.text("participant"), participants.text("removed_by_moderator"),
                                       strict=True) if out == "1"]  # fmt: skip
    Person.objects.filter(key__in=removed).update(removed_by_moderator=True)
    rows = list(zip(statements.text("statement"), statements.text("moderation"), statements.text("text"), strict=True))
    for key, moderation, text in rows:
        Statement.objects.create(
            round=round_, key=key, text=text.replace("; ", ", "), at=round_.opens,
            moderation=moderation.split(":")[0].removesuffix("_of"),
            reason="It is about people, not about what to do." if moderation == "rejected" else "",
        )
    made = {statement.key: statement for statement in round_.statements.all()}
    for key, moderation, _ in rows:
        if moderation.startswith("duplicate_of:"):
            made[key].duplicate_of = made[moderation.split(":")[1]]
            made[key].save()
    VoteEvent.objects.bulk_create(
        VoteEvent(statement=made[statement], person_id=person, value=_WORDS[vote], at=at)
        for statement, person, vote, at in zip(
            votes.text("statement"), votes.text("participant"), votes.text("vote"), times, strict=True
        )
    )
    return round_


def take_plan(
    yaml: str, signers: tuple[str, ...], round_: Round, author: Person,
    signatures: list[tuple[str, Person, str, datetime]],
) -> SchemeVersion:  # fmt: skip
    """A plan in two versions, the first with a wider guardrail; `signatures` (organisation, person, role, when) are
    given to the second. The latest version is returned."""
    scheme = loads(yaml, Scheme)
    first_signed = min((at for *_, at in signatures), default=timezone.now())
    plan, new = Plan.objects.get_or_create(key=scheme.id, defaults={
        "title": scheme.title, "pathway": scheme.pathway, "organisation_id": scheme.area,
        "at": first_signed - timedelta(days=30),
    })  # fmt: skip
    if not new:
        return plan.latest()
    plan.signers.set(signers)
    plan.statements.set(round_.statements.filter(key__in=("s01", "s02", "s05")))
    wider = yaml.replace("margin: 0.01", "margin: 0.02")
    _version(plan, 1, wider, scheme, author, "", first_signed - timedelta(days=30))
    latest = _version(
        plan, 2, yaml, scheme, author, "Waits may grow by one point at most, not two, as the votes asked.",
        first_signed - timedelta(days=5),
    )  # fmt: skip
    for organisation, person, role, at in signatures:
        Signature.objects.create(
            version=latest, organisation_id=organisation, role=role, person=person,
            identity_level=person.identity_level, at=at,
        )  # fmt: skip
    return latest


def explain(measure: str, organisation: str, author: Person, readers: list[Person]) -> None:
    """One explanation of a variation, weighed by two peers."""
    if Explanation.objects.filter(measure=measure, organisation_id=organisation).exists():
        return
    explanation = Explanation.objects.create(
        measure=measure, organisation_id=organisation, person=author,
        text="Two care homes on our list look after many people with failing kidneys; for them we choose linagliptin, "
             "whose dose need not change.",
    )  # fmt: skip
    for reader, value in zip(readers, ("accept", "doubt"), strict=False):
        Weighing.objects.create(explanation=explanation, person=reader, value=value)


def moment(text: str) -> datetime:
    """A time or a day of a file, in the service's own time zone."""
    return timezone.make_aware(datetime.fromisoformat(text))


def _version(
    plan: Plan, number: int, yaml: str, scheme: Scheme, author: Person, note: str, at: datetime
) -> SchemeVersion:
    return SchemeVersion.objects.create(
        plan=plan, number=number, text=scheme.aim, measure=scheme.measure, yaml=yaml, note=note, author=author, at=at,
        sha256=hashlib.sha256(yaml.encode()).hexdigest(),
    )  # fmt: skip
