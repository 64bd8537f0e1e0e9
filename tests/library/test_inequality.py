"""Slope and relative indices of inequality: a line recovered, properties, coverage, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import inequality

TENTHS = np.arange(1, 11)
EQUAL = np.full(10, 100.0)
SMALL = np.full(10, 0.1)


def test_a_straight_line_is_found_from_end_to_end():
    # Ten equal groups on a line from 20 (most deprived end) to 10: middles at 0.05, 0.15 ... 0.95
    found = inequality(TENTHS, EQUAL, 20 - 10 * (TENTHS - 0.5) / 10, SMALL)
    assert found.sii == pytest.approx(-10)
    assert found.rii == pytest.approx(0.5)


def test_order_of_rows_and_size_of_population_do_not_matter():
    rng = np.random.default_rng(2)
    value, people, order = rng.normal(10, 1, 10), rng.uniform(50, 150, 10), rng.permutation(10)
    first = inequality(TENTHS, people, value, SMALL)
    assert inequality(TENTHS[order], people[order] * 9, value[order], SMALL).sii == pytest.approx(first.sii)


def test_limits_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(3)
    people, true = rng.uniform(50, 150, 10), 20 - (TENTHS - 0.5)
    exact = inequality(TENTHS, people, true, SMALL)
    held = []
    for _ in range(1000):
        found = inequality(TENTHS, people, true + rng.normal(0, 1, 10), np.ones(10))
        held.append((found.sii_low <= exact.sii <= found.sii_high, found.rii_low <= exact.rii <= found.rii_high))
    np.testing.assert_allclose(np.mean(held, axis=0), 0.95, atol=0.02)


def test_a_line_of_logarithms_is_brought_back():
    # rates falling by a factor 4 from one end to the other
    value = 8 * 4 ** (-(TENTHS - 0.5) / 10)
    found = inequality(TENTHS, EQUAL, value, SMALL, kind="rate", transform=True)
    assert found.rii == pytest.approx(0.25)
    assert found.sii == pytest.approx(2 - 8)
    assert found.rii_low < 0.25 < found.rii_high


def test_a_ratio_whose_base_may_be_nothing_has_no_limits():
    found = inequality(TENTHS, EQUAL, TENTHS - 5.5, np.full(10, 50.0))
    assert np.isnan(found.rii_low)
    assert np.isfinite(found.sii_low)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"group": [1, 1, 2]}, "group 1 is given twice"),
        ({"population": [1, 0, 1]}, "group 2: expected a population above 0, found 0"),
        ({"value": [1, np.nan, 1]}, "group 2: expected a value, found none"),
        ({"kind": "proportion", "value": [0.5, 1.0, 0.2]}, "group 2: expected a share between 0 and 1, found 1"),
        ({"kind": "share"}, "kind: expected normal, rate, proportion, found 'share'"),
        ({"transform": True}, "a normal value has none"),
        ({"group": [1, 2], "population": [1, 1], "value": [1, 1], "se": [1, 1]}, "expected 3 groups or more, found 2"),
    ],
)
def test_what_has_no_slope_is_refused(change, says):
    given = {"group": [1, 2, 3], "population": [1, 1, 1], "value": [0.1, 0.2, 0.3], "se": [0.1, 0.1, 0.1], **change}
    with pytest.raises(InputError, match=says):
        inequality(**given)
