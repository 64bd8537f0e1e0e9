"""Gives every request its `actor`: who is at the door, worked out when first asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .rights import Actor
from .tree import actor


class ActorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))
        request.organisation = None
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    return actor(request.user.person) if request.user.is_authenticated else Actor()
