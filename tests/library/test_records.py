"""Records travel between steps: nobody can change one, and missing equals missing."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.records import Estimate, Organisations, Panel


def months(*words):
    return np.array(words, dtype="datetime64[M]")


def panel(numerator=((1.0, np.nan), (0.0, 2.0))):
    return Panel("m", "practice", ("P1", "P2"), months("2024-01", "2024-02"), np.array(numerator),
                 np.array([[2.0, np.nan], [0.0, 4.0]]))  # fmt: skip


def test_a_record_cannot_be_changed_and_does_not_share_its_arrays():
    given = np.array([[1.0, 2.0], [3.0, 4.0]])
    record = panel(given)
    given[0, 0] = 99
    assert record.numerator[0, 0] == 1
    with pytest.raises(ValueError):
        record.numerator[0, 0] = 5


def test_missing_equals_missing():
    assert panel() == panel()
    assert panel() != panel([[1, 1], [0, 2]])


def test_nothing_divided_by_nothing_is_missing_and_json_says_null():
    assert np.array_equal(panel().value, [[0.5, np.nan], [np.nan, 0.5]], equal_nan=True)
    text = json.dumps(panel().as_json(), allow_nan=False)
    assert json.loads(text)["numerator"] == [[1.0, None], [0.0, 2.0]]


def test_json_keeps_full_double_precision():
    assert json.loads(json.dumps(Estimate(0.1 + 0.2).as_json()))["value"] == 0.1 + 0.2


def test_membership_is_read_as_of_a_month():
    tree = Organisations(
        codes=("P1", "L1", "L2", "I1"), names=("p", "l", "m", "i"), levels=("practice", "sicbl", "sicbl", "icb"),
        child=("P1", "P1", "L1", "L2"), parent=("L1", "L2", "I1", "I1"),
        start=months("2020-01", "2024-04", "NaT", "NaT"), end=months("2024-03", "NaT", "NaT", "NaT"),
    )  # fmt: skip
    march, april = np.datetime64("2024-03"), np.datetime64("2024-04")
    assert (tree.ancestor("P1", "sicbl", march), tree.ancestor("P1", "sicbl", april)) == ("L1", "L2")
    assert tree.ancestor("P1", "icb", april) == "I1"
    assert tree.descendants("I1", "practice", april) == ("P1",)
    assert tree.descendants("L1", "practice", april) == ()
    assert tree.ancestor("P1", "sicbl", march) == "L1"
    assert (tree.parents("P1", march), tree.parents("P1", april)) == (("L1",), ("L2",))
    assert (tree.children("L1", march), tree.children("L1", april)) == (("P1",), ())
    every = [np.datetime64("2023-01") + month for month in range(30)]
    assert [tree.ancestor("P1", "sicbl", month) for month in every] == ["L1"] * 15 + ["L2"] * 15
    assert tree == tree
