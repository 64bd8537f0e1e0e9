"""Forecast outturn (NHSBSA's formula, METHODS C.3) and reach (METHODS G)."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import account
from evenhand.account.profiles import MONTHS
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.table import Table


def year(*months):
    return np.array(months, dtype="datetime64[M]")


def test_both_published_profiles_sum_to_a_hundred():
    assert [round(float(account.published(name).sum()), 6) for name in account.PUBLISHED] == [100.0, 100.0]


def test_june_worked_by_hand_on_the_published_profile():
    # 2014/15: 7.89 + 8.26 + 8.03 = 24.18% of the year by June; £120,900 so far makes £500,000
    found = account.outturn(
        year("2014-06", "2014-04", "2014-05"), np.array([40_300.0, 39_900.0, 40_700.0]),
        account.published("2014-15"), budget=490_000.0,
    )  # fmt: skip
    assert (found.months_to_date, found.actual) == (3, 120_900.0)
    assert (found.forecast_outturn, found.variance) == (pytest.approx(500_000.0), pytest.approx(10_000.0))


@pytest.mark.parametrize("months", [("2014-04",), ("2014-04", "2014-05")])
def test_april_and_may_have_no_forecast(months):
    found = account.outturn(year(*months), np.full(len(months), 1.0), account.published("2013-14"))
    assert np.isnan(found.forecast_outturn)
    assert found.as_json()["forecast_outturn"] is None


@given(st.integers(3, 12), st.floats(1, 1e9), st.sampled_from(sorted(account.PUBLISHED)))
def test_a_year_that_follows_its_profile_is_forecast_exactly_from_june_on(count, total, name):
    profile = account.published(name)
    months = np.datetime64("2020-04", "M") + np.arange(count)
    found = account.outturn(months, total * profile[:count] / 100, profile)
    assert found.forecast_outturn == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize(
    ("months", "why"),
    [
        (("2014-05", "2014-06"), "2014-04 is missing"),
        (("2014-04", "2014-06", "2014-07"), "2014-05 is missing; expected every month from April to 2014-07"),
        (("2014-04", "2014-04"), "2014-04 is given twice"),
        (("2014-03", "2014-04"), "2014-04 is in another financial year than 2013-04"),
    ],
)
def test_a_year_with_a_hole_is_refused_never_filled(months, why):
    with pytest.raises(InputError, match=why):
        account.outturn(year(*months), np.full(len(months), 1.0), account.published("2013-14"))


def test_a_month_not_yet_published_is_not_a_cost_of_nothing():
    months = year("2014-04", "2014-05", "2014-06", "2014-07")
    profile = account.published("2013-14")
    assert account.outturn(months, np.array([1, 1, 1, np.nan]), profile).months_to_date == 3
    with pytest.raises(InputError, match="2014-06 is missing"):
        account.outturn(months, np.array([1, 1, np.nan, 1]), profile)


def test_a_profile_of_ones_own_is_read_by_month_and_refused_if_it_is_no_year():
    even = Table("own.csv", {"month": list(reversed(MONTHS)), "percent": ["8.333"] * 12})
    assert account.from_table(even) == pytest.approx(np.full(12, 8.333))
    with pytest.raises(InputError, match="sums to 120"):
        account.from_table(Table("own.csv", {"month": list(MONTHS), "percent": ["10"] * 12}))
    with pytest.raises(InputError, match="Mar is missing"):
        account.from_table(Table("own.csv", {"month": list(MONTHS[:11]), "percent": ["9.09"] * 11}))


def test_a_month_given_twice_is_refused_though_one_of_them_is_blank():
    with pytest.raises(InputError, match="2014-04 is given twice"):
        account.outturn(year("2014-04", "2014-04", "2014-05", "2014-06"), np.array([1, np.nan, 1, 1]),
                        account.published("2013-14"))  # fmt: skip


def test_a_profile_by_dates_is_read_as_the_other_dates_are(tmp_path, capsys):
    spend, own = tmp_path / "spend.csv", tmp_path / "own.csv"
    spend.write_text("month,actual_cost\n2014-04,1\n2014-05,1\n2014-06,1\n")
    own.write_text("month,percent\n" + "".join(
        f"01/{(k + 3) % 12 + 1:02d}/{2014 + (k > 8)},{share}\n" for k, share in enumerate(account.published("2014-15"))
    ))  # fmt: skip
    words = ["account", "outturn", str(spend), "--json", "--profile"]
    assert main([*words, "2014-15"]) == 0
    published = capsys.readouterr().out
    assert main([*words, str(own), "--day-first"]) == 0
    assert capsys.readouterr().out == published
    assert main([*words, str(own)]) == 2
    assert "row 2, column 'month': expected a month as Apr, or a date that can be read one way" in (
        capsys.readouterr().err)  # fmt: skip
    own.write_text(own.read_text().replace("01/06/2014", "13/13/2014"))
    assert main([*words, str(own), "--day-first"]) == 2
    assert "own.csv: row 4, column 'month'" in capsys.readouterr().err


def test_the_command_gives_exactly_the_keys_that_others_build_on(tmp_path, capsys):
    path = tmp_path / "spend.csv"
    path.write_text("when,cost,money\n2014-05,40700,490000\n2014-04,39900,490000\n2014-06,40300,490000\n")
    assert main(["account", "outturn", str(path), "--profile", "2014-15", "--month", "when", "--actual-cost", "cost",
                 "--budget", "money", "--json"]) == 0  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["months_to_date", "actual", "forecast_outturn", "budget", "variance", "parts"]
    assert found["parts"] == dict.fromkeys(["volume", "price", "mix", "list", "concession"])
    assert found["variance"] == pytest.approx(10_000)


@pytest.mark.parametrize(
    ("content", "more", "why"),
    [
        ("month,actual_cost\n03/04/2014,1\n", [], "one way"),
        ("month,actual_cost\n2014-04,many\n", [], "row 2, column 'actual_cost'"),
        ("month,actual_cost,budget\n2014-04,1,5\n2014-05,1,6\n", [], "the same on every row"),
        ("month,cost\n2014-04,1\n", [], "no column 'actual_cost'"),
        ("month,actual_cost\n2014-04,1\n2014-04,1\n", [], "given twice"),
        ("month,actual_cost\n2014-04,1\n", ["--profile", "2013-15"], "did you mean"),
        ("", [], "empty"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path, capsys, content, more, why):
    path = tmp_path / "spend.csv"
    path.write_text(content)
    assert main(["account", "outturn", str(path), "--profile", "2013-14", "--json", *more]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert why in err
    assert err.count("\n") == 1


def test_without_clinicians_a_target_of_20_falls_short_by_8_6_and_with_them_by_5_4():
    found = account.reach()
    # METHODS G: 11.4 (9.5-13.1), verified 7.1; 14.6 (12.4-16.9), verified 9.1; worth 3.2 (1.7-5.2)
    assert found.without_engagement.median == pytest.approx(11.4, abs=0.1)
    assert found.with_engagement.median == pytest.approx(14.6, abs=0.1)
    assert (found.without_engagement.verified_median, found.with_engagement.verified_median) == (
        pytest.approx(7.1, abs=0.1), pytest.approx(9.1, abs=0.1),
    )  # fmt: skip
    assert (found.worth.median, found.worth.low_90, found.worth.high_90) == (
        pytest.approx(3.2, abs=0.1), pytest.approx(1.7, abs=0.1), pytest.approx(5.2, abs=0.1),
    )  # fmt: skip


def test_nobody_adopting_is_worth_nothing_and_one_seed_gives_one_answer():
    nobody = account.Parameters(adoption=account.Parameters().overlap.model_copy(
        update={"least": 0.0, "likely": 0.0, "most": 0.0}))  # fmt: skip
    assert account.reach(nobody, draws=2000).worth.high_90 == 0
    assert account.reach(draws=2000, seed=7) == account.reach(draws=2000, seed=7)


def test_other_assumptions_come_from_a_file_and_a_wrong_word_is_named(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    path.write_text("adoption: {least: 0.7, likely: 0.8, most: 0.9}\n")
    assert main(["account", "reach", "--parameters", str(path), "--draws", "20000", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["with_engagement"]["median"] == pytest.approx(17.2, abs=0.2)  # METHODS G: 70% and more, about 17.2
    path.write_text("adoptoin: {least: 0.7, likely: 0.8, most: 0.9}\n")
    assert main(["account", "reach", "--parameters", str(path)]) == 2
    assert f"{path}:1: unknown key 'adoptoin'; did you mean 'adoption'?" in capsys.readouterr().err
    path.write_text("adoption: {least: 0.9, likely: 0.8, most: 0.7}\n")
    assert main(["account", "reach", "--parameters", str(path)]) == 2
    assert "least <= likely <= most" in capsys.readouterr().err


def test_months_may_be_given_by_name_alone_and_a_hole_is_told_by_name(tmp_path, capsys):
    file = tmp_path / "spend.csv"
    file.write_text("month,actual_cost\nJun,803\nApr,789\nmay,826\n")
    assert main(["account", "outturn", str(file), "--profile", "2014-15", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["forecast_outturn"] == pytest.approx(2418 * 100 / 24.18)
    file.write_text("month,actual_cost\nJun,803\nApr,789\n")
    assert main(["account", "outturn", str(file), "--profile", "2014-15", "--json"]) == 2
    assert "May is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("rest_delivered: {least: 0, likely: 1, most: inf}", "rest_delivered.most: Input should be a finite number"),
        ("adoption: {least: nan, likely: nan, most: nan}", "adoption.least: Input should be a finite number"),
        ("adoption: {least: 0, likely: 1, most: 1.5}", "adoption: expected shares from 0 to 1, found 0 to 1.5"),
        ("overlap: {least: -0.1, likely: 0, most: 0}", "overlap: expected shares from 0 to 1, found -0.1 to 0"),
        ("fall_to_benchmark: {least: 0, likely: 0, most: 0.1}", "expected shares above 0, found 0 to 0.1"),
        ("layers: {a: {pounds_bn: 1e300, clinician_share: {least: 0, likely: 0, most: 0}}}", "pounds_bn"),
        ("layers: {a: {pounds_bn: 1, clinician_share: {least: 0, likely: 1, most: 2}}}", "expected shares from 0 to 1"),
        ("top_down: [{effect: nan, se: 0}]", "top_down.0.effect: Input should be a finite number"),
    ],
)
def test_a_share_that_is_none_gives_no_answer_of_nulls(tmp_path, capsys, content, why):
    path = tmp_path / "mine.yaml"
    path.write_text(content)
    assert main(["account", "reach", "--parameters", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{path}:1: " in err
    assert why in err


def test_a_layer_of_ones_own_is_all_there_is(tmp_path, capsys):
    path = tmp_path / "mine.yaml"
    nothing, everything = ("{least: %s, likely: %s, most: %s}" % (3 * (share,)) for share in (0, 1))
    path.write_text(f"layers: {{only: {{pounds_bn: 10, clinician_share: {nothing}}}}}\n"
                    f"rest_delivered: {everything}\noverlap: {nothing}\n")  # fmt: skip
    assert main(["account", "reach", "--parameters", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["with_engagement"]["median"] == 10
