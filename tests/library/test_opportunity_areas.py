"""What the units of an area could gain together: drawn with everybody, so that areas add up to the whole."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.see import opportunity


@pytest.fixture(scope="module")
def found():
    rng = np.random.default_rng(5)
    size = rng.integers(200, 2000, 60)
    hits = rng.binomial(size, rng.beta(20, 60, 60))
    units = [f"u{i}" for i in range(60)]
    areas = {"all": units, "left": units[:20], "right": units[20:], "nobody": ["x"]}
    return opportunity(units, hits, size, unit_cost=2.0, rng=np.random.default_rng(1), areas=areas)


def test_an_area_of_everybody_gains_the_total(found):
    whole, total = found.areas["all"], found.total
    assert (whole.value, whole.low, whole.high) == pytest.approx((total.value, total.low, total.high))


def test_the_means_of_areas_add_up_and_an_area_without_units_is_left_out(found):
    assert set(found.areas) == {"all", "left", "right"}
    assert found.areas["left"].value + found.areas["right"].value == pytest.approx(found.total.value, rel=0.03)
    assert found.areas["left"].low < found.pounds[:20].sum() < found.areas["left"].high


def test_without_case_mix_nothing_is_shifted(found):
    assert (found.shift == 0).all()


def test_case_mix_shifts_a_unit_by_what_its_patients_explain():
    rng = np.random.default_rng(8)
    size = np.full(200, 5000)
    old = rng.uniform(0, 1, 200)
    hits = rng.binomial(size, np.clip(0.2 + 0.1 * old + rng.normal(0, 0.01, 200), 0, 1))
    found = opportunity([str(i) for i in range(200)], hits, size, case_mix=old, rng=np.random.default_rng(1))
    assert np.corrcoef(found.shift, old)[0, 1] == pytest.approx(1.0)
    assert found.shift.max() - found.shift.min() == pytest.approx(0.1 * (old.max() - old.min()), rel=0.15)
