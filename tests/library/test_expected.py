"""Expected: observed over expected takes out what patients explain, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see.expected import expected

RNG = np.random.default_rng(21)
SIZE = RNG.integers(800, 15000, 800).astype(float)
OLD = RNG.beta(8, 30, 800)


def test_a_level_that_follows_patients_alone_is_expected_as_it_is():
    hits = RNG.poisson(SIZE * (0.05 + 0.4 * OLD)).astype(float)
    ratio = hits / expected(hits, SIZE, OLD)
    assert abs(np.corrcoef(ratio, OLD)[0, 1]) < 0.1
    assert ratio.std() < 0.06 < (hits / SIZE / (hits.sum() / SIZE.sum())).std()


def test_what_units_decide_is_left_in():
    own = RNG.lognormal(0, 0.3, 800)
    hits = RNG.poisson(SIZE * (0.05 + 0.4 * OLD) * own).astype(float)
    ratio = hits / expected(hits, SIZE, OLD)
    assert np.corrcoef(np.log(ratio), np.log(own))[0, 1] > 0.95


def test_expected_adds_up_to_observed_and_missing_or_constant_columns_do_no_harm():
    hits = RNG.poisson(SIZE * 0.1).astype(float)
    some = OLD.copy()
    some[:5] = np.nan
    mix = np.column_stack([some, np.ones(800), some * 2, np.full(800, np.nan)])
    found = expected(hits, SIZE, mix)
    assert found.sum() == pytest.approx(hits.sum())
    assert np.isfinite(found).all()
    assert found == pytest.approx(expected(hits, SIZE, some))


@pytest.mark.parametrize(("size", "mix", "says"), [
    ([0.0, 1, 1, 1], [0.1, 0.2, 0.3, 0.4], "row 1"),
    ([1.0, 1, 1], [0.1, 0.2, 0.3], "4 units"),
    ([1.0, 1, 1, 1], [0.1, 0.2], "2 rows"),
])  # fmt: skip
def test_what_cannot_be_expected_is_refused(size, mix, says):
    with pytest.raises(InputError, match=says):
        expected([1.0] * len(size), size, mix)
