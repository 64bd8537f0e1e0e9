"""Explore and groups of one's own: any question, kept and shared; a group is its owner's alone."""

from __future__ import annotations

import numpy as np
import pytest

import cast
from evenhand import measures
from evenhand_web.people.models import Organisation
from evenhand_web.see.models import Group, SavedSearch

pytestmark = pytest.mark.django_db
QUESTION = "n=0601023AE&d=0601023&level=practice"


def here(client) -> str:
    return client.get("/", follow=True).redirect_chain[-1][0] + "see/"


@pytest.fixture
def practices(demo) -> list[str]:
    return list(Organisation.objects.filter(level="practice").order_by("code").values_list("code", flat=True)[:12])


def test_a_question_gives_the_numbers_of_the_command_line(as_demo, demo):
    client = as_demo(cast.GP)
    page = client.get(f"{here(client)}explore/?{QUESTION}")
    spread, over_time = page.context["figures"]
    own = here(client).split("/")[2]
    panel = measures.adhoc(demo, measures.read_codes("0601023AE"), measures.read_codes("0601023"), "practice")
    row, last = panel.row(own), panel.months > panel.months[-1] - 12
    top, bottom = panel.numerator[row, last].sum(), panel.denominator[row, last].sum()
    assert spread.rows[0] == ("you", top, bottom, pytest.approx(top / bottom), spread.rows[0][4])
    assert over_time.rows[-1][1] == pytest.approx(panel.value[row, -1])


def test_words_find_what_codes_find(as_demo):
    client = as_demo(cast.GP)
    by_word = client.get(f"{here(client)}explore/?n=linagliptin&d=patients&level=icb").context["figures"][0]
    assert by_word.rows
    assert all(row[1] > 0 for row in by_word.rows)


@pytest.mark.parametrize(("query", "says"), [
    ("n=&d=patients", "Say what to count"), ("n=zz&d=patients", "too short"), ("n=nosuchdrug&d=patients", "nosuchdrug"),
    ("n=0601&d=patients&level=ward", "Select a valid choice"), ("n=9999999&d=all", "9999999"),
])  # fmt: skip
def test_a_question_that_cannot_be_answered_is_told_why(as_demo, query, says):
    client = as_demo(cast.GP)
    page = client.get(f"{here(client)}explore/?{query}")
    assert page.status_code == 422
    assert says in page.content.decode()


def test_a_question_is_kept_found_again_and_taken_away_by_its_owner_alone(as_demo):
    client = as_demo(cast.GP)
    client.post(f"{here(client)}explore/keep/", {"n": "0601023AE", "d": "0601023", "title": "Gliptins"})
    search = SavedSearch.objects.get(title="Gliptins")
    page = client.get(f"{here(client)}explore/")
    assert f"?{search.question}".replace("&", "&amp;") in page.content.decode()
    other = as_demo(cast.PHARMACIST)
    assert "Gliptins" not in other.get(f"{here(other)}explore/").content.decode()
    assert other.post(f"{here(other)}explore/{search.key}/forget/").status_code == 404
    assert client.post(f"{here(client)}explore/{search.key}/forget/").status_code == 302
    assert not SavedSearch.objects.filter(key=search.key).exists()


def test_a_group_is_made_changed_used_and_taken_away_by_its_owner_alone(as_demo, demo, practices):
    client = as_demo(cast.PHARMACIST)
    made = client.post(f"{here(client)}groups/new/", {"name": "Valley", "members": "\n".join(practices[:6])})
    group = Group.objects.get(name="Valley")
    assert made.url.endswith(f"{group.key}/")
    page = client.get(made.url)
    title = measures.for_lake(demo)["diabetes_dpp4_cost"].title
    row = next(row for row in page.context["table"].rows if row[0] == title)
    panel = measures.panel(demo, "diabetes_dpp4_cost", "practice").only(practices[:6])
    last = panel.months > panel.months[-1] - 12
    assert row[3] == pytest.approx(np.nansum(panel.numerator[:, last]) / np.nansum(panel.denominator[:, last]))
    client.post(made.url, {"name": "Valley", "members": ", ".join(practices)})
    assert Group.objects.get(key=group.key).codes == practices
    spread = client.get(f"{here(client)}explore/?{QUESTION}&group={group.key}").context["figures"][0]
    assert spread.rows[0][0] == "Valley"
    other = as_demo(cast.GP)
    assert other.get(f"{here(other)}groups/{group.key}/").status_code == 404
    assert other.post(f"{here(other)}groups/{group.key}/remove/").status_code == 404
    assert client.post(f"{here(client)}groups/{group.key}/remove/").status_code == 302
    assert not Group.objects.filter(key=group.key).exists()


@pytest.mark.parametrize(("members", "says"), [
    ("", "two organisations or more"), ("DEMO-P0001", "one alone"), ("DEMO-P0001\nNOBODY", "NOBODY"),
    ("DEMO-P0001, DEMO-I1", "one level"),
])  # fmt: skip
def test_a_group_that_makes_no_sense_is_told_why(as_demo, members, says):
    client = as_demo(cast.GP)
    page = client.post(f"{here(client)}groups/new/", {"name": "x", "members": members})
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not Group.objects.exists()


def test_an_outsider_explores_nothing(as_demo):
    place = here(as_demo(cast.GP))
    client = as_demo(cast.OUTSIDER)
    assert {client.get(f"{place}{page}").status_code for page in ("explore/", "groups/", "groups/new/")} == {403}
