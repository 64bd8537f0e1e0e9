"""A feedback message before it is sent: what of Brehaut's fifteen suggestions a machine can check in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..definition import loads
from ..errors import InputError, did_you_mean
from ..records import Record
from .message_rules import RULES
from .message_sending import Sending, State
from .message_words import PLACE, PLACES, read

SOURCE = (
    "Brehaut et al. (2016), Practice Feedback Interventions: 15 Suggestions for Optimizing Effectiveness, "
    "Annals of Internal Medicine 164:435"
)


@dataclass(frozen=True, eq=False)
class Suggestion(Record):
    """One of the fifteen. state: met, not_met or for_a_person; why: what was found; right: what would be right."""

    number: int
    suggestion: str
    state: State
    why: str
    right: str


@dataclass(frozen=True, eq=False)
class MessageCheck(Record):
    """The fifteen suggestions for one message, and how many are in each state."""

    words: int
    met: int
    not_met: int
    for_a_person: int
    suggestions: tuple[Suggestion, ...]
    source: str = SOURCE


def check(text: str, sending: Sending | None = None) -> MessageCheck:
    """Which of the fifteen suggestions for practice feedback does a message follow, as far as a machine can see?

    What only a reader can judge is left to one, and is never counted as met. Words are looked for in English.

    Parameters
    ----------
    text
        The message as written, with its places ({organisation}, {value} ...) still open, or filled.
    sending
        What stands around it.

    Raises
    ------
    InputError
        If the message is empty, or has a place that nothing fills.

    Source: Brehaut et al. (2016), Annals of Internal Medicine 164:435; the machine's rules are ours.

    >>> found = check("Your practice: {value}. Best quarter: {benchmark}. From Monday, start with sitagliptin.")
    >>> [(s.number, s.state) for s in found.suggestions if s.number in (3, 6, 7)]
    [(3, 'met'), (6, 'met'), (7, 'met')]
    """
    places(text)
    wording, around = read(text), sending or Sending()
    if not wording.words:
        raise InputError("the message is empty; expected what the reader gets, under 150 words")
    found = tuple(
        Suggestion(number, words, *rule(wording, around)) for number, (words, rule) in enumerate(RULES, start=1)
    )
    counts = {state: sum(one.state == state for one in found) for state in ("met", "not_met", "for_a_person")}
    return MessageCheck(wording.words, counts["met"], counts["not_met"], counts["for_a_person"], found)


def places(text: str) -> tuple[str, ...]:
    """The places of a message that are filled for each reader, in order of first appearance.

    Raises
    ------
    InputError
        If a place has a name that nothing fills.
    """
    found = tuple(dict.fromkeys(match[1].strip() for match in PLACE.finditer(text)))
    for name in found:
        if name not in PLACES:
            raise InputError(
                f"the message has a place {{{name}}} that nothing fills{did_you_mean(name, PLACES)}; "
                f"there are: {', '.join(f'{{{known}}}' for known in PLACES)}"
            )
    return found


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """A message as one reader sees it; a place that is not known for them says so in words.

    >>> filled_in("{organisation}: {value}", {"organisation": "Mill Road", "value": "31%"})
    'Mill Road: 31%'
    """
    places(text)
    return PLACE.sub(lambda match: values.get(match[1].strip()) or f"[{PLACES[match[1].strip()]}]", text)


def read_message(text: str, *, where: str = "<text>") -> tuple[str, Sending]:
    """A message file: what stands around it as YAML between two lines of ---, where there is any, and its text.

    Raises
    ------
    InputError
        If a fact is unknown or cannot be read, or there is no text; the message starts with `where`.
    """
    lines = text.removeprefix("\ufeff").splitlines()
    around, body = Sending(), "\n".join(lines)
    if lines and lines[0].strip() == "---":
        end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
        if end is None:
            raise InputError(f"{where}:1: expected a second line of --- below what stands around the message")
        head = "\n".join(["", *lines[1:end]])
        around = loads(head, Sending, where=where) if re.search(r"\S", head) else around
        body = "\n".join(lines[end + 1 :])
    if not body.strip():
        raise InputError(f"{where}: the message is empty; expected what the reader gets, under 150 words")
    return body.strip(), around
