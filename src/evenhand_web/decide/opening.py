"""Opening a round: one question put to the clinicians of a place and all below it, with statements to start with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from evenhand_web.people import trail
from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.naming import free_key, word_of

from .models import Round, Statement

_TAKEN = frozenset({"new"})  # a page of its own stands at this address
_LONGEST_KEY = 60


@transaction.atomic
def open_round(
    organisation: Organisation, person: Person, *, title: str, question: str, pathway: str, closes: date,
    texts: Sequence[str],
) -> Round:  # fmt: skip
    """Open a round now, until the end of a day; the statements are accepted as they are, to start with."""
    end = timezone.make_aware(datetime.combine(closes, time(23, 59)))
    made = Round.objects.create(
        key=free_key(word_of(title, longest=_LONGEST_KEY) or "round", Round.objects.all(), but=_TAKEN),
        title=title, question=question, pathway=pathway, organisation=organisation, opens=timezone.now(), closes=end,
    )  # fmt: skip
    Statement.objects.bulk_create(
        Statement(round=made, key=f"s{number:02d}", text=text, moderation="accepted", author_kind="seed")
        for number, text in enumerate(texts, 1)
    )
    trail.keep("round opened", who=person, what=f"round {made.key}", organisation=organisation, statements=len(texts))
    return made
