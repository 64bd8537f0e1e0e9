"""Power of a measure that is no share, and of arms that are not equal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit

from evenhand.change import power, power_of_means
from evenhand.errors import InputError


def test_cohens_medium_effect_has_power_of_80_percent() -> None:
    # Cohen (1988), table 2.3: d = 0.5, n = 64 in each group, two-sided 5%: power 0.80
    wave = power_of_means(clusters=128, spread=2.0, baseline=7.0, effect=1.0)
    assert wave.power == pytest.approx(0.8014596, abs=1e-6)  # two implementations of Student's shifted distribution


def test_the_smallest_effect_is_seen_with_the_target_power() -> None:
    least = power_of_means(clusters=40, spread=3.0, baseline=7.0, correlation=0.6).minimum_detectable_effect
    wave = power_of_means(clusters=40, spread=3.0, baseline=7.0, correlation=0.6, effect=least)
    assert wave.power == pytest.approx(0.8, abs=1e-9)


def test_simulated_waves_of_uneven_arms_are_seen_as_often_as_promised() -> None:
    clusters, treated, rounds = 30, 20, 4000
    promised = power_of_means(clusters=clusters, spread=1.0, baseline=0.0, effect=1.0, treated=treated).power
    y = np.random.default_rng(3).normal(size=(rounds, clusters))
    y[:, :treated] += 1.0
    a, b = y[:, :treated], y[:, treated:]
    pooled = ((treated - 1) * a.var(axis=1, ddof=1) + 9 * b.var(axis=1, ddof=1)) / (clusters - 2)
    t = (a.mean(axis=1) - b.mean(axis=1)) / np.sqrt(pooled * (1 / treated + 1 / 10))
    assert np.mean(np.abs(t) > stdtrit(clusters - 2, 0.975)) == pytest.approx(promised, abs=0.02)


def test_even_arms_see_most_and_half_is_what_is_meant_without_saying() -> None:
    asked = {"clusters": 40, "size": 50, "icc": 0.02, "baseline": 0.4, "effect": -0.1}
    assert power(**asked) == power(**asked, treated=20)
    assert power(**asked, treated=8).power < power(**asked).power


@pytest.mark.parametrize(
    "change", [{"clusters": 3}, {"spread": 0.0}, {"correlation": 1.0}, {"alpha": 0.0}, {"target": 0.01},
               {"effect": 0.0}, {"treated": 20}, {"treated": 0}],
)  # fmt: skip
def test_impossible_waves_are_refused(change: dict) -> None:
    with pytest.raises(InputError, match=next(iter(change))):
        power_of_means(**{"clusters": 20, "spread": 1.0, "baseline": 2.0} | change)
