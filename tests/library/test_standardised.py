"""Standardised rates: a worked example, properties, limits that hold the truth, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import direct, european_population, indirect

AGES = ["0-14", "15-64", "65+"]
PEOPLE = np.array([1000.0, 3000.0, 500.0])
WORLD = np.array([31000.0, 62000.0, 7000.0])  # Segi (1960), three bands


def test_a_direct_rate_is_the_worked_example():
    # 31% young at 2 in 1,000, 62% at 15 in 3,000, 7% old at 40 in 500: 0.00062 + 0.0031 + 0.0056 = 0.00932
    found = direct(["a"] * 3, AGES, [2, 15, 40], PEOPLE, WORLD)
    assert found.value[0] == pytest.approx(0.00932)
    assert found.observed[0] == 57


def test_the_standard_itself_has_its_own_crude_rate():
    events = np.array([20.0, 300.0, 800.0])
    found = direct(["a"] * 3, AGES, events, WORLD, WORLD)
    assert found.value[0] == pytest.approx(events.sum() / WORLD.sum())
    assert indirect(["a"] * 3, AGES, events, WORLD, events, WORLD).value[0] == pytest.approx(1)


def test_rows_may_be_split_and_standards_scaled():
    whole = direct(["a"] * 3, AGES, [2, 15, 40], PEOPLE, WORLD)
    halves = direct(["a"] * 6, AGES * 2, [1, 15, 39, 1, 0, 1], np.tile(PEOPLE / 2, 2), np.tile(WORLD * 7, 2))
    np.testing.assert_allclose(halves.value, whole.value)
    np.testing.assert_allclose(halves.low, whole.low)


def test_95_percent_limits_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(1)
    rate, n = np.array([0.003, 0.01, 0.08]), 1000
    units = [str(i) for i in range(n) for _ in AGES]
    events = rng.poisson(np.tile(PEOPLE * rate, n)).astype(float)
    found = direct(units, AGES * n, events, np.tile(PEOPLE, n), np.tile(WORLD, n))
    truth = (rate * WORLD).sum() / WORLD.sum()
    assert np.mean((found.low[0] <= truth) & (truth <= found.high[0])) == pytest.approx(0.95, abs=0.02)
    ratio = indirect(units, AGES * n, events, np.tile(PEOPLE, n), np.tile(rate * 1e6, n), np.tile(np.full(3, 1e6), n))
    assert np.mean((ratio.low[0] <= 1) & (ratio.high[0] >= 1)) == pytest.approx(0.95, abs=0.02)


def test_repeated_events_widen_the_limits_and_leave_the_rate():
    once = direct(["a"] * 3, AGES, [10, 30, 80], PEOPLE, WORLD)
    people = direct(["a"] * 6, AGES * 2, [6, 10, 20, 2, 10, 30], np.tile(PEOPLE, 2), np.tile(WORLD, 2),
                    frequency=[1, 1, 1, 2, 2, 2])  # fmt: skip
    assert people.value[0] == pytest.approx(once.value[0])
    assert people.high[0, 0] - people.low[0, 0] > once.high[0, 0] - once.low[0, 0]


def test_fewer_than_ten_events_or_a_missing_age_give_no_direct_rate():
    found = direct(["a", "a", "b", "b"], ["x", "y"] * 2, [4, 5, 40, np.nan], [100] * 4, [1, 1, 1, 1])
    assert np.isnan(found.value).all()
    assert np.isnan(found.high).all()


def test_the_european_standard_adds_up_and_reads_bands_as_people_write_them():
    assert european_population([f"{a}-{a + 4}" for a in range(0, 90, 5)] + ["90+"]).sum() == 100_000
    assert european_population(["Under 1", "1-4", "5_14", "15 to 64 years", "65 and over"]).tolist() == [
        1000, 4000, 11000, 64500, 19500]  # fmt: skip


@pytest.mark.parametrize(
    ("bands", "says"),
    [
        (["0-4", "old"], "age band 'old': expected ages such as"),
        (["0-7"], "age band '0-7': the European Standard Population cannot be cut there"),
        (["0-14", "10-19"], "age bands '0-14' and '10-19' overlap"),
    ],
)
def test_ages_that_the_standard_does_not_have_are_refused(bands, says):
    with pytest.raises(InputError, match=says):
        european_population(bands)


def test_what_cannot_be_standardised_is_refused():
    with pytest.raises(InputError, match="the standard is given twice and differs"):
        direct(["a", "a"], ["x", "x"], [10, 10], [50, 50], [1, 2])
    with pytest.raises(InputError, match="the reference has nobody there"):
        indirect(["a"], ["x"], [10], [50], [1], [0])
    with pytest.raises(InputError, match="numerator of 0 or more, found -1"):
        indirect(["a"], ["x"], [-1], [50], [1], [10])
    with pytest.raises(InputError, match="nobody in it"):
        direct(["a"], ["x"], [10], [50], [0])
