"""What a content module is made of: its facts, its blocks, the questions of its self-audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from ..records import Record

SELF_AUDIT = "Self-audit"
UNCHECKED = "not yet checked by a clinician"


class Guidance(BaseModel):
    """One published source, by its number and title; `link` where it can be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    number: str = ""
    link: str = Field(default="", pattern=r"^(https://\S+)?$")


class Facts(BaseModel):
    """What stands above the text: who it is for, how long it takes, who wrote and who checked it.

    It is tied either to a `measure` of a `pathway`, or to an `instrument`'s `question` and the answer (`value`) that it
    is to move. minutes: to read it, questions included; audit_minutes: to look up and answer them (0: not said).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    pathway: str = ""
    measure: str = ""
    instrument: str = ""
    question: str = ""
    value: str = ""
    audience: tuple[str, ...] = Field(min_length=1)
    minutes: int = Field(gt=0, le=60)
    audit_minutes: int = Field(default=0, ge=0, le=60)
    authored_by: str = Field(min_length=1)
    checked_by: str = Field(default=UNCHECKED, min_length=1)
    review_due: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    guidance: tuple[Guidance, ...] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class Block(Record):
    """One part of a module: `number` from 1, its heading and its Markdown. All but the self-audit are `required`
    reading: with the last of them read, the module is completed."""

    number: int
    heading: str
    markdown: str
    required: bool


@dataclass(frozen=True, eq=False)
class Question(Record):
    """One question of the self-audit. Either `choices` are given, or a whole number from `least` to `most`."""

    word: str
    text: str
    choices: tuple[str, ...]
    least: int | None
    most: int | None

    def accepts(self, answer: str) -> bool:
        """Whether this is an answer to the question."""
        if self.least is None or self.most is None:
            return answer in self.choices
        return answer.isdecimal() and self.least <= int(answer) <= self.most


@dataclass(frozen=True, eq=False)
class Content(Record):
    """A module as read: its facts, its blocks in order, the questions of its self-audit, and the names of the figures
    that are filled in when it is read. where: the file; lines: each fact's line in it."""

    facts: Facts
    blocks: tuple[Block, ...]
    self_audit: tuple[Question, ...]
    figures: tuple[str, ...] = ()
    where: str = "<text>"
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The module's name in events and addresses."""
        return self.facts.id

    @property
    def about_survey(self) -> bool:
        """Whether it is to move the answer to a survey's question, not a measure."""
        return bool(self.facts.instrument)

    def at(self, fact: str) -> str:
        """`file:line` of a fact, for a message."""
        return f"{self.where}:{self.lines.get(fact, 1)}"
