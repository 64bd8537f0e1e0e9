"""Similar statements are found by their words, whatever their order, and unlike ones are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.decide import similar

SAID = {
    "s01": "When a gliptin is started, sitagliptin should be the first choice unless the kidneys say otherwise.",
    "s02": "We should see our own practice's figures beside those of similar practices every month.",
    "s03": "Nobody's medicine is to be changed without a word with the patient.",
    "s15": "A ten-minute module is easier to fit in than a meeting.",
}


@pytest.mark.parametrize(("text", "found"), [
    ("Sitagliptin ought to be the usual first gliptin.", "s01"),
    ("Monthly figures for every practice next to similar ones", "s02"),
    ("No medicine changed before the patient has been spoken to", "s03"),
    ("A MEETING is harder to fit in than a ten-minute module!", "s15"),
])  # fmt: skip
def test_the_same_idea_in_other_words_comes_first(text, found):
    assert similar(text, SAID)[0].statement == found


def test_another_idea_finds_nothing():
    assert similar("More bicycle stands at the hospital", SAID) == ()


def test_a_statement_is_wholly_like_itself_and_the_list_is_no_longer_than_asked():
    near = similar(SAID["s02"], SAID, most=2, nearest=0.0)
    assert [near[0].statement, round(near[0].likeness, 12), len(near)] == ["s02", 1.0, 2]


@pytest.mark.parametrize(("text", "said"), [("", SAID), ("   ", SAID), ("Anything", {})])
def test_nothing_said_or_nothing_to_compare_with_finds_nothing(text, said):
    assert similar(text, said) == ()


@given(st.text(max_size=140))
def test_likeness_lies_between_nought_and_one_nearest_first_for_any_text(text):
    likeness = [s.likeness for s in similar(text, SAID, most=9, nearest=0.0)]
    assert likeness == sorted(likeness, reverse=True)
    assert all(-1e-12 <= value <= 1 + 1e-12 for value in likeness)
