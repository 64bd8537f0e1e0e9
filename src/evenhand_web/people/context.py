"""What every template knows about the reader: where they are, and what they may do there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .pages import May


def people(request: HttpRequest) -> dict[str, Any]:
    """`organisation` of this page (or None), `may`, and `identity` of the reader."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    organisation = getattr(request, "organisation", None)
    return {
        "organisation": organisation,
        "may": May(request),
        "identity": user if signed_in else None,
    }
