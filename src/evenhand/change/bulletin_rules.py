"""What a machine can check of a bulletin before it may be sent."""

from __future__ import annotations

import re
from typing import Protocol

WORDS = 150  # PAGES: under 150 words
LONGEST_SUBJECT = 90  # characters; a telephone shows about half of them
_INTERVAL = re.compile(r"\((?:95% interval|chance alone gives) \S+ to \S+\)")
_FIGURE = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?%?(?![\w])")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+\.\S+")
# DESIGN 5.7 and PAGES: variation is a question; "you are different here", never "you are bad at"
_BLAME = re.compile(
    r"\b(bad|badly|poor|poorly|worst|failing|failure|inappropriate|wasteful|underperform\w*|outlier|league table|"
    r"name and shame|must do better)\b",
    re.IGNORECASE,
)


class Words(Protocol):
    """The parts that are checked."""

    @property
    def subject(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def comparison(self) -> str: ...
    @property
    def sure(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def button(self) -> str: ...
    @property
    def became(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def words(self) -> int: ...


def broken(letter: Words) -> tuple[str, ...]:
    """The rules that a letter breaks, one sentence each; () if it may be sent.

    Under 150 words; one number with an interval, or none; one comparison where there is a number; one action with
    words on its button; nothing that blames, shouts or carries an address of its own; one line each.
    """
    found = []
    if letter.words >= WORDS:
        found.append(f"it has {letter.words} words, and {WORDS - 1} is the most{_shorten(letter)}")
    if not letter.action.strip() or not letter.button.strip():
        found.append("it has nothing to do: an action needs its words and those of its button")
    if letter.comparison and not _INTERVAL.search(letter.number):
        found.append("its number has no interval")
    if letter.comparison and len(_FIGURE.findall(_INTERVAL.sub("", _after_title(letter.number)))) != 1:
        found.append("it has more than one number about the organisation, or none")
    if letter.comparison and len(_FIGURE.findall(letter.comparison.replace(",", ""))) < 1:
        found.append("its comparison has no number")
    if letter.comparison and not letter.sure:
        found.append("it does not say how sure we are")
    for part in ("subject", "number", "comparison", "sure", "where", "message", "action", "button", "became", "why"):
        text = getattr(letter, part)
        if match := _BLAME.search(text):
            found.append(f"its {part} says {match[0]!r}: variation is a question, not a verdict")
        if "!" in text:
            found.append(f"its {part} has an exclamation mark")
        if _ADDRESS.search(text):
            found.append(f"its {part} carries an address; the one action has the one link")
        if any(ord(mark) < 32 and mark not in ("\n" if part == "message" else "") for mark in text):
            found.append(f"its {part} breaks over lines or has signs that nobody can read")
    return tuple(found)


def count(text: str) -> int:
    """Words as a reader counts them: what stands between spaces and has a letter or a digit in it."""
    return sum(any(mark.isalnum() for mark in word) for word in text.split())


def _after_title(number: str) -> str:
    """What follows the measure's title, its unit and the name, which may have figures of their own (18 weeks, 20p)."""
    return number.rpartition(": ")[2]


def _shorten(letter: Words) -> str:
    own = count(letter.message)
    spare = own - (letter.words - WORDS + 1)
    return f"; the campaign's message has {own}, shorten it to {max(spare, 0)}" if own else ""
