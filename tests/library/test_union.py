"""Union of opportunities: its bounds always, the waterfall adds up, a worked example, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import union
from evenhand.see.union import by_presentation


@pytest.mark.parametrize("way", ["alternative", "additive"])
@pytest.mark.parametrize("capped", [False, True])
def test_all_together_lie_between_the_largest_and_the_sum(way, capped):
    for seed in range(200):
        rng = np.random.default_rng(seed)
        savings = rng.exponential(10, (rng.integers(1, 6), rng.integers(1, 30))) * rng.integers(0, 2, 1)
        spend = rng.exponential(15, savings.shape[1]) if capped else None
        found = union(savings, spend, way=way)
        assert found.gross.max() - 1e-9 <= found.total <= found.gross.sum() + 1e-9
        assert found.net.sum() == pytest.approx(found.total)
        assert (found.net >= 0).all()
        assert (found.net <= found.gross + 1e-9).all()
        if spend is not None:
            assert found.total <= spend.sum() + 1e-9


def test_two_ways_to_save_one_pound_save_it_once():
    #          practice A  B     what is spent: 100 and 40
    stop, switch = [30.0, 40.0], [50.0, 10.0]
    found = union([stop, switch], [100, 40])
    assert found.total == 50 + 40
    assert found.net.tolist() == [70, 20]
    assert found.overlap == 30 + 10
    assert union([stop, switch], [100, 40], way="additive").total == 80 + 40


def test_measures_that_share_no_presentation_add_up():
    shares = [{"a": 0.5, "b": 0.5}, {"c": 1.0}]
    assert by_presentation([10, 5], shares, {"a": 99, "b": 99, "c": 99}).total == 15
    assert by_presentation([10, 5], [shares[0], {"b": 2.0}], {"a": 99, "b": 99}).total == 10


def test_what_is_no_saving_is_refused():
    with pytest.raises(InputError, match="a saving must be a number of 0 or more, found -1"):
        union([[-1.0]])
    with pytest.raises(InputError, match="spend: expected 2 numbers, one a cell, found 1"):
        union([[1.0, 2.0]], [3.0])
    with pytest.raises(InputError, match="a row an opportunity and a column a cell, found 1 dimensions"):
        union([1.0, 2.0])
    with pytest.raises(InputError, match="way: expected alternative or additive, found 'both'"):
        union([[1.0]], way="both")
    with pytest.raises(InputError, match="opportunity 1: expected presentations"):
        by_presentation([1], [{}], {})
