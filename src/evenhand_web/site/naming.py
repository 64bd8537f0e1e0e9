"""Naming: a short name for what somebody gives a title, that nothing else of its kind has."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import Model, QuerySet


def word_of(title: str, *, longest: int, joint: str = "-") -> str:
    """A title in small letters and figures, with `joint` for all else.

    >>> word_of("Gliptins, second choice?", longest=60)
    'gliptins-second-choice'
    """
    return re.sub(r"[^a-z0-9]+", joint, title.lower()).strip(joint)[:longest].strip(joint)


def free_key(word: str, rows: QuerySet[Model], *, joint: str = "-", but: Collection[str] = ()) -> str:
    """`word`, or `word` with the first number from 2 on that no row has as its `key`, nor `but` holds."""
    taken = {*rows.filter(key__startswith=word).values_list("key", flat=True), *but}
    return next(key for key in (word, *(f"{word}{joint}{n}" for n in range(2, len(taken) + 3))) if key not in taken)
