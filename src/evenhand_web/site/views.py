"""Pages that belong to no step: what went wrong, and how accessible the service is."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def accessibility(request: HttpRequest) -> HttpResponse:
    """Anyone."""
    return render(request, "site/accessibility.html")


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, with what would be needed, in the words of the rule."""
    reason = str(exception) if isinstance(exception, PermissionDenied) else ""
    return render(request, "site/403.html", {"reason": reason}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; what was asked for is never repeated on the page."""
    return render(request, "site/404.html", status=404)


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: mostly a page left open overnight."""
    return render(request, "site/403.html", {"reason": "", "form_too_old": True}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: without context processors, so that it shows even when the database does not answer."""
    return HttpResponse(render_to_string("site/500.html"), status=500)
