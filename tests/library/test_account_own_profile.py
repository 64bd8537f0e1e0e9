"""A profile by dispensing day with its back-test, and the variance in five parts (METHODS C.3, C.4)."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evenhand import account
from evenhand.account import Lines
from evenhand.cli.main import main
from evenhand.errors import InputError

# By long division: pounds spent from April on x 100 / profile percent so far, June to March. The first, by hand:
# 41,234.56 + 43,210.07 + 40,987.65 = 125,432.28; 8.29 + 8.50 + 7.93 = 24.72; 12,543,228 / 24.72 = 507,412.14.
SPENT = (41234.56, 43210.07, 40987.65, 44321.09, 42100.11, 42876.54, 44444.44, 42000.00, 41111.11, 42222.22, 39999.99,
         43333.33)  # fmt: skip
TO_THE_PENNY = {
    "2013-14": (507412.14, 506877.78, 504893.90, 504415.88, 505447.64, 505219.10, 505134.21, 505546.97, 507049.21,
                507841.11),
    "2014-15": (518743.92, 517856.53, 521036.60, 519009.82, 513427.94, 512043.31, 508493.71, 506935.50, 507714.26,
                507841.11),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(TO_THE_PENNY))
def test_both_published_profiles_to_the_penny(name):
    for months, by_hand in enumerate(TO_THE_PENNY[name], start=3):
        april = np.datetime64("2014-04", "M") + np.arange(months)
        found = account.outturn(april, np.array(SPENT[:months]), account.published(name))
        assert round(found.forecast_outturn, 2) == by_hand


def test_bank_holidays_are_those_the_government_lists():
    # gov.uk/bank-holidays for England and Wales, with Christmas Day itself where a substitute is kept
    listed = {
        2011: "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-25 12-26 12-27",
        2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
        2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-27 12-28",
        2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27",
        2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
        2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    }
    for year, days in listed.items():
        assert account.bank_holidays(year) == {date.fromisoformat(f"{year}-{day}") for day in days.split()}


@given(st.integers(1978, 2100))
def test_a_year_has_some_three_hundred_dispensing_days(year):
    months = np.datetime64(f"{year}-01", "M") + np.arange(12)
    days = account.dispensing_days(months)
    assert 303 <= days.sum() <= 307
    assert ((days >= 22) & (days <= 27)).all()


def history(first=2015, years=6, *, noise=0.0, growth=0.03, seed=1):
    """Cost that follows days x month x level, with the months planted."""
    months = np.datetime64(f"{first}-04", "M") + np.arange(12 * years)
    days = account.dispensing_days(months)
    season = np.tile([1.0, 1.01, 0.99, 1.02, 1.0, 1.03, 1.0, 1.02, 1.08, 0.98, 0.99, 1.0], years)
    level = (1 + growth) ** np.repeat(np.arange(years), 12)
    chance = np.exp(np.random.default_rng(seed).normal(0, noise, len(months)))
    return months, 1e5 * days * season * level * chance, days


def test_a_year_like_those_before_is_forecast_exactly_whatever_its_dispensing_days():
    months, cost, days = history()
    found = account.own_profile(months, cost, days, days[-12:], 2020)
    assert found.years == (2015, 2016, 2017, 2018, 2019)
    assert found.percent.sum() == pytest.approx(100)
    assert found.percent == pytest.approx(100 * cost[-12:] / cost[-12:].sum(), rel=1e-9)
    assert [test.months_to_date for test in found.tests] == list(range(3, 12))
    assert max(test.worst_percent for test in found.tests) == pytest.approx(0, abs=1e-9)


def test_the_year_to_be_forecast_is_never_looked_at():
    months, cost, days = history()
    spoilt = cost.copy()
    spoilt[-12:] *= np.linspace(1, 9, 12)
    assert account.own_profile(months, spoilt, days, days[-12:], 2020) == account.own_profile(
        months, cost, days, days[-12:], 2020)  # fmt: skip


def test_a_back_test_worked_by_hand_in_one_year_that_ran_away():
    # Two even years, then one with twice the cost from October: after June the forecast is two thirds of the truth.
    months = np.datetime64("2015-04", "M") + np.arange(36)
    cost, days = np.ones(36), np.ones(36)
    cost[30:] = 2
    found = account.own_profile(months, cost, days, np.ones(12), 2018)
    june = found.tests[0]
    assert (june.months_to_date, june.years) == (3, 1)
    assert (june.mape_percent, june.bias_percent, june.worst_percent) == pytest.approx((100 / 3, -100 / 3, 100 / 3))


def test_the_error_that_is_told_is_the_error_that_comes():
    told, came = [], []
    for seed in range(200):
        months, cost, days = history(years=7, noise=0.03, seed=seed)
        found = account.own_profile(months, cost, days, days[-12:], 2021)
        told.append(found.tests[3].mape_percent)
        forecast = cost[-12:-6].sum() * 100 / found.percent[:6].sum()
        came.append(100 * abs(forecast / cost[-12:].sum() - 1))
    assert np.mean(told) == pytest.approx(np.mean(came), rel=0.2)  # of tests on two years too, so a little more


@pytest.mark.parametrize(
    ("years", "change", "why"),
    [
        (2, None, "2 whole financial years are known before April 2017; expected 3 or more"),
        (4, "hole", "2 whole financial years"),
        (4, "zero", "2015-04: cost 0 on"),
        (4, "twice", "2015-05 is given twice"),
    ],
)
def test_a_history_that_cannot_teach_is_refused(years, change, why):
    months, cost, days = history(years=years)
    if change == "hole":
        cost[14], cost[30] = np.nan, np.nan
    elif change == "zero":
        cost[0] = 0
    elif change == "twice":
        months[0] = months[1]
    with pytest.raises(InputError, match=why):
        account.own_profile(months, cost, days, days[-12:], 2015 + years)


def write(path, months, cost, more=""):
    rows = "".join(f"{month},{pounds:.2f}\n" for month, pounds in zip(months, cost, strict=True))
    path.write_text(f"month,actual_cost\n{rows}{more}")
    return path


def test_the_command_tells_its_own_profile_and_how_far_it_erred(tmp_path, capsys):
    months, cost, _ = history(years=7, noise=0.01)
    order = np.random.default_rng(2).permutation(72)
    past = write(tmp_path / "past.csv", months[:72][order], cost[:72][order])
    now = write(tmp_path / "now.csv", months[72:77], cost[72:77])
    assert main(["account", "outturn", str(now), "--profile", "own", "--history", str(past), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["forecast_outturn"] == pytest.approx(cost[72:].sum(), rel=0.02)
    own = found["own_profile"]
    assert (own["year"], own["years"], len(own["percent"])) == (2021, [2016, 2017, 2018, 2019, 2020], 12)
    assert [test["months_to_date"] for test in own["tests"]] == list(range(3, 12))
    assert found["error_percent"] == own["tests"][2]["mape_percent"]
    assert own["days"] == account.dispensing_days(months[72:]).tolist()


def test_other_dispensing_days_are_read_from_a_file_and_every_month_is_needed(tmp_path, capsys):
    months, cost, _ = history(years=4)
    past = write(tmp_path / "past.csv", months[:36], cost[:36])
    now = write(tmp_path / "now.csv", months[36:40], cost[36:40])
    days = tmp_path / "days.csv"
    days.write_text("month,days\n" + "".join(f"{month},25\n" for month in months))
    words = ["account", "outturn", str(now), "--profile", "own", "--history", str(past), "--days", str(days), "--json"]
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["own_profile"]["days"] == [25.0] * 12
    days.write_text("month,days\n" + "".join(f"{month},25\n" for month in months[:-1]))
    assert main(words) == 2
    assert "2019-03 is missing" in capsys.readouterr().err


# the variance


def budgeted(variance=0.0):
    """Half a year of £500,000 on the even profile: forecast £1,000,000, against a budget."""
    months = np.datetime64("2025-04", "M") + np.arange(6)
    return account.outturn(months, np.full(6, 500_000 / 6), np.full(12, 100 / 12), budget=1_000_000 - variance)


def test_five_parts_worked_by_hand():
    # Planned: 10,000 A at £5, 5,000 B at £4, 1,000 D at £30 = £100,000 for 1,000 patients; now 1,050.
    # Came: 11,000 A at £6, 5,500 B at £5 (of which £1 is a concession), 500 E at £9 = £98,000.
    lines = Lines(
        planned_volume=np.array([10_000.0, 5_000, 1_000, 0]), planned_price=np.array([5.0, 4, 30, np.nan]),
        volume=np.array([11_000.0, 5_500, 0, 500]), price=np.array([6.0, 5, np.nan, 9]),
        tariff=np.array([np.nan, 4, np.nan, np.nan]), planned_list=1000, list_size=1050,
    )  # fmt: skip
    found = account.split(budgeted(50_000), lines)
    plan, came = 9.5, 1_000_000 / 98_000  # the lines are scaled to a budget of £950,000 and an outturn of £1,000,000
    parts = {
        "list": 950_000 * 0.05,
        "volume": (17_000 * came - 1.05 * 16_000 * plan) * 100_000 / 16_000,
        "price": 1.05 * 10_000 * plan * 1.0,
        "concession": 5_500 * came * 1.0,
    }
    assert {word: found.parts[word] for word in parts} == pytest.approx(parts)
    assert sum(found.parts.values()) == pytest.approx(found.variance, abs=1e-6) == 50_000


@pytest.mark.parametrize(
    ("volume", "price", "tariff", "size", "only"),
    [
        ([110.0, 55], [5.0, 4], None, 100, "volume"),
        ([110.0, 55], [5.0, 4], None, 110, "list"),
        ([100.0, 50], [5.5, 4.4], None, 100, "price"),
        ([100.0, 50], [5.5, 4.4], [5.0, 4.0], 100, "concession"),
        ([120.0, 30], [5.0, 4], None, 100, "mix"),
    ],
)
def test_each_cause_alone_moves_its_own_part_alone(volume, price, tariff, size, only):
    planned, pounds = np.array([100.0, 50]), np.array([5.0, 4])
    volume, price = np.array(volume), np.array(price)
    worth = float((volume * price).sum())
    found = account.Outturn(6, worth / 2, worth, 700.0, worth - 700.0)
    tariff = None if tariff is None else np.array(tariff)
    parts = account.split(found, Lines(planned, pounds, volume, price, tariff, 100, size)).parts
    assert parts[only] == pytest.approx(found.variance)
    assert all(np.isnan(value) or abs(value) < 1e-9 for word, value in parts.items() if word != only)


columns = st.lists(st.tuples(*[st.floats(0, 1e5)] * 2, *[st.floats(0.01, 500)] * 3), min_size=1, max_size=6)


@given(columns, st.floats(1, 1e5), st.floats(1, 1e5), st.floats(-1e6, 9e5))
def test_the_parts_always_add_up_to_the_variance(rows, planned_list, size, over):
    table = np.array(rows).T
    assume((table[0] * table[2]).sum() > 1 and (table[1] * table[3]).sum() > 1)
    found = account.split(budgeted(over), Lines(table[0], table[2], table[1], table[3], table[4], planned_list, size))
    largest = max(1.0, *(abs(part) for part in found.parts.values()))
    assert abs(sum(found.parts.values()) - found.variance) <= 1e-9 * largest


SPEND = "month,actual_cost,budget\n" + "".join(f"2025-{m:02d},83000,950000\n" for m in range(4, 10))
PARTS = "presentation,planned_items,planned_price,items,price\n0101A,100,5,110,6\n0101B,50,4,55,5\n0101C,,,5,9\n"


def asked(tmp_path, capsys, parts, *more, spend=SPEND):
    (tmp_path / "spend.csv").write_text(spend)
    (tmp_path / "parts.csv").write_text(parts)
    code = main(["account", "outturn", str(tmp_path / "spend.csv"), "--profile", "2014-15", "--parts",
                 str(tmp_path / "parts.csv"), *more, "--json"])  # fmt: skip
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_splits_the_variance_and_says_what_it_was_not_told(tmp_path, capsys):
    code, out, _ = asked(tmp_path, capsys, PARTS)
    found = json.loads(out)
    assert (code, found["parts"]["list"], found["parts"]["concession"]) == (0, None, None)
    known = [part for part in found["parts"].values() if part is not None]
    assert sum(known) == pytest.approx(found["variance"], abs=1e-6)
    assert found["lines_cover"]["planned"] == pytest.approx(700 / 950_000)


def test_april_and_may_have_no_parts_either(tmp_path, capsys):
    spend = "".join(SPEND.splitlines(keepends=True)[:3])
    code, out, _ = asked(tmp_path, capsys, PARTS, spend=spend)
    assert (code, set(json.loads(out)["parts"].values())) == (0, {None})


@pytest.mark.parametrize(
    ("parts", "more", "why"),
    [
        (PARTS.replace("110,6", "110,"), [], "row 2, column 'price'"),
        (PARTS.replace("100,5", "-100,5"), [], "expected 0 or more, found '-100'"),
        (PARTS + "0101A,1,1,1,1\n", [], "already given in row 2"),
        (PARTS, ["--items", "volume"], "no column 'volume'"),
        ("presentation,planned_items,planned_price,items,price\nA,0,1,1,1\n", [], "planned lines add up to £0.00"),
        ("presentation,planned_items,planned_price,items,price,planned_list,list_size\nA,1,1,1,1,0,5\n", [],
         "lists of 0 and 5 patients"),
        (PARTS, ["--profile", "own"], "expected --history FILE"),
        (PARTS, ["--history", "x.csv"], "expected --profile own"),
        ("", [], "empty"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path, capsys, parts, more, why):
    code, out, err = asked(tmp_path, capsys, parts, *more)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err


def test_a_variance_without_a_budget_is_refused(tmp_path, capsys):
    code, _, err = asked(tmp_path, capsys, PARTS, spend="month,actual_cost\n2025-04,1\n")
    assert (code, "a variance needs a budget" in err) == (2, True)
