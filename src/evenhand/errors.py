"""What can go wrong, in two kinds: a user's mistake and our own.

A user's mistake is an `InputError`: it says where, what was given and what would be right, is shown
without a traceback and ends a command with exit code 2. Our own mistakes stay plain exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class EvenhandError(Exception):
    """Anything that Evenhand refuses, with one sentence that a user can act on."""


class InputError(EvenhandError):
    """Something given to Evenhand is wrong: the message says where, what was found, what would be right."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest right word as a hint to append to a message, or an empty string.

    >>> did_you_mean("list_sise", ["list_size", "rtt"])
    "; did you mean 'list_size'?"
    >>> did_you_mean("zzz", ["list_size"])
    ''
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
