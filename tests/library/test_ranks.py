"""Percent rank: (rank - 1) / (n - 1), ties share the lowest rank, missing values are left out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evenhand.stats.ranks import percent_rank

NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 1)), min_size=1, max_size=40)


def test_the_worked_example_of_ties_and_a_gap() -> None:
    # Ten over (n - 1) = 4 others: 10 | 20 20 | 30 | 50, with one missing.
    found = percent_rank([20, 10, np.nan, 20, 50, 30])
    assert found.tolist()[:2] == [0.25, 0.0]
    assert np.isnan(found[2])
    assert found[3:].tolist() == [0.25, 1.0, 0.75]


def test_one_value_alone_is_lowest_and_none_is_none() -> None:
    assert percent_rank([7.0]).tolist() == [0.0]
    assert np.isnan(percent_rank([np.nan])).all()
    assert percent_rank([]).shape == (0,)


@given(NUMBERS)
def test_ranks_count_the_others_that_are_lower(values: list[float]) -> None:
    by_hand = [sum(other < value for other in values) / max(1, len(values) - 1) for value in values]
    np.testing.assert_allclose(percent_rank(values), by_hand, rtol=1e-15)


@given(NUMBERS)
def test_a_rising_transformation_changes_no_rank(values: list[float]) -> None:
    assert percent_rank([3 * value + 7 for value in values]).tolist() == percent_rank(values).tolist()
