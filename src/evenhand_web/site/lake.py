"""The lake that pages read: one connection a thread, opened when first asked for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.conf import settings

from evenhand.errors import EvenhandError

if TYPE_CHECKING:
    from evenhand.lake import Lake

_open = threading.local()


def lake() -> Lake | None:
    """The lake at EVENHAND_LAKE; None while there is none, and a page then shows its empty state."""
    from evenhand.lake import Lake

    path = settings.EVENHAND_LAKE
    if getattr(_open, "path", None) != path:
        try:
            _open.lake = Lake.open(path)
        except EvenhandError:
            return None
        _open.path = path
    return _open.lake


def demonstration() -> bool:
    """Whether what pages show is made up: a demonstration lake, or the demonstration without any lake."""
    found = lake()
    return bool(settings.EVENHAND_DEMO) if found is None else bool(found.demonstration)
