"""What goes into the audit trail by itself: signing in and out, tokens, clinical leads."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from . import joining, trail
from .models import AccessToken, Identity, LeadAppointment


def start() -> None:
    """Listen, from when the service starts."""
    user_logged_in.connect(_signed_in, dispatch_uid="trail in")
    user_logged_out.connect(_signed_out, dispatch_uid="trail out")
    user_login_failed.connect(_failed, dispatch_uid="trail failed")
    trail.watch(
        LeadAppointment, "clinical lead appointed", who=lambda row: row.person,
        organisation=lambda row: row.organisation, facts=lambda row: {"pathway": row.pathway, "lead": row.lead_id},
    )  # fmt: skip
    trail.watch(AccessToken, "access token made", who=lambda row: row.identity.person,
                organisation=lambda row: row.identity.person.organisation)  # fmt: skip


def _signed_in(sender: Any, user: Identity, **_: Any) -> None:
    joining.tidy()
    trail.keep("signed in", who=user.person, organisation=user.person.organisation)


def _signed_out(sender: Any, user: Identity | None, **_: Any) -> None:
    if user is not None and Identity.objects.filter(pk=user.pk).exists():  # not of somebody who was just erased
        trail.keep("signed out", who=user.person, organisation=user.person.organisation)


def _failed(sender: Any, **_: Any) -> None:
    trail.keep("sign-in failed")  # no name: what was typed may be a password
