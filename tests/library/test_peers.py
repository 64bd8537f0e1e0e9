"""Peers: distances added up by hand, what always holds, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import peers

CODES = ["Y00001", "Y00002", "Y00003", "Y00004"]
SIZE = [1000.0, 2000, 3000, 2000]  # mean 2000, deviation 707.1
OLD = [0.1, 0.1, 0.3, 0.3]  # mean 0.2, deviation 0.1


def test_distance_is_euclid_over_standardised_features():
    group = peers(CODES, {"size": SIZE, "old": OLD}, "Y00001", n=3)
    assert group.codes == ("Y00002", "Y00004", "Y00003")
    expected = [1000 / np.std(SIZE), np.hypot(1000 / np.std(SIZE), 2), np.hypot(2000 / np.std(SIZE), 2)]
    np.testing.assert_allclose(group.distance, expected)


def test_units_of_a_feature_change_nothing():
    first = peers(CODES, {"size": SIZE, "old": OLD}, "Y00002", n=3)
    second = peers(CODES, {"size": np.array(SIZE) * 12 + 5, "old": np.array(OLD) * 100}, "Y00002", n=3)
    assert first.codes == second.codes
    np.testing.assert_allclose(first.distance, second.distance)


def test_nobody_is_their_own_peer_nor_is_one_with_a_missing_feature():
    group = peers(CODES, {"size": SIZE, "old": [0.1, np.nan, 0.3, 0.3]}, "Y00001", n=10)
    assert group.codes == ("Y00004", "Y00003")


def test_a_feature_that_is_the_same_everywhere_is_left_out():
    assert peers(CODES, {"size": SIZE, "same": [1.0] * 4}, "Y00001").features == ("size",)


def test_the_nearest_of_a_thousand_are_the_nearest_of_a_slow_search():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(3, 1000))
    codes = [f"P{i}" for i in range(1000)]
    group = peers(codes, {"a": table[0], "b": table[1], "c": table[2]}, "P7")
    far = [
        (sum(((column[i] - column[7]) / np.std(column)) ** 2 for column in table) ** 0.5, codes[i])
        for i in range(1000) if i != 7
    ]  # fmt: skip
    assert list(group.codes) == [code for _, code in sorted(far)[:10]]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((CODES, {"size": SIZE}, "Y00005"), "no organisation 'Y00005' among the 4 given"),
        ((["a", "a"], {"size": [1.0, 2]}, "a"), "organisation 'a' is given twice"),
        ((CODES, {"size": [np.nan, 1, 2, 3]}, "Y00001"), "feature 'size' is missing"),
        ((CODES, {"same": [1.0] * 4}, "Y00001"), "every organisation has the same"),
        ((CODES, {"size": [1.0, 2.0]}, "Y00001"), "expected 4 numbers each"),
    ],
)
def test_what_has_no_peers_is_refused(given, says):
    with pytest.raises(InputError, match=says):
        peers(*given)


def test_no_peers_asked_for_is_refused():
    with pytest.raises(InputError, match="expected 1 or more, found 0"):
        peers(CODES, {"size": SIZE}, "Y00001", n=0)
