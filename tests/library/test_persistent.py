"""Persistently better places: planted ones found, luck alone finds few, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import persistent


def _periods(truth, rng, size=600):
    """Hits of `size` in each period for units with these true levels, (N, T)."""
    return rng.binomial(size, truth).astype(float), np.full(truth.shape, float(size))


def test_places_that_are_always_better_are_found_and_no_other():
    rng = np.random.default_rng(1)
    level = np.where(np.arange(120) < 12, 0.15, rng.uniform(0.3, 0.4, 120))
    top, base = _periods(np.repeat(level[:, None], 5, axis=1), rng)
    found = persistent([str(i) for i in range(120)], top, base, draws=60, rng=rng)
    best = {str(i) for i in range(12)}
    assert len(set(found.persistent)) >= 3
    assert not set(found.persistent) - best


def test_places_that_change_places_are_not_persistent():
    rng = np.random.default_rng(2)
    top, base = _periods(rng.uniform(0.2, 0.5, (150, 5)), rng)
    found = persistent([str(i) for i in range(150)], top, base, draws=60, rng=rng)
    assert len(found.persistent) <= 5
    assert found.false_rate < 0.05


def test_units_that_are_alike_are_beyond_nobody():
    rng = np.random.default_rng(3)
    top, base = _periods(np.full((80, 4), 0.3), rng)
    found = persistent([str(i) for i in range(80)], top, base, draws=40, rng=rng)
    assert found.persistent == ()
    assert (found.probability == 0).all()


def test_too_few_periods_are_refused():
    with pytest.raises(InputError, match="expected 3 periods or more, found 2"):
        persistent(["a"], np.ones((1, 2)), np.ones((1, 2)), rng=np.random.default_rng(1))
    with pytest.raises(InputError, match="sure: expected a share above 0"):
        persistent(["a"], np.ones((1, 3)), np.ones((1, 3)), sure=0, rng=np.random.default_rng(1))
