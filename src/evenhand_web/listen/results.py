"""A wave's answers, from its rows to what a page may show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db.models import Count, Max

from evenhand.errors import InputError
from evenhand.listen import (
    Design,
    Instrument,
    Intake,
    Question,
    SurveyResult,
    estimate,
    every_answer,
    hits,
    intake,
    publish,
)
from evenhand.listen.question import PARTED
from evenhand.listen.themes import ThemeCount, suggest
from evenhand_web.site.keeping import kept

from .answering import instrument
from .models import SurveyWave

FEWEST = 10  # ENGAGEMENT.md C3: no cell under ten is shown
METHOD = 1  # rises when the same answers would give other numbers
State = tuple[str, str, str, int, int, int, int]


@dataclass(frozen=True)
class Answered:
    """One answer of one question: everybody's share, and each profession's; None where too few answered."""

    question: Question
    answer: str
    words: str
    everybody: SurveyResult
    by_profession: SurveyResult


@dataclass(frozen=True)
class Scale:
    """A scale, step by step. everybody, by_profession: one result a step, in the order of the scale."""

    question: Question
    steps: tuple[str, ...]
    everybody: tuple[SurveyResult, ...]
    by_profession: tuple[SurveyResult, ...]


@dataclass(frozen=True)
class Themed:
    """What people wrote of, counted: answers that said anything, and each theme. Nothing of a single answer."""

    answers: int
    themes: tuple[ThemeCount, ...]


@dataclass(frozen=True)
class Written:
    """A question answered in one's own words, by theme; None if too few wrote to suggest any."""

    question: Question
    coded: Themed | None


@dataclass(frozen=True)
class Taken:
    """How many were asked, and how many answered."""

    invited: int
    completed: int
    completion_rate: float


@dataclass(frozen=True)
class Results:
    """A wave as its results page shows it, and nothing of a single answer: it is kept."""

    taken: Taken
    response: tuple[tuple[str, int, int], ...]  # profession, asked, answered
    answers: tuple[Answered, ...]
    raked: tuple[str, ...]
    scales: tuple[Scale, ...]
    written: tuple[Written, ...]
    has_frame: bool


@dataclass(frozen=True, eq=False)
class Gathered:
    """A wave's rows: one for each place in the frame, with what each question's answer was, '' for none.

    who: the random key of each place, the same in another wave only where both were asked of one series.
    """

    questions: Instrument
    taken: Intake
    design: Design
    profession: list[str]
    cells: dict[str, list[str]]
    who: list[str]


def results(wave: SurveyWave) -> Results | None:
    """The results of a wave; None while fewer than ten have answered. Of a closed wave they are kept for good."""
    now = state(wave)
    if wave.is_open():
        return _results(_gathered(wave.pk, now))
    return kept(f"listen.results/{wave.key}", (METHOD, *now), lambda: _results(_gathered(wave.pk, now)))


def gathered(wave: SurveyWave) -> Gathered:
    """The rows of a wave. Kept in mind until another answer comes in."""
    return _gathered(wave.pk, state(wave))


def state(wave: SurveyWave) -> State:
    """All that a wave's numbers rest on: its questions, when it closed, its answers and its frame, both of which only
    grow."""
    answers = wave.answers.aggregate(last=Max("id"), many=Count("id"))
    frame = wave.invitations.aggregate(last=Max("id"), many=Count("id"))
    questions = hashlib.sha256(instrument(wave).model_dump_json().encode()).hexdigest()
    return (wave.key, questions, wave.closes.isoformat(), answers["last"] or 0, answers["many"], frame["last"] or 0,
            frame["many"])  # fmt: skip


def _results(rows: Gathered) -> Results | None:
    if rows.taken.completed < FEWEST:
        return None
    questions, taken = rows.questions.questions, rows.taken
    return Results(
        Taken(taken.invited, taken.completed, taken.completion_rate),
        _response(rows.profession, rows.design.answered), tuple(_estimates(rows)),
        tuple(rows.design.rake), tuple(_scale(rows, q) for q in questions if q.type == "scale" and _enough(rows, q)),
        tuple(_written(rows, q) for q in questions if q.type == "text"),
        rows.design.has_frame,
    )  # fmt: skip


@lru_cache(maxsize=8)
def _gathered(pk: int, now: State) -> Gathered:
    wave = SurveyWave.objects.get(pk=pk)
    questions = instrument(wave)
    frame = list(wave.invitations.values("respondent", "profession", "strata").order_by("id"))
    taken = _taken(wave, questions, [row["respondent"] for row in frame])
    at = {token: i for i, token in enumerate(taken.tokens)}
    responded = np.array([row["respondent"] in at for row in frame], dtype=bool)
    columns = {name: [_cell(row, name) for row in frame] for name in questions.rake}
    rake = {name: cells for name, cells in columns.items() if all(cells) and _every_margin_answered(cells, responded)}
    tokens = [row["respondent"] for row in frame]
    cells = {q.id: [taken.answers[q.id][at[token]] if token in at else "" for token in tokens]
             for q in questions.questions}  # fmt: skip
    # where all who are listed answered, nobody knows who else was asked: these are those who answered, and no more
    design = Design(len(frame))
    if not responded.all():
        size = np.full(len(frame), float(len(frame)))
        design = Design(len(frame), responded=responded, rake=rake, population_size=size)
    return Gathered(questions, taken, design, [row["profession"] for row in frame], cells, tokens)


def _enough(rows: Gathered, question: Question) -> bool:
    return sum(bool(cell) for cell in rows.cells[question.id]) >= FEWEST


def _scale(rows: Gathered, question: Question) -> Scale:
    asked = {question.id: rows.cells[question.id]}
    steps = tuple(question.values())
    every = every_answer(asked, rows.design, order=steps)
    by = every_answer(asked, rows.design, order=steps, by=rows.profession)
    return Scale(question, steps, *(tuple(row.published().result for row in side) for side in (every, by)))


def _written(rows: Gathered, question: Question) -> Written:
    try:
        coded = suggest(rows.cells[question.id])
    except InputError:
        return Written(question, None)
    return Written(question, Themed(coded.answers, coded.themes))


def _taken(wave: SurveyWave, questions: Instrument, invited: list[str]) -> Intake:
    events = list(wave.answers.values("id", "respondent", "status", "answers", "at").order_by("id"))
    names = [question.id for question in questions.questions]
    said = [
        {"event": str(e["id"]), "token": e["respondent"], "status": e["status"], "time": e["at"].isoformat()}
        | {name: str(e["answers"].get(name, "")) for name in names}
        for e in events
    ]
    times = np.array([e["at"].replace(tzinfo=None) for e in events], dtype="datetime64[s]")
    return intake(said, times, invited, questions, np.datetime64(wave.closes.replace(tzinfo=None), "s"))


def _estimates(rows: Gathered) -> Iterable[Answered]:
    for question in rows.questions.questions:
        if not _enough(rows, question):
            continue
        for answer, words in answers_of(question):
            y = one_if(question, rows.cells[question.id], answer)
            share = question.type != "number"
            yield Answered(
                question, answer, words, publish(estimate(y, rows.design, share=share)),
                publish(estimate(y, rows.design, share=share, by=rows.profession)),
            )  # fmt: skip


def answers_of(question: Question) -> list[tuple[str, str]]:
    """(answer, words) of what is estimated of a question.

    Each option; of a scale, those at its upper end; of a number, its mean.
    """
    if question.type in ("single", "multiple"):
        return list(question.options.items())
    if question.type == "scale":
        upper = [step for step in question.values() if _above_the_middle(question, step)]
        return [(PARTED.join(upper), f"{' or '.join(upper)} ({question.high_label})")]
    return [("", f"mean, {question.unit}")] if question.type == "number" else []


def _above_the_middle(question: Question, step: str) -> bool:
    return question.low is not None and question.high is not None and float(step) > (question.low + question.high) / 2


def one_if(question: Question, cells: list[str], answer: str) -> np.ndarray:
    """1 where a cell gives this answer, 0 where it gives another, NaN where it gives none; numbers as they are."""
    if question.type == "number":
        return np.array([float(cell) if cell else np.nan for cell in cells])
    if question.type == "scale":
        upper = set(answer.split(PARTED))
        return np.array([np.nan if not cell else float(cell in upper) for cell in cells])
    try:
        return hits(cells, answer, multiple=question.type == "multiple")
    except InputError:  # nobody chose it: a share of nought, not a mistake
        return np.array([np.nan if not cell else 0.0 for cell in cells])


def _cell(row: dict, name: str) -> str:
    return str(row["profession"] if name == "profession" else row["strata"].get(name, ""))


def _every_margin_answered(cells: list[str], responded: np.ndarray) -> bool:
    answering = {cell for cell, yes in zip(cells, responded, strict=True) if yes}
    return set(cells) == answering


def _response(profession: list[str], responded: np.ndarray) -> tuple[tuple[str, int, int], ...]:
    found = []
    for name in dict.fromkeys(profession):
        yes = [bool(r) for p, r in zip(profession, responded, strict=True) if p == name]
        found.append((name, len(yes), sum(yes)))
    return tuple(found)
