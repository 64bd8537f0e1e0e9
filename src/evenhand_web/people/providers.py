"""The sign-in services that this server knows: NHS Care Identity and NHSmail, each only if the environment names it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache

KEPT = 3600  # seconds for which a service's own description of itself is believed
PATIENCE = 10  # seconds; somebody waits in front of a page


@dataclass(frozen=True)
class Provider:
    """One service, as settings.EVENHAND_OIDC has it."""

    key: str
    title: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: str


class NotAnsweringError(Exception):
    """A sign-in service did not answer, or describes itself as another than the one that was named."""


TITLES = {"cis2": "NHS Care Identity", "nhsmail": "NHSmail"}


def configured() -> list[Provider]:
    """Those that the environment names, in the order of their strength."""
    known = settings.EVENHAND_OIDC
    return [Provider(key, title, **known[key]) for key, title in TITLES.items() if key in known]


def find(key: str) -> Provider | None:
    """One of them by its key."""
    return next((provider for provider in configured() if provider.key == key), None)


def endpoints(provider: Provider) -> dict[str, str]:
    """Where a service signs in, hands out tokens, tells who somebody is and keeps its keys.

    Raises
    ------
    NotAnsweringError
        If it does not answer, names another issuer than the one configured, or an endpoint is not by https.
    """
    name = f"oidc-{hashlib.sha256(provider.issuer.encode()).hexdigest()}"
    found: dict[str, str] | None = cache.get(name)
    if found is None:
        found = _discover(provider)
        cache.set(name, found, KEPT)
    return found


def _discover(provider: Provider) -> dict[str, str]:
    import requests  # comes with the extra `oidc`

    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    _must_be_safe(address)
    try:
        answer = requests.get(address, timeout=PATIENCE)
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise NotAnsweringError(f"{address}: {error}") from error
    if document.get("issuer") != provider.issuer:
        raise NotAnsweringError(f"{address}: calls itself {document.get('issuer')!r}, not {provider.issuer!r}")
    wanted = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    found = {name: str(document.get(name, "")) for name in wanted}
    for place in found.values():
        _must_be_safe(place)
    return found


def _must_be_safe(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme == "https" or (settings.OPEN and parts.hostname in ("localhost", "127.0.0.1", "::1")):
        return
    raise NotAnsweringError(f"{address}: a sign-in service is reached by https")
