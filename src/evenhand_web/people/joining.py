"""Joining: an NHS e-mail is proved by a link that works once, and what the form said becomes somebody's identity.

Whoever asks is told the same whatever is known: nobody learns from the form who has an account or is on a register.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from evenhand.errors import InputError

from . import emails, levels, registers, trail
from .models import Identity, OneTimeLink, Organisation, Person
from .nhs_mail import nhs_address
from .posts import current

LIVES = timedelta(hours=2)  # our rule: a clinic's length; the letter says it
MOST_LINKS = 3  # living links for one address: nobody's mailbox is filled through this form


@dataclass(frozen=True)
class Details:
    """What somebody says of themselves. number: as professions.number writes it; empty without a register."""

    given_name: str
    family_name: str
    profession: str
    body: str
    number: str
    organisation: str


def ask(email: str, details: Details | None, absolute: Callable[[str], str]) -> None:
    """Send a link: to register with these details, or to sign in if there is an account (or no details were given).

    Nothing is sent, and nothing is said, where there is nothing to send or where enough links are on their way.
    """
    email = email.strip().lower()
    now = timezone.now()
    tidy()
    known = Identity.objects.filter(email__iexact=email, is_active=True).first()
    if known is None and details is None:
        return
    if OneTimeLink.objects.filter(email=email).count() >= MOST_LINKS:
        return
    token = secrets.token_urlsafe(32)
    link = OneTimeLink(
        sha256=_hash(token), purpose="sign_in" if known else "register", email=email, identity=known,
        details={} if known or details is None else vars(details), until=now + LIVES,
    )  # fmt: skip
    with transaction.atomic():  # a letter that could not be handed over leaves no link behind
        link.save()
        emails.link(email, link.purpose, absolute(token), known.name if known else _name(details))


def tidy() -> int:
    """Delete what waited too long for its link to be used; how much. At every sign-in and every letter."""
    return OneTimeLink.objects.filter(until__lt=timezone.now()).delete()[0]


def find(token: str) -> OneTimeLink | None:
    """The link as it stands, if it can still be used."""
    return _living(token).select_related("identity").first()


@transaction.atomic
def use(token: str) -> Identity | None:
    """Use a link up: who it signs in, made now if they are new. None if it was used, is too old or never was.

    A link is used by the button on its page and not by opening it: mail filters open links before people do.
    """
    link = _living(token).select_for_update().first()
    if link is None:
        return None
    OneTimeLink.objects.filter(email=link.email).delete()
    identity = link.identity or Identity.objects.filter(email__iexact=link.email).first()
    if identity is None:
        identity = _made(link.email)
        _prove(identity, link.email)
        tell(identity, Details(**link.details))
    elif identity.is_active:
        _prove(identity, link.email)
    return identity if identity.is_active else None


@transaction.atomic
def tell(identity: Identity, details: Details) -> bool:
    """Keep what somebody says of themselves; whether anything changed. A change has to be checked anew.

    Raises
    ------
    InputError
        If the organisation is not known.
    """
    person = identity.person
    organisation = Organisation.objects.filter(code=details.organisation).first()
    if organisation is None:
        raise InputError(f"no organisation {details.organisation!r}")
    mark = ""
    if details.number:
        mark = registers.mark(details.body, details.number, details.family_name, details.given_name)
    now = levels.of(person)
    same = now.claimed and now.mark == mark and person.profession == details.profession
    same = same and person.organisation_id == organisation.code
    identity.given_name, identity.family_name = details.given_name, details.family_name
    identity.name = _name(details)
    identity.registration_body, identity.registration_number = details.body, details.number
    identity.save()
    if same:
        return False
    person.refresh_from_db()
    person.profession, person.organisation = details.profession, organisation
    person.save()
    levels.step(person, "claimed", mark=mark, organisation=organisation, body=details.body)
    registers.match(person)
    return True


def details_of(identity: Identity) -> Mapping[str, Any]:
    """What somebody said of themselves, for a form to begin with."""
    return {
        "given_name": identity.given_name, "family_name": identity.family_name,
        "profession": identity.person.profession, "number": identity.registration_number,
        "organisation": identity.person.organisation_id or "",
    }  # fmt: skip


def has_place(person: Person) -> bool:
    """Whether they hold any post today."""
    return current(person).exists()


def _living(token: str) -> QuerySet[OneTimeLink]:
    """Links that sign somebody in; one that changes an address (addresses.py) never does."""
    return OneTimeLink.objects.filter(sha256=_hash(token), until__gte=timezone.now()).exclude(purpose="new_email")


def _made(email: str) -> Identity:
    identity = Identity(person=Person.objects.create(), username=email, email=email)
    identity.set_unusable_password()
    identity.save()
    trail.keep("registered", who=identity.person, what=f"person {identity.person_id}")
    return identity


def _prove(identity: Identity, email: str) -> None:
    if nhs_address(email) and not levels.of(identity.person).email:
        levels.step(identity.person, "email_proved", domain=email.rpartition("@")[2])


def _name(details: Details | None) -> str:
    return f"{details.given_name} {details.family_name}".strip() if details else ""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
