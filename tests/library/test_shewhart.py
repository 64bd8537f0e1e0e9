"""Every control chart: published examples, what always holds, gaps and single points, false alarms, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.errors import InputError
from evenhand.stats.shewhart import KINDS, shewhart
from evenhand.stats.shewhart_subgroups import c4, summed

# Montgomery, Introduction to Statistical Quality Control, table 7.1: cans that leak, of 50 in each of 30 samples
CANS = np.array([12.0, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7,
                 13, 9, 6])  # fmt: skip
# The same, table 7.7: faults on 26 samples of 100 circuit boards
FAULTS = np.array([21.0, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19,
                   17, 15])  # fmt: skip
POINTS = 36


def chance(kind: str, rng: np.random.Generator, points: int = POINTS, **options):
    """A series of nothing but chance, as that chart supposes it to be."""
    size = rng.integers(80, 400, points).astype(float)
    if kind in ("p", "pp"):
        return shewhart(kind, rng.binomial(size.astype(int), 0.3).astype(float), denominator=size, **options)
    if kind in ("u", "up"):
        return shewhart(kind, rng.poisson(size * 0.1).astype(float), denominator=size, **options)
    if kind == "ip":
        return shewhart(kind, rng.normal(5 * size, 2 * np.sqrt(size)), denominator=size, **options)
    if kind in ("xbar", "s"):
        each = rng.integers(4, 10, points)
        point = np.repeat(np.arange(points), each)
        mean, deviation, number = summed(rng.normal(10, 2, len(point)), point, points)
        return shewhart(kind, mean if kind == "xbar" else deviation, denominator=number, spread=deviation, **options)
    drawn = {"c": lambda: rng.poisson(12, points).astype(float), "t": lambda: rng.exponential(20, points),
             "g": lambda: rng.geometric(0.05, points) - 1.0}  # fmt: skip
    return shewhart(kind, drawn.get(kind, lambda: rng.standard_normal(points))(), **options)


def test_montgomerys_leaking_cans_have_the_published_limits():
    chart = shewhart("p", CANS, denominator=np.full(30, 50.0))
    # Published: 0.2313, limits 0.0524 and 0.4102; samples 15 and 23 lie above
    assert [chart.mean[0], chart.lower[0], chart.upper[0]] == pytest.approx([0.2313, 0.0524, 0.4102], abs=1e-4)
    assert [i + 1 for i, label in enumerate(chart.special_cause) if label == "Above UCL"] == [15, 23]


def test_montgomerys_circuit_boards_have_the_published_limits():
    chart = shewhart("c", FAULTS)
    # Published: 19.85, limits 6.48 and 33.22; samples 6 and 20 lie outside
    assert [chart.mean[0], chart.lower[0], chart.upper[0]] == pytest.approx([19.85, 6.48, 33.22], abs=0.01)
    assert (chart.special_cause[5], chart.special_cause[19]) == ("Below LCL", "Above UCL")


def test_the_tables_of_constants_are_the_published_ones():
    # Montgomery, appendix VI: c4, and A3, B3, B4 at n = 5 and 10
    np.testing.assert_allclose(c4(np.array([2.0, 5, 10, 25])), [0.7979, 0.9400, 0.9727, 0.9896], atol=5e-5)
    for n, a3, b3, b4 in ((5, 1.427, 0, 2.089), (10, 0.975, 0.284, 1.716)):
        size, one = np.full(20, float(n)), np.ones(20)
        means = shewhart("xbar", np.zeros(20), denominator=size, spread=one)
        within = shewhart("s", one, denominator=size)
        assert [means.upper[0], within.lower[0], within.upper[0]] == pytest.approx([a3, b3, b4], abs=6e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(30, 90)), min_size=2, max_size=30), st.sampled_from("pu"))
def test_limits_close_in_as_the_denominator_grows_and_hold_the_centre(rows, kind):
    top, below = np.array(rows, dtype=float).T
    chart = shewhart(kind, top, denominator=below)
    order = np.argsort(below)
    assert (np.diff((chart.upper - chart.lower)[order]) <= 1e-12).all()
    assert ((chart.lower <= chart.mean) & (chart.mean <= chart.upper)).all()
    assert (chart.lower >= 0).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=2, max_size=30), st.sampled_from(sorted(KINDS)), st.data())
def test_the_order_in_which_points_lie_moves_no_line_that_needs_no_neighbour(values, kind, data):
    if KINDS[kind].needs != "never" and kind != "run":
        return
    order = data.draw(st.permutations(range(len(values))))
    first, second = shewhart(kind, np.array(values, float)), shewhart(kind, np.array(values, float)[order])
    if kind != "t":
        np.testing.assert_allclose([first.mean[0], first.upper[0]], [second.mean[0], second.upper[0]], rtol=1e-12)
    assert first.mean[0] == pytest.approx(second.mean[0], rel=1e-9)


def test_equal_denominators_make_the_prime_charts_what_single_values_are():
    values = np.random.default_rng(2).normal(50, 5, 24)
    prime = shewhart("ip", values * 7, denominator=np.full(24, 7.0))
    single = shewhart("i", values)
    # sqrt(pi) / 2 is 1 / 1.128 to three digits
    np.testing.assert_allclose(prime.upper - prime.mean, single.upper - single.mean, rtol=4e-4)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_gap_is_no_point_and_lines_rest_on_the_others(kind):
    rng = np.random.default_rng(5)
    whole = np.round(rng.uniform(5, 20, 20))
    size = np.full(20, 40.0) if KINDS[kind].needs in ("must", "of") else None
    gap = whole.copy()
    gap[7] = np.nan
    chart = shewhart(kind, gap, denominator=size, spread=np.ones(20))
    assert (chart.special_cause[7], chart.point_type[7]) == (None, None)
    assert np.isnan(chart.values[7])
    assert np.isfinite(chart.mean).all()
    left_out = shewhart(kind, whole, denominator=size, spread=np.ones(20), exclude_at=[7])
    np.testing.assert_array_equal(chart.upper, left_out.upper)
    assert left_out.special_cause == chart.special_cause
    assert left_out.values[7] != chart.values[7]


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("points", [1, 2])
def test_one_and_two_points_are_drawn_and_signal_nothing(kind, points):
    size = np.array([40.0, 50])[:points] if KINDS[kind].needs in ("must", "of") else None
    chart = shewhart(kind, np.array([5.0, 6])[:points], denominator=size, spread=np.full(points, 9.0), target=5.0)
    assert chart.special_cause == (None,) * points
    assert chart.trial.all()
    if points == 1 and kind in ("xmr", "i", "ip", "pp", "up", "t", "run"):
        assert np.isnan(chart.upper).all()
        assert chart.assurance is None


@pytest.mark.parametrize("kind", ["xmr", "i", "ip", "pp", "up", "t", "xbar"])
def test_a_series_that_never_changes_has_limits_at_its_mean_and_no_signal(kind):
    size = np.linspace(10, 90, 15).round() * 10 if KINDS[kind].needs in ("must", "of") else None
    values = np.full(15, 5.0) if size is None or kind == "xbar" else 0.3 * size
    goal = 5.0 if size is None or kind == "xbar" else 0.3
    chart = shewhart(kind, values, denominator=size, spread=np.zeros(15), target=goal, improves="decrease")
    np.testing.assert_allclose(chart.upper, goal, rtol=1e-12)
    np.testing.assert_array_equal(chart.upper, chart.mean)
    np.testing.assert_array_equal(chart.lower, chart.mean)
    assert set(chart.special_cause) == {None}
    assert chart.assurance == "pass"


def test_all_of_everybody_every_month_is_no_signal_and_passes():
    chart = shewhart("p", np.full(15, 40.0), denominator=np.full(15, 40.0), target=0.95)
    assert (chart.lower == 1).all()
    assert (chart.variation, chart.assurance) == ("common_cause", "pass")


def test_nobody_to_count_is_a_gap():
    chart = shewhart("u", np.array([3.0, 0, 4]), denominator=np.array([10.0, 0, 12]))
    assert np.isnan(chart.values[1])
    assert chart.mean[0] == pytest.approx(7 / 22)


def test_a_month_with_one_value_has_a_mean_but_no_limit():
    mean, deviation, number = summed(np.array([1.0, 3, 5, 2, 4, np.nan]), np.array([0, 0, 1, 2, 2, 2]), 3)
    chart = shewhart("xbar", mean, denominator=number, spread=deviation)
    assert number.tolist() == [2, 1, 2]
    assert np.isnan(chart.upper).tolist() == [False, True, False]
    assert chart.special_cause == (None, None, None)


def test_phases_have_lines_and_runs_of_their_own():
    chart = shewhart("p", CANS, denominator=np.full(30, 50.0), rebase_at=[20])
    assert chart.mean[0] == CANS[:20].sum() / 1000
    assert chart.mean[-1] == CANS[20:].sum() / 500
    assert [one.phase for one in chart.runs] == [0, 1]


def test_limits_fixed_on_the_first_points_follow_the_denominators_of_the_rest():
    size = np.concatenate([np.full(20, 50.0), np.full(10, 200.0)])
    chart = shewhart("p", CANS, denominator=size, fix_after=20)
    centre = CANS[:20].sum() / 1000
    assert chart.upper[-1] == pytest.approx(centre + 3 * np.sqrt(centre * (1 - centre) / 200))


def test_a_multiplier_moves_the_unit_and_nothing_else():
    size = np.full(30, 50.0)
    one, hundred = (shewhart("p", CANS, denominator=size, multiplier=m, target=0.4 * m) for m in (1.0, 100.0))
    np.testing.assert_allclose(hundred.upper, 100 * one.upper)
    assert (hundred.special_cause, hundred.assurance) == (one.special_cause, one.assurance)


def test_a_run_chart_flags_runs_and_trends_and_never_a_distance():
    chart = shewhart("run", np.array([1.0, 900, 2, 3, 4, 2, 3, 4, 5, 50, 60, 50, 60, 50, 60, 50]))
    assert {label for label in chart.special_cause if label} == {"7 Points Above CL", "7 Points Below CL"}
    assert chart.special_cause[1] is None
    assert chart.assurance is None


def test_the_two_rule_sets_differ_on_every_chart_that_has_near_limits():
    values = np.concatenate([np.tile([9.0, 11], 15), [14.7, 15.8]])
    values = np.append(values, 10.5)
    for kind in ("xmr", "i"):
        old, new = (shewhart(kind, values, rules=rules, fix_after=30) for rules in ("plotthedots", "mdc2023"))
        assert old.special_cause[30] is None
        assert new.special_cause[30] == "2 in 3 Above CL"


# Expected on 36 points of chance: (share of points beyond a limit, share of charts whose last point is flagged, share
# with any flag). Three standard deviations of a normal curve give 0.27%; limits from 35 moving ranges are less sure
# of themselves, and a geometric count has a long tail: exp(-4) = 1.8% of it lies beyond three deviations.
FALSE_SIGNALS = {
    "xmr": (0.004, 0.015, 0.30), "i": (0.004, 0.015, 0.30), "ip": (0.004, 0.015, 0.30), "run": (0.0, 0.005, 0.12),
    "p": (0.0025, 0.01, 0.27), "pp": (0.004, 0.015, 0.30), "u": (0.0025, 0.015, 0.27), "up": (0.004, 0.015, 0.31),
    "c": (0.0025, 0.01, 0.26), "t": (0.0025, 0.015, 0.26), "g": (0.017, 0.03, 0.57), "xbar": (0.002, 0.01, 0.21),
    "s": (0.002, 0.015, 0.31),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_chance_alone_is_flagged_as_seldom_as_the_documentation_says(kind):
    rng = np.random.default_rng(20)
    charts = [chance(kind, rng) for _ in range(200)]
    labels = [label for chart in charts for label in chart.special_cause]
    beyond, last, anywhere = FALSE_SIGNALS[kind]
    assert np.mean([label in ("Above UCL", "Below LCL") for label in labels]) == pytest.approx(beyond, abs=0.004)
    assert np.mean([chart.variation != "common_cause" for chart in charts]) == pytest.approx(last, abs=0.03)
    assert np.mean([any(chart.special_cause) for chart in charts]) == pytest.approx(anywhere, abs=0.1)
    assert np.mean([chart.runs[0].signal for chart in charts]) <= 0.12  # Anhoej (2015): about 5%, more where skewed


@pytest.mark.parametrize("kind", ["p", "pp", "u", "up"])
def test_a_doubling_of_a_share_or_rate_is_seen_within_a_year(kind):
    rng = np.random.default_rng(8)
    size = rng.integers(150, 400, 36).astype(float)
    level = np.where(np.arange(36) < 24, 0.1, 0.2)
    top = rng.binomial(size.astype(int), level).astype(float)
    assert shewhart(kind, top, denominator=size, improves="decrease").variation == "concern_high"


@pytest.mark.parametrize(
    ("kind", "values", "options", "says"),
    [
        ("z", [1, 2], {}, "chart: expected one of xmr i ip"),
        ("p", [1, 2], {}, "chart p: needs a denominator"),
        ("p", [1, 9], {"denominator": [5, 5]}, "point 1: a share needs a numerator of at most its denominator"),
        ("u", [1, 2], {"denominator": [5, -5]}, "point 1: expected a denominator of 0 or more"),
        ("u", [1, 2], {"denominator": [5]}, "denominator: expected 2 numbers, one a value, found 1"),
        ("c", [1, 2.5], {}, "chart c counts, so it needs whole numbers; found 2.5"),
        ("c", [1, -2], {}, "chart c needs numbers of 0 or more, found -2"),
        ("c", [1, 2], {"denominator": [5, 5]}, "chart c: takes no denominator; u draws a count over an exposure"),
        ("t", [1, -2], {}, "chart t needs numbers of 0 or more"),
        ("c", [1, 2], {"exclude_at": [2]}, "exclude: no point 2; expected a position from 0 to 1"),
        ("c", [], {}, "at least one point"),
        ("c", [1, np.inf], {}, "finite numbers"),
        ("c", [1, 2], {"fix_after": 3}, "fix after: expected 12 points or more, found 3"),
        ("c", [1, 2], {"rules": "nelson"}, "rules: expected plotthedots or mdc2023"),
        ("c", [1, 2], {"improves": "more"}, "improves: expected increase, decrease or neutral"),
    ],
)
def test_what_no_chart_can_hold_is_refused(kind, values, options, says):
    if "denominator" in options:
        options = {"denominator": np.array(options["denominator"], dtype=float)}
    with pytest.raises(InputError) as error:
        shewhart(kind, np.array(values, dtype=float), **options)
    assert says in str(error.value)
