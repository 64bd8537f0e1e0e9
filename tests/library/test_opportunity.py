"""Opportunity: a published example, the planted truth recovered, nothing made of nothing, edges, and refusals.

The truth tests are modest (240 to 600 units, 100 draws) for the suite's sake; benchmarks/opportunity_truth.py runs
them at size.
"""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.see import opportunity

COST = 10.0
ON_AVERAGE = 0.05  # of 20 small runs; their mean has a standard error of about 0.02 at noise 1.5
UNITS = {0.3: 240, 0.8: 240, 1.5: 600}  # enough for Cochran's Q to reject at 0.001
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
SCHOOLS_SE = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def test_eight_schools_are_alike_for_all_we_know():
    # Rubin (1981) J. Educ. Stat. 6:377; Gelman et al., Bayesian Data Analysis, 5.5: pooled 7.7, standard error 4.1
    found = opportunity(list("ABCDEFGH"), SCHOOLS + 100, np.ones(8), better="higher", benchmark="mean", draws=4000,
                        standard_error=SCHOOLS_SE, rng=np.random.default_rng(1))  # fmt: skip
    assert found.total.value == 0
    assert found.benchmark.se == pytest.approx(4.1, abs=0.1)
    np.testing.assert_allclose(found.shrunken, found.shrunken[0])


def test_the_common_level_weighs_precise_units_more():
    found = opportunity(list("ABCDEFGH"), SCHOOLS + 100, np.ones(8), benchmark="mean", draws=4000,
                        standard_error=SCHOOLS_SE, rng=np.random.default_rng(1))  # fmt: skip
    assert found.benchmark.value - 100 == pytest.approx(7.7, abs=0.3)


def _planted(noise, seed, *, spread=0.06, n=240, kind="binomial", skew=0.0):
    """Units with known true levels: mean 0.3, deviation `spread`, noise a multiple of it."""
    rng = np.random.default_rng(seed)
    away = rng.standard_normal(n)
    if skew:
        shape = 4 / skew**2
        away = np.sign(skew) * (rng.gamma(shape, 1, n) - shape) / np.sqrt(shape)
    truth = np.clip(0.3 + spread * away, 0.005, 0.995)
    variance = 0.3 * 0.7 if kind == "binomial" else 0.3
    size = np.maximum(5, np.round(variance / (noise * (spread or 0.06)) ** 2 * rng.uniform(0.6, 1.6, n)))
    top = rng.binomial(size.astype(int), truth) if kind == "binomial" else rng.poisson(size * truth)
    return [str(i) for i in range(n)], top.astype(float), size, truth, rng


def _worth(truth, size):
    return float(np.sum(np.maximum(0, truth - np.quantile(truth, 0.25)) * size) * COST)


@pytest.mark.parametrize("noise", [0.3, 0.8, 1.5])
def test_the_planted_total_is_found_and_its_interval_holds_it(noise):
    ratios, held = [], 0
    for seed in range(20):
        units, top, size, truth, rng = _planted(noise, seed, n=UNITS[noise], kind="binomial" if seed % 2 else "poisson")
        found = opportunity(units, top, size, unit_cost=COST, draws=100, rng=rng,
                            family="binomial" if seed % 2 else "poisson")  # fmt: skip
        worth = _worth(truth, size)
        ratios.append((found.total.value / worth, found.naive / worth))
        held += found.total.low <= worth <= found.total.high
    ours, naive = np.mean(ratios, axis=0)
    assert ours == pytest.approx(1, abs=ON_AVERAGE)
    assert naive > {0.3: 1.0, 0.8: 1.2, 1.5: 1.6}[noise]  # METHODS B.5: 1.03, 1.29, 1.81
    assert held >= 16


@pytest.mark.parametrize("kind", ["binomial", "poisson"])
def test_nothing_planted_is_nothing_found(kind):
    for seed in range(20):
        units, top, size, _, rng = _planted(1.0, seed, spread=0.0, kind=kind)
        found = opportunity(units, top, size, unit_cost=COST, draws=50, rng=rng, family=kind)
        assert found.total.value < 0.01 * top.sum() * COST
        assert found.naive > 0.01 * top.sum() * COST


@pytest.mark.parametrize("skew", [1.5, -1.5])
def test_a_skewed_truth_is_found_too(skew):
    ratios = []
    for seed in range(10):
        units, top, size, truth, rng = _planted(0.8, seed, n=400, skew=skew)
        found = opportunity(units, top, size, unit_cost=COST, draws=80, rng=rng)
        ratios.append(found.total.value / _worth(truth, size))
    assert np.mean(ratios) == pytest.approx(1, abs=0.06)


def test_higher_is_better_is_the_mirror_image():
    units, top, size, _, _ = _planted(0.8, 3)
    low = opportunity(units, top, size, draws=400, rng=np.random.default_rng(1))
    high = opportunity(units, size - top, size, better="higher", draws=400, rng=np.random.default_rng(1))
    assert high.total.value == pytest.approx(low.total.value, rel=0.03)
    assert high.naive == pytest.approx(low.naive)
    np.testing.assert_allclose(high.shrunken, 1 - low.shrunken, atol=0.02)  # 400 draws of a deviation near 0.05


def test_case_mix_is_taken_out_of_the_opportunity():
    rng = np.random.default_rng(8)
    old = rng.uniform(-1, 1, 400)
    size = np.full(400, 500.0)
    top = rng.binomial(500, np.clip(0.3 + 0.1 * old, 0, 1)).astype(float)  # every difference is warranted
    units = [str(i) for i in range(400)]
    plain = opportunity(units, top, size, draws=100, rng=rng)
    fair = opportunity(units, top, size, case_mix=old, draws=100, rng=rng)
    assert plain.total.value > 0.1 * top.sum()
    assert fair.total.value == 0
    split = fair.split
    assert split.observed == pytest.approx(split.chance + split.case_mix + split.unexplained)
    assert split.case_mix / split.observed == pytest.approx(0.9, abs=0.05)


def test_case_mix_leaves_what_it_does_not_explain():
    rng = np.random.default_rng(9)
    old, away = rng.uniform(-1, 1, 300), rng.normal(0, 0.05, 300)
    size = np.full(300, 300.0)
    top = rng.binomial(300, np.clip(0.3 + 0.08 * old + away, 0, 1)).astype(float)
    found = opportunity([str(i) for i in range(300)], top, size, case_mix=old, draws=100, rng=rng)
    worth = np.sum(np.maximum(0, away - np.quantile(away, 0.25)) * 300)
    assert found.total.low < worth < found.total.high
    assert found.split.unexplained == pytest.approx(0.05**2, rel=0.3)


def test_pounds_of_unknown_noise_are_told_from_variation_by_how_small_units_scatter():
    rng = np.random.default_rng(2)
    size = rng.lognormal(6, 1, 500)
    truth = rng.normal(10, 1, 500)
    pounds = size * (truth + 15 / np.sqrt(size) * rng.standard_normal(500))
    units = [str(i) for i in range(500)]
    found = opportunity(units, pounds, size, draws=200, rng=rng)
    assert found.family == "normal"
    worth = np.sum(np.maximum(0, truth - np.quantile(truth, 0.25)) * size)
    assert found.total.value == pytest.approx(worth, rel=0.15)
    alike = size * (10 + 15 / np.sqrt(size) * rng.standard_normal(500))
    assert opportunity(units, alike, size, draws=50, rng=rng).total.value == 0


def test_the_systematic_component_is_mcphersons():
    # Two areas with 12 and 28 events, 20 expected in each: ((0.4**2 + 0.4**2) / 2 - 1/20) * 100 = 11
    found = opportunity(list("abc"), [12, 28, 20], [100, 100, 100], draws=50, rng=np.random.default_rng(1))
    assert found.split.systematic_component == pytest.approx(100 * (2 * 0.4**2 / 3 - 1 / 20))


def test_one_strange_unit_does_not_set_the_spread_of_all():
    units, top, size, truth, rng = _planted(0.5, 5, n=400)
    top[0], size[0] = 190, 200
    truth[0] = 0.95
    found = opportunity(units, top, size, unit_cost=COST, draws=100, rng=rng)
    assert found.total.value == pytest.approx(_worth(truth, size), rel=0.1)
    assert found.shrunken[0] > 0.8


def test_units_that_are_well_known_are_never_drawn_where_none_could_be():
    for seed in (32, 33):  # with 32, half of all draws once lay at shares of -5
        found = opportunity(list("abc"), [953, 205, 406], [2306, 772, 3364], benchmark="median", draws=100,
                            rng=np.random.default_rng(seed))  # fmt: skip
        assert (found.low > 0).all()
        assert ((found.low < found.shrunken) & (found.shrunken < found.high)).all()
        assert found.total.high < 2 * found.naive


def test_one_seed_gives_one_answer_and_rows_may_come_in_any_order():
    units, top, size, _, _ = _planted(0.8, 1)
    first, second = (opportunity(units, top, size, draws=40, rng=np.random.default_rng(5)) for _ in range(2))
    assert first == second
    split = opportunity([*units, "0"], [*top[:-1], top[-1], 0], [*size, 0], draws=40, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(first.pounds, split.pounds)


def test_a_unit_that_is_missing_or_empty_has_no_opportunity_and_takes_no_part():
    units, top, size, _, _ = _planted(0.5, 2)
    top[0], size[1], top[1] = np.nan, 0, 0
    found = opportunity(units, top, size, draws=40, rng=np.random.default_rng(5))
    assert np.isnan(found.pounds[:2]).all()
    assert np.isfinite(found.pounds[2:]).all()


def test_all_zero_is_no_opportunity():
    found = opportunity(list("abcd"), [0, 0, 0, 0], [10, 20, 30, 40], draws=20, rng=np.random.default_rng(1))
    assert found.total.value == 0
    assert found.naive == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"benchmark": "q20"}, "benchmark: expected q25, q10, median, mean, found 'q20'"),
        ({"better": "less"}, "better: expected lower or higher, found 'less'"),
        ({"draws": 3}, "draws: expected 20 or more"),
        ({"family": "gamma"}, "family: expected auto, binomial, poisson, normal, found 'gamma'"),
        ({"case_mix": np.ones(6)}, "case-mix: a column is constant"),
        ({"case_mix": np.array([1, 2, np.nan, 3, 4, 5])}, "unit 'c': case-mix is missing"),
        ({"standard_error": np.array([1, 1, 1, 1, 1, 0.0])}, "a standard error must be a number above 0"),
        ({"family": "normal", "denominator": np.ones(6)}, "denominators are nearly equal"),
    ],
)
def test_what_cannot_be_told_is_refused(change, says):
    given = {"numerator": np.arange(6.0), "denominator": np.arange(10.0, 16), **change}
    with pytest.raises(InputError, match=says):
        opportunity(list("abcdef"), **given, rng=np.random.default_rng(1))


def test_two_units_are_too_few():
    with pytest.raises(InputError, match="expected 3 or more with a denominator, found 2"):
        opportunity(["a", "b"], [1, 2], [10, 10], rng=np.random.default_rng(1))


def test_numbers_that_nobody_counts_are_refused():
    with pytest.raises(InputError, match="unit 'b': expected numbers of at most 1e\\+15, found 1e\\+58 of 3e\\+58"):
        opportunity(list("abc"), [1, 1e58, 2], [10, 3e58, 10], rng=np.random.default_rng(1))
