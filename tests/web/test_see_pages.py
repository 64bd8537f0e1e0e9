"""SEE's and the gathering pages on the demonstration: who sees what, and that numbers lead to their rows."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest

import cast
from evenhand.cli.main import main
from evenhand.story import sight_files
from evenhand_web.decide import agreement, camps
from evenhand_web.people import tree
from evenhand_web.people.models import Organisation
from evenhand_web.see import listing
from evenhand_web.see.views.medicines import COLUMNS as MEDICINES
from evenhand_web.site import warming

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
    assert rows[0][0] == "you"
    assert page.status_code == 200
    assert page.content.count(b'role="img"') >= 6  # three pictures, each wide and narrow, without JavaScript


def test_the_switch_shows_what_patients_like_ours_would_give_and_its_download_follows(as_demo):
    client = as_demo(cast.GP)
    here = f"{home(client)}measures/diabetes_sglt2/"
    page = client.get(f"{here}?view=patients_like_ours")
    shown, standing = page.context["spread"], page.context["view"].standing
    assert shown.columns[2] == "expected"
    assert shown.rows[0][3] == pytest.approx(standing.numerator / standing.expected)
    assert "patients like yours" in shown.sentence
    name = "diabetes_sglt2-spread.json"
    assert client.get(f"{here}?view=patients_like_ours&download={name}").json()[0]["value"] == shown.rows[0][3]
    assert client.get(f"{here}?download={name}").json()[0]["value"] == pytest.approx(standing.value)


def test_the_names_of_far_rows_are_not_on_the_page_but_in_the_download(as_demo):
    client = as_demo(cast.GP)
    here = f"{home(client)}measures/diabetes_dpp4_cost/"
    figure = client.get(here).context["spread"]
    assert figure.left_out == len(figure.rows) - figure.most > 0
    assert len(client.get(f"{here}?download=diabetes_dpp4_cost-spread.json").json()) == len(figure.rows)


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
    standing = measure.context["view"].standing
    assert counted == standing.top[list(map(str, standing.months)).index(month)]


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


@pytest.mark.parametrize(("query", "holds"), [
    ("direction=lower", lambda line: line["direction"] == "lower"),
    ("size=pounds", lambda line: (line["pounds"] or 0) > 0),
    ("certainty=beyond-chance", lambda line: line["certainty"] == "beyond chance"),
    ("pathway=diabetes&direction=higher", lambda line: (line["pathway"], line["direction"]) == ("diabetes", "higher")),
])  # fmt: skip
def test_all_measures_can_be_sifted(as_demo, query, holds):
    client = as_demo(cast.PHARMACIST)
    everything = client.get(f"{home(client)}see/").context["lines"]
    shown = client.get(f"{home(client)}see/?{query}").context["lines"]
    assert [line["id"] for line in shown] == [line["id"] for line in everything if holds(line)]
    assert len(shown) < len(everything)


def test_a_list_that_nobody_sifted_begins_with_what_differs_and_keeps_every_measure(as_demo):
    client = as_demo(cast.PHARMACIST)
    page = client.get(f"{home(client)}see/").context
    groups, every = page["groups"], {line["id"] for line in page["lines"]}
    differ = [*groups["first"], *groups["more"]]
    assert groups["together"] or {line["certainty"] for line in differ} == {"beyond chance"}
    assert differ
    assert {line["id"] for line in differ} | {line["id"] for _, of in groups["rest"] for line in of} == every
    found = client.get(f"{home(client)}see/?q=GLIPTINS+sitagliptin").context["lines"]
    assert "diabetes_dpp4_cost" in [line["id"] for line in found]
    assert len(found) < len(every)


def test_all_measures_sort_by_name_and_by_gain(as_demo):
    client = as_demo(cast.GP)
    names = [line["title"].lower() for line in client.get(f"{home(client)}see/?sort=title").context["lines"]]
    assert names == sorted(names)
    gains = [line["pounds"] or 0 for line in client.get(f"{home(client)}see/?sort=gain").context["lines"]]
    assert gains == sorted(gains, reverse=True)


def test_a_pathway_goes_from_prevention_to_aftercare_and_says_who_leads_it_or_that_nobody_does(as_demo):
    client = as_demo(cast.PHARMACIST)
    page = client.get(f"{home(client)}pathways/diabetes/")
    stages = [point.stage for point in page.context["points"]]
    assert (stages[0], stages[-1]) == ("Prevention", "Aftercare")
    lead = page.context["lead"]
    assert lead in page.content.decode()  # or the word "vacant"
    assert any(point.lines for point in page.context["points"])
    assert any(point.plans for point in page.context["points"])
    assert client.get(f"{home(client)}pathways/nothing/").status_code == 404


def test_what_changed_lists_what_each_chart_says(as_demo):
    client = as_demo(cast.PHARMACIST)
    page = client.get(f"{home(client)}see/changed/")
    listed = [line["id"] for kind in ("worse", "better", "other") for line in page.context[kind]]
    for measure in listed:
        course = client.get(f"{home(client)}measures/{measure}/").context["course"]
        assert any(row[-1] for row in course.rows[-3:]), measure  # a rule stands beside a month of the quarter


def test_medicines_that_stand_out_are_the_rows_of_the_command(as_demo, demo_lake, capsys):
    client = as_demo(cast.GP)
    page = client.get(f"{home(client)}see/outliers/medicines/")
    table, code = page.context["table"], home(client).split("/")[2]
    assert f"--organisation {code}" in table.command
    main(["see", "outliers", "--by", "chemical", "--level", "practice", "--organisation", code, "--lake",
          str(demo_lake), "--json"])  # fmt: skip
    said = json.loads(capsys.readouterr().out)["rows"]
    assert said
    assert [list(row) for row in table.rows] == [[row[name] for name in MEDICINES] for row in said]
    assert len(page.context["named"]) == sum(row["outlier"] is not None for row in said)


@pytest.mark.parametrize("page", ["changed", "outliers"])
def test_the_command_that_a_page_prints_gives_the_numbers_that_it_shows(as_demo, demo_lake, capsys, page):
    words, compared = listing.MOVED if page == "changed" else listing.FAR, 0
    client = as_demo(cast.CLINICAL_LEAD)
    for here in ("DEMO-I1", *tree.children(Organisation.objects.get(code="DEMO-I1")).values_list("code", flat=True)):
        shown = client.get(f"/organisations/{here}/see/{page}/").context["table"]
        if main([*shown.command.replace("LAKE", str(demo_lake)).split()[1:]]) == 2:
            assert not shown.rows  # too few to compare with, in the command's words
            continue
        told = json.loads(capsys.readouterr().out)["rows"]
        compared += len(told)
        for row, cells in zip(told, shown.rows, strict=True):
            known = [None if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells]
            assert known == [", ".join(row[k]) if isinstance(row[k], list) else row[k] for k in words]
    assert compared


def test_outliers_say_how_many_would_be_named_by_chance_and_name_only_what_is_controlled(as_demo):
    client = as_demo(cast.GP)
    page = client.get(f"{home(client)}see/outliers/")
    rows = [dict(zip(listing.FAR, row, strict=True)) for row in page.context["table"].rows]
    named = {row["measure"] for row in rows if min(row["q"], np.nan_to_num(row["q_patients"], nan=1.0)) <= 0.05}
    assert {line["id"] for line in page.context["lines"]} == named
    assert "by chance alone" in page.context["table"].sentence


def test_a_measure_stands_as_it_is_and_for_patients_like_ours_side_by_side(as_demo):
    client = as_demo(cast.GP)
    page = client.get(f"{home(client)}measures/diabetes_sglt2/")
    assert [side["words"] for side in page.context["beside"]] == ["As it is", "For patients like ours"]
    assert "age and sex" in page.content.decode()
    assert "Deprivation and long illness are not in it" in " ".join(page.context["not_in_it"].split())


def test_the_presentations_of_a_measure_add_up_to_its_latest_month(as_demo):
    client = as_demo(cast.GP)
    here = home(client)
    rows = client.get(f"{here}see/diabetes_dpp4_cost/presentations/").context["table"].rows
    standing = client.get(f"{here}measures/diabetes_dpp4_cost/").context["view"].standing
    assert sum(row[3] for row in rows if row[2] == "yes") == standing.top[-1]
    assert sum(row[3] for row in rows) == standing.bottom[-1]
    assert client.get(f"{here}see/wait_within_18_weeks/presentations/").status_code == 404


def test_the_pack_for_a_visit_has_two_pages(as_demo):
    client = as_demo(cast.GP)
    answer = client.get(f"{home(client)}visit.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", answer.content)) == 2


def test_an_organisation_of_practices_gains_through_them(as_demo):
    client = as_demo(cast.PHARMACIST)
    page = client.get(home(client))
    assert any(line["together"] and line["pounds"] > 0 for line in page.context["lines"])


def test_an_outsider_sees_no_organisation(as_demo):
    here = home(as_demo(cast.GP))
    client = as_demo(cast.OUTSIDER)
    pages = [here, f"{here}see/", f"{here}measures/diabetes_dpp4_cost/"]
    assert {client.get(page).status_code for page in pages} == {403}


def test_the_tables_of_home_and_measure_are_taken_along_in_every_format(as_demo):
    client = as_demo(cast.CLINICAL_LEAD)
    here = home(client)
    for address, table in ((here, "below"), (here, "gains"), (f"{here}measures/diabetes_dpp4_cost/", "within")):
        page = client.get(address)
        for kind in ("csv", "xlsx", "parquet"):
            assert f"?download={table}.{kind}" in page.content.decode()
            assert client.get(f"{address}?download={table}.{kind}").status_code == 200
    rows = client.get(f"{here}measures/diabetes_dpp4_cost/?download=within.json").json()
    assert [row["value"] for row in rows] == [row["value"] for row in page.context["within"]]
    codes = {row["code"] for row in client.get(f"{here}?download=below.json").json()}
    assert {row["organisation"] for row in rows} <= codes


def test_a_download_names_nobody_whom_the_page_does_not_name(as_demo):
    client = as_demo(cast.GP)
    above = client.get(home(client)).context["parent"]
    address = f"/organisations/{above.code}/measures/diabetes_dpp4_cost/"
    if client.get(address).status_code == 200:
        rows = client.get(f"{address}?download=within.json").json()
        named = client.get(address).context["may"]["see_peer_names"]
        assert named or {row["name"] for row in rows} == {"not named to you"}
def test_one_chooses_with_whom_to_be_compared_and_the_address_shows_others_the_same(as_demo):
    client = as_demo(cast.GP)
    here = f"{home(client)}measures/diabetes_sglt2/"
    everybody, alike = client.get(here), client.get(f"{here}?peers=size&view=patients_like_ours")
    shown = alike.context["view"].spread
    assert 20 <= len(shown.codes) < len(everybody.context["view"].spread.codes)
    assert "of like size" in alike.context["over_time"].sentence or "of like size" in alike.content.decode()
    assert "peers=size" in alike.content.decode()  # the switch keeps the choice
    assert "see peers --by size" in alike.context["chosen"].command
    codes = ",".join(everybody.context["view"].spread.codes[:14])
    listed = as_demo(cast.GP).get(f"{here}?peers=own&codes={codes}")
    assert set(codes.split(",")) <= set(listed.context["view"].spread.codes)
    assert listed.context["chosen"].query.startswith("peers=own&codes=")
    rows = client.get(f"{here}?peers=own&codes={codes}&download=diabetes_sglt2-spread.json").json()
    assert len(rows) == len(listed.context["view"].spread.codes)


@pytest.mark.parametrize("query", ["peers=nobody", "peers=own&codes=X1", "peers=deprivation", "peers=own"])
def test_a_choice_that_cannot_be_followed_says_why_and_shows_everybody(as_demo, query):
    client = as_demo(cast.GP)
    here = f"{home(client)}measures/diabetes_sglt2/"
    page = client.get(f"{here}?{query}")
    assert page.status_code == 422
    assert "Everybody is shown." in page.context["chosen"].wrong
    assert len(page.context["view"].spread.codes) == len(client.get(here).context["view"].spread.codes)


def test_no_visit_does_again_what_a_server_does_first(as_demo) -> None:
    kept = (sight_files._opened, camps._groups, agreement._count)
    for do in warming._named:
        do()
    before = [found.cache_info().misses for found in kept]
    lead = as_demo(cast.CLINICAL_LEAD)
    pages = ("", "see/outliers/", "decide/rounds/diabetes-first/")
    answers = [lead.get(f"/organisations/DEMO-I1/{page}") for page in pages]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [found.cache_info().misses for found in kept] == before
