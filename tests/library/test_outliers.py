"""Outliers under false-discovery control: a worked example, the rate kept, planted places found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evenhand.errors import InputError
from evenhand.see import funnel, outliers
from evenhand.see.outliers import false_discovery, scattered, z_scores

# Benjamini & Hochberg (1995), section 4.1: fifteen tests of thrombolysis, of which four are named at 0.05.
P = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
     1.0]  # fmt: skip
EXPECTED = 200  # events from which four of five practices 30% away are seen at 99.8% limits


def test_the_papers_example_names_four():
    assert (false_discovery(P) <= 0.05).sum() == 4
    z = stats.norm.isf(np.array(P) / 2)
    assert outliers(z).named == 4


def test_order_does_not_matter_and_missing_is_never_named():
    order = np.random.default_rng(1).permutation(len(P))
    np.testing.assert_allclose(false_discovery(np.array(P)[order]), false_discovery(P)[order])
    found = outliers([np.nan, 5.0, 0.1])
    assert found.outlier == (None, "high", None)
    assert found.compared == 2


def test_of_those_named_no_more_are_false_than_was_asked():
    false, named = 0, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        real = np.arange(1000) < 50
        found = outliers(rng.standard_normal(1000) + np.where(real, 4.0, 0.0), false_share=0.1)
        hit = np.array([outlier is not None for outlier in found.outlier])
        false, named = false + (hit & ~real).sum(), named + hit.sum()
    assert false / named < 0.11
    assert named > 200 * 40


@pytest.mark.parametrize("kind", ["proportion", "rate", "ratio"])
def test_the_null_is_seldom_flagged_and_a_planted_third_is(kind):
    flagged = planted = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        size = np.round(rng.lognormal(np.log(EXPECTED / 0.2), 0.4, 1000))
        base = size * 0.2 if kind == "ratio" else size
        draw = (lambda rate, rng=rng, size=size: rng.binomial(size.astype(int), rate)) if kind == "proportion" else (
            lambda rate, rng=rng, size=size: rng.poisson(size * rate))  # fmt: skip
        units = [str(i) for i in range(1000)]
        flagged += sum(o is not None for o in funnel(units, draw(np.full(1000, 0.2)), base, kind=kind).outlier)
        away = np.where(np.arange(1000) < 50, np.where(np.arange(1000) % 2, 1.3, 0.7), 1.0)
        enough = (np.arange(1000) < 50) & (size * 0.2 >= EXPECTED)
        outlier = np.array(funnel(units, draw(0.2 * away), base, kind=kind).outlier, dtype=object)
        planted += (outlier[enough] != None).sum() / max(1, enough.sum()) / 10  # noqa: E711
    assert flagged / 10_000 <= 0.004
    assert planted >= 0.8


def test_z_scores_are_the_funnels():
    rng = np.random.default_rng(2)
    size, units = rng.integers(50, 900, 80).astype(float), [str(i) for i in range(80)]
    top = rng.binomial(size.astype(int), rng.uniform(0.2, 0.4, 80)).astype(float)
    for kind in ("proportion", "rate"):
        np.testing.assert_allclose(z_scores(top, size, kind=kind), funnel(units, top, size, kind=kind).z_adjusted)
    assert np.isnan(z_scores(np.zeros(3), np.ones(3), kind="rate")).all()


def test_pounds_are_compared_with_places_of_their_size():
    rng = np.random.default_rng(3)
    size = rng.lognormal(7, 1, 2000)
    value = 10 + (0.5 + 30 / np.sqrt(size)) * rng.standard_normal(2000)
    z = scattered(value, size)
    assert np.mean(np.abs(z) > 3.09) < 0.01
    value[7] += 10 * (0.5 + 30 / np.sqrt(size[7]))
    assert scattered(value, size)[7] > 5
    assert np.isnan(scattered(value[:20], size[:20])).all()


def test_a_share_that_is_none_is_refused():
    with pytest.raises(InputError, match="false share: expected a share between 0 and 1, found 2"):
        outliers([1.0], false_share=2)
