"""The funnel: published tau2, nulls flagged as often as the limits say, edges, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import funnel
from evenhand.see.overdispersion import between_variance

# BCG vaccine trials (Colditz et al. 1994 JAMA 271:698): cases and others, vaccinated and not, 13 trials
BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
], dtype=float)  # fmt: skip


def test_tau2_of_the_bcg_trials_is_the_published_one():
    a, b, c, d = BCG.T
    y = np.log(a / (a + b)) - np.log(c / (c + d))
    s = np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))
    centre = np.sum(y / s**2) / np.sum(1 / s**2)
    phi = np.mean(((y - centre) / s) ** 2)
    # Published by moments (DerSimonian and Laird): Q = 152.23 on 12 degrees of freedom, tau2 = 0.309
    assert phi * 13 == pytest.approx(152.23, abs=0.01)
    assert between_variance(phi, s) == pytest.approx(0.309, abs=0.0005)


def _null(kind, rng, n=200):
    size = rng.integers(200, 2000, n).astype(float)
    if kind == "proportion":
        return rng.binomial(size.astype(int), 0.3), size
    if kind == "rate":
        return rng.poisson(100, n).astype(float), rng.poisson(400, n).astype(float)
    return rng.poisson(size / 5), size / 5


@pytest.mark.parametrize(
    ("kind", "method"), [("proportion", "shmi"), ("rate", "shmi"), ("ratio", "shmi"), ("ratio", "cqc")]
)
def test_where_only_chance_is_at_work_one_in_twenty_lies_outside_95_percent(kind, method):
    rng = np.random.default_rng(11)
    flagged = []
    for _ in range(20):
        top, bottom = _null(kind, rng)
        for wide in (False, True):
            found = funnel([str(i) for i in range(len(top))], top, bottom, kind=kind, method=method, limit=95,
                           overdispersion=wide)  # fmt: skip
            flagged.append(np.mean([o is not None for o in found.outlier]))
    assert np.mean(flagged) == pytest.approx(0.05, abs=0.012)  # a peer's CQC limits flag 34%, its rate limits 64%


def test_shared_variation_widens_limits_until_few_are_outside():
    rng = np.random.default_rng(5)
    size = rng.integers(500, 5000, 300)
    top = rng.binomial(size, np.clip(rng.normal(0.3, 0.05, 300), 0, 1))
    units = [str(i) for i in range(300)]
    plain, wide = (funnel(units, top, size, kind="proportion", overdispersion=w) for w in (False, True))
    share = [np.mean([o is not None for o in f.outlier]) for f in (plain, wide)]
    assert plain.phi == wide.phi
    assert share[0] > 0.4
    assert share[1] < 0.04


def test_limits_widen_as_units_shrink():
    found = funnel(list("abcd"), [3, 30, 300, 3000], [10, 100, 1000, 10000], kind="proportion", overdispersion=False)
    assert (np.diff(found.limits.upper_998 - found.limits.lower_998) < 0).all()


def test_a_multiplier_scales_value_and_limits_and_nothing_else():
    one, hundred = (
        funnel(list("abc"), [10, 20, 60], [100, 100, 100], kind="proportion", multiplier=m) for m in (1, 100)
    )
    np.testing.assert_allclose(hundred.limits.upper_95, 100 * one.limits.upper_95)
    assert (hundred.target, hundred.phi, hundred.tau2) == (one.target, one.phi, one.tau2)


def test_an_empty_practice_is_never_an_outlier():
    found = funnel(list("abcd"), [0, 10, 12, 90], [0, 100, 100, 100], kind="proportion", overdispersion=False)
    assert found.outlier == (None, "low", "low", "high")
    assert np.isnan([found.value[0], found.z[0], found.limits.upper_95[0]]).all()


def test_a_missing_number_leaves_one_unit_out_and_not_the_rest():
    found = funnel(list("abc"), [np.nan, 10, 12], [100, 100, 100], kind="proportion")
    assert np.isnan(found.value[0])
    assert found.target == pytest.approx(0.11)


def test_rows_of_a_unit_are_summed_first():
    parts = funnel(["a", "b", "a"], [1, 5, 2], [10, 20, 20], kind="proportion")
    assert parts.units == ("a", "b")
    assert parts.value[0] == pytest.approx(0.1)


def test_zero_counts_are_dropped_with_the_lowest_tenth_of_a_ratio():
    top = np.array([0.0] + [50.0 + i for i in range(30)])
    found = funnel([str(i) for i in range(31)], top, np.full(31, 60.0), kind="ratio")
    assert found.z[0] == -np.inf
    assert np.isfinite(found.phi)


def test_expected_events_are_rounded_as_r_rounds_them_whatever_the_order_of_rows():
    # R 4.5: round(23.445, 2) is 23.44 and round(22.755, 2) is 22.75; Python's round says 23.45 and 22.75
    found = funnel(["a", "b", "c"], [10, 20, 30], [23.445, 22.755, 0.125], kind="ratio")
    assert found.denominator.tolist() == [23.44, 22.75, 0.12]
    parts, units = np.array([0.105, 0.2, 7.115, 0.3, 5.1, 0.005]), ["a"] * 6 + ["b"]
    sums = {funnel(units, np.ones(7), [*parts[np.random.default_rng(seed).permutation(6)], 9], kind="ratio")
            .denominator[0] for seed in range(20)}  # fmt: skip
    assert len(sums) == 1


def test_a_unit_exactly_on_its_limit_is_inside():
    first = funnel(list("ab"), [100, 100], [100, 100], kind="ratio", overdispersion=False, limit=95)
    edge = float(first.limits.upper_95[0]) * 100
    assert funnel(list("ab"), [edge, 100], [100, 100], kind="ratio", overdispersion=False, limit=95).outlier[0] is None


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((["a"], [1], [2], {"kind": "proportion"}), "expected 2 or more with a denominator, found 1"),
        ((["a", "b"], [3, 1], [2, 2], {"kind": "proportion"}), "unit 'a': a share needs a numerator of at most"),
        ((["a", "b"], [-1, 1], [2, 2], {"kind": "rate"}), "unit 'a': expected a numerator of 0 or more, found -1"),
        ((["a", "b"], [0, 0], [2, 2], {"kind": "rate"}), "every numerator is 0"),
        ((["a", "b"], [1, 1], [2, 2], {"kind": "ratios"}), "found 'ratios'; did you mean 'ratio'"),
        ((["a", "b"], [1, 1], [2, 2], {"kind": "ratio", "limit": 90}), "limit: expected 95 or 99.8, found 90"),
        ((["a", "b"], [1, 1], [2, 2], {"kind": "ratio", "trim": 0.5}), "trim: expected a share"),
        ((["a", "b"], [1, 1], [2, 2], {"kind": "ratio", "multiplier": np.inf}), "multiplier: expected a number"),
    ],
)
def test_what_no_funnel_can_hold_is_refused(given, says):
    units, top, bottom, options = given
    with pytest.raises(InputError, match=says):
        funnel(units, top, bottom, **options)
