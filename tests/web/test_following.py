"""Following a measure: one click and one to undo, told once when it changes, its owner's alone, erased with them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

import cast
from evenhand.story.moved import Moved
from evenhand_web.change import bulletins
from evenhand_web.home.bulletins import Gatherer
from evenhand_web.people import private
from evenhand_web.people.models import Identity
from evenhand_web.see import following, listing
from evenhand_web.see.models import Follow

MEASURE = "diabetes_dpp4_cost"
ROW = {"measure": MEASURE, "title": "Gliptins other than sitagliptin", "months": ["2026-03"],
       "special_cause": "point_above", "point_type": "special_cause_concern", "direction": "up", "better": "lower",
       "value": 0.6, "before": 0.5, "pounds": -90.0}  # fmt: skip


@pytest.fixture
def gp(people) -> Client:
    client = Client()
    client.force_login(people[cast.GP.username])
    return client


@pytest.fixture
def changed(monkeypatch) -> None:
    """One measure of every organisation changed this quarter."""
    moved = lambda held, organisation: Moved(organisation.code, organisation.level, (ROW,), 1, 0)  # noqa: E731
    monkeypatch.setattr(listing, "what_moved", moved)


def press(client: Client, **form: str):
    return client.post(f"/organisations/PRACTICE1/see/{MEASURE}/follow/", form)


def test_one_click_follows_and_one_undoes_it_and_twice_is_as_once(gp):
    assert press(gp).url == f"/organisations/PRACTICE1/measures/{MEASURE}/"
    press(gp)
    assert Follow.objects.count() == 1
    press(gp, stop="1")
    assert Follow.objects.count() == 0


def test_what_one_follows_is_ones_own_and_says_what_changed(gp, people, changed):
    press(gp)
    page = gp.get("/me/following/").content.decode()
    assert "1 of 1 changed this quarter" in page
    assert "Worth a look: higher this quarter than before" in page
    other = Client()
    other.force_login(people[cast.PHARMACIST.username])
    assert MEASURE not in other.get("/me/following/").content.decode()
    other.post("/me/following/", {"follow": str(Follow.objects.get().pk)})
    assert Follow.objects.count() == 1
    gp.post("/me/following/", {"follow": str(Follow.objects.get().pk)})
    assert Follow.objects.count() == 0


def test_of_a_place_that_is_closed_to_them_nothing_is_said_or_written(gp, people, changed):
    press(gp)
    person = people[cast.GP.username].person
    person.posts.all().delete()
    page = gp.get("/me/following/").content.decode()
    assert "You have no role there any more" in page
    assert "higher this quarter" not in page
    assert Gatherer(date(2026, 11, 16))(person, set(), None) is None


def test_nobody_follows_what_is_no_measure_or_more_than_they_could_be_told_of(gp, monkeypatch):
    assert gp.post("/organisations/PRACTICE1/see/no_measure/follow/").status_code == 404
    monkeypatch.setattr(following, "MOST", 0)
    press(gp)
    assert Follow.objects.count() == 0


def test_what_was_published_before_one_followed_is_no_news(people):
    person = people[cast.GP.username].person
    found = Moved("PRACTICE1", "practice", (ROW,), 1, 0)
    old, new = (Follow(person=person, organisation_id="PRACTICE1", measure=MEASURE, published=month)
                for month in ("2026-03", "2026-02"))  # fmt: skip
    assert [each for each, _ in following.news([old, new], found)] == [new]


def test_what_one_follows_is_forgotten_with_its_owner(gp, people):
    press(gp)
    assert private.erase(Identity.objects.get(username=cast.GP.username))["see"] == 1
    assert Follow.objects.count() == 0


def test_the_letter_tells_it_once_for_every_new_month_and_stays_one_letter(gp, people, changed):
    person = people[cast.GP.username].person
    Follow.objects.create(person=person, organisation_id="PRACTICE1", measure=MEASURE, published="2026-02")
    gather = Gatherer(date(2026, 11, 16))
    offer = gather(person, set(), None)
    assert offer.action.button == "See what changed"
    letter = bulletins.letter_of(offer)
    assert letter.words < 150
    assert "You follow Gliptins other than sitagliptin here" in letter.action
    again = gather(person, set(offer.told), None)
    assert again is None or again.action.key != offer.action.key
