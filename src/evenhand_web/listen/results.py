"""A wave's answers, from its rows to what a page may show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evenhand.errors import InputError
from evenhand.listen import Design, Instrument, Intake, Question, SurveyResult, estimate, hits, intake, suppress
from evenhand.listen.question import PARTED

from .answering import instrument
from .models import SurveyWave

FEWEST = 10  # ENGAGEMENT.md C3: no cell under ten is shown


@dataclass(frozen=True)
class Answered:
    """One answer of one question: everybody's share, and each profession's; None where too few answered."""

    question: Question
    answer: str
    words: str
    everybody: SurveyResult
    by_profession: SurveyResult


@dataclass(frozen=True)
class Results:
    """A wave as its results page shows it."""

    instrument: Instrument
    taken: Intake
    response: tuple[tuple[str, int, int], ...]  # profession, asked, answered
    answers: tuple[Answered, ...]
    raked: tuple[str, ...]


def results(wave: SurveyWave) -> Results | None:
    """The results of a wave; None while fewer than ten have answered. Kept until another answer comes in."""
    newest = wave.answers.values_list("id", flat=True).last() or 0
    return _results(wave.pk, newest)


@lru_cache(maxsize=8)
def _results(pk: int, newest: int) -> Results | None:
    wave = SurveyWave.objects.get(pk=pk)
    questions = instrument(wave)
    frame = list(wave.invitations.values("respondent", "profession", "strata").order_by("id"))
    taken = _taken(wave, questions, [row["respondent"] for row in frame])
    if taken.completed < FEWEST:
        return None
    rows = {token: i for i, token in enumerate(taken.tokens)}
    responded = np.array([row["respondent"] in rows for row in frame])
    columns = {name: [_cell(row, name) for row in frame] for name in questions.rake}
    rake = {name: cells for name, cells in columns.items() if all(cells) and _every_margin_answered(cells, responded)}
    design = Design(len(frame), responded=responded, rake=rake)
    profession = [row["profession"] for row in frame]
    tokens = [row["respondent"] for row in frame]
    answers = tuple(_estimates(questions, taken, tokens, rows, design, profession))
    response = _response(profession, responded)
    return Results(questions, taken, response, answers, tuple(rake))


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


def _estimates(
    questions: Instrument, taken: Intake, tokens: list[str], rows: dict[str, int], design: Design, profession: list[str]
) -> Iterable[Answered]:
    for question in questions.questions:
        cells = [taken.answers[question.id][rows[token]] if token in rows else "" for token in tokens]
        if sum(bool(cell) for cell in cells) < FEWEST:
            continue
        for answer, words in _answers(question):
            y = _one_if(question, cells, answer)
            share = question.type != "number"
            yield Answered(
                question, answer, words, suppress(estimate(y, design, share=share)),
                suppress(estimate(y, design, share=share, by=profession)),
            )  # fmt: skip


def _answers(question: Question) -> list[tuple[str, str]]:
    """What is estimated of a question: each option; of a scale, those at its upper end; of a number, its mean."""
    if question.type in ("single", "multiple"):
        return list(question.options.items())
    if question.type == "scale":
        upper = [step for step in question.values() if _above_the_middle(question, step)]
        return [(PARTED.join(upper), f"{' or '.join(upper)} ({question.high_label})")]
    return [("", f"mean, {question.unit}")] if question.type == "number" else []


def _above_the_middle(question: Question, step: str) -> bool:
    return question.low is not None and question.high is not None and float(step) > (question.low + question.high) / 2


def _one_if(question: Question, cells: list[str], answer: str) -> np.ndarray:
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
