"""What the survey says, in sentences and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import charts
from ..listen import Design, SurveyResult, estimate, hits, suppress
from ..listen.instrument import load_instrument
from ..listen.result import GroupEstimate
from ..table import Table
from .chapter import Figure

INSTRUMENT = "qipp_awareness_2010"
FEWEST_ANSWERS = 10  # ENGAGEMENT.md C3: no group under ten is shown


@dataclass(frozen=True)
class Asked:
    """One share to estimate: 1, 0 and NaN for each row of the survey, and among whom."""

    name: str
    says: str
    answers: NDArray[np.float64]
    among: NDArray[np.bool_] | None
    headline: bool


# column, answer, the sentence, (column, answer) of those asked, whether it leads
SHARES: tuple[tuple[str, str, str, tuple[str, str] | None, bool], ...] = (
    ("heard_of_qipp", "yes", "had heard of QIPP", None, True),
    ("aware", "yes", "had heard of QIPP", None, True),
    ("expected_difference", "positive", "of those who had, expected good of it", ("heard_of_qipp", "yes"), True),
    ("positive", "yes", "of those who had, expected good of it", ("aware", "yes"), True),
    ("asked_to_decide", "yes", "had been asked to take part in a decision about money", None, False),
    ("would_act", "yes", "would change a decision on a colleague's evidence", None, False),
)
CHOICES = ("barrier",)  # every answer of these is a row


def questions(survey: Table) -> tuple[Asked, ...]:
    """The shares that this survey can be asked for, in the order in which they are told."""
    found = [
        Asked(f"{column}={value}", says, hits(survey.text(column), value), _among(survey, among), headline)
        for column, value, says, among, headline in SHARES
        if survey.has(column) and value in survey.text(column)
    ]
    for column in CHOICES:
        if survey.has(column):
            answers = survey.text(column)
            labels = _labels(column)
            for value in sorted({answer for answer in answers if answer}):
                says = f"held back by: {labels.get(value, value)}"
                found.append(Asked(f"{column}={value}", says, hits(answers, value), None, False))
    return tuple(found)


def results(asked: Sequence[Asked], design: Design) -> dict[str, SurveyResult]:
    """Each share, estimated and weighted to the frame; nothing under ten answers."""
    return {
        q.name: suppress(estimate(q.answers, design, share=True, among=q.among), fewest=FEWEST_ANSWERS) for q in asked
    }


def says(asked: Sequence[Asked], found: dict[str, SurveyResult], survey: Table) -> tuple[str, ...]:
    """The survey in sentences: who answered, what leads, what holds people back most."""
    first = next(iter(found.values()), None)
    if first is None:
        return (f"{len(survey):,} clinicians are in the frame; none of the questions asked is one this page knows.",)
    lines = [
        f"{first.n:,} of {len(survey):,} clinicians answered ({first.response_rate:.0%}); their answers are weighted "
        f"to all of them and are worth {first.kish_ess:,.0f} answers of equal weight."
    ]
    told = [(q, found[q.name].group()) for q in asked]
    lines += [f"{_percent(e)} {q.says}." for q, e in told if q.headline and not e.suppressed]
    choices = [(q, e) for q, e in told if q.name.split("=")[0] in CHOICES and not e.suppressed]
    if choices:
        question, most = max(choices, key=lambda pair: pair[1].estimate)
        lines.append(f"What holds people back most: {question.says.partition(': ')[2]}, {_percent(most)}.")
    return tuple(lines)


def figure(asked: Sequence[Asked], found: dict[str, SurveyResult]) -> Figure:
    """Every share with its interval."""
    rows: list[tuple[Any, ...]] = []
    for question in asked:
        e = found[question.name].group()
        rows.append((question.says, e.n, e.estimate, e.low, e.high))
    shown = [row for row in rows if row[1] is not None]

    def draw(width: int) -> object:
        value, low, high = (np.array([row[i] for row in shown], dtype=float) for i in (2, 3, 4))
        return charts.intervals([str(row[0]) for row in shown], value, low, high, share=True,
                                title="What clinicians answered", width=width)  # fmt: skip

    return Figure(
        "survey", "Shares of all clinicians, weighted to the frame, with 95% intervals.",
        ("answer", "answers", "share", "low", "high"), tuple(rows), ("text", "count", "share", "share", "share"),
        draw=draw if shown else None,
    )  # fmt: skip


def _among(survey: Table, among: tuple[str, str] | None) -> NDArray[np.bool_] | None:
    if among is None:
        return None
    return np.array([cell == among[1] for cell in survey.text(among[0])])


def _labels(column: str) -> dict[str, str]:
    try:
        return load_instrument(INSTRUMENT).question(column).options
    except KeyError:
        return {}


def _percent(e: GroupEstimate) -> str:
    return f"{e.estimate:.0%} ({e.low:.0%} to {e.high:.0%})"
