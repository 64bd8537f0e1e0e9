"""Clustering told from variation: a planted multiple found, plain counts left plain, strange units no clustering."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.see import opportunity
from evenhand.see.dispersion import dispersion


def _left(multiple, seed, *, n=2000, noise=1.0, shape="normal"):
    """Values less their mean and chance's variance, for units of uneven size with a spread of 1."""
    rng = np.random.default_rng(seed)
    variance = noise**2 * np.exp(0.6 * rng.standard_normal(n))
    away = rng.standard_normal(n) if shape == "normal" else rng.exponential(1, n) - 1
    return away + np.sqrt(multiple * variance) * rng.standard_normal(n), variance


def test_a_planted_multiple_is_found_on_average():
    means = [found.times @ found.odds for found in (dispersion(*_left(2.0, seed)) for seed in range(20))]
    assert np.mean(means) == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize("shape", ["normal", "skewed"])
def test_plain_counts_are_left_plain(shape):
    plain = [len(dispersion(*_left(1.0, seed, shape=shape)).times) == 1 for seed in range(20)]
    assert np.mean(plain) > 0.8


def test_units_of_one_size_tell_nothing():
    rng = np.random.default_rng(1)
    found = dispersion(rng.normal(0, 2, 600), np.full(600, 1.0))
    assert (found.times.tolist(), found.odds.tolist(), found.low, found.high) == ([1.0], [1.0], 1.0, 1.0)


def test_few_units_are_taken_as_plain_but_their_interval_reaches_down():
    found = dispersion(*_left(4.0, 1, n=300))
    assert found.times.tolist() == [1.0]
    assert found.low < 0.9
    assert found.high == 1.0


def test_counts_that_cluster_are_no_opportunity():
    claimed = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        size = np.round(np.exp(rng.normal(5, 1, 800)))
        top = rng.poisson(rng.gamma(size * 0.3, 1.0))  # twice chance's variance, and every unit truly alike
        found = opportunity([str(i) for i in range(800)], top, size, draws=40, rng=rng, family="poisson")
        claimed += found.total.value > 0.01 * top.sum()
    assert claimed <= 1
