"""Budgets put together from a lake small enough to add up by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand import measures
from evenhand.account import Rule
from evenhand.errors import InputError
from evenhand.lake import month_number
from evenhand.story import budgeting
from tiny_lake import TinyLake

MONTHS = [str(np.datetime64("2023-01", "M") + i) for i in range(22)]  # to October 2024: 2024-25 can be budgeted
PATIENTS = {"A": 1000, "B": 3000, "C": 500}


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    tiny = TinyLake(tmp_path_factory.mktemp("budgets") / "lake")
    tiny.belongs({"A": "practice", "B": "practice", "C": "practice", "I1": "icb", "I2": "icb"},
                 [("A", "I1"), ("B", "I1"), ("C", "I2")])  # fmt: skip
    for month in MONTHS:
        later = month >= "2024-04"
        # A: 10 items of X at £2 and 5 of Y at £4 a month; from April 2024 12 of X, and Y costs £5
        tiny.prescribed(month, [
            ("A", "0101010A0AAAAAA", 12 if later else 10, 100.0, 24.0 if later else 20.0),
            ("A", "0202020B0AAAAAA", 5, 50.0, 25.0 if later else 20.0),
            ("B", "0101010A0AAAAAA", 40, 400.0, 80.0), ("C", "0101010A0AAAAAA", 9, 90.0, 18.0),
        ])  # fmt: skip
        tiny.listed(month, PATIENTS | ({"A": 1100} if later else {}))
    return tiny.lake


def test_the_year_is_the_one_with_twelve_months_before_it_and_an_area_holds_its_own(lake):
    found = budgeting.basis(lake, "I1")
    assert (found.year, found.months_to_date, found.practices) == ("2024-25", 7, ("A", "B"))
    assert found.historic.tolist() == [12 * 40.0, 12 * 80.0]
    assert (found.need_words, found.need.tolist()) == ("registered patients", [1000.0, 3000.0])  # no ages are published
    assert (found.patients_before.tolist(), found.patients.tolist()) == ([1000.0, 3000.0], [1100.0, 3000.0])


def test_budgets_forecast_and_parts_worked_by_hand(lake):
    found = budgeting.basis(lake, "I1")
    shared = budgeting.share_out(found, 144_000, Rule(pace=1.0, floor=-0.5, cap=0.5))
    assert shared.budget_pence.tolist() == [36_000, 108_000]  # a quarter and three quarters of £1,440
    told = budgeting.forecast(found, ["A"], 360.0)
    # seven months of £49 on the profile of 2014-15: 7.89 + 8.26 + 8.03 + 8.60 + 7.88 + 8.42 + 9.19 = 58.27%
    assert told.forecast_outturn == pytest.approx(343 * 100 / 58.27)
    parts = budgeting.explain(lake, found, ["A"], told).parts
    # planned on £360: 15 items a month at 7 x £40 = £280, so 360/280 of each; list up by a tenth
    scale = 360 / 280
    assert parts["list"] == pytest.approx(36.0)
    assert parts["price"] == pytest.approx(1.1 * 35 * scale * 1.0)
    assert parts["volume"] == pytest.approx((119 * told.forecast_outturn / 343 - 1.1 * 105 * scale) * 280 / 105)
    known = [value for value in parts.values() if not np.isnan(value)]
    assert sum(known) == pytest.approx(told.variance)


def test_a_lake_without_twelve_months_before_an_april_has_no_budget(tmp_path):
    tiny = TinyLake(tmp_path / "lake")
    tiny.belongs({"A": "practice", "I1": "icb"}, [("A", "I1")])
    for month in MONTHS[:3]:
        tiny.prescribed(month, [("A", "0101010A0AAAAAA", 10, 100.0, 20.0)]).listed(month, {"A": 10})
    assert budgeting.basis(tiny.lake, "I1") is None


def test_a_confirmed_saving_is_parted_by_patients_and_never_more_than_it(lake):
    found = budgeting.basis(lake, "I1")
    assert budgeting.part_by_patients(found, ["A", "B"], ["A"], 10_001) == int(10_001 * 1100 / 4100)
    assert budgeting.part_by_patients(found, ["A", "B"], ["A", "B"], 10_001) == 10_001
    assert budgeting.part_by_patients(found, ["Z"], ["A"], 10_001) == 0


def test_where_months_are_held_in_panels_alone_need_is_the_patients_they_were_counted_over(lake, monkeypatch):
    counted = budgeting.basis(lake, "I1")
    monkeypatch.setattr(budgeting, "without_rows", lambda lake: frozenset({month_number(counted.first - 1)}))
    lake.forget()  # what was found of the month's rows is kept in mind
    found = budgeting._basis(lake, "I1", measures.panel(lake, "prescribing_cost", "practice"), counted.first)
    assert found.need_words == "registered patients"
    assert (found.need / found.need.sum()).tolist() == [0.25, 0.75]
    told = budgeting.forecast(counted, ["A"], 360.0)
    with pytest.raises(InputError, match="holds no prescribing rows of these months"):
        budgeting.explain(lake, counted, ["nobody"], told)
