"""A survey as its YAML file states it: strict, at most three minutes, with skip logic that leads somewhere."""

from __future__ import annotations

import pytest

from evenhand.errors import InputError
from evenhand.listen import instruments, load_instrument, seconds
from evenhand.listen.instrument import LIMIT_SECONDS
from evenhand.listen.timing import question_seconds

HEAD = """id: s
title: T
purpose: P
who_asks: A
who_sees: B
anonymity: C
written_by: D
questions:
"""
HEARD = """  - id: heard
    text: Had you heard?
    type: single
    options: {yes: 'Yes', no: 'No'}
"""


def write(tmp_path, text):
    path = tmp_path / "s.yaml"
    path.write_text(HEAD + text)
    return path


@pytest.mark.parametrize("name", instruments())
def test_every_instrument_we_ship_takes_at_most_three_minutes(name):
    survey = load_instrument(name)
    assert survey.id == name
    assert 0 < seconds(survey.questions) <= LIMIT_SECONDS
    assert survey.checked_by == "not yet checked by a clinician"


def test_the_survey_of_2010_asks_only_the_aware_what_they_expect():
    survey = load_instrument("qipp_awareness_2010")
    assert {q.type for q in survey.questions} == {"single", "multiple", "scale", "number", "text"}
    aware = survey.next_question({"heard_of_qipp": "yes", "heard_from": "colleague"})
    assert aware.id == "expected_difference"
    assert survey.next_question({"heard_of_qipp": "no"}).id == "care_and_money"
    answered = {question.id: "" for question in survey.questions}
    assert survey.next_question(answered) is None


def test_the_time_is_that_of_the_longest_path(tmp_path):
    both = HEARD + """  - {id: why, text: Why do you say so, type: text, asked_if: {heard: yes}}
  - {id: wish, text: What would you wish, type: text, asked_if: {heard: no}}
"""
    survey = load_instrument(write(tmp_path, both))
    heard, why, wish = map(question_seconds, survey.questions)
    assert seconds(survey.questions) == pytest.approx(heard + max(why, wish))
    # by hand: 5 words of question and options at 238 a minute, and 2 seconds to tap
    assert heard == pytest.approx(5 / 238 * 60 + 2)


def test_a_survey_over_three_minutes_is_refused(tmp_path):
    long = "".join(f"  - {{id: q{i}, text: Tell us more, type: text}}\n" for i in range(7))
    with pytest.raises(InputError, match="takes 180 seconds"):
        load_instrument(write(tmp_path, long))
    load_instrument(write(tmp_path, long.replace("  - {id: q6, text: Tell us more, type: text}\n", "")))


@pytest.mark.parametrize(
    ("type_", "rest", "taken", "refused"),
    [
        ("single", "options: {a: A, b: B}", {" a ": "a", "": ""}, ["c", "A", "a;b"]),
        ("multiple", "options: {a: A, b: B, c: C}, at_most: 2", {"a; b": "a;b", "b": "b", "a;a": "a"}, ["a;b;c", "d"]),
        ("scale", "low: 1, high: 5", {"3": "3", "3.0": "3", "": ""}, ["0", "6", "2.5", "x"]),
        ("number", "low: 0, high: 40", {"2.5": "2.5", "0": "0"}, ["-1", "41", "nan", "inf", "two"]),
        ("text", "hint: h", {" more time ": "more time"}, []),
    ],
)
def test_an_answer_out_of_range_is_no_answer(tmp_path, type_, rest, taken, refused):
    survey = load_instrument(write(tmp_path, f"  - {{id: q, text: Q, type: {type_}, {rest}}}\n"))
    question = survey.question("q")
    assert {cell: question.clean(cell) for cell in taken} == taken
    assert [question.clean(cell) for cell in refused] == [None] * len(refused)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  - {id: q, text: Q, type: text, option: {a: A}}\n", "s.yaml:9: unknown key 'questions.0.option'; did"),
        ("  - {id: q, text: Q, type: single}\n", "s.yaml:9: .*needs two options"),
        ("  - {id: q, text: Q, type: tick}\n", "s.yaml:9: questions.0.type"),
        ("  - {id: q, text: Q, type: text, options: {a: A, b: B}}\n", "has no options"),
        ("  - {id: q, text: Q, type: scale, low: 5, high: 1}\n", "low below high"),
        ("  - {id: q, text: Q, type: scale, low: 1, high: 4.5}\n", "whole number"),
        ("  - {id: q, text: Q, type: text, low: 1, high: 2}\n", "for scale and number"),
        ("  - {id: q, text: Q, type: text, at_most: 1}\n", "for a multiple question"),
        ("  - {id: token, text: Q, type: text}\n", "column of the answers file"),
        (HEARD + HEARD, "'heard' is given twice"),
        (HEARD + "  - {id: q, text: Q, type: text, asked_if: {herd: yes}}\n", "mean 'heard'"),
        (HEARD + "  - {id: q, text: Q, type: text, asked_if: {heard: maybe}}\n", "no answer 'maybe'"),
        ("  - {id: q, text: Q, type: text, asked_if: {heard: yes}}\n" + HEARD, "not an earlier question"),
        ("  - {id: q, text: Q, type: text}\n  - {id: r, text: R, type: text, asked_if: {q: a}}\n", "cannot depend"),
    ],
)
def test_a_fault_is_refused_with_file_and_line(tmp_path, text, said):
    with pytest.raises(InputError, match=said):
        load_instrument(write(tmp_path, text))


def test_an_unknown_survey_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'qipp_awareness_2010'"):
        load_instrument("qipp_awareness_2011")
