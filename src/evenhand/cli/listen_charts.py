"""The pictures of LISTEN's commands: from what was estimated to the arrays that a chart draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import charts
from ..errors import InputError
from ..listen import Change, EveryAnswer, SurveyResult
from ..listen.change import wave_interval
from ..listen.result import FEWEST

WITH_INTERVAL = "Dot: the estimate; bar: its 95% interval"
NO_FRAME = "Those who answered, and no more: nothing says whom they stand for, so no interval is shown"


def estimates(found: SurveyResult, *, title: str) -> Any:
    """One figure a group."""
    _some(found)
    rows = [e for e in found.estimates if not e.suppressed]
    value, low, high = (np.array([getattr(e, end) for e in rows]) for end in ("estimate", "low", "high"))
    return charts.intervals(
        [f"{e.group} (n = {e.n:,})" for e in rows], value, low, high, title=title, share=found.statistic == "share",
        subtitle=_subtitle(found) + _hidden(len(found.estimates) - len(rows)),
    )  # fmt: skip


def agreement(
    found: Sequence[EveryAnswer], yes: Sequence[EveryAnswer], *, order: Sequence[str], title: str, whom: str
) -> Any:
    """One bar a question, its answers in their order; `yes`: the share on its upper side."""
    questions = list(dict.fromkeys(a.question for a in found))
    rows = {(a.question, a.answer): a.result.estimates[0] for a in found}
    n = [rows[q, order[0]].n for q in questions]
    shares = np.array([[rows[q, answer].estimate for answer in order] for q in questions])
    upper = np.array([[getattr(one.result.estimates[0], end) for end in ("estimate", "low", "high")] for one in yes])
    return charts.agreement(questions, order, shares, n, upper, title=title, subtitle=whom)


def multiples(found: Sequence[EveryAnswer], *, title: str, whom: str) -> Any:
    """One panel a group (or a question, where there are several and no groups)."""
    first = found[0].result
    groups = [e.group for e in first.estimates]
    questions = list(dict.fromkeys(a.question for a in found))
    if len(questions) > 1 and len(groups) > 1:
        raise InputError("small multiples show one question by group, or several questions; leave --by out")
    answers = list(dict.fromkeys(a.answer for a in found))
    rows = {(a.question, a.answer, e.group): e for a in found for e in a.result.estimates}
    panels = [(q, g) for q in questions for g in groups]
    names = [q if len(questions) > 1 else g for q, g in panels]
    grid = [[rows.get((q, a, g)) for a in answers] for q, g in panels]
    value, low, high = (
        np.array([[getattr(e, end) if e else np.nan for e in row] for row in grid])
        for end in ("estimate", "low", "high")
    )
    n = [next(e.n for e in row if e is not None) for row in grid]
    if all(m is None for m in n):
        raise InputError(f"every group has fewer than {FEWEST} answers, so that none may be drawn")
    try:
        return charts.multiples(names, answers, value, low, high, n, title=title,
                                subtitle=f"{whom}. {_subtitle(first)}")  # fmt: skip
    except ValueError as error:
        raise InputError(str(error)) from error


def waves(found: Mapping[str, Change], *, title: str, share: bool, frame: bool) -> Any:
    """One dumbbell a group: the first wave and the last."""
    rows = {}
    for group, change in found.items():
        ends = [next(w for w in change.waves if w.wave == name) for name in (change.first, change.last)]
        rows[group] = (change, ends, any(w.n < FEWEST for w in ends))
    if all(small for _, _, small in rows.values()):
        raise InputError(f"every group has fewer than {FEWEST} answers in a wave, so that none may be drawn")
    shown = {g: row for g, row in rows.items() if not row[2]}
    first = next(iter(found.values()))
    says = "Point: the estimate; line: its 95% interval" if frame else NO_FRAME
    limits = np.array([[wave_interval(w, c, share=share) if frame else (np.nan, np.nan) for w in ends]
                       for c, ends, _ in shown.values()])  # fmt: skip
    return charts.waves(
        list(shown), np.array([[w.estimate for w in ends] for _, ends, _ in shown.values()]),
        limits[:, :, 0], limits[:, :, 1], [(ends[0].n, ends[1].n) for _, ends, _ in shown.values()],
        names=(first.first, first.last), title=title, share=share,
        subtitle=says + _hidden(len(rows) - len(shown)),
    )  # fmt: skip


def _subtitle(found: SurveyResult) -> str:
    return WITH_INTERVAL if found.has_frame else NO_FRAME


def _hidden(groups: int) -> str:
    return f"; {groups} group{'s' if groups > 1 else ''} with too few answers not shown" if groups else ""


def _some(found: SurveyResult) -> None:
    if all(e.suppressed for e in found.estimates):
        raise InputError(f"every group has fewer than {FEWEST} answers, so that none may be drawn")
