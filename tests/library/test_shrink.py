"""Shrinkage: what always holds, the truth covered as often as claimed, edges, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import shrink


@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_intervals_hold_the_truth_as_often_as_they_say(family):
    rng = np.random.default_rng(4)
    size, effect = rng.integers(10, 200, 500), rng.normal(0, 0.5, 500)
    if family == "binomial":
        truth = 1 / (1 + np.exp(1 - effect))
        top = rng.binomial(size, truth)
    else:
        truth = 0.4 * np.exp(effect)
        top = rng.poisson(size * truth)
    found = shrink([str(i) for i in range(500)], top, size, family=family)
    assert found.sd_unit == pytest.approx(0.5, abs=0.06)
    assert np.mean((found.low <= truth) & (truth <= found.high)) == pytest.approx(0.95, abs=0.025)
    assert np.mean((found.shrunken - truth) ** 2) < 0.85 * np.mean((found.raw - truth) ** 2)


def test_the_smaller_of_two_equal_shares_moves_further():
    found = shrink(["small", "large", *"abcdefgh"], [8, 800, *range(10, 50, 5)], [10, 1000, *([100] * 8)])
    assert found.shrunken[0] < found.shrunken[1] < 0.8


def test_units_that_differ_by_less_than_chance_share_one_level():
    found = shrink(list("abcd"), [20, 21, 19, 20], [100] * 4)
    assert found.sd_unit == 0
    np.testing.assert_allclose(found.shrunken, 0.2, rtol=1e-6)


def test_an_empty_practice_gets_the_common_level_and_a_missing_number_stays_missing():
    found = shrink(list("abcde"), [0, 10, 40, 70, np.nan], [0, 100, 100, 100, 100])
    assert np.isnan(found.raw[0])
    assert found.shrunken[0] == pytest.approx(1 / (1 + np.exp(-found.intercept)))
    assert np.isnan(found.shrunken[4])


def test_all_and_nothing_units_are_drawn_inwards():
    found = shrink(list("abcd"), [0, 10, 5, 4], [10, 10, 10, 10])
    assert 0 < found.shrunken[0] < found.shrunken[1] < 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((["a"], [1], [2]), "expected 2 or more with a denominator, found 1"),
        ((["a", "b"], [0, 0], [2, 2]), "every numerator is 0"),
        ((["a", "b"], [2, 2], [2, 2]), "every share is 1"),
        ((["a", "b"], [3, 2], [2, 2]), "a share needs a numerator of at most its denominator"),
    ],
)
def test_what_cannot_be_shrunk_is_refused(given, says):
    with pytest.raises(InputError, match=says):
        shrink(*given)


def test_an_unknown_family_is_refused():
    with pytest.raises(InputError, match="did you mean 'poisson'"):
        shrink(list("ab"), [1, 1], [2, 2], family="poison")


def test_of_two_peaks_the_higher_is_found():
    # One unit counted nothing: there is a peak at 5.95 (deviance 359.5838) and another at 9.55 (359.5895)
    assert shrink(["a", "b"], [0, 88], [726, 281]).sd_unit == pytest.approx(5.95, abs=0.01)
