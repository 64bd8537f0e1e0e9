"""Bulletins among what somebody agrees to on their own page, kept by the rows of bulletins."""

from __future__ import annotations

from evenhand_web.people import consents
from evenhand_web.people.models import Person


def offer() -> None:
    """Put bulletins on everybody's page, once, as the service starts."""
    words = "A letter of one minute to my NHS e-mail, once a week at most, and only when there is something to do."
    consents.offer(consents.Purpose("bulletins", "Bulletins", words, reads=_wants, chooses=_choose))


def _wants(person: Person) -> bool:
    from .bulletins import wants

    return wants(person)


def _choose(person: Person, wanted: bool) -> None:
    from .bulletins import choose

    choose(person, wanted, "page")
