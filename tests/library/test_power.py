"""Power of a randomised wave. Tolerance 1e-6: two implementations of Student's shifted distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import stdtrit

from evenhand.change import power
from evenhand.errors import InputError


def test_cohens_medium_effect_with_64_a_group_has_power_of_80_percent() -> None:
    # Cohen (1988), Statistical Power Analysis, table 2.3: d = 0.5, n = 64 in each group, two-sided 5%: power 0.80
    effect = math.sqrt(0.0625 / 1.125)  # d = effect / sqrt of the mean variance of 0.5 and 0.5 + effect
    wave = power(clusters=128, size=1, icc=0, baseline=0.5, effect=effect)
    assert wave.power == pytest.approx(0.8014596, abs=1e-6)


def test_the_design_effect_is_donner_and_klars() -> None:
    assert power(clusters=20, size=50, icc=0.02, baseline=0.3).design_effect == pytest.approx(1 + 49 * 0.02)


def test_unequal_sizes_cost_what_eldridge_says() -> None:
    wave = power(clusters=20, size=50, icc=0.02, baseline=0.3, size_cv=0.65)
    assert wave.design_effect == pytest.approx(1 + ((0.65**2 + 1) * 50 - 1) * 0.02)


def test_the_minimum_detectable_effect_is_detected_with_the_target_power() -> None:
    least = power(clusters=64, size=100, icc=0.02, baseline=0.5).minimum_detectable_effect
    assert power(clusters=64, size=100, icc=0.02, baseline=0.5, effect=-least).power == pytest.approx(0.8, abs=1e-9)


def test_more_clusters_see_more_and_a_correlated_baseline_helps() -> None:
    few, many = (power(clusters=n, size=100, icc=0.05, baseline=0.4, effect=-0.05).power for n in (16, 64))
    adjusted = power(clusters=16, size=100, icc=0.05, baseline=0.4, effect=-0.05, correlation=0.8).power
    assert few < adjusted
    assert few < many


def test_a_wave_too_small_for_any_fall_says_so() -> None:
    assert math.isnan(power(clusters=4, size=10, icc=0.5, baseline=0.1).minimum_detectable_effect)


def test_simulated_waves_are_seen_as_often_as_promised() -> None:
    clusters, size, icc, before, effect, rounds = 30, 40, 0.03, 0.4, -0.12, 2000
    promised = power(clusters=clusters, size=size, icc=icc, baseline=before, effect=effect).power
    rng, half = np.random.default_rng(20), clusters // 2
    shape = (1 - icc) / icc  # a beta distribution of cluster shares has exactly this icc
    share = {}
    for name, p in (("treated", before + effect), ("control", before)):
        share[name] = rng.binomial(size, rng.beta(p * shape, (1 - p) * shape, (rounds, half))) / size
    gap = share["treated"].mean(axis=1) - share["control"].mean(axis=1)
    se = np.sqrt((share["treated"].var(axis=1, ddof=1) + share["control"].var(axis=1, ddof=1)) / half)
    seen = np.mean(np.abs(gap / se) > stdtrit(clusters - 2, 0.975))
    assert seen == pytest.approx(promised, abs=0.03)  # Monte-Carlo error 0.009, and shares are not quite normal


@pytest.mark.parametrize(
    "change", [{"clusters": 3}, {"size": 0.5}, {"icc": 1.2}, {"baseline": 0.0}, {"effect": -0.6}, {"effect": 0.0},
               {"correlation": 1.0}, {"alpha": 0.0}, {"target": 0.01}, {"size_cv": -1.0}],
)  # fmt: skip
def test_impossible_waves_are_refused(change: dict) -> None:
    asked = {"clusters": 20, "size": 50, "icc": 0.02, "baseline": 0.5} | change
    with pytest.raises(InputError, match=next(iter(change))):
        power(**asked)
