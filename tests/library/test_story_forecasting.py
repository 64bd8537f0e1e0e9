"""The forecast from a ledger: what is confirmed counts, what was judged is believed as far as its verdict goes."""

from __future__ import annotations

from datetime import date

import pytest

from evenhand import flow
from evenhand.account import read
from evenhand.lake import Lake
from evenhand.story import forecast_words, forecasting, tracking
from evenhand.story.people import People


@pytest.fixture(scope="module")
def told(demo_lake):
    """The demonstration's ledger and schemes."""
    people = People.of(Lake.open(demo_lake))
    return people.ledger(), people.schemes()


def known(told, saving):
    return next(one for one in forecasting.outlooks(*told) if one.scheme == saving)


def test_what_is_confirmed_is_never_forecast_away(told):
    one = known(told, "diabetes_dpp4")
    where = {entry["organisation"] for entry in told[0] if entry.saving == one.scheme}
    found = forecasting.ahead(*told, target=one.confirmed, by=date(2030, 3, 31), organisations=where)
    assert (one.state, one.confirmed > 0) == ("confirmed", True)
    assert found.probability == 1.0
    assert min(found.quantiles) >= one.confirmed


def test_a_breach_is_never_forecast_to_be_confirmed(told):
    assert known(told, "harmful").likely == 0.0


def test_what_was_judged_and_not_proved_is_no_likelier_than_an_idea(told):
    assert known(told, "null_strips").likely == 0.05


def test_a_verdicts_estimate_and_error_are_those_of_the_ledger(told):
    verdict = next(e["proof"]["verdict"] for e in told[0] if e.saving == "null_strips" and e["proof"].get("verdict"))
    one = known(told, "null_strips")
    assert one.estimate == verdict["saving_pence"] / 100
    assert one.estimate - 0.8416 * one.se == pytest.approx(verdict["lower80_pence"] / 100, abs=1)


def test_an_organisation_is_told_of_its_own_savings_alone(told):
    codes = {entry["organisation"] for entry in told[0] if entry.saving == "harmful"}
    assert [one.scheme for one in forecasting.outlooks(*told, organisations=codes)] == ["harmful"]
    assert forecasting.ahead(*told, target=1.0, by=date(2030, 1, 1), organisations=()) is None


def test_a_farther_target_is_never_likelier(told):
    chances = [forecasting.ahead(*told, target=t, by=date(2026, 3, 31)).probability for t in (1e4, 4e4, 6e4, 1e6)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] == 0.0


def test_words_and_figures_say_the_same(told):
    found = forecasting.ahead(*told, target=1e6, by=date(2026, 3, 31))
    said = forecast_words.says(found)
    assert "exceptionally unlikely to be reached (less than 1%)" in said
    assert "31 March 2026" in said


def test_nobody_is_told_to_push_a_breached_scheme_on(told):
    found = forecasting.ahead(*told, target=1e5, by=date(2026, 3, 31))
    assert not any("harmful: one state" in line for line in forecast_words.drivers(found))


def test_the_year_ends_after_the_last_month_that_is_judged(told):
    assert forecasting.year_end(told[1]) == date(2026, 3, 31)
    assert forecasting.year_end(()) is None


def test_a_plan_is_held_against_its_verdict_month_by_month(told):
    entries, schemes = told
    scheme = next(one for one in schemes if one.id == "diabetes_dpp4")
    found = tracking.tracked(scheme, entries)
    assert found.ytd_confirmed == pytest.approx(known(told, "diabetes_dpp4").confirmed, abs=0.01)
    assert found.ytd_actual == pytest.approx(known(told, "diabetes_dpp4").estimate, abs=0.01)
    assert (found.rag.quality, found.rag.overall in ("green", "amber", "red")) == ("green", True)
    assert [row[0] for row in tracking.rows(found)] == list(scheme.finance.months)


def test_a_breach_makes_a_plan_red_whatever_it_saves(told):
    entries, schemes = told
    found = tracking.tracked(next(one for one in schemes if one.id == "harmful"), entries)
    assert (found.rag.quality, found.rag.overall) == ("red", "red")


def test_without_a_verdict_or_a_finance_plan_there_is_nothing_to_compare(told):
    entries, schemes = told
    scheme = schemes[0]
    assert tracking.tracked(scheme, [e for e in entries if not e["proof"].get("verdict")]) is None
    assert tracking.tracked(scheme.model_copy(update={"finance": None}), entries) is None


def test_the_story_forecasts_from_the_same_ledger(told, demo_lake):
    story = flow.story(demo_lake)
    confirmed = sum(one.confirmed for one in forecasting.outlooks(*told))
    assert story.chapter("account").numbers["forecast"]["confirmed"] == pytest.approx(confirmed)
    assert story.ledger_head == list(read(demo_lake / "people" / "ledger.jsonl"))[-1].hash
