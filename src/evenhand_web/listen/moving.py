"""What moved between two waves of the same questions, and whether chance could have done it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenhand.errors import InputError
from evenhand.listen import Change, Design, Question, change
from evenhand.listen.change import wave_interval
from evenhand_web.site.keeping import kept

from .models import SurveyWave
from .results import FEWEST, METHOD, answers_of, gathered, one_if, state

BEFORE, NOW = "1", "2"


@dataclass(frozen=True, eq=False)
class Moved:
    """One answer in two waves: value, low, high, n before and now; sure: the interval of the change leaves out 0."""

    question: Question
    words: str
    change: Change
    value: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]
    n: tuple[int, int]

    @property
    def sure(self) -> bool:
        """Whether it moved by more than chance."""
        return bool(self.change.low > 0 or self.change.high < 0)


def moved(wave: SurveyWave) -> list[Moved]:
    """Each answer that both waves asked for in the same words, and at least ten people gave in each; [] without one.
    Kept for good, as both have closed."""
    before = wave.previous
    if before is None or before.is_open() or wave.is_open():
        return []
    rests_on = (METHOD, *state(before), *state(wave))
    return kept(f"listen.moved/{wave.key}", rests_on, lambda: _moved(before, wave))


def _moved(before: SurveyWave, now: SurveyWave) -> list[Moved]:
    first, last = gathered(before), gathered(now)
    asked = {question.id: question for question in first.questions.questions}
    raked = [name for name in first.design.rake if name in last.design.rake]
    design = Design(
        first.design.rows + last.design.rows, responded=np.r_[first.design.answered, last.design.answered],
        rake={name: [*first.design.rake[name], *last.design.rake[name]] for name in raked},
    )  # fmt: skip
    labels = [BEFORE] * first.design.rows + [NOW] * last.design.rows
    found = []
    for question in last.questions.questions:
        if asked.get(question.id) != question:
            continue
        for answer, words in answers_of(question):
            y = np.r_[*(one_if(question, rows.cells[question.id], answer) for rows in (first, last))]
            try:
                moved_by = change(y, design, labels, person=[*first.who, *last.who])
            except InputError:  # one of the waves has no answer to this
                continue
            if min(each.n for each in moved_by.waves) >= FEWEST:
                found.append(_row(question, words, moved_by))
    return found


def _row(question: Question, words: str, moved_by: Change) -> Moved:
    one, two = moved_by.waves
    ends = [wave_interval(each, moved_by, share=question.type != "number") for each in (one, two)]
    return Moved(question, words, moved_by, (one.estimate, two.estimate), (ends[0][0], ends[1][0]),
                 (ends[0][1], ends[1][1]), (one.n, two.n))  # fmt: skip
