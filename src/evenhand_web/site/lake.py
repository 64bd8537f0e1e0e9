"""The lake that pages read: opened when first asked for, lent to one request at a time.

A lake is not for two threads at once, and a server makes a thread for every visitor; so a request borrows
one, with its warm connection, and hands it on when it is answered. One that has to be opened, because all are lent,
begins with what another has found out.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.signals import request_finished

from evenhand.errors import EvenhandError

if TYPE_CHECKING:
    from evenhand.lake import Lake

_idle: list[Lake] = []  # list.append and list.pop are atomic
_mine = threading.local()
_latest: Lake | None = None


def lake() -> Lake | None:
    """The lake at EVENHAND_LAKE; None while there is none, and a page then shows its empty state."""
    path = Path(settings.EVENHAND_LAKE)
    found: Lake | None = getattr(_mine, "lake", None)
    if found is None or found.path != path:
        found = _mine.lake = _borrow(path)
    return found


def demonstration() -> bool:
    """Whether what pages show is made up: a demonstration lake, or the demonstration without any lake."""
    found = lake()
    return bool(settings.EVENHAND_DEMO) if found is None else bool(found.demonstration)


def _borrow(path: Path) -> Lake | None:
    from evenhand.lake import Lake

    while _idle:
        try:
            found = _idle.pop()
        except IndexError:
            break
        if found.path == path:
            return found
    global _latest
    try:
        found = Lake.open(path)
    except EvenhandError:
        return None
    if _latest is not None:
        found.learn(_latest)
    _latest = found
    return found


def hand_on(**_: Any) -> None:
    """Let the next have the lake that this thread borrowed."""
    found = getattr(_mine, "lake", None)
    if found is not None:
        _mine.lake = None
        _idle.append(found)


request_finished.connect(hand_on, dispatch_uid="evenhand.lake")
