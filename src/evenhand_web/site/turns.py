"""Turns: a WSGI application that answers a few requests at once and lets the others wait, as threads are many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

AT_ONCE = 8  # on two cores more only take turns anyway, and each holds a lake, a connection and its memory

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def in_turns(application: Application, at_once: int = AT_ONCE) -> Application:
    """The same application, at most `at_once` requests of it being answered at any moment.

    A turn is given back when the answer stands, before it is sent, so that a slow reader keeps nobody waiting; who
    sends a form slowly does. For a demonstration on one machine: in production the WSGI server has its own limit.
    """
    room = BoundedSemaphore(at_once)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with room:
            return application(environ, start_response)

    return answer
