"""A survey's results as figures: a sentence, a picture, a table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np

from evenhand import charts
from evenhand.listen import GroupEstimate
from evenhand_web.site.figures import Figure

from .models import SurveyWave
from .results import Answered, Results

ENDS = ("estimate", "low", "high")
HOW = (
    "Every person in the frame counts once. Those who answered are weighted so that their professions and regions "
    "together match the frame (raking), because some answer more readily than others.",
    "The interval is the 95% logit interval, with the raking in its standard error. The unweighted share beside it is "
    "what plain counting would have said.",
    "Groups with fewer than ten answers are not shown, nor any group from which one of those could be worked out.",
)


def of(wave: SurveyWave, found: Results) -> list[Figure]:
    """One figure a question, in the order of the instrument."""
    return [_figure(wave, rows) for rows in _by_question(found.answers)]


def least_heard(found: Results) -> tuple[str, int, int] | None:
    """The profession that answered least: name, asked, answered."""
    return min(found.response, key=lambda row: row[2] / row[1]) if len(found.response) > 1 else None


def _by_question(answers: Iterable[Answered]) -> list[list[Answered]]:
    questions: dict[str, list[Answered]] = {}
    for answer in answers:
        questions.setdefault(answer.question.id, []).append(answer)
    return list(questions.values())


def _figure(wave: SurveyWave, rows: list[Answered]) -> Figure:
    question = rows[0].question
    table = []
    for row in rows:
        table.append(_row(row.words, "everybody", row.everybody.estimates[0], row.everybody.unweighted[0]))
        table += [
            _row(row.words, e.group, e, u)
            for e, u in zip(row.by_profession.estimates, row.by_profession.unweighted, strict=True)
        ]
    picture = None if question.type == "number" else partial(_draw, rows, question.text)
    return Figure(
        name=f"{wave.key}-{question.id}", sentence=_sentence(rows), draw=picture, rows=table, how=HOW,
        columns=("answer", "group", "answers", "estimate", "low", "high", "unweighted"),
        command=f"evenhand listen estimate FILE --question {question.id} --responded responded --rake ... --json",
    )  # fmt: skip


def _row(words: str, group: str, e: GroupEstimate, u: GroupEstimate) -> tuple:
    if e.suppressed:
        return words, group, "fewer than 10", None, None, None, None
    return words, group, e.n, e.estimate, e.low, e.high, u.estimate


def _sentence(rows: list[Answered]) -> str:
    question, most = rows[0].question, max(rows, key=lambda row: _value(row))
    e, u = most.everybody.estimates[0], most.everybody.unweighted[0]
    if e.suppressed:
        return f"{question.text} Too few answered to say."
    if question.type == "number":
        return f"{question.text} On average {e.estimate:.1f} {question.unit} ({e.low:.1f} to {e.high:.1f})."
    return (
        f"{question.text} {e.estimate:.0%} say “{most.words}” ({e.low:.0%} to {e.high:.0%}; "
        f"{u.estimate:.0%} of those who answered, unweighted)."
    )


def _value(row: Answered) -> float:
    e = row.everybody.estimates[0]
    return -1.0 if e.suppressed else e.estimate


def _draw(rows: list[Answered], title: str, width: int) -> object:
    shown = [(row.words, row.everybody.estimates[0]) for row in rows if not row.everybody.estimates[0].suppressed]
    labels = [f"{words} (n = {e.n:,})" for words, e in shown]
    return charts.intervals(
        labels, *(np.array([getattr(e, end) for _, e in shown]) for end in ENDS),
        title=title, share=True, subtitle="Dot: share of everybody in the frame; bar: its 95% interval", width=width,
    )  # fmt: skip
