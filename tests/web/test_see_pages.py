"""SEE's and the gathering pages on the demonstration: who sees what, and that numbers lead to their rows."""

from __future__ import annotations

import pytest

import cast

pytestmark = pytest.mark.django_db


def home(client) -> str:
    return client.get("/", follow=True).redirect_chain[-1][0]


def test_my_organisation_says_what_to_look_at_do_and_what_became_of_it(as_demo):
    client = as_demo(cast.GP)
    page = client.get(home(client))
    assert page.context["look_at"]["pounds"] is not None
    assert page.context["to_do"].title == "Answer a survey"
    assert b"What became of what we did" in page.content


def test_a_measure_marks_us_among_others_without_naming_them(as_demo):
    client = as_demo(cast.GP)
    page = client.get(f"{home(client)}measures/diabetes_dpp4_cost/")
    rows = page.context["spread"].rows
    assert {row[0] for row in rows} == {"you", "–"}
    assert page.status_code == 200


def test_names_are_shown_to_those_who_lead_there(as_demo):
    client = as_demo(cast.CLINICAL_LEAD)
    page = client.get(f"{home(client)}measures/diabetes_dpp4_cost/")
    assert all(row["name"] for row in page.context["within"])


def test_a_number_leads_to_its_published_rows_and_they_add_up(as_demo):
    client = as_demo(cast.GP)
    here = home(client)
    measure = client.get(f"{here}measures/diabetes_dpp4_cost/")
    month = measure.context["months"][0]
    page = client.get(f"{here}see/diabetes_dpp4_cost/rows/?month={month}")
    table = page.context["table"]
    column = {name: i for i, name in enumerate(table.columns)}
    counted = sum(row[column["items"]] for row in table.rows if row[column["in_numerator"]])
    panel = measure.context["found"].panel
    own = panel.row(here.split("/")[2])
    assert counted == panel.numerator[own, list(map(str, panel.months)).index(month)]


@pytest.mark.parametrize("month", ["", "2031-01", "not-a-month"])
def test_rows_of_a_month_that_is_not_there_are_not_found(as_demo, month):
    client = as_demo(cast.GP)
    assert client.get(f"{home(client)}see/diabetes_dpp4_cost/rows/?month={month}").status_code == 404


def test_a_measure_that_nobody_defined_is_not_found(as_demo):
    client = as_demo(cast.GP)
    assert client.get(f"{home(client)}measures/nothing/").status_code == 404


def test_all_measures_filter_by_pathway(as_demo):
    client = as_demo(cast.GP)
    page = client.get(f"{home(client)}see/?pathway=diabetes")
    assert page.context["lines"]
    assert {line["pathway"] for line in page.context["lines"]} == {"diabetes"}


def test_an_organisation_of_practices_gains_through_them(as_demo):
    client = as_demo(cast.PHARMACIST)
    page = client.get(home(client))
    assert any(line["together"] and line["pounds"] > 0 for line in page.context["lines"])


def test_an_outsider_sees_no_organisation(as_demo):
    here = home(as_demo(cast.GP))
    client = as_demo(cast.OUTSIDER)
    pages = [here, f"{here}see/", f"{here}measures/diabetes_dpp4_cost/"]
    assert {client.get(page).status_code for page in pages} == {403}
