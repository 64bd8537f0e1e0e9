"""The survey's charts that pages sketch: every figure is there in words, nothing but drawing, within the frame."""

from __future__ import annotations

import re

import numpy as np
import pytest

from drawn import is_drawing_alone, words
from evenhand.charts import survey_sketches as sketches

LABELS = ["I have a say <in> the decisions that concern my patients & their medicines " * 2, "Time", "Data"]
VALUE = np.array([0.42, 0.07, 0.98])
LOW, HIGH = VALUE - 0.05, np.minimum(VALUE + 0.05, 1.0)
SHARES = np.array([[0.1, 0.2, 0.3, 0.3, 0.1], [0.0, 0.1, 0.1, 0.4, 0.4], [0.5, 0.2, 0.1, 0.1, 0.1]])
YES = np.array([[0.4, 0.3, 0.5], [0.8, 0.7, 0.9], [0.2, np.nan, np.nan]])


def pictures(width: int) -> dict[str, str]:
    two = np.column_stack([VALUE, VALUE[::-1]])
    groups, panels = ["GP", "Nurse"], np.vstack([VALUE, VALUE[::-1]])
    return {
        "intervals": sketches.intervals(LABELS, VALUE, LOW, HIGH, width=width),
        "waves": sketches.waves(LABELS, two, two - 0.05, two + 0.02, [(30, 40), (None, 50), (20, None)],
                                names=("before", "now"), width=width),
        "multiples": sketches.multiples(groups, LABELS, panels, panels - 0.05, panels + 0.02, [30, None], width=width),
        "agreement": sketches.agreement(LABELS, ["1", "2", "3", "4", "5"], SHARES, [80, 90, None], YES, width=width),
        "diverging": sketches.diverging(LABELS, np.array([40.0, 3, 0]), np.array([2.0, 30, 0]), np.array([5.0, 3, 0]),
                                        width=width),
        "camps": sketches.camps(LABELS, groups, np.array([[0.9, 0.1], [0.5, np.nan], [np.nan, np.nan]]), width=width),
    }  # fmt: skip


@pytest.mark.parametrize("width", [320, 620])
def test_a_sketch_is_drawing_alone_within_its_frame(width):
    is_drawing_alone(pictures(width), width)


def test_every_figure_is_written_out_and_a_hidden_group_has_none():
    drawn = pictures(620)
    for said in ("42.0%", "7.0%", "98.0%", "concern my"):
        assert said in words(drawn["intervals"])
    panel = words(drawn["multiples"])
    assert "n = 30" in panel
    assert "not shown: too few" in panel
    assert "before" in words(drawn["waves"])
    assert "too few, 50" in words(drawn["waves"])


def test_a_scale_shows_no_bar_for_a_row_that_too_few_answered():
    drawn = words(sketches.agreement(LABELS, ["no", "yes"], np.array([[0.4, 0.6]] * 3), [None] * 3, YES, width=620))
    assert "too few, not shown" in drawn
    assert "40%" not in drawn


def test_a_dot_stands_where_its_value_is_on_the_scale():
    drawn = sketches.intervals(["half", "all"], np.array([0.5, 1.0]), np.full(2, np.nan), np.full(2, np.nan), width=620)
    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', drawn)]
    left = 620 * 0.42
    assert places == pytest.approx([left + (620 - 14 - left) / 2, 620 - 14], abs=0.1)  # 14: the margin to the right


@pytest.mark.parametrize("width", [320, 620])
def test_the_number_of_answers_stands_there_even_where_the_words_are_cut(width):
    drawn = pictures(width)
    assert "…" in words(drawn["waves"])
    assert "n = 30, 40" in words(drawn["waves"])
    assert "n = 80" in words(drawn["agreement"])
