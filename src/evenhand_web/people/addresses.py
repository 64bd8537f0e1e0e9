"""Changing one's e-mail address: a link to the new one, confirmed by its owner signed in, and told to the old one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import emails, joining, levels, private, trail
from .models import Identity, OneTimeLink

PURPOSE = "new_email"


def ask(identity: Identity, address: str, absolute: Callable[[str], str]) -> None:
    """Send a link to the new address. Nothing is sent, and nothing said, where somebody else has it.

    So that nobody learns from the form who has an account; enough links on their way send nothing either.
    """
    address = address.strip().lower()
    joining.tidy()
    taken = Identity.objects.filter(email__iexact=address).exists()
    trail.keep("e-mail change asked", who=identity.person, organisation=identity.person.organisation)
    if taken or OneTimeLink.objects.filter(email=address).count() >= joining.MOST_LINKS:
        return
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.filter(identity=identity, purpose=PURPOSE).delete()  # the last one asked for works alone
    with transaction.atomic():  # a letter that could not be handed over leaves no link behind
        OneTimeLink.objects.create(
            sha256=_hash(token), purpose=PURPOSE, email=address, identity=identity,
            until=timezone.now() + joining.LIVES,
        )  # fmt: skip
        emails.link(address, PURPOSE, absolute(token), identity.name)


def find(identity: Identity, token: str) -> OneTimeLink | None:
    """The link as it stands, if this account asked for it and it can still be used. Nobody else's opens anything:
    a link that went to a wrong mailbox gives nobody an account."""
    return _living(identity, token).first()


def of_another(identity: Identity, token: str) -> bool:
    """Whether another account asked for this link, as where somebody opens it signed in as somebody else."""
    return OneTimeLink.objects.filter(purpose=PURPOSE, sha256=_hash(token)).exclude(identity=identity).exists()


@transaction.atomic
def confirm(identity: Identity, token: str, *, here: str | None = None) -> str | None:
    """Take the new address, end every other session, tell the old one; the old address, None if the link is used up.

    here: the key of the session that stays.
    """
    link = _living(identity, token).select_for_update().first()
    if link is None or Identity.objects.filter(email__iexact=link.email).exclude(pk=identity.pk).exists():
        return None
    fresh = Identity.objects.select_for_update().get(pk=identity.pk)
    before, fresh.email = fresh.email, link.email
    if before and fresh.username.lower() == before.lower():  # NHSmail gives an old address to somebody else one day
        fresh.username = fresh.email
    fresh.save(update_fields=["email", "username"])
    OneTimeLink.objects.filter(identity=fresh).delete()  # links to sign in that went to the old address among them
    OneTimeLink.objects.filter(email=link.email).delete()
    levels.step(fresh.person, "email_proved", domain=fresh.email.rpartition("@")[2])
    private.end_sessions(fresh, but=here)
    trail.keep("e-mail changed", who=fresh.person, organisation=fresh.person.organisation)
    return before


def _living(identity: Identity, token: str) -> QuerySet[OneTimeLink]:
    links = OneTimeLink.objects.filter(purpose=PURPOSE, identity=identity, until__gte=timezone.now())
    return links.filter(sha256=_hash(token))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
