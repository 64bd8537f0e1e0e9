"""Every: each answer of a question with its share, for questions of one scale side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import Record
from .design import Design
from .estimate import estimate
from .question import PARTED
from .result import SurveyResult, publish


@dataclass(frozen=True, eq=False)
class EveryAnswer(Record):
    """One answer of one question, and the share who gave it, by group."""

    question: str
    answer: str
    result: SurveyResult

    def published(self) -> EveryAnswer:
        """As a page or an export may show it."""
        return replace(self, result=publish(self.result))


def every_answer(
    questions: Mapping[str, Sequence[str]],
    design: Design,
    *,
    order: Sequence[str] | None = None,
    multiple: bool = False,
    among: NDArray[np.bool_] | None = None,
    by: Sequence[str] | None = None,
    interval: str = "logit",
    level: float = 0.95,
) -> tuple[EveryAnswer, ...]:
    """What share gave each answer to each question?

    Parameters
    ----------
    questions
        column -> a cell (rows,) for each row, '' for none.
    order
        The answers in their order; else by number, or by how many gave them, most first.
    multiple
        An answer may name several options, parted by ';': shares of those who answered, which add up to more than 1.

    Raises
    ------
    InputError
        If a question has no answer, or an answer is not in `order`.
    """
    found = []
    for name, cells in questions.items():
        said = [tuple(p.strip() for p in cell.split(PARTED)) if multiple else (cell,) for cell in cells]
        given = [part for parts in said for part in parts if part]
        if not given:
            raise InputError(f"question {name!r} has no answer")
        answers = ordered(given) if order is None else list(order)
        stranger = next((a for a in given if a not in set(answers)), None)
        if stranger is not None:
            raise InputError(f"question {name!r}: the answer {stranger!r} is not in the order given"
                             f"{did_you_mean(stranger, answers)}")  # fmt: skip
        for answer in answers:
            y = np.array([np.nan if parts == ("",) else float(answer in parts) for parts in said])
            result = estimate(y, design, share=True, among=among, by=by, interval=interval, level=level)
            found.append(EveryAnswer(name, answer, result))
    return tuple(found)


def yes_side(
    questions: Mapping[str, Sequence[str]], design: Design, order: Sequence[str],
    *, among: NDArray[np.bool_] | None = None, level: float = 0.95,
) -> tuple[EveryAnswer, ...]:  # fmt: skip
    """What share answered on the upper side of a scale (its middle, where it has one, left out)?"""
    upper = set(list(order)[-(len(order) // 2) :])
    answer = " or ".join(word for word in order if word in upper)
    return tuple(
        EveryAnswer(name, answer, estimate(
            np.array([np.nan if not cell else float(cell in upper) for cell in cells]), design, share=True,
            among=among, level=level))
        for name, cells in questions.items()
    )  # fmt: skip


def ordered(given: Sequence[str]) -> list[str]:
    """Answers by number where all are numbers, else by how many gave them, most first, then by name."""
    counts: dict[str, int] = {}
    for answer in given:
        counts[answer] = counts.get(answer, 0) + 1
    if all(re.fullmatch(r"-?\d+(\.\d+)?", answer) for answer in counts):
        return sorted(counts, key=float)
    return sorted(counts, key=lambda answer: (-counts[answer], answer))
