"""Instrument: a survey as its YAML file states it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import Field, model_validator

from ..definition import load
from ..errors import InputError, did_you_mean
from .question import Question, Strict, asked
from .timing import seconds

DEFINITIONS = Path(__file__).resolve().parents[1] / "definitions" / "surveys"
LIMIT_SECONDS = 180  # PAGES.md, Listen: never more than three minutes


class Instrument(Strict):
    """A survey: who asks, who will see, how anonymity works, and at most three minutes of questions."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    who_asks: str = Field(min_length=1)
    who_sees: str = Field(min_length=1)
    anonymity: str = Field(min_length=1)
    background: str = ""
    written_by: str = Field(min_length=1)
    checked_by: str = "not yet checked by a clinician"
    rake: tuple[str, ...] = ()
    questions: tuple[Question, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        earlier: dict[str, Question] = {}
        for question in self.questions:
            if question.id in earlier:
                raise ValueError(f"question {question.id!r} is given twice")
            for other, answers in question.asked_if.items():
                _check_condition(question, other, answers, earlier)
            earlier[question.id] = question
        if self.longest > LIMIT_SECONDS:
            raise ValueError(
                f"takes {self.longest:.0f} seconds to answer at its longest; at most {LIMIT_SECONDS}: "
                "leave a question out or ask it of fewer"
            )
        return self

    @cached_property
    def longest(self) -> float:
        """Seconds that it takes at its longest; hundreds of paths are walked for it, once."""
        return seconds(self.questions)

    def question(self, name: str) -> Question:
        """One question; KeyError if there is none."""
        for question in self.questions:
            if question.id == name:
                return question
        raise KeyError(name)

    def next_question(self, answers: Mapping[str, str]) -> Question | None:
        """The first question that is to be asked and is not among the answers ('' is an answer); None at the end."""
        for question in self.questions:
            if question.id not in answers and asked(question, answers):
                return question
        return None


def load_instrument(path: str | Path) -> Instrument:
    """Read an instrument from its YAML file, or one of Evenhand's own by its id.

    Raises
    ------
    InputError
        If the file is not an instrument; the message says where.

    >>> load_instrument("qipp_awareness_2010").questions[0].id
    'heard_of_qipp'
    """
    word = str(path)
    if not word.endswith((".yaml", ".yml")):
        own = instruments()
        if word not in own:
            raise InputError(f"no survey {word!r}{did_you_mean(word, own)}; there are: {', '.join(own)}")
        return _own(own[word], own[word].stat().st_mtime_ns)
    return load(Path(path), Instrument)


@lru_cache(maxsize=64)  # pages ask for one several times, and what is frozen may be shared
def _own(path: Path, changed: int) -> Instrument:
    return load(path, Instrument)


def instruments() -> dict[str, Path]:
    """Evenhand's own instruments, id -> file."""
    return {path.stem: path for path in sorted(DEFINITIONS.glob("*.yaml"))}


def _check_condition(question: Question, other: str, answers: tuple[str, ...], earlier: Mapping[str, Question]) -> None:
    if other not in earlier:
        raise ValueError(f"question {question.id!r}: asked_if names {other!r}, which is not an earlier question"
                         f"{did_you_mean(other, earlier)}")  # fmt: skip
    known = earlier[other].values()
    if not known:
        raise ValueError(f"question {question.id!r}: asked_if cannot depend on the {earlier[other].type} {other!r}")
    for answer in answers:
        if answer not in known:
            hint = did_you_mean(answer, known)
            raise ValueError(f"question {question.id!r}: {other!r} has no answer {answer!r}{hint}")
