"""Sign-in by OpenID Connect, with mozilla-django-oidc: imported only where a service is configured.

The library does state, nonce, PKCE, the exchange of the code, the key of the signature (asked for anew at each sign-in,
so that a rotated key is found). What it leaves open is done here: issuer, audience, age, and whose account it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jwt
import requests
from django.contrib import auth
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from . import linking, providers, trail
from .backends import StandingAccounts
from .models import Identity

SKEW = 60  # seconds by which two clocks may differ
ALGORITHM = "RS256"
_FIXED = {
    "OIDC_RP_SIGN_ALGO": ALGORITHM, "OIDC_USE_PKCE": True, "OIDC_USE_NONCE": True, "OIDC_VERIFY_KID": True,
    "OIDC_RP_IDP_SIGN_KEY": None, "OIDC_ALLOW_UNSECURED_JWT": False, "OIDC_TIMEOUT": providers.PATIENCE,
    "LOGIN_REDIRECT_URL": "home:front", "OIDC_VERIFY_SSL": True,
}  # fmt: skip
_ENDPOINTS = {
    "OIDC_OP_AUTHORIZATION_ENDPOINT": "authorization_endpoint", "OIDC_OP_TOKEN_ENDPOINT": "token_endpoint",
    "OIDC_OP_USER_ENDPOINT": "userinfo_endpoint", "OIDC_OP_JWKS_ENDPOINT": "jwks_uri",
}  # fmt: skip


def setting(provider: providers.Provider, name: str, *default: Any) -> Any:
    """What the library asks its settings for, answered for one service."""
    if name in _ENDPOINTS:
        return providers.endpoints(provider)[_ENDPOINTS[name]]
    own = {
        "OIDC_RP_CLIENT_ID": provider.client_id, "OIDC_RP_CLIENT_SECRET": provider.client_secret,
        "OIDC_RP_SCOPES": provider.scopes, "OIDC_AUTHENTICATION_CALLBACK_URL": f"people:{provider.key}_callback",
        **_FIXED,
    }  # fmt: skip
    if name in own:
        return own[name]
    if default:
        return default[0]
    raise KeyError(name)


class Backend(StandingAccounts, OIDCAuthenticationBackend):
    """Signs in whoever the service says, of the request that came back from it."""

    def __init__(self) -> None:  # the library asks for every setting here, and Django makes one for each request
        self.provider: providers.Provider | None = None

    def get_settings(self, name: str, *default: Any) -> Any:
        assert self.provider is not None
        return setting(self.provider, name, *default)

    def authenticate(self, request: HttpRequest | None, **more: Any) -> Identity | None:
        self.provider = getattr(request, "oidc_provider", None)
        if self.provider is None:
            return None
        OIDCAuthenticationBackend.__init__(self)
        found: Identity | None = super().authenticate(request, **more)
        return found

    def get_payload_data(self, token: str, key: Any) -> dict[str, Any]:
        """The claims of a token: signed by the service, made by it, made for us, and neither too old nor too new."""
        return self._claims(token, key, needs=("iss", "sub", "aud", "exp", "iat"))

    def get_userinfo(self, access_token: str, id_token: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Who the service says somebody is: plain over https, or (as NHS Care Identity may) a signed JWT.

        A signed answer is held to the service's key, its name and ours, as a token is; of its age only what it says
        itself (OpenID Connect Core 5.3.2 asks for `iss` and `aud`, and for no dates).
        """
        answer = requests.get(
            self.OIDC_OP_USER_ENDPOINT, headers={"Authorization": f"Bearer {access_token}"}, timeout=providers.PATIENCE
        )
        answer.raise_for_status()
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/jwt":
            text = answer.text.strip()
            return self._claims(text, self.retrieve_matching_jwk(text), needs=("iss", "sub", "aud"))
        told = answer.json()
        if not isinstance(told, dict):
            raise SuspiciousOperation("what the service says of somebody cannot be read")
        return told

    def _claims(self, token: str, key: Any, *, needs: Sequence[str]) -> dict[str, Any]:
        assert self.provider is not None
        try:
            if jwt.get_unverified_header(token).get("alg") != ALGORITHM:
                raise SuspiciousOperation(f"the token is not signed with {ALGORITHM}")
            claims: dict[str, Any] = jwt.decode(
                token, key, algorithms=[ALGORITHM], issuer=self.provider.issuer, audience=self.provider.client_id,
                leeway=SKEW, options={"require": list(needs)},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise SuspiciousOperation(f"the token is refused: {error}") from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != self.provider.client_id:
            raise SuspiciousOperation("the token was made for another application")
        return claims

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> Identity:
        """Whose account it is, by issuer and subject and never by an address."""
        assert self.provider is not None
        told = self.get_userinfo(access_token, id_token, payload)
        if told.get("sub") != payload["sub"]:
            raise SuspiciousOperation("the service speaks of two people at once")
        here = self.request.user if self.request.user.is_authenticated else None
        return linking.account(self.provider, payload, told, here)


class Ask(OIDCAuthenticationRequestView):
    """Anyone: go to the service, with state, nonce and a PKCE challenge."""

    provider_key = ""

    def get_settings(self, name: str, *default: Any) -> Any:
        return setting(self._provider(), name, *default)

    def _provider(self) -> providers.Provider:
        found = providers.find(self.provider_key)
        assert found is not None, "its address exists only where the service is configured"
        return found

    def __init__(self, **kwargs: Any) -> None:
        self.provider_key = kwargs.get("provider_key", "")
        self.trouble = ""
        try:
            super().__init__(**kwargs)
        except providers.NotAnsweringError as error:
            self.trouble = str(error)

    def get(self, request: HttpRequest) -> HttpResponse:
        return refused(request, self.provider_key, self.trouble) if self.trouble else super().get(request)


class Answer(OIDCAuthenticationCallbackView):
    """Whoever comes back from the service. Next: where they were on their way to, or why they are not signed in."""

    provider_key = ""

    def get_settings(self, name: str, *default: Any) -> Any:
        found = providers.find(self.provider_key)
        assert found is not None, "its address exists only where the service is configured"
        return setting(found, name, *default)

    def get(self, request: HttpRequest) -> HttpResponse:
        request.oidc_provider = providers.find(self.provider_key)
        try:
            return super().get(request)
        except linking.NotLinkedError as error:
            return refused(request, self.provider_key, "not linked", str(error))
        except (SuspiciousOperation, requests.RequestException, providers.NotAnsweringError, KeyError,
                ValueError, jwt.PyJWTError) as error:  # fmt: skip
            return refused(request, self.provider_key, f"{type(error).__name__}: {error}")

    def login_failure(self) -> HttpResponse:
        return refused(self.request, self.provider_key, str(self.request.GET.get("error", "no account"))[:80])

    def login_success(self) -> HttpResponse:
        onward = self.success_url
        auth.login(self.request, self.user)  # always: the key of the session changes with what it may do
        self.request.session["signed_in_by"] = self.provider_key
        return redirect(onward)


def refused(request: HttpRequest, provider: str, why: str, words: str = "") -> HttpResponse:
    """Say so on a page, keep why in the trail, and leave nobody signed in."""
    trail.keep("sign-in refused", what=provider, why=why.partition(" for url")[0][:200])
    if request.user.is_authenticated:
        auth.logout(request)
    request.session["not_signed_in"] = words
    return redirect("people:not_signed_in")
