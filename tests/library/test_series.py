"""Interrupted series: a drawn example, what always holds, coverage of a known truth, refusals.

Coverage at full size is in benchmarks/series_truth.py; here 200 series, whose Monte-Carlo error is 2.1 points.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove import series
from evenhand.prove.ar1 import ar1
from evenhand.prove.autocorrelation import autocorrelation
from evenhand.prove.contrasts import Fitted
from evenhand.prove.counts import counts
from evenhand.prove.robust import least_squares
from evenhand.prove.segmented import columns
from evenhand.prove.two_noises import SHARES, two_noises

START = np.datetime64("2022-01-01")


def months(n: int, first: str = "2019-01") -> np.ndarray:
    return (np.datetime64(first) + np.arange(n)).astype("datetime64[D]")


def leaning(rng: np.random.Generator, n: int, phi: float) -> np.ndarray:
    out = rng.normal(size=n)
    for i in range(1, n):
        out[i] = phi * out[i - 1] + math.sqrt(1 - phi**2) * out[i]
    return out


def drawn(seed: int = 1, n: int = 60, phi: float = 0.4) -> np.ndarray:
    return 20 + 0.1 * np.arange(n) - 3.0 * (np.arange(n) >= 36) + leaning(np.random.default_rng(seed), n, phi)


def plain_gls(y: np.ndarray, X: np.ndarray, when: np.ndarray, phi: float) -> tuple[np.ndarray, np.ndarray]:
    """The slow answer: build the correlation matrix, invert it."""
    R = np.linalg.inv(phi ** np.abs(np.subtract.outer(when, when)))
    bread = np.linalg.inv(X.T @ R @ X)
    beta = bread @ X.T @ R @ y
    left = y - X @ beta
    return beta, bread * float(left @ R @ left) / (len(y) - X.shape[1])


# --- a worked example -------------------------------------------------------------------------------------------------


def test_a_step_and_a_bend_that_one_can_read_off_are_found() -> None:
    """Rises by 2 a month from 10; at the seventh month 5 lower, and from then on flat.

    month     1   2   3   4   5   6  |  7   8   9
    observed 10  12  14  16  18  20  | 17  17  17
    without                          | 22  24  26
    effect                           | -5  -7  -9   sum -21
    """
    y = np.array([10.0, 12, 14, 16, 18, 20, 17, 17, 17])
    found = series(months(9), y, start=np.datetime64("2019-07-01"))
    assert [found.level.estimate, found.slope.estimate] == pytest.approx([-5, -2])
    assert [m.counterfactual for m in found.counterfactual] == pytest.approx([22, 24, 26])
    assert [m.effect for m in found.counterfactual] == pytest.approx([-5, -7, -9])
    assert found.cumulative.estimate == pytest.approx(-21)
    assert found.indicative  # nothing says how much chance there is
    assert math.isnan(found.level.p)


def test_a_constant_series_has_not_changed_and_says_that_chance_is_unknown() -> None:
    found = series(months(72), np.full(72, 3.5), start=START)
    assert [found.level.estimate, found.level.low, found.level.high, found.slope.estimate] == pytest.approx([0.0] * 4)
    assert any("exactly" in reason for reason in found.reasons)


# --- against slow answers ---------------------------------------------------------------------------------------------


def test_restricted_likelihood_answers_as_the_written_out_matrix_does_with_gaps() -> None:
    y, keep = drawn(), np.r_[0:10, 12:30, 33:60]
    X, _ = columns(keep, 36, season="none", months=keep % 12 + 1, year=12.0, harmonics=0)
    found = ar1(y[keep], X, keep)
    beta, cov = plain_gls(y[keep], X, keep, found.phi)
    np.testing.assert_allclose(found.beta, beta, rtol=1e-7)
    np.testing.assert_allclose(found.cov, cov, rtol=1e-7)
    phi = found.profile.phi[10]
    beta, cov = plain_gls(y[keep], X, keep, float(phi))
    np.testing.assert_allclose(found.profile.beta[10], beta, rtol=1e-7)
    np.testing.assert_allclose(found.profile.cov[10], cov, rtol=1e-7)


def test_weights_are_variances_turned_round() -> None:
    y, when = drawn(), np.arange(60)
    weights = np.random.default_rng(2).uniform(1, 5, 60)
    X, _ = columns(when, 36, season="none", months=when % 12 + 1, year=12.0, harmonics=0)
    found = ar1(y, X, when, weights=weights)
    root = np.sqrt(weights)
    beta, _ = plain_gls(y * root, X * root[:, None], when, found.phi)
    np.testing.assert_allclose(found.beta, beta, rtol=1e-7)


def test_newey_west_counts_months_by_the_calendar_and_not_by_rows() -> None:
    y, keep = drawn(), np.r_[0:20, 22:60]
    X, _ = columns(keep, 36, season="none", months=keep % 12 + 1, year=12.0, harmonics=0)
    found = least_squares(y[keep], X, keep, lags=2)
    bread = np.linalg.inv(X.T @ X)
    u = y[keep] - X @ found.beta
    near = np.maximum(0, 1 - np.abs(np.subtract.outer(keep, keep)) / 3)
    slow = bread @ X.T @ (np.outer(u, u) * near) @ X @ bread * len(keep) / (len(keep) - 4)
    np.testing.assert_allclose(found.cov, slow, rtol=1e-9)


def test_the_mixture_cuts_equal_tails() -> None:
    y, when = drawn(phi=0.6), np.arange(60)
    X, _ = columns(when, 36, season="none", months=when % 12 + 1, year=12.0, harmonics=0)
    found = ar1(y, X, when)
    fitted = Fitted(found.beta, found.cov, found.df, found.profile)
    wide, narrow = (fitted.ask(np.eye(4), level) for level in (0.95, 0.9))
    assert np.all(wide.low < narrow.low)
    assert np.all(wide.high > narrow.high)
    at_edge = series(months(60), y - narrow.high[2] * (when >= 36), start=START)
    assert at_edge.level.p == pytest.approx(0.1, abs=1e-6)  # 0 is the end of its own 90% interval


# --- what always holds ------------------------------------------------------------------------------------------------


def test_order_of_rows_says_nothing() -> None:
    y, dates = drawn(), months(60)
    mixed = np.random.default_rng(3).permutation(60)
    assert series(dates[mixed], y[mixed], start=START) == series(dates, y, start=START)


def test_ten_times_the_values_are_ten_times_the_effect() -> None:
    one, ten = (series(months(60), times * drawn(), start=START) for times in (1, 10))
    for name in ("estimate", "se", "low", "high"):
        assert getattr(ten.level, name) == pytest.approx(10 * getattr(one.level, name), rel=1e-6)
    assert ten.level.p == pytest.approx(one.level.p, rel=1e-6)


def test_a_line_added_to_all_months_changes_no_effect() -> None:
    y = drawn()
    one, two = (series(months(60), values, start=START) for values in (y, y + 100 - 0.7 * np.arange(60)))
    assert two.level.estimate == pytest.approx(one.level.estimate, rel=1e-6)
    assert two.cumulative.high == pytest.approx(one.cumulative.high, rel=1e-6)


def test_what_moves_both_series_is_taken_out() -> None:
    y, shock = drawn(), 4 * np.sin(np.arange(60) / 3)
    alone = series(months(60), y - 7, start=START)
    with_control = series(months(60), y + shock, control=7 + shock, start=START)
    assert with_control.level.estimate == pytest.approx(alone.level.estimate, rel=1e-6)
    assert with_control.level.high == pytest.approx(alone.level.high, rel=1e-6)
    assert with_control.design.startswith("comparative")
    first = with_control.counterfactual[0]
    assert first.observed == pytest.approx(y[36] + shock[36])
    assert first.fitted - first.counterfactual == pytest.approx(with_control.level.estimate)


def test_a_month_that_is_missing_keeps_its_place() -> None:
    y, gone = drawn(), [7, 20, 40]
    blank, dates = y.copy(), months(60)
    blank[gone] = np.nan
    with_blank = series(dates, blank, start=START)
    without_row = series(np.delete(dates, gone), np.delete(y, gone), start=START)
    assert with_blank == without_row
    assert with_blank.missing == ("2019-08-01", "2020-09-01", "2022-05-01")
    assert math.isnan(with_blank.counterfactual[4].observed)
    assert len(with_blank.counterfactual) == 24
    assert any("no value" in note for note in with_blank.notes)


def test_a_start_in_mid_month_leaves_that_month_to_neither_side() -> None:
    found = series(months(72), drawn(n=72), start=np.datetime64("2022-01-18"))
    assert (found.n_pre, found.n_post) == (36, 35)
    assert str(found.counterfactual[0].date) == "2022-02-01"
    assert any("neither side" in note for note in found.notes)


def test_dates_at_the_end_of_the_month_are_months_too() -> None:
    y, ends = drawn(), (np.datetime64("2019-02") + np.arange(60)).astype("datetime64[D]") - 1
    assert series(ends, y, start=START).level == series(months(60), y, start=START).level


@pytest.mark.parametrize("step", [7, 1])
def test_weeks_and_days_are_judged_in_their_own_steps(step: int) -> None:
    dates = np.datetime64("2024-01-01") + step * np.arange(80)
    found = series(dates, drawn(n=80), start=dates[36], season="harmonic", harmonics=1)
    assert found.n_post == 44
    assert found.level.low < -3 < found.level.high or found.level.estimate < 0


def test_counts_with_a_share_of_one_and_no_offset_are_plain_poisson() -> None:
    y, dates = np.r_[np.full(12, 20.0), np.full(12, 10.0)], months(24)
    y[::2] += 2
    found = series(dates, y, start=dates[12], family="poisson")
    mean = [np.exp(found.terms["(Intercept)"].estimate + t * found.terms["t"].estimate) for t in range(1, 13)]
    assert sum(mean) == pytest.approx(y[:12].sum())  # Poisson's first promise: expected and observed sum alike
    assert found.level.ratio == pytest.approx(math.exp(found.level.estimate))
    assert found.cumulative.estimate == pytest.approx(sum(m.effect for m in found.counterfactual))


def test_the_negative_binomial_without_overdispersion_is_poisson() -> None:
    y, dates = np.tile([9.0, 10, 11, 10], 9), months(36)
    one, two = (series(dates, y, start=dates[20], family=family) for family in ("poisson", "negbin"))
    assert two.level.estimate == pytest.approx(one.level.estimate, rel=1e-5)
    assert two.level.se == pytest.approx(one.level.se, rel=1e-5)


def test_a_rate_by_counts_moves_with_neither_the_unit_nor_the_denominators_size() -> None:
    rng, dates = np.random.default_rng(5), months(60)
    below = rng.uniform(900, 1100, 60).round()
    y = rng.poisson(0.2 * below).astype(float)
    one, two = (
        series(dates, y, denominator=size * below, start=START, family="quasipoisson") for size in (1, 1000)
    )  # fmt: skip
    assert two.level.estimate == pytest.approx(one.level.estimate, abs=1e-7)
    assert two.level.se == pytest.approx(one.level.se, rel=1e-5)


def test_days_that_make_a_saw_are_warned_of_and_taken_out() -> None:
    dates = months(72)
    days = ((dates.astype("datetime64[M]") + 1).astype("datetime64[D]") - dates).astype(float)
    y = days * (3 + 0.02 * np.random.default_rng(4).normal(size=72))
    assert any("--per-day" in note for note in series(dates, y, start=START).notes)
    mended = series(dates, y, start=START, per_day=True)
    assert not mended.notes
    assert mended.sigma < 0.3 * series(dates, y, start=START).sigma
    assert not series(dates, drawn(n=72), start=START).notes


# --- chance -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phi", [0.0, 0.6])
def test_ninety_percent_intervals_hold_a_known_truth_as_often_as_they_say(phi: float) -> None:
    rng, n, runs, when = np.random.default_rng(20260401), 60, 200, np.arange(60)
    X, _ = columns(when, 36, season="none", months=when % 12 + 1, year=12.0, harmonics=0)
    C = np.eye(4)[[2, 3]]
    held = np.zeros(2)
    for _ in range(runs):
        found = ar1(X @ np.array([5, 0.1, -2, 0.05]) + leaning(rng, n, phi), X, when)
        answer = Fitted(found.beta, found.cov, found.df, found.profile).ask(C, 0.9)
        held += (answer.low <= [-2, 0.05]) & (answer.high >= [-2, 0.05])
    assert np.all((held / runs > 0.83) & (held / runs < 0.97))


def test_counts_that_lean_on_one_another_are_covered_too() -> None:
    rng, n, runs, when = np.random.default_rng(20260402), 72, 100, np.arange(72)
    X, _ = columns(when, 48, season="none", months=when % 12 + 1, year=12.0, harmonics=0)
    held = 0
    for _ in range(runs):
        y = rng.poisson(np.exp(X @ np.array([6, 0.002, -0.2, 0]) + 0.06 * leaning(rng, n, 0.5))).astype(float)
        answer = counts(y, X, when, np.zeros(n), family="quasipoisson", leaning=True).fitted.ask(np.eye(4)[[2]], 0.9)
        held += bool(answer.low[0] <= -0.2 <= answer.high[0])
    assert 82 <= held <= 98


def test_durbin_watsons_p_is_even_where_months_do_not_lean() -> None:
    rng, when = np.random.default_rng(6), np.arange(36)
    X, _ = columns(when, 24, season="none", months=when % 12 + 1, year=12.0, harmonics=0)
    spared = np.eye(36) - X @ np.linalg.pinv(X)
    p = np.array([autocorrelation(spared @ rng.normal(size=36), X, when).durbin_watson_p for _ in range(200)])
    assert abs(np.mean(p < 0.5) - 0.5) < 0.1
    assert 0.02 < np.mean(p < 0.1) < 0.18


# --- what is said, and refusals ---------------------------------------------------------------------------------------


def test_fewer_than_sixty_months_are_indicative_and_sixty_are_not() -> None:
    short, enough = (series(months(n), drawn(n=n), start=START) for n in (59, 60))
    assert short.indicative
    assert "59 months" in short.reasons[0]
    assert not enough.indicative
    assert enough.reasons == ()


def test_a_walk_at_random_is_indicative_however_long() -> None:
    walk = np.cumsum(np.random.default_rng(7).normal(size=120))
    found = series(months(120), walk, start=START)
    assert found.autocorrelation.phi > 0.8
    assert any("leans" in reason for reason in found.reasons)


@pytest.mark.parametrize("errors", ["newey-west", "hc1", "model"])
def test_errors_that_do_not_know_autocorrelation_are_indicative(errors: str) -> None:
    assert series(months(72), drawn(n=72), start=START, errors=errors).indicative


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"start": np.datetime64("2030-01-01")}, "leaves no dates on one side"),
        ({"start": np.datetime64("2018-01-01")}, "leaves no dates on one side"),
        ({"start": np.datetime64("2019-01-01")}, "leaves no dates on one side"),
        ({"start": np.datetime64("2019-04-01")}, "3 points before the start"),
        ({"start": np.datetime64("2021-11-01")}, "2 points after the start"),
        ({"values": np.full(36, np.nan)}, "0 dates have a value"),
        ({"dates": np.repeat(months(18), 2)}, "given twice"),
        ({"dates": np.datetime64("2019-01-01") + np.arange(36) ** 2}, "follow no step"),
        ({"denominator": np.r_[-1.0, np.ones(35)]}, "below 0"),
        ({"lags": 3}, "--lags belongs"),
        ({"errors": "newey-west", "lags": -1}, "0 or more"),
        ({"season": "harmonic", "harmonics": 9}, "1 to 5"),
        ({"season": "harmonic", "harmonics": 0}, "1 to 5"),
        ({"family": "poisson", "errors": "ar1"}, "expected quasipoisson"),
        ({"family": "poisson", "errors": "hc1"}, "expected newey-west"),
        ({"family": "poisson"}, "whole counts"),
        ({"family": "poisson", "control": np.ones(36)}, "expected --family gaussian"),
        ({"family": "poisson", "values": np.r_[np.full(20, 3.0), np.zeros(16)]}, "every count is 0"),
        ({"dates": months(72)[::2], "season": "harmonic", "harmonics": 5}, "cannot be told"),
    ],
)
def test_what_cannot_be_answered_is_refused(more: dict, said: str) -> None:
    given = {"dates": months(36), "values": drawn(n=36), "start": np.datetime64("2021-01-01")} | more
    with pytest.raises(InputError, match=said):
        series(given.pop("dates"), given.pop("values"), **given)


def test_more_coefficients_than_months_can_carry_are_refused() -> None:
    with pytest.raises(InputError, match="simpler --season"):
        series(months(16), drawn(n=16), start=np.datetime64("2020-01-01"), season="month")


def test_two_kinds_of_noise_are_answered_as_the_written_out_matrix_does() -> None:
    y, keep = drawn(), np.r_[0:10, 13:60]
    X, _ = columns(keep, 36, season="none", months=keep % 12 + 1, year=12.0, harmonics=0)
    found = two_noises(y[keep], X, keep)
    for g in (20, 100, 250):
        share = np.repeat(SHARES, len(found.phi) // len(SHARES))[g]
        own = share * np.eye(len(keep)) + (1 - share) * found.phi[g] ** np.abs(np.subtract.outer(keep, keep))
        R = np.linalg.inv(own)
        bread = np.linalg.inv(X.T @ R @ X)
        beta = bread @ X.T @ R @ y[keep]
        left = y[keep] - X @ beta
        np.testing.assert_allclose(found.beta[g], beta, rtol=1e-7)
        np.testing.assert_allclose(found.cov[g], bread * float(left @ R @ left) / (len(keep) - 4), rtol=1e-7)


def test_a_long_series_looks_for_its_peak_first() -> None:
    y = leaning(np.random.default_rng(8), 400, 0.5)
    X = np.column_stack([np.ones(400), np.arange(400.0)])
    found = ar1(y, X, np.arange(400))
    assert abs(found.phi - 0.5) < 0.15
    answer = Fitted(found.beta, found.cov, found.df, found.profile).ask(np.eye(2)[[0]], 0.95)
    assert answer.low[0] < 0 < answer.high[0]


@pytest.mark.parametrize("more", [{}, {"family": "quasipoisson"}, {"family": "poisson", "errors": "newey-west"}])
def test_counts_that_never_move_are_answered_without_a_spread(more: dict) -> None:
    found = series(months(70), np.full(70, 5.0), start=START, **more)
    assert [found.level.estimate, found.level.low, found.level.high] == [0, 0, 0]
    assert found.indicative


def test_small_noise_on_a_large_level_is_still_noise() -> None:
    noise = drawn()
    one, two = (series(months(60), size + noise / 100, start=START) for size in (0.0, 1e8))
    assert two.level.low == pytest.approx(one.level.low, rel=1e-4)
    assert two.autocorrelation.phi == pytest.approx(one.autocorrelation.phi, abs=1e-4)
