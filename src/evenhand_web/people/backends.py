"""Passwords, in the demonstration and nowhere else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from .models import Identity


class DemonstrationPassword(BaseBackend):
    """Signs in by user name and password while EVENHAND_DEMO is on; otherwise nobody, and no old session either."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Identity | None:
        if not settings.EVENHAND_DEMO or not username or not password:
            return None
        found = Identity.objects.filter(username=username.strip().lower(), is_active=True).first()
        if found is None:
            Identity().set_password(password)  # as slow as a wrong password: a stranger cannot tell names apart
            return None
        return found if found.check_password(password) else None

    def get_user(self, user_id: int) -> Identity | None:
        if not settings.EVENHAND_DEMO:
            return None
        return Identity.objects.filter(pk=user_id, is_active=True).select_related("person").first()


class StandingAccounts(BaseBackend):
    """Who an open session belongs to, as long as the account stands."""

    def get_user(self, user_id: int) -> Identity | None:
        return Identity.objects.filter(pk=user_id, is_active=True).select_related("person").first()


class MailLink(StandingAccounts):
    """Sessions that a one-time link opened (views.register.link); it signs in nobody by itself."""

    def authenticate(self, request: HttpRequest | None, **_: Any) -> Identity | None:
        return None
