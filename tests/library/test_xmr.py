"""The XmR chart: a published example, what always holds, how often it cries wolf, gaps, and its refusals."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import InputError
from evenhand.stats.moving_range import exact_mean
from evenhand.stats.runs import runs
from evenhand.stats.xmr import xmr

# Montgomery, Introduction to Statistical Quality Control, example 6.5: cost of 20 mortgage applications
MORTGAGES = np.array(
    [310.0, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304]
)


def test_montgomerys_mortgage_costs_have_the_published_mean_and_limits():
    chart = xmr(MORTGAGES)
    # Published: mean 300.5, mean moving range 7.79, limits 279.78 and 321.22
    assert chart.mean[0] == 300.5
    assert chart.lower[0] == pytest.approx(279.78, abs=0.01)
    assert chart.upper[0] == pytest.approx(321.22, abs=0.01)
    assert set(chart.special_cause) == {None}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=40), st.integers(1, 9), st.integers(-20, 20))
def test_a_change_of_unit_moves_the_limits_and_no_label(values, scale, move):
    first, second = xmr(np.array(values, float)), xmr(np.array(values, float) * scale + move)
    np.testing.assert_allclose(second.upper, first.upper * scale + move, rtol=1e-9, atol=1e-9)
    # a point exactly on a near limit may round to either side; all other labels hold
    edges = np.abs(np.abs(first.values - first.mean) - (first.upper - first.mean) * 2 / 3) < 1e-9
    on = edges.any() or (np.abs(first.values - first.upper) < 1e-9).any()
    assert on or first.special_cause == second.special_cause


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_better_up_and_better_down_are_mirror_images(values):
    up, down = (xmr(np.array(values, float), improves=way) for way in ("increase", "decrease"))
    swap = {"special_cause_improvement": "special_cause_concern", "special_cause_concern": "special_cause_improvement"}
    assert [swap.get(kind, kind) for kind in up.point_type] == list(down.point_type)


def test_white_noise_of_three_years_signals_as_seldom_as_it_should():
    rng = np.random.default_rng(7)
    charts = [xmr(rng.standard_normal(36)) for _ in range(600)]
    # oracle/README.md finding 9: at least one false signal in 33% of series, the last point in 1.5%
    assert np.mean([any(chart.special_cause) for chart in charts]) == pytest.approx(0.33, abs=0.05)
    assert np.mean([chart.variation != "common_cause" for chart in charts]) == pytest.approx(0.015, abs=0.015)


def test_a_shift_of_three_deviations_is_seen():
    rng = np.random.default_rng(3)
    chart = xmr(np.concatenate([rng.normal(0, 1, 20), rng.normal(4, 1, 10)]))
    assert chart.variation == "improvement_high"


def test_a_gap_breaks_a_run_and_no_moving_range_spans_it():
    chart = xmr(np.array([1, 2, 1, 2, np.nan, 1, 2, 1, 2.0]))
    assert chart.upper[0] == pytest.approx(1.5 + 2.66)
    assert chart.point_type[4] is None
    high = np.array([0.0, 0, 0, 0, 0, 0, 0, 2, 2, 2, np.nan, 2, 2, 2, 2])
    assert xmr(high).special_cause[7] is None
    assert xmr(high[np.isfinite(high)]).special_cause[7] == "7 Points Above CL"


def test_a_series_of_gaps_says_nothing_and_does_not_crash():
    chart = xmr(np.full(5, np.nan), target=1.0)
    assert (chart.variation, chart.assurance) == (None, None)


@pytest.mark.parametrize("n", [1, 2])
def test_one_point_has_no_limits_and_two_have(n):
    chart = xmr(np.array([3.0, 5.0])[:n])
    assert np.isfinite(chart.upper).all() == (n == 2)
    assert chart.special_cause == (None,) * n


def test_a_point_exactly_on_the_mean_breaks_a_run():
    values = np.array([0.1] * 3 + [0.2] + [0.3] * 3)  # their mean is 0.2, which binary sums miss
    values = np.concatenate([values, values])
    assert xmr(values).mean[0] == 0.2


@pytest.mark.parametrize(
    ("value", "target", "improves", "assurance"),
    [
        (100.0, 100.0, "increase", "pass"), (100.0, 101.0, "increase", "fail"), (100.0, 95.0, "increase", "pass"),
        (0.0, 0.0, "decrease", "pass"), (0.0, 1.0, "decrease", "pass"), (5.0, 1.0, "decrease", "fail"),
        (5.0, 1.0, "neutral", None), (5.0, np.nan, "increase", None),
    ],
)  # fmt: skip
def test_a_constant_series_passes_or_fails_by_where_it_lies(value, target, improves, assurance):
    chart = xmr(np.full(15, value), target=target, improves=improves)
    assert chart.assurance == assurance
    assert (chart.lower == value).all()


def test_limits_fixed_on_twelve_points_do_not_move_with_the_rest():
    first = np.tile([1.0, 2.0], 6)
    chart = xmr(np.concatenate([first, [9.0, 9, 9]]), fix_after=12)
    assert chart.upper[-1] == xmr(first).upper[0]
    assert chart.special_cause[-1] == "Above UCL"


def test_no_run_crosses_a_rebase():
    values = np.array([1.0, 3] * 5 + [3.0] * 4 + [9.0, 11] * 5)
    chart = xmr(values, rebase_at=[14])
    assert chart.phase.tolist() == [0] * 14 + [1] * 10
    assert [r.phase for r in chart.runs] == [0, 1]
    assert set(chart.special_cause[14:]) == {None}


def test_runs_leave_out_points_on_the_line_and_gaps():
    found = runs(np.array([1, 1, 0, np.nan, 1, -1, -1.0]), 0.0)
    assert (found.longest_run, found.crossings) == (3, 1)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"improves": "up"}, "improves: expected increase, decrease or neutral, found 'up'"),
        ({"fix_after": 11}, "fix after: expected 12 points or more, found 11"),
        ({"rules": "mdc2024"}, "rules: expected plotthedots or mdc2023, found 'mdc2024'; did you mean 'mdc2023'?"),
        ({"rebase_at": [99]}, "rebase: no point 99"),
    ],
)
def test_an_option_that_is_none_is_refused(options, says):
    with pytest.raises(InputError, match=says.split("?")[0].replace("'", ".")):
        xmr(MORTGAGES, **options)


@pytest.mark.parametrize("values", [np.array([]), np.array([1.0, np.inf])])
def test_nothing_and_the_infinite_are_refused(values):
    with pytest.raises(InputError, match="control chart needs"):
        xmr(values)


def test_the_mean_is_that_of_exact_fractions():
    rng = np.random.default_rng(7)
    for many in (*range(1, 40), 60, 400):
        values = rng.normal(size=many) * 10.0 ** rng.integers(-12, 12, many)
        assert exact_mean(values) == statistics.mean(values.tolist())
        assert exact_mean(np.full(many, values[0])) == values[0]
    assert exact_mean(np.array([1e308, 1e308])) == 1e308
    assert exact_mean(np.array([0.1, -0.1])) == 0.0
