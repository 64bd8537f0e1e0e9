"""Timing: how long an instrument takes on its longest path through the skip logic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from .question import PARTED, Question, asked

WORDS_A_SECOND = 238 / 60  # silent reading of non-fiction: Brysbaert (2019), J Memory and Language 109:104047
# Seconds to decide and tap once the question is read: our rule, to be replaced by times measured from partial saves.
ANSWER = {"single": 2.0, "multiple": 5.0, "scale": 3.0, "number": 6.0, "text": 25.0}
MOST_PATHS = 10_000  # beyond this, every conditional question is counted: an upper bound


def seconds(questions: Sequence[Question]) -> float:
    """Seconds that the slowest path through the questions takes to read and answer."""
    gates = {name for question in questions for name in question.asked_if}
    steps = [(q, question_seconds(q)) for q in questions]
    choices = [["", *_answers(q)] for q in questions if q.id in gates]
    names = [q.id for q in questions if q.id in gates]
    paths = 1
    for choice in choices:
        paths *= len(choice)
    if paths > MOST_PATHS:
        return sum(spent for _, spent in steps)
    return max(_path(steps, dict(zip(names, answers, strict=True))) for answers in product(*choices))


def question_seconds(question: Question) -> float:
    """Seconds to read one question with its options, and to answer it."""
    words = " ".join([question.text, question.hint, question.low_label, question.high_label, question.unit,
                      *question.options.values()])  # fmt: skip
    return len(words.split()) / WORDS_A_SECOND + ANSWER[question.type]


def _path(steps: list[tuple[Question, float]], answers: Mapping[str, str]) -> float:
    given: dict[str, str] = {}
    spent = 0.0
    for question, cost in steps:
        if asked(question, given):
            spent += cost
            given[question.id] = answers.get(question.id, "")
    return spent


def _answers(question: Question) -> list[str]:
    """Answers that lead on; of a question of many, all of them at once lead furthest."""
    return [PARTED.join(question.values())] if question.type == "multiple" else list(question.values())
