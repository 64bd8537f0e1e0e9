"""Forecast: the probability of a target, what drives it, and how it is scored when the truth arrives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evenhand.account.drivers import variance_share
from evenhand.account.forecast import forecast
from evenhand.account.outlook import LIKELY, STATES, Outlook, state
from evenhand.account.scoring import Guess, crps_normal, crps_quantiles, score
from evenhand.errors import InputError

APRIL_2026 = 675.0  # months since January 1970: the end of March 2026
SCHEMES = (
    Outlook("done", "confirmed", 100e3, confirmed=90e3), Outlook("shown", "evidenced", 60e3, estimate=55e3, se=10e3),
    Outlook("going", "in_flight", 80e3, programme="x"), Outlook("hoped", "planned", 120e3, programme="x"),
)  # fmt: skip


def ask(*schemes, target=200e3, until=APRIL_2026, **more):
    return forecast(schemes or SCHEMES, target=target, by="2026-03-31", until=until, **more)


def test_what_is_confirmed_is_certain_and_what_is_reversed_is_nothing():
    found = ask(Outlook("a", "confirmed", 50.0, confirmed=50.0), Outlook("b", "reversed", 999.0), target=50)
    assert (found.probability, found.low_90, found.high_90, found.confirmed) == (1.0, 50.0, 50.0, 50.0)


def test_an_estimate_alone_is_the_normal_that_its_verdict_says():
    found = ask(Outlook("a", "evidenced", 100.0, estimate=100.0, se=10.0, probability=1.0), target=110)
    assert found.median == pytest.approx(100, abs=0.5)
    assert (found.low_90, found.high_90) == (pytest.approx(83.55, abs=0.7), pytest.approx(116.45, abs=0.7))
    assert found.probability == pytest.approx(0.1587, abs=0.01)


def test_a_scheme_counts_as_often_as_it_is_likely():
    found = ask(Outlook("a", "planned", 100.0, probability=0.3), target=1)
    assert found.probability == pytest.approx(0.3, abs=0.01)


def test_each_state_further_is_more_likely_and_so_is_the_target():
    chances = [LIKELY[one][0] for one in STATES[:-1]]
    assert chances == sorted(chances)
    hit = [ask(Outlook("a", one, 100.0), target=50).probability for one in STATES[:-1]]
    assert hit == sorted(hit)


def test_only_the_months_before_the_date_count():
    early = ask(Outlook("a", "in_flight", 120.0, start=669.0, probability=1.0))
    late = ask(Outlook("a", "in_flight", 120.0, start=672.0, probability=1.0))
    assert late.mean == pytest.approx(early.mean / 2)
    assert ask(Outlook("a", "in_flight", 120.0, start=680.0)).high_90 == 0


def test_adoption_that_builds_up_brings_less_at_first():
    plain = ask(Outlook("a", "in_flight", 120.0, start=669.0, probability=1.0))
    slow = ask(Outlook("a", "in_flight", 120.0, start=669.0, probability=1.0, p=0.3, q=3.0))
    assert slow.mean < 0.7 * plain.mean


def test_more_adopters_bring_more_and_are_surer():
    few = ask(Outlook("a", "in_flight", 100.0, probability=1.0, adoption=0.4, adopters=20, invited=100))
    many = ask(Outlook("a", "in_flight", 100.0, probability=1.0, adoption=0.4, adopters=60, invited=100))
    sure = ask(Outlook("a", "in_flight", 100.0, probability=1.0, adoption=0.4, adopters=600, invited=1000))
    assert few.mean < many.mean
    assert (sure.high_90 - sure.low_90) / sure.mean < (many.high_90 - many.low_90) / many.mean


def test_no_pound_is_saved_twice_by_schemes_that_share_a_pool():
    alone = Outlook("a", "evidenced", 60.0, estimate=60.0, se=0.0, probability=1.0, group="g", pool=100.0)
    pair = [alone, replace(alone, scheme="b")]
    found = ask(*pair, unseen=(0, 0, 0))
    assert found.median == pytest.approx(100 * (1 - 0.4 * 0.4))  # METHODS B.7: 1 - prod(1 - share)
    blind = ask(*(replace(one, pool=float("nan")) for one in pair), unseen=(0, 0, 0))
    assert blind.median == pytest.approx(60)  # the same pounds, and nobody says how many: no more than the largest


def test_what_is_confirmed_leaves_the_pool():
    done = Outlook("a", "confirmed", 80.0, confirmed=80.0, group="g", pool=100.0)
    more = Outlook("b", "evidenced", 50.0, estimate=50.0, se=0.0, probability=1.0, group="g")
    assert ask(done, more, unseen=(0, 0, 0)).high_90 == pytest.approx(100)


def test_shared_risk_widens_a_portfolio_and_leaves_its_mean():
    many = [Outlook(f"s{k}", "in_flight", 10e3) for k in range(30)]
    apart, together = ask(*many, shared=(0, 0)), ask(*many, shared=(0.4, 0))
    assert together.high_90 - together.low_90 > 1.5 * (apart.high_90 - apart.low_90)
    assert together.mean == pytest.approx(apart.mean, rel=0.02)


def test_the_schemes_share_out_the_whole_variance_and_the_drivers_no_more():
    found = ask()
    assert sum(one.variance_share for one in found.by_scheme) == pytest.approx(1)
    assert 0.5 < sum(one.variance_share for one in found.drivers) <= 1.02
    assert sum(one.mean for one in found.by_scheme) == pytest.approx(found.mean)


def test_a_variance_made_of_known_parts_is_found_in_those_parts():
    rng = np.random.default_rng(3)
    a, b, c = rng.normal(size=(3, 40_000))
    total = 3 * a + 2 * b + c
    assert [round(variance_share(x, total), 2) for x in (a, b, c)] == pytest.approx([9 / 14, 4 / 14, 1 / 14], abs=0.02)


@pytest.mark.parametrize("draws", [4, 51, 999, 1003, 20_011])
def test_the_bins_are_cut_as_numpy_cuts_them_and_equal_draws_stay_as_they_stand(draws):
    rng = np.random.default_rng(draws)
    drawn, other = rng.normal(size=(2, draws))
    for known in (drawn, np.round(drawn, 1)):
        total = known + other
        parts = np.array_split(total[np.argsort(known, kind="stable")], min(40, max(2, draws // 25)))
        sizes = [len(part) for part in parts]
        between = np.average([(part.mean() - total.mean()) ** 2 for part in parts], weights=sizes)
        chance = np.average([part.var(ddof=1) / len(part) for part in parts], weights=sizes)

        assert variance_share(known, total) == np.clip((between - chance) / total.var(), 0, 1)


def test_one_step_better_is_what_that_step_brings():
    found = ask()
    going = found.by_scheme[2]
    moved = ask(*SCHEMES[:2], replace(SCHEMES[2], state="evidenced"), SCHEMES[3])
    assert going.one_step_better == "evidenced"
    assert going.adds_mean == pytest.approx(moved.mean - found.mean)
    assert going.adds_probability == pytest.approx(moved.probability - found.probability)


def test_one_step_better_in_a_group_counts_the_overlap_again():
    pair = (Outlook("a", "planned", 60.0, group="g", pool=100.0), Outlook("b", "in_flight", 70.0, group="g"))
    step = ask(*pair).by_scheme[0]
    moved = ask(replace(pair[0], state="committed"), pair[1])
    assert step.adds_mean == pytest.approx(moved.mean - ask(*pair).mean)


def test_a_scheme_that_costs_money_takes_from_the_total():
    found = ask(Outlook("a", "confirmed", 100.0, confirmed=100.0), Outlook("b", "evidenced", -30.0, probability=1.0))
    assert 69 < found.low_90 <= found.high_90 < 79


def test_what_was_assumed_is_said():
    assumed = ask().by_scheme[3].assumed
    assert "NAO 2012" in assumed["probability"]
    assert "METHODS G" in assumed["size"]
    assert "start" in assumed


@pytest.mark.parametrize(
    ("scheme", "says"),
    [
        (Outlook("a", "planned", float("nan")), "planned pounds, or an estimate"),
        (Outlook("a", "planned", 1.0, estimate=1.0), "se is missing"),
        (Outlook("a", "planned", 1.0, adopters=1.0), "one of them is missing"),
        (Outlook("a", "planned", 1.0, adopters=5.0, invited=3.0), "5 adopters of 3 invited"),
        (Outlook("a", "planned", 1.0, probability=1.2), "between 0 and 1, found 1.2"),
        (Outlook("a", "reversed", 1.0, confirmed=1.0), "nothing of it is confirmed"),
        (Outlook("a", "planned", 1.0, pool=3.0), "needs the group"),
        (Outlook("a", "planned", 1.0, months=-2.0), "0 or more, found -2"),
    ],
)
def test_a_scheme_that_contradicts_itself_is_refused(scheme, says):
    with pytest.raises(InputError, match=says):
        ask(scheme)


def test_two_pools_of_one_group_are_refused():
    with pytest.raises(InputError, match="expected one pool"):
        ask(Outlook("a", "planned", 1.0, group="g", pool=3.0), Outlook("b", "planned", 1.0, group="g", pool=4.0))


def test_states_are_read_as_people_write_them():
    assert [state(word) for word in ("In flight (reported)", "in-flight", "CONFIRMED")] == [
        "in_flight", "in_flight", "confirmed"]  # fmt: skip


# Scoring


def test_the_score_of_a_normal_is_the_published_one():
    assert crps_normal(0, 1, 0) == pytest.approx(2 / np.sqrt(2 * np.pi) - 1 / np.sqrt(np.pi))  # Gneiting (2007), eq 21


def test_quantiles_score_as_the_distribution_they_are_of():
    rng = np.random.default_rng(1)
    quantiles = np.quantile(rng.normal(10, 3, 200_000), np.arange(1, 100) / 100)
    assert crps_quantiles(quantiles, 14.0) == pytest.approx(crps_normal(10, 3, 14.0), rel=0.03)


def test_a_forecaster_who_says_what_is_true_scores_better_than_one_who_is_too_sure():
    rng = np.random.default_rng(2)
    centre = rng.normal(100, 20, 400)
    truth = centre + rng.normal(0, 10, 400)
    told = [score([Guess(str(k), m, m - w, m + w) for k, m in enumerate(centre)], truth) for w in (16.45, 4.0)]
    assert told[0].crps < told[1].crps
    assert told[0].coverage_90 == pytest.approx(0.9, abs=0.05)
    assert told[0].coverage_50 == pytest.approx(0.5, abs=0.08)
    assert told[1].coverage_90 < 0.5


def test_brier_is_the_square_of_what_was_missed():
    rows = [Guess("a", 1, 0, 2, probability=0.9, target=1), Guess("b", 1, 0, 2, probability=0.4, target=1)]
    assert score(rows, [1.0, 0.5]).brier == pytest.approx((0.1**2 + 0.4**2) / 2)
