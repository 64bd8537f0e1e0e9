"""Before and after with regression to the mean beside it: what chance gives is what is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove.before_after import before_after


def units(rng: np.random.Generator, n: int, months: int, within: float, effect: float = 0.0) -> np.ndarray:
    return rng.normal(60, 5, (n, 1)) + rng.normal(0, within, (n, months)) + effect * (np.arange(months) >= 24)


def test_a_table_that_one_can_add_up() -> None:
    """Eight units, two months before and two after; the two highest are chosen.

    unit    1  2  3  4  5  6  7  8
    before 10 10 20 20 30 30 40 40      mean 25; chosen 40, 40
    after   8  8 18 18 28 28 30 30      mean 21; chosen 30, 30
    """
    level, later = np.repeat([10.0, 20, 30, 40], 2), np.repeat([8.0, 18, 28, 30], 2)
    found = before_after(np.column_stack([level, level, later, later]), 2, months=2)
    assert (found.chosen, found.cut) == (2, 40)
    assert (found.before, found.after, found.change) == (40, 30, -10)
    assert (found.everyone_before, found.everyone_after, found.everyone_change) == (25, 21, -4)
    assert found.regression_to_the_mean == 0  # no month differs from another: nothing is chance


@pytest.mark.parametrize("side", ["above", "below"])
def test_chance_alone_gives_back_what_was_expected(side: str) -> None:
    values = units(np.random.default_rng(1), 4000, 48, within=20)
    found = before_after(values, 24, side=side)
    back = -found.change if side == "above" else found.change
    assert back == pytest.approx(found.regression_to_the_mean, rel=0.1)
    assert found.came_back_before == pytest.approx(found.regression_to_the_mean, rel=0.15)
    assert found.sd_between == pytest.approx(5, rel=0.1)
    assert found.sd_within == pytest.approx(20, rel=0.02)


def test_a_true_effect_comes_on_top_of_chance() -> None:
    values = units(np.random.default_rng(2), 4000, 48, within=20, effect=-3)
    found = before_after(values, 24)
    assert -found.change == pytest.approx(3 + found.regression_to_the_mean, rel=0.1)
    assert found.everyone_change == pytest.approx(-3, abs=0.2)


def test_missing_months_are_left_out_and_a_short_past_is_said() -> None:
    values = units(np.random.default_rng(3), 50, 20, within=2)
    values[0, :12] = np.nan
    values[1, 3] = np.nan
    found = before_after(values, 12)
    assert found.units == 49
    assert math.isnan(found.came_back_before)


def test_too_few_units_or_no_month_on_one_side_are_refused() -> None:
    with pytest.raises(InputError, match="at least 8"):
        before_after(np.ones((7, 20)), 10)
    with pytest.raises(InputError, match="both sides"):
        before_after(np.ones((9, 20)), 20)
