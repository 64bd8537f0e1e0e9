"""Question: what is asked, of whom, and what counts as an answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

PARTED = ";"  # between the options of one answer to a question of many
RESERVED = frozenset({"event", "token", "time", "status", "responded"})  # columns of the answers file


def _listed(given: object) -> object:
    return [given] if isinstance(given, str) else given


Values = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(Strict):
    """One question.

    type: single or multiple (of `options`, code -> words), scale (whole numbers from low to high, with the words
    at both ends), number (from low to high, with its unit), text (free). asked_if: earlier question -> answers;
    it is asked only where each of these was answered so; else it is skipped.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    text: str = Field(min_length=1)
    type: Literal["single", "multiple", "scale", "number", "text"]
    hint: str = ""
    options: dict[str, str] = {}
    at_most: int | None = Field(default=None, ge=1)
    low: float | None = None
    high: float | None = None
    low_label: str = ""
    high_label: str = ""
    unit: str = ""
    asked_if: dict[str, Values] = {}

    @model_validator(mode="after")
    def _whole(self) -> Question:
        chosen = self.type in ("single", "multiple")
        measured = self.type in ("scale", "number")
        if self.id in RESERVED:
            raise ValueError(f"{self.id!r} is a column of the answers file; name the question otherwise")
        if chosen and len(self.options) < 2:
            raise ValueError(f"question {self.id!r}: a {self.type} question needs two options or more")
        if not chosen and self.options:
            raise ValueError(f"question {self.id!r}: a {self.type} question has no options")
        if any(not code or PARTED in code for code in self.options):
            raise ValueError(f"question {self.id!r}: an option's code is a word without {PARTED!r}")
        if self.at_most is not None and self.type != "multiple":
            raise ValueError(f"question {self.id!r}: at_most is for a multiple question")
        if measured and (self.low is None or self.high is None or not self.low < self.high):
            raise ValueError(f"question {self.id!r}: a {self.type} question needs low and high, low below high")
        if not measured and (self.low is not None or self.high is not None):
            raise ValueError(f"question {self.id!r}: low and high are for scale and number questions")
        if self.type == "scale" and any(end != int(end) for end in (self.low, self.high) if end is not None):
            raise ValueError(f"question {self.id!r}: a scale goes from one whole number to another")
        return self

    def clean(self, cell: str) -> str | None:
        """The answer in its one spelling, '' where there is none, None where it is out of range.

        >>> Question(id="q", text="?", type="scale", low=1, high=5).clean(" 3.0")
        '3'
        """
        word = cell.strip()
        if not word or self.type == "text":
            return word
        if self.type == "single":
            return word if word in self.options else None
        if self.type == "multiple":
            parts = list(dict.fromkeys(part.strip() for part in word.split(PARTED) if part.strip()))
            known = all(part in self.options for part in parts)
            return PARTED.join(parts) if known and len(parts) <= (self.at_most or len(parts)) else None
        return self._measured(word)

    def values(self) -> tuple[str, ...]:
        """Every answer that another question may depend on; empty for numbers and text."""
        if self.type == "scale" and self.low is not None and self.high is not None:
            return tuple(str(step) for step in range(int(self.low), int(self.high) + 1))
        return tuple(self.options)

    def _measured(self, word: str) -> str | None:
        try:
            value = float(word)
        except ValueError:
            return None
        low, high = self.low, self.high
        if low is None or high is None or not math.isfinite(value) or not low <= value <= high:
            return None
        if self.type == "scale":
            return str(int(value)) if value == int(value) else None
        return word


def asked(question: Question, answers: Mapping[str, str]) -> bool:
    """Whether these answers lead to the question; a skipped or unanswered question leads nowhere."""
    return all(
        any(part in wanted for part in answers.get(other, "").split(PARTED) if part)
        for other, wanted in question.asked_if.items()
    )
