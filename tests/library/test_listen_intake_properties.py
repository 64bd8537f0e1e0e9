"""Intake, whatever comes in: every event has one fate, every answer kept is one that was asked for and allowed."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.definition import loads
from evenhand.listen import Instrument, asked, intake

SURVEY = loads("""id: s
title: T
purpose: P
who_asks: A
who_sees: B
anonymity: C
written_by: D
questions:
  - {id: heard, text: Heard, type: single, options: {yes: 'Yes', no: 'No'}}
  - {id: where, text: Where, type: multiple, at_most: 2, options: {a: A, b: B, c: C}, asked_if: {heard: yes}}
  - {id: helps, text: Helps, type: scale, low: 1, high: 5, asked_if: {where: [a, b]}}
  - {id: hours, text: Hours, type: number, low: 0, high: 40}
  - {id: why, text: Why, type: text, asked_if: {helps: ['1', '2']}}
""", Instrument)
QUESTIONS = [q.id for q in SURVEY.questions]
INVITED = [f"t{i}" for i in range(5)]
CLOSE = np.datetime64("2026-03-10T00:00:00", "us")
CELLS = {
    "heard": ["yes", "no", "", "maybe", " yes "], "where": ["a", "b;c", "a;b;c", "d", "", "a;a"],
    "helps": ["1", "5", "3.0", "6", "0", "x", ""], "hours": ["0", "40", "41", "-1", "2.5", "nan", ""],
    "why": ["slow", "", "no; really"],
}  # fmt: skip


@st.composite
def events(draw):
    count = draw(st.integers(0, 14))
    rows = [
        {"event": str(draw(st.integers(1, 12))), "token": draw(st.sampled_from([*INVITED, "stranger"])),
         "status": draw(st.sampled_from(["partial", "submitted", "submitted", "draft"]))}
        | {q: draw(st.sampled_from(CELLS[q])) for q in QUESTIONS}
        for _ in range(count)
    ]  # fmt: skip
    seconds = draw(st.lists(st.integers(0, 10 * 86_400), min_size=count, max_size=count, unique=True))
    times = np.datetime64("2026-03-01T00:00:00", "us") + np.array(seconds, dtype="timedelta64[s]")
    return rows, times.astype("datetime64[us]")


def take(rows, times):
    return intake(rows, times, INVITED, SURVEY, CLOSE)


@given(events())
@settings(max_examples=60, deadline=None)
def test_every_event_has_exactly_one_fate(given_events):
    rows, times = given_events
    found = take(rows, times)
    fates = [line.event for line in found.audit if not line.question]
    assert len(fates) + found.completed == len(rows)
    assert found.completed + found.partial_only + found.no_response == found.invited == len(INVITED)
    reasons = [line.reason for line in found.audit if not line.question]
    assert found.superseded_submissions == reasons.count("superseded")
    assert sum(found.rejected_events.values()) == sum(
        reasons.count(r) for r in ("unknown_token", "unknown_status", "after_close", "duplicate_event")
    )


@given(events())
@settings(max_examples=60, deadline=None)
def test_what_is_kept_was_asked_for_and_allowed_and_what_is_not_is_in_the_audit(given_events):
    rows, times = given_events
    found = take(rows, times)
    when = {str(t) for t in times.tolist()}
    for i, token in enumerate(found.tokens):
        answers = {q: found.answers[q][i] for q in QUESTIONS}
        so_far: dict[str, str] = {}
        for question in SURVEY.questions:
            if answers[question.id]:
                assert asked(question, so_far)
                assert question.clean(answers[question.id]) == answers[question.id]
            so_far[question.id] = answers[question.id]
        standing = next(r for r, t in zip(rows, times.tolist(), strict=True)
                        if r["token"] == token and t == found.times[i].item())  # fmt: skip
        dropped = {line.question for line in found.audit if line.token == token and line.question}
        for question in QUESTIONS:
            said = standing[question].strip()
            assert (not said) or (question in dropped) != bool(answers[question])
    assert len(when) == len(times)


@given(events(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_does_not_matter_where_times_differ(given_events, random):
    rows, times = given_events
    order = list(range(len(rows)))
    random.shuffle(order)
    found, again = take(rows, times), take([rows[i] for i in order], times[order])
    assert found.as_json() == again.as_json()
    assert (found.tokens, found.answers) == (again.tokens, again.answers)


@given(events())
@settings(max_examples=40, deadline=None)
def test_taking_in_what_was_taken_in_changes_nothing(given_events):
    found = take(*given_events)
    rows = [{"event": f"e{i}", "token": token, "status": "submitted"}
            | {q: found.answers[q][i] for q in QUESTIONS} for i, token in enumerate(found.tokens)]  # fmt: skip
    again = take(rows, found.times)
    assert (again.tokens, again.answers, again.audit) == (found.tokens, found.answers, ())


@given(events())
@settings(max_examples=40, deadline=None)
def test_a_partial_save_or_a_late_event_never_changes_an_answer(given_events):
    rows, times = given_events
    more = [*rows, *({**r, "event": f"p{i}", "status": "partial"} for i, r in enumerate(rows)),
            *({**r, "event": f"l{i}"} for i, r in enumerate(rows))]  # fmt: skip
    later = np.concatenate([times, times + np.timedelta64(1, "us"), times + np.timedelta64(30, "D")])
    found, again = take(rows, times), take(more, later)
    assert (found.tokens, found.answers) == (again.tokens, again.answers)
