"""A survey's results as figures: a sentence, a picture, a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from evenhand import charts
from evenhand.charts import survey_sketches as sketches
from evenhand.listen import GroupEstimate, Question, cautions
from evenhand_web.site.figures import NARROW, WIDE, Figure
from evenhand_web.site.keeping import kept

from .models import SurveyWave
from .moving import Moved
from .results import Answered, Results, Scale, Written

ENDS = ("estimate", "low", "high")
HOW = (
    "Every person in the frame counts once. Those who answered are weighted so that their professions and regions "
    "together match the frame (raking), because some answer more readily than others.",
    "The interval is the 95% logit interval, with the raking in its standard error. The unweighted share beside it is "
    "what plain counting would have said.",
    "Groups with fewer than ten answers are not shown, nor any group from which one of those could be worked out.",
)
SKETCHES = 1  # rises when the same results would be drawn otherwise
MOST_KEPT = 16  # figures of so many waves
_KEPT: dict[int, tuple[object, Any]] = {}  # by what it was made of, held beside so that its number stays its own
PANELS = 6  # groups side by side that a phone can still show
WRITTEN = (
    "Themes are the words that answers share, found on this machine (non-negative matrix factorisation); each answer "
    "counts in the theme it is most made of. They are a beginning: a person reads the answers and names themes.",
    "No answer is shown word for word, and no theme that fewer than ten people wrote of.",
)


def of(wave: SurveyWave, found: Results) -> list[list[Figure]]:
    """The figures of each question, in the order of the instrument: everybody, the scale's steps, group by group.

    Kept, with their pictures, as long as these results are.
    """
    return in_mind(found, lambda: _sketched(f"listen.sketches/{wave.key}", _of(wave, found)))


def in_mind(rests_on: object, make: Callable[[], Any]) -> Any:
    """What was made of this very object, among the last few; made now if it was not."""
    held = _KEPT.get(id(rests_on))
    if held is None or held[0] is not rests_on:
        while len(_KEPT) >= MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)), None)
        held = _KEPT[id(rests_on)] = (rests_on, make())
    return held[1]


def _sketched(name: str, drawn: list[list[Figure]], also: tuple[str, ...] = ()) -> list[list[Figure]]:
    """The same figures with their pictures drawn once for both widths, and kept. A picture shows what stands in its
    figure's table, and `also`."""
    every = [figure for part in drawn for figure in part if figure.sketch is not None]
    shown = [(figure.name, figure.sentence, figure.columns, figure.rows) for figure in every]
    pictures = kept(name, (SKETCHES, repr(shown), *also), lambda: {
        figure.name: {width: figure.sketch(width) for width in (WIDE, NARROW) if figure.sketch} for figure in every
    })  # fmt: skip
    return [[replace(figure, sketch=pictures[figure.name].__getitem__) if figure.sketch else figure for figure in part]
            for part in drawn]  # fmt: skip


def _of(wave: SurveyWave, found: Results) -> list[list[Figure]]:
    scales = {scale.question.id: scale for scale in found.scales}
    drawn = []
    for rows in _by_question(found.answers):
        scale = scales.get(rows[0].question.id)
        more = _scale(wave, scale, rows[0]) if scale else _multiples(wave, rows)
        drawn.append([_figure(wave, rows, _design(found)), *([more] if more else [])])
    return drawn + [[_written(wave, row)] for row in found.written if row.coded]


def changed(wave: SurveyWave, moves: list[Moved]) -> Figure:
    """What moved since the last wave: a point for each wave, and whether that may be chance."""
    names = _names(wave)
    return in_mind(moves, lambda: _sketched(f"listen.sketch/{wave.key}", [[_changed(wave, moves, names)]], names)[0][0])


def _names(wave: SurveyWave) -> tuple[str, str]:
    """The two waves, as the picture of what moved calls them."""
    assert wave.previous is not None, "without a wave before nothing has moved"
    return f"before ({wave.previous.closes:%B %Y})", f"now ({wave.closes:%B %Y})"


def _changed(wave: SurveyWave, moves: list[Moved], names: tuple[str, str]) -> Figure:
    share = [m for m in moves if m.question.type != "number"]
    sure = [m for m in share if m.sure]
    sentence = (
        f"{len(sure)} of {len(share)} answers moved by more than chance since the last wave."
        if sure else f"None of {len(share)} answers moved by more than chance since the last wave."
    )
    rows = [
        (m.question.text, m.words, *m.n, *m.value, m.change.change, m.change.low, m.change.high, m.change.p)
        for m in share
    ]
    labels = [f"{m.question.text} {m.words}" for m in share]
    value, low, high = (np.array([getattr(m, end) for m in share]) for end in ("value", "low", "high"))
    return Figure(
        name=f"{wave.key}-change", sentence=sentence, rows=rows, how=HOW,
        columns=("question", "answer", "answers before", "answers now", "before", "now", "change", "low", "high", "p"),
        command="evenhand listen change FILE --wave wave --question ... --json",
        draw=lambda width: charts.waves(labels, value, low, high, [m.n for m in share], names=names,
                                        title="What moved", share=True, width=width),
        sketch=lambda width: sketches.waves(labels, value, low, high, [m.n for m in share], names=names, width=width),
    )  # fmt: skip


def _multiples(wave: SurveyWave, rows: list[Answered]) -> Figure | None:
    """Group by group, each in a panel of its own; None if fewer than two groups may be shown."""
    question = rows[0].question
    groups = [e.group for e in rows[0].by_profession.estimates
              if not any(row.by_profession.group(e.group).suppressed for row in rows)][:PANELS]  # fmt: skip
    if question.type == "number" or len(groups) < 2:
        return None
    parts = [[row.by_profession.group(group) for row in rows] for group in groups]
    ends = [np.array([[getattr(e, end) for e in part] for part in parts]) for end in ENDS]
    labels, n = [row.words for row in rows], [part[0].n for part in parts]
    table = [(group, row.words, e.n, e.estimate, *_ends(e))
             for group, part in zip(groups, parts, strict=True) for row, e in zip(rows, part, strict=True)]  # fmt: skip
    return Figure(
        name=f"{wave.key}-{question.id}-groups", sentence=f"The same by profession: {', '.join(groups)}.", rows=table,
        columns=("group", "answer", "answers", "estimate", "low", "high"), how=HOW,
        draw=lambda width: charts.multiples(groups, labels, *ends, n, title=question.text, width=width),
        sketch=lambda width: sketches.multiples(groups, labels, *ends, n, width=width),
    )  # fmt: skip


def _scale(wave: SurveyWave, scale: Scale, upper: Answered) -> Figure:
    """Each step of an agreement scale, for everybody and for each profession that may be shown."""
    everyone = [("Everybody", upper.everybody.estimates[0], [r.estimates[0] for r in scale.everybody])]
    by = [(e.group, e, [r.group(e.group) for r in scale.by_profession]) for e in upper.by_profession.estimates]
    shown = [row for row in everyone + by if not any(e.suppressed for e in (row[1], *row[2]))]
    shares = np.array([[e.estimate for e in steps] for _, _, steps in shown])
    yes = np.array([[e.estimate, e.low, e.high] for _, e, _ in shown])
    names, n = [name for name, _, _ in shown], [e.n for _, e, _ in shown]
    question = scale.question
    steps = [f"{step}: {_end(question, step)}" if _end(question, step) else step for step in scale.steps]
    table = [(name, e.n, *(s.estimate for s in each), e.estimate, *_ends(e)) for name, e, each in shown]
    return Figure(
        name=f"{wave.key}-{question.id}-scale", sentence=f"Step by step, by profession: {question.text}", rows=table,
        columns=("group", "answers", *steps, "upper steps", "low", "high"), how=HOW,
        draw=lambda width: charts.agreement(names, steps, shares, n, yes, title=question.text, width=width),
        sketch=lambda width: sketches.agreement(names, steps, shares, n, yes, width=width),
    )  # fmt: skip


def _end(question: Question, step: str) -> str:
    """The words at an end of the scale."""
    return {f"{question.low:g}": question.low_label, f"{question.high:g}": question.high_label}.get(step, "")


def _written(wave: SurveyWave, written: Written) -> Figure:
    coded = written.coded
    assert coded is not None
    rows = [(t.title, "fewer than 10" if t.n is None else f"{t.n:,}", None if t.n is None else t.share,
             ", ".join(t.words)) for t in coded.themes if t.n != 0]  # fmt: skip
    return Figure(
        name=f"{wave.key}-{written.question.id}", rows=rows, how=WRITTEN,
        sentence=f"{written.question.text} {coded.answers:,} people wrote something.",
        columns=("theme", "answers", "share of those who wrote", "its words"),
        command="evenhand listen themes FILE --question ... --json",
    )  # fmt: skip


def responses(wave: SurveyWave, found: Results) -> Figure:
    """Who was asked, and who answered, by profession."""
    return Figure(
        name=f"{wave.key}-responses", sentence="Who answered, and who is missing.", rows=list(found.response),
        columns=("profession", "asked", "answered"), command="evenhand listen intake EVENTS --invited FILE --json",
    )  # fmt: skip


def least_heard(found: Results) -> tuple[str, int, int] | None:
    """The profession that answered least: name, asked, answered."""
    return min(found.response, key=lambda row: row[2] / row[1]) if len(found.response) > 1 else None


def _by_question(answers: Iterable[Answered]) -> list[list[Answered]]:
    questions: dict[str, list[Answered]] = {}
    for answer in answers:
        questions.setdefault(answer.question.id, []).append(answer)
    return list(questions.values())


def _design(found: Results) -> str:
    """How the rows stand for people, as the command line says it."""
    if not found.has_frame:
        return ""
    raked = f" --rake {','.join(found.raked)}" if found.raked else ""
    return f" --responded responded{raked} --population-size {sum(asked for _, asked, _ in found.response)}"


def _figure(wave: SurveyWave, rows: list[Answered], design: str) -> Figure:
    question = rows[0].question
    table = []
    for row in rows:
        table.append(_row(row.words, "everybody", row.everybody.estimates[0], row.everybody.unweighted[0]))
        table += [
            _row(row.words, e.group, e, u)
            for e, u in zip(row.by_profession.estimates, row.by_profession.unweighted, strict=True)
        ]
    number = question.type == "number"
    return Figure(
        name=f"{wave.key}-{question.id}", sentence=_sentence(rows), rows=table,
        draw=None if number else partial(_draw, rows, question.text), sketch=None if number else partial(_sketch, rows),
        how=(*HOW, *cautions(rows[0].everybody)),
        columns=("answer", "group", "answers", "estimate", "low", "high", "unweighted"),
        command=f"evenhand listen estimate FILE --question {question.id}{design} --by profession --json",
    )  # fmt: skip


def _row(words: str, group: str, e: GroupEstimate, u: GroupEstimate) -> tuple:
    if e.suppressed:
        return words, group, "fewer than 10", None, None, None, None
    return words, group, e.n, e.estimate, *_ends(e), u.estimate


def _ends(e: GroupEstimate) -> tuple[float | None, float | None]:
    """The interval; none where there is no frame, so that nobody is spoken of but those who answered."""
    return (e.low, e.high) if np.isfinite(e.low) else (None, None)


def _sentence(rows: list[Answered]) -> str:
    question, most = rows[0].question, max(rows, key=lambda row: _value(row))
    e, u = most.everybody.estimates[0], most.everybody.unweighted[0]
    if e.suppressed:
        return f"{question.text} Too few answered to say."
    if question.type == "number":
        if not np.isfinite(e.low):
            return f"{question.text} On average {e.estimate:.1f} {question.unit}, of those who answered."
        return f"{question.text} On average {e.estimate:.1f} {question.unit} ({e.low:.1f} to {e.high:.1f})."
    if not np.isfinite(e.low):
        return f"{question.text} {e.estimate:.0%} of those who answered say “{most.words}”."
    return (
        f"{question.text} {e.estimate:.0%} say “{most.words}” ({e.low:.0%} to {e.high:.0%}; "
        f"{u.estimate:.0%} of those who answered, unweighted)."
    )


def _value(row: Answered) -> float:
    e = row.everybody.estimates[0]
    return -1.0 if e.suppressed else e.estimate


def _draw(rows: list[Answered], title: str, width: int) -> object:
    labels, ends = _everybody(rows)
    frame = "Dot: share of everybody in the frame; bar: its 95% interval"
    subtitle = frame if np.isfinite(ends[1]).all() else "Dot: share of those who answered"
    return charts.intervals(labels, *ends, title=title, share=True, subtitle=subtitle, width=width)


def _sketch(rows: list[Answered], width: int) -> str:
    labels, ends = _everybody(rows)
    return sketches.intervals(labels, *ends, width=width)


def _everybody(rows: list[Answered]) -> tuple[list[str], list[np.ndarray]]:
    """Each answer in words with its n, and its estimate, low and high."""
    shown = [(row.words, row.everybody.estimates[0]) for row in rows if not row.everybody.estimates[0].suppressed]
    return [f"{words} (n = {e.n:,})" for words, e in shown], [
        np.array([getattr(e, end) for _, e in shown]) for end in ENDS
    ]
