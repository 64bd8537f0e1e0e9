"""What a message says, word by word: its sentences, its numbers, what it asks for, and how it may sound."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..records import Record

PLACES = {
    "organisation": "the reader's organisation", "value": "its own figure", "peers": "the middle of those like it",
    "benchmark": "the best quarter of those like it", "month": "the last month of the data", "module": "the module",
    "sender": "who signs", "source": "where the data is from",
}  # fmt: skip
PLACE = re.compile(r"\{([^{}]*)\}")
_SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
_NUMBER = re.compile(r"(?<![\w.])£?\d[\d,]*(?:\.\d+)?%?(?!\w)")
_LINK = re.compile(r"https?://\S+|\[[^\]]+\]\([^)]+\)|\{module\}|\bclicks?\b|\blink\b|\bmodule\b", re.IGNORECASE)

# words that begin a request (our rule, for want of a published list; the reader of the check can correct it)
ACTS = (
    "add", "ask", "audit", "avoid", "begin", "book", "call", "change", "check", "choose", "compare", "consider",
    "continue", "count", "decide", "discuss", "do", "find", "give", "go", "invite", "keep", "leave", "limit", "list",
    "look", "make", "move", "offer", "open", "order", "pick", "plan", "prescribe", "promise", "prefer", "put", "read",
    "reduce", "refer", "replace", "report", "review", "run", "say", "search", "see", "select", "send", "set", "start",
    "stop", "switch", "take", "talk", "tell", "test", "try", "use", "weigh", "write",
)  # fmt: skip
GENERAL = ("consider", "improve", "think", "optimise", "ensure", "engage", "see", "look", "read", "open", "compare")
TIMES = re.compile(
    r"\b(?:today|tomorrow|now|next|this|from|by|until|before|within|every|each|at the)\s+(?:new |planned |next )?"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)?(?:day|week|month|quarter|year|review|appointment|visit|start|patient|"
    r"meeting|prescription|january|february|march|april|may|june|july|august|september|october|november|december)s?\b"
    r"|\bnew (?:starts?|patients?|prescriptions?)\b", re.IGNORECASE,
)  # fmt: skip


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
OWN = _any(r"\{organisation\}", r"\{value\}", r"\byour (?:own |practice|team|patients|prescrib|figure|share|rate)",
           r"\byou prescribe")  # fmt: skip
BETTER = _any(r"\{benchmark\}", r"(?:best|top|lowest|highest) (?:quarter|tenth|10%|25%)", r"achievable", r"\bleading\b",
              r"(?:most|[89]\d%|four in five|nine in ten) (?:of )?(?:other )?(?:practices|colleagues|gps|teams)",
              )  # fmt: skip
PEERS = _any(r"\{peers\}", r"practices like yours", r"like you", r"similar practices", r"your peers",
             r"other practices", r"colleagues")  # fmt: skip
AVERAGE = _any(r"\baverage\b", r"\bmean\b", r"\bmedian\b", r"\bmiddle\b")
HELP = _any(r"stands? in (?:the|your) way", r"barrier", r"hold(?:s|ing)? (?:you|us) back", r"help (?:you|with)",
            r"we can (?:help|do)", r"tell us (?:what|why|if)", r"if you (?:cannot|can't|disagree)",
            r"formulary")  # fmt: skip
SOURCED = _any(r"\{source\}", r"NHSBSA", r"NHS (?:England|Digital|Business)", r"published", r"OpenPrescribing",
               r"Fingertips", r"ePACT", r"\bQOF\b", r"\bNICE\b")  # fmt: skip
DATED = _any(r"\{month\}", rf"\b(?:{_MONTHS}) 20\d\d\b", r"\b20\d\d-\d\d\b")
SIGNED = _any(r"\{sender\}", r"\bDr\.? \w", r"clinical lead", r"chief medical officer", r"medical director",
              r"your (?:pcn |lead )?pharmacist", r"\bPCN lead\b")  # fmt: skip
BLAME = re.compile(
    r"\b(?:poor(?:ly)?|worst|fail(?:s|ed|ing|ure)?|unacceptable|inexcusable|wast(?:e|es|ed|ing|eful)|"
    r"inappropriate(?:ly)?|shame|guilty|must|should have|inadequate|careless|laggard|outlier|overprescrib\w*|"
    r"bad practice|wrong)\b", re.IGNORECASE,
)  # fmt: skip
CLINICAL = _any(r"(?:heart|kidney|renal|liver|respiratory|treatment) failure", r"failing (?:heart|kidney|liver)s?",
                r"poor (?:kidney|renal|liver) function")  # fmt: skip
OPEN = _any(r"good reasons?", r"some of (?:it|that|this|the difference)", r"may be (?:right|warranted)", r"warranted",
            r"you may (?:already|have)", r"if you disagree", r"a question, not", r"thank you",
            r"\bunless\b")  # fmt: skip
SOCIAL = _any(r"\bdiscuss", r"\btalk (?:it|this|about|to|with)", r"\brepl(?:y|ies)\b", r"\banswer us", r"\bmeeting\b",
              r"\btogether\b", r"\bcolleagues?\b", r"\byour (?:pcn|network|team|pharmacist)\b",
              r"\b(?:tell|ask|call) us\b")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Wording(Record):
    """A message taken apart. words: how many; opening: the first 50; sentences, numbers, actions: as they stand."""

    text: str
    words: int
    sentences: tuple[str, ...]
    numbers: tuple[str, ...]
    actions: tuple[str, ...]
    opening: str
    links: tuple[str, ...]


def read(text: str) -> Wording:
    """Take a message apart: bullets and paragraphs end a sentence as a full stop does."""
    sentences = tuple(_BULLET.sub("", part).strip() for part in _SENTENCE.split(text) if part and part.strip())
    words = text.split()
    numbers = tuple(_NUMBER.findall(PLACE.sub(_stands_for_a_number, _bare(text))))
    return Wording(
        text, len(words), sentences, numbers, tuple(s for s in sentences if _asks(s)), " ".join(words[:50]),
        tuple(match[0] for match in _LINK.finditer(text)),
    )  # fmt: skip


def _bare(text: str) -> str:
    """Without what counts nothing: list numbers, dates, addresses."""
    text = re.sub(r"https?://\S+", "", text)
    text = re.sub(r"(?m)^\s*\d+[.)]\s+", "", text)
    return re.sub(r"\b\d{1,2} (?=[A-Z][a-z]+)|\b20\d\d(?:-\d\d)*\b", "", text)


def _stands_for_a_number(match: re.Match[str]) -> str:
    return " 1 " if match[1] in ("value", "peers", "benchmark") else " "


def _asks(sentence: str) -> bool:
    """Whether a sentence asks the reader for something: it begins with a verb of doing, or with please."""
    said = re.sub(r"^(?:please|and|then|so|next time,?|at the next [\w ]+?,|from [\w ]+?,)\s+", "", sentence.lower())
    first = re.match(r"[a-z]+", said)
    return first is not None and (first[0] in ACTS or sentence.lower().startswith("please "))
