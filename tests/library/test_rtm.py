"""Regression to the mean."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove import rtm


@pytest.mark.parametrize("reliability", [0.0, 0.3, 0.5, 0.8, 1.0])
def test_barnetts_example_of_a_cut_at_40(reliability: float) -> None:
    # Barnett et al. (2005), equation 1: mean 60, total sd 15, cut 40: C(z) = 1.798, so 26.97 x (1 - rho)
    between, within = 15 * reliability**0.5, 15 * (1 - reliability) ** 0.5
    found = rtm(mean=60, sd_between=between, sd_within=within, cut=40, side="below")
    assert found.regression_to_the_mean == pytest.approx(26.97 * (1 - reliability), abs=0.01)
    assert found.reliability == pytest.approx(reliability)


def test_above_and_below_mirror_each_other() -> None:
    above = rtm(mean=10, sd_between=3, sd_within=4, months=2, cut=13)
    below = rtm(mean=10, sd_between=3, sd_within=4, months=2, cut=7, side="below")
    assert above.regression_to_the_mean == pytest.approx(below.regression_to_the_mean)
    assert above.expected_mean - 10 == pytest.approx(10 - below.expected_mean)


def test_more_months_and_a_nearer_cut_leave_less_of_it() -> None:
    shrinking = [rtm(mean=0, sd_between=1, sd_within=2, months=m, cut=2).regression_to_the_mean for m in (1, 3, 12)]
    assert shrinking == sorted(shrinking, reverse=True)
    cuts = [rtm(mean=0, sd_between=1, sd_within=2, cut=c).regression_to_the_mean for c in (3, 1, -1)]
    assert cuts == sorted(cuts, reverse=True)


def test_units_chosen_in_a_simulation_fall_back_as_far_as_it_says() -> None:
    rng, n, months = np.random.default_rng(3), 200_000, 3
    true = rng.normal(50, 6, n)
    first = true + rng.normal(0, 9 / months**0.5, n)
    chosen = first > 60
    second = true[chosen] + rng.normal(0, 9 / months**0.5, chosen.sum())
    found = rtm(mean=50, sd_between=6, sd_within=9, months=months, cut=60)
    assert first[chosen].mean() - second.mean() == pytest.approx(found.regression_to_the_mean, abs=0.15)
    assert chosen.mean() == pytest.approx(found.share_selected, abs=0.003)


def test_a_cut_far_out_still_has_an_answer() -> None:
    assert rtm(mean=0, sd_between=1, sd_within=1, cut=40).regression_to_the_mean == pytest.approx(20.02, abs=0.01)


@pytest.mark.parametrize("change", [{"sd_between": -1}, {"sd_between": 0, "sd_within": 0}, {"months": 0}])
def test_spreads_and_months_that_cannot_be_are_refused(change: dict) -> None:
    with pytest.raises(InputError):
        rtm(**({"mean": 0, "sd_between": 1, "sd_within": 1, "cut": 1} | change))
