"""'This is warranted because ...': reasons for a variation, and how peers weigh them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from evenhand.decide import explanations as peers
from evenhand.decide.explanations import Weighed
from evenhand.errors import InputError
from evenhand_web.people.models import Organisation, Person

from .models import Explanation, Weighing

FROM_ELSEWHERE = 10  # at most; the page is about here


@dataclass(frozen=True)
class Explained:
    """One reason. here: given at this organisation; weighed: what its peers make of it, as evenhand.decide says it;
    own, mine: whether it is the reader's, and how they weigh it (accept, doubt or '')."""

    explanation: Explanation
    here: bool
    weighed: Weighed
    own: bool
    mine: str


def explanations(measure: str, organisation: Organisation, reader: Person | None = None) -> list[Explained]:
    """The reasons given for a variation of `measure`: those of `organisation`, newest first, then others'.

    Others' reasons are those given at organisations of the same level, the surest accepted first; whose they are
    is not for showing.
    """
    found = Explanation.objects.filter(measure=measure, organisation__level=organisation.level)
    found = found.select_related("person", "organisation").prefetch_related("weighings")
    said = peers.weigh(
        [(str(e.pk), w.person_id, w.value) for e in found for w in e.weighings.all()],  # oldest first: the last counts
        [(str(e.pk), e.person_id) for e in found],
    )
    weighed = {row.explanation: row for row in said}
    rows = [_explained(explanation, weighed[str(explanation.pk)], organisation, reader) for explanation in found]
    elsewhere = sorted((row for row in rows if not row.here), key=lambda row: -(row.weighed.lower_bound or 0.0))
    return [row for row in rows if row.here] + elsewhere[:FROM_ELSEWHERE]


def explain(measure: str, organisation: Organisation, text: str, person: Person) -> Explanation:
    """Keep a reason."""
    return Explanation.objects.create(measure=measure, organisation=organisation, text=text, person=person)


@transaction.atomic
def weigh(explanation: Explanation, person: Person, value: str) -> bool:
    """Keep how a peer weighs a reason, as one more row; False if that is what stands.

    Raises
    ------
    InputError
        If it is their own, or `value` is neither accept nor doubt.
    """
    if value not in Weighing.VALUES:
        raise InputError("Choose one of the two answers. Nothing was saved.")
    if explanation.person_id == person.pk:
        raise InputError("This reason is your own; peers weigh it.")
    last = explanation.weighings.filter(person=person).last()
    if last is not None and last.value == value:
        return False
    Weighing.objects.create(explanation=explanation, person=person, value=value)
    return True


def _explained(
    explanation: Explanation, weighed: Weighed, organisation: Organisation, reader: Person | None
) -> Explained:
    key = reader.pk if reader else None
    mine = [weighing.value for weighing in explanation.weighings.all() if weighing.person_id == key]
    return Explained(
        explanation, explanation.organisation_id == organisation.code, weighed, explanation.person_id == key,
        mine[-1] if mine else "",
    )  # fmt: skip
