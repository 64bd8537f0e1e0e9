"""Access tokens: made and shown once, kept as a hash, found again by it, revoked by their owner."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from evenhand.errors import InputError

from . import trail
from .models import Identity
from .models_tokens import AccessToken

BEGINS = "evh_"  # tells a token from any other secret, so that one that slipped into a file can be found
MOST = 10  # of one person that stand
DAYS = {7: "a week", 30: "a month", 90: "three months", 365: "a year"}


def make(identity: Identity, name: str, days: int) -> tuple[AccessToken, str]:
    """A new token and its text, which nobody can ever see again.

    Raises
    ------
    InputError
        If the owner has as many tokens as one may have, or the time is none that can be chosen.
    """
    if days not in DAYS:
        raise InputError(f"A token lasts {', '.join(map(str, DAYS))} days; got {days}.")
    if sum(token.stands for token in identity.tokens.all()) >= MOST:
        raise InputError(f"You have {MOST} tokens; take one away first.")
    text = BEGINS + secrets.token_urlsafe(32)
    expires = timezone.now() + timedelta(days=days)
    made = AccessToken.objects.create(
        identity=identity, name=name, sha256=_hash(text), start=text[:10], expires=expires,
    )  # fmt: skip
    return made, text


def find(text: str) -> AccessToken | None:
    """The token with this text, if it stands and its owner's account is open; the day of its use is kept."""
    if not text.startswith(BEGINS):
        return None
    found = AccessToken.objects.filter(sha256=_hash(text)).select_related("identity__person").first()
    if found is None or not found.stands or not found.identity.is_active:
        return None
    today = timezone.localdate()
    if found.last_used != today:
        AccessToken.objects.filter(pk=found.pk).update(last_used=today)
    return found


def revoke(token: AccessToken) -> None:
    """Take a token away for good."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        trail.keep("access token taken away", who=token.identity.person, what=f"people.AccessToken {token.pk}",
                   organisation=token.identity.person.organisation)  # fmt: skip


def _hash(text: str) -> str:
    """Of 256 random bits one round of SHA-256 is enough: there is nothing to guess."""
    return hashlib.sha256(text.encode()).hexdigest()
