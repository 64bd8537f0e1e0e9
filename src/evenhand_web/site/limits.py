"""Rate limits: how often something may be tried, by address and by account, counted in the database.

Every process counts in the same place, so a second one does not double a limit. `LIMITS` is all of them; the docs
(docs/reference/security.md) repeat it, and a test holds the two together. Spans begin at whole multiples since 1970.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from .edges import API
from .models import Attempts
from .problems import problem

FAILED = (401, 403, 404, 410, 422)
QUARTER, HOUR, MINUTE = 900, 3600, 60


@dataclass(frozen=True)
class Limit:
    """At most `most` requests of these views in `seconds`, for one address or one account.

    failed: only those that failed are counted, so that nobody is kept out by working.
    """

    name: str
    views: tuple[str, ...]  # names of addresses, with * for any
    methods: tuple[str, ...]
    per: str  # address | account
    most: int
    seconds: int
    failed: bool = False

    def allowed(self) -> int:
        """`most`, unless the settings say another number for the API."""
        return int(settings.EVENHAND_API_A_MINUTE) if self.name == "api" and self.per == "account" else self.most


# an organisation's people share an address (HSCN), so what an address may do is what a building may do
_SIGN_IN, _LETTER, _LINK = ("people:sign_in",), ("people:register", "people:ask_link", "people:email"), (
    "people:link", "people:confirm_email",
)
LIMITS = (
    Limit("sign-in", _SIGN_IN, ("POST",), "account", 10, QUARTER, failed=True),
    Limit("sign-in", _SIGN_IN, ("POST",), "address", 100, QUARTER, failed=True),
    Limit("letter", _LETTER, ("POST",), "account", 10, HOUR),  # nobody's mailbox is filled
    Limit("letter", _LETTER, ("POST",), "address", 200, HOUR),
    Limit("link", _LINK, ("GET", "POST"), "address", 60, QUARTER, failed=True),  # links are not for guessing
    Limit("vote", ("decide:vote",), ("POST",), "account", 120, MINUTE),
    Limit("vote", ("decide:vote",), ("POST",), "address", 3000, MINUTE),
    Limit("token", ("people:tokens",), ("POST",), "account", 20, HOUR),
    Limit("api", ("api:*",), ("GET", "HEAD"), "account", 300, MINUTE),
    Limit("api", ("api:*",), ("GET", "HEAD"), "address", 3000, MINUTE),
    Limit("api-refused", ("api:*",), ("GET", "HEAD"), "address", 60, QUARTER, failed=True),
)


class Limits:
    """Refuses with 429 and Retry-After whoever has asked too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        refused = FAILED if not request.path_info.startswith(API) else (401,)
        if response.status_code in refused:
            for limit, who in getattr(request, "limits", ()):
                if limit.failed:
                    add(limit, who)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        request.limits = [(limit, who) for limit in LIMITS
                          if request.method in limit.methods and any(fnmatch(name, v) for v in limit.views)
                          and (who := _who(request, limit.per))]  # fmt: skip
        for limit, who in request.limits:
            many = count(limit, who) if limit.failed else add(limit, who) - 1
            if many >= limit.allowed():
                return too_many(request, limit)
        return None


def add(limit: Limit, who: str) -> int:
    """One more; how many it is now in this span. Two at once are both counted."""
    span = _span(limit)
    until = datetime.fromtimestamp((span + 1) * limit.seconds, UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO site_attempts (what, who, span, many, until) VALUES (%s, %s, %s, 1, %s) "
            "ON CONFLICT (what, who, span) DO UPDATE SET many = site_attempts.many + 1 RETURNING many",
            [limit.name, who, span, connection.ops.adapt_datetimefield_value(until)],
        )
        many = int(cursor.fetchone()[0])
    if many == 1:  # somebody new: a good moment to sweep what is over
        Attempts.objects.filter(until__lt=datetime.fromtimestamp(_now(), UTC)).delete()
    return many


def count(limit: Limit, who: str) -> int:
    """How many there were in this span."""
    found = Attempts.objects.filter(what=limit.name, who=who, span=_span(limit)).values_list("many", flat=True)
    return found.first() or 0


def too_many(request: HttpRequest, limit: Limit) -> HttpResponse:
    """429, with how long to wait."""
    wait = limit.seconds - int(_now()) % limit.seconds
    if request.path_info.startswith(API):
        response = problem(429, f"At most {limit.allowed()} requests are taken in {limit.seconds} s; wait {wait} s.")
    else:
        response = render(request, "site/429.html", {"minutes": -(-wait // 60)}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def address(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy, what the proxy itself has seen: the last address it wrote."""
    if settings.SECURE_PROXY_SSL_HEADER and (passed := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        return str(passed).rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _who(request: HttpRequest, per: str) -> str:
    """A keyed hash of the address or the account, '' if there is no account to count for."""
    return _hash(per, address(request) if per == "address" else _account(request))


def _account(request: HttpRequest) -> str:
    if (token := request.headers.get("Authorization")) and request.path_info.startswith(API):
        return f"token {token}"
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    given = (request.POST.get(field, "") for field in ("username", "email")) if request.method == "POST" else ()
    named = next((text.strip().lower() for text in given if text), "")
    return f"named {named}" if named else ""


def _hash(per: str, text: str) -> str:
    return salted_hmac(f"evenhand.limits.{per}", text, algorithm="sha256").hexdigest() if text else ""


def _span(limit: Limit) -> int:
    return int(_now()) // limit.seconds


def _now() -> float:
    return time.time()
