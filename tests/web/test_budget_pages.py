"""The page of budgets: a practice sees its own amount and why; a finance lead sets the area's; all add up."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

import cast
from evenhand_web.account import budgeting
from evenhand_web.account.models import BudgetRule
from evenhand_web.people.models import Identity, Organisation
from evenhand_web.site.lake import lake

FORM = {"total": "26000000.00", "pace": "100", "floor": "-5", "cap": "10", "contingency": "1", "gain_share": ""}


@pytest.fixture(autouse=True)
def _lake(settings, demo, demo_lake):
    settings.EVENHAND_LAKE = demo_lake


@pytest.fixture
def area(demo) -> Organisation:
    """Where the demonstration has set the budgets."""
    return BudgetRule.objects.get().organisation


@pytest.fixture
def practice(demo) -> Organisation:
    return Identity.objects.get(username="gp").person.organisation


def address(organisation: Organisation) -> str:
    return f"/organisations/{organisation.code}/account/budgets/"


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_a_practice_reads_its_budget_in_four_lines_and_no_other_practice(as_demo, area, practice):
    found = budgeting.place(practice, area, budgeting.basis(lake(), area))
    said = text(as_demo(cast.GP).get(address(practice)))
    assert f"£{found.pence / 100:,.2f}" in said
    for line in ("Spent in the year before", "By share of need", "A step of 50% towards it", "Limits, so that all"):
        assert line in said
    assert "Every practice" not in said


def test_all_budgets_of_the_area_add_up_to_the_penny_in_the_download(as_demo, area):
    rows = list(csv.DictReader(io.StringIO(
        as_demo(cast.PHARMACIST).get(f"{address(area)}?download=budgets.csv").content.decode()
    )))  # fmt: skip
    pence = sum(round(100 * float(row["£ budget"])) for row in rows)
    assert (len(rows) > 20, pence) == (True, BudgetRule.objects.get().pence)
    for row in rows:
        assert -2.0001 <= float(row["change, %"]) <= 5.0001


def test_who_may_not_see_names_sees_no_table(as_demo, area):
    said = text(as_demo(cast.GP).get(address(area)))
    assert ("Every practice" in said, "Each practice sees its own budget" in said) == (False, True)
    assert as_demo(cast.GP).get(f"{address(area)}?download=budgets.csv").status_code == 404


def test_a_finance_lead_sets_a_new_rule_and_the_old_one_stands(as_demo, area):
    before = BudgetRule.objects.get()
    client = as_demo(cast.FINANCE_DIRECTOR)
    whole = budgeting.basis(lake(), area).known_historic
    client.post(address(area), FORM | {"total": f"{whole:.2f}"}, follow=True)
    rule = BudgetRule.objects.first()
    assert (rule.pence, rule.pace, rule.floor, rule.cap, rule.contingency) == (round(whole * 100), 1, -0.05, 0.1, 0.01)
    assert BudgetRule.objects.filter(pk=before.pk).exists()
    found = budgeting.place(area, area, budgeting.basis(lake(), area))
    assert found.pence == found.found.shared_pence < rule.pence


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"total": "1000"}, "leave no room for total £1,000.00"),
        ({"pace": "150"}, "less than or equal to 100"),
        ({"floor": "20"}, "is below the least change"),
        ({"gain_share": "id: x"}, "is missing"),
        ({"total": ""}, "required"),
    ],
)
def test_a_rule_that_cannot_hold_is_said_on_the_form_and_not_kept(as_demo, area, change, why):
    response = as_demo(cast.FINANCE_DIRECTOR).post(address(area), FORM | change)
    assert (response.status_code, why in text(response), BudgetRule.objects.count()) == (422, True, 1)


@pytest.mark.parametrize("who", [cast.GP, cast.PHARMACIST, cast.BOARD_MEMBER, cast.CLINICAL_LEAD])
def test_nobody_else_sets_a_budget(as_demo, area, who):
    response = as_demo(who).post(address(area), FORM)
    assert (response.status_code, BudgetRule.objects.count()) == (403, 1)


def test_an_area_without_a_rule_for_the_year_says_who_sets_it_and_shows_no_amount(as_demo, area, monkeypatch):
    found = budgeting.basis(lake(), area)
    monkeypatch.setattr(budgeting, "basis", lambda *_: replace(found, first=found.first + 12))
    said = text(as_demo(cast.BOARD_MEMBER).get(address(area)))
    assert ("No budget is set yet" in said, "£" in said) == (True, False)


def test_above_the_areas_a_page_says_that_areas_set_budgets(as_demo, area):
    nation = Organisation.objects.get(level="nation")
    assert "Budgets are set by areas" in text(as_demo(cast.BOARD_MEMBER).get(address(nation)))


def test_before_a_month_of_the_year_is_published_nothing_is_forecast(as_demo, practice):
    assert "the first forecast comes with June's figures" in text(as_demo(cast.GP).get(address(practice)))
