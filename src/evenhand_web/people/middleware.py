"""Gives every request its `actor`: who is at the door, worked out when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from . import levels
from .rights import Actor
from .tree import actor

WEAKER = ("link", "nhsmail")  # sign-ins that never carry L3, whatever was shown on another day


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))
        request.organisation = None
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return Actor()
    found = actor(request.user.person)
    if found.identity_level == 3 and request.session.get("signed_in_by") in WEAKER:
        return replace(found, identity_level=levels.without_care_identity(request.user.person))
    return found
