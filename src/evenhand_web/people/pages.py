"""The door of every page about an organisation: signed in, the organisation exists, the right is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from . import rights
from .models import Organisation
from .tree import place

View = Callable[..., HttpResponse]


def organisation_page(action: str = "read") -> Callable[[View], View]:
    """Make `view(request, organisation, ...)` from a URL with `<code>`, for those who may do `action` there.

    Sets request.organisation and request.place; templates then know `organisation` and `may`.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def page(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
            organisation = enter(request, code, action)
            request.session["organisation"] = organisation.code
            return view(request, organisation, **more)

        return page

    return wrap


def enter(request: HttpRequest, code: str, action: str = "read") -> Organisation:
    """The organisation with this code, for those who may do `action` there; the same door for pages and API."""
    organisation = get_object_or_404(Organisation, code=code)
    request.organisation = organisation
    request.place = place(organisation)
    require(request, action)
    return organisation


def require(request: HttpRequest, action: str, organisation: Organisation | None = None) -> None:
    """Stop here, with a sentence that says what would be needed, unless the actor may do `action`.

    `organisation` is another place than the page's, for example the one a signature is for.
    """
    there = request.place if organisation is None else place(organisation)
    reason = rights.why_not(request.actor, action, there)
    if reason:
        raise PermissionDenied(reason)


def may(request: HttpRequest, action: str, organisation: Organisation | None = None) -> bool:
    """Whether the actor may do `action` on this page's organisation, or on another one."""
    return rights.may(request.actor, action, request.place if organisation is None else place(organisation))


class May:
    """`{% if may.vote %}` in a template: the same question as `may(request, "vote")`."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getitem__(self, action: str) -> bool:
        if action not in rights.RULES:
            raise KeyError(action)
        return getattr(self._request, "place", None) is not None and may(self._request, action)
