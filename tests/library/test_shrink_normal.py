"""Shrinkage of values: a published example, properties, the planted truth, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import shrink_known, shrink_moments, shrink_rows
from evenhand.see.shrink_normal import between_variance

# Collins et al. (1985) BMJ 290:17, diuretics in pregnancy, log odds ratios as in Hardy & Thompson (1996) Statist.
# Med. 15:619: moments 0.230, restricted likelihood 0.300, likelihood 0.239.
TRIALS = np.array([0.04, -0.92, -1.12, -1.47, -1.39, -0.30, -0.26, 1.09, 0.14])
VARIANCES = np.array([0.16, 0.12, 0.18, 0.30, 0.11, 0.01, 0.12, 0.69, 0.07])


def test_the_spread_of_nine_trials_is_the_published_one():
    assert between_variance(TRIALS, VARIANCES, method="dl")[0] == pytest.approx(0.230, abs=0.015)
    assert between_variance(TRIALS, VARIANCES, method="reml")[0] == pytest.approx(0.300, abs=0.015)
    assert between_variance(TRIALS, VARIANCES, method="ml")[0] == pytest.approx(0.239, abs=0.015)


def test_every_way_finds_a_planted_spread_and_none_finds_more_where_there_is_none():
    rng = np.random.default_rng(4)
    variance = rng.uniform(0.5, 2, 4000)
    value = rng.normal(3, 2, 4000) + np.sqrt(variance) * rng.standard_normal(4000)
    for method in ("reml", "ml", "pm", "dl"):
        tau2, centre, se = between_variance(value, variance, method=method)
        assert tau2 == pytest.approx(4, rel=0.06)
        assert abs(centre - 3) < 4 * se
        assert between_variance(np.full(5, 2.0), np.ones(5), method=method)[0] == 0


def test_shrunken_values_lie_nearer_the_truth_and_their_limits_hold_it():
    rng = np.random.default_rng(5)
    truth, se = rng.normal(10, 1, 2000), rng.uniform(0.5, 2, 2000)
    raw = truth + se * rng.standard_normal(2000)
    found = shrink_known([str(i) for i in range(2000)], raw, se)
    assert np.mean((found.shrunken - truth) ** 2) < 0.6 * np.mean((raw - truth) ** 2)
    assert np.mean((found.low <= truth) & (truth <= found.high)) == pytest.approx(0.95, abs=0.015)


def test_repeated_rows_tell_their_own_noise():
    rng = np.random.default_rng(6)
    truth = rng.normal(50, 3, 400)
    rows = np.repeat(truth, 5) + rng.normal(0, 6, 2000)
    found = shrink_rows([str(i) for i in range(400) for _ in range(5)], rows)
    assert found.sd_unit == pytest.approx(3, rel=0.1)
    assert np.mean((found.low <= truth) & (truth <= found.high)) == pytest.approx(0.95, abs=0.03)


def test_moments_draw_small_units_further():
    found = shrink_moments(["a", "b", "c", "d"], [1, 40, 10, 90], [10, 1000, 100, 1000])
    assert found.weight[0] < found.weight[2] < found.weight[1]
    between = np.sort([found.raw, np.full(4, found.centre)], axis=0)
    assert ((between[0] <= found.shrunken) & (found.shrunken <= between[1])).all()


def test_what_cannot_be_shrunk_is_refused():
    with pytest.raises(InputError, match="expected 2 or more units, one of them with 2 rows"):
        shrink_rows(["a", "b"], [1, 2])
    with pytest.raises(InputError, match="a unit is given twice"):
        shrink_known(["a", "a"], [1, 2], [1, 1])
    with pytest.raises(InputError, match="a variance must be above 0, found 0"):
        shrink_known(["a", "b"], [1, 2], [0, 1])
    with pytest.raises(InputError, match="method: expected reml, ml, pm, dl, found 'sj'"):
        between_variance([1, 2], [1, 1], method="sj")
    with pytest.raises(InputError, match="no unit's rows differ"):
        shrink_rows(["a", "a", "b", "b"], [1, 1, 2, 2])
    with pytest.raises(InputError, match="expected 2 or more with a denominator, found 1"):
        shrink_moments(["a", "b"], [1, 2], [10, 0])
