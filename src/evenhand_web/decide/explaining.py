"""'This is warranted because ...': reasons for a variation, and how peers weigh them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation, Person

from .models import Explanation, Weighing

FROM_ELSEWHERE = 10  # at most; the page is about here


@dataclass(frozen=True)
class Explained:
    """One reason. here: given at this organisation; accept, doubt: how many peers weigh it so now."""

    explanation: Explanation
    here: bool
    accept: int
    doubt: int
    own: bool
    mine: str

    @property
    def weighed(self) -> int:
        """How many peers have weighed it."""
        return self.accept + self.doubt


def explanations(measure: str, organisation: Organisation, reader: Person | None = None) -> list[Explained]:
    """The reasons given for a variation of `measure`: those of `organisation`, newest first, then others'.

    Others' reasons are those given at organisations of the same level, the most accepted first; whose they are
    is not for showing. `own` and `mine` (accept, doubt or '') are the reader's.
    """
    found = Explanation.objects.filter(measure=measure, organisation__level=organisation.level)
    found = found.select_related("person", "organisation").prefetch_related("weighings")
    rows = [_explained(explanation, organisation, reader) for explanation in found]
    elsewhere = sorted((row for row in rows if not row.here), key=lambda row: row.doubt - row.accept)
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


def _explained(explanation: Explanation, organisation: Organisation, reader: Person | None) -> Explained:
    now = {weighing.person_id: weighing.value for weighing in explanation.weighings.all()}  # oldest first: last stands
    said = list(now.values())
    key = reader.pk if reader else None
    return Explained(
        explanation, explanation.organisation_id == organisation.code, said.count("accept"), said.count("doubt"),
        explanation.person_id == key, now.get(key, ""),
    )  # fmt: skip
