"""The pages of bulletins: a link that stops them for anybody who has the letter, and nothing of anybody else's."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

import cast
from evenhand_web.change import bulletins
from evenhand_web.change.models import Bulletin, BulletinChoice, EngagementEvent
from evenhand_web.change.views.bulletins import this_week
from evenhand_web.people.models import Identity, Person, Post
from mailing import Always

MINE, DESK = "/organisations/PRACTICE1/change/bulletin/", "/organisations/ICB1/change/bulletins/"


@pytest.fixture
def letter(people, monkeypatch):
    """The GP's letter of this week, sent."""
    monkeypatch.setattr(bulletins, "_makers", [lambda week: Always(week, content="diabetes_dpp4_choice")])
    Identity.objects.filter(username="gp").update(email="gp@nhs.example")
    bulletins.make(this_week())
    Bulletin.objects.update(state="sent")
    return Bulletin.objects.get(person=people["gp"].person)


def link(letter: Bulletin, word: str = "stop") -> str:
    return f"/bulletins/{letter.token}/{word}/"


def test_one_button_stops_them_without_signing_in(letter):
    client = Client(enforce_csrf_checks=True)
    page = client.get(link(letter)).content.decode()
    assert page.split("<main")[1].split("</main")[0].count("<button") == 1
    assert bulletins.wants(letter.person)  # looking changes nothing: mail scanners look
    done = client.post(link(letter))
    assert (done.status_code, bulletins.wants(letter.person)) == (200, False)
    assert b"You get no more bulletins" in done.content


def test_a_mail_program_stops_them_with_one_post(letter):
    answer = Client(enforce_csrf_checks=True).post(link(letter), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, bulletins.wants(letter.person)) == (200, False)


def test_twice_is_as_once_and_there_is_a_way_back(letter):
    client = Client()
    for _ in range(3):
        client.post(link(letter))
    client.post(link(letter, "back"))
    client.post(link(letter, "back"))
    assert list(BulletinChoice.objects.values_list("wanted", "how")) == [(False, "link"), (True, "link")]


def test_the_way_back_needs_its_own_page(letter):
    assert Client(enforce_csrf_checks=True).post(link(letter, "back")).status_code == 403


@pytest.mark.parametrize("word", ["", "stop/", "back/"])
def test_a_token_that_nobody_was_given_is_not_found(letter, word):
    near = letter.token[:-1] + ("y" if letter.token.endswith("x") else "x")
    assert Client().get(f"/bulletins/{near}/{word}").status_code == 404
    assert Client().get(f"/bulletins/nothing/{word}").status_code == 404


def test_a_token_says_nothing_of_its_reader_and_is_long_enough_not_to_be_guessed(letter):
    assert len(letter.token) >= 32
    assert letter.person_id not in letter.token
    main = Client().get(link(letter)).content.decode().split("<main")[1].split("</main")[0]
    assert re.search(r"\bgp\b", main) is None  # as a word: the form's own token is letters by chance


def test_the_letters_link_leads_its_reader_on_and_is_no_view_of_a_module_that_it_does_not_open(letter, as_):
    answer = as_(cast.GP).get(f"/bulletins/{letter.token}/")
    assert (answer.status_code, answer.url) == (302, "/organisations/PRACTICE1/")
    stages = EngagementEvent.objects.filter(person=letter.person).values_list("stage", flat=True)
    assert set(stages) == {"reached"}


def test_scanners_and_colleagues_who_follow_the_link_are_nobodys_view(letter, as_):
    scanner = Client().get(f"/bulletins/{letter.token}/")
    assert scanner.url == f"/sign-in/?next=/bulletins/{letter.token}/"
    as_(cast.PHARMACIST).get(f"/bulletins/{letter.token}/")
    assert not EngagementEvent.objects.exists()


def test_my_page_shows_my_letter_and_takes_my_choice(letter, as_):
    client = as_(cast.GP)
    page = client.get(MINE).content.decode()
    assert "61.4% (95% interval 58.0% to 64.7%)" in page
    assert "gp@nhs.example" in page
    client.post(MINE, {"wanted": "no"})
    assert not bulletins.wants(letter.person)
    assert "Get bulletins again" in client.get(MINE).content.decode()
    client.post(MINE, {"wanted": "yes"})
    assert bulletins.wants(letter.person)


def test_before_it_is_made_my_page_says_what_it_would_be_and_keeps_nothing(letter, as_):
    Bulletin.objects.all().delete()
    page = as_(cast.GP).get(MINE).content.decode()
    assert "What it would say now" in page
    assert "61.4%" in page
    assert not Bulletin.objects.exists()


def test_with_nothing_to_do_my_page_says_so(people, as_, monkeypatch):
    class Nothing(Always):
        def __call__(self, person, told, last):
            return None

    monkeypatch.setattr(bulletins, "_makers", [Nothing])
    assert "Nothing waits for you" in as_(cast.GP).get(MINE).content.decode()


def test_a_letter_is_its_readers_alone(letter, as_):
    url = f"/organisations/PRACTICE1/change/bulletins/{letter.pk}/"
    assert as_(cast.GP).get(url).status_code == 200
    assert as_(cast.PRACTICE_MANAGER).get(url).status_code == 404
    assert as_(cast.PHARMACIST).get(url).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [(cast.PHARMACIST, 200), (cast.GP, 403), (cast.PRACTICE_MANAGER, 403), (cast.BOARD_MEMBER, 403)],
)
def test_the_queue_is_for_who_runs_campaigns_or_administers(letter, as_, who, status):
    assert as_(who).get(DESK).status_code == status


def test_the_queue_names_nobody_and_tells_no_states_of_a_few(letter, as_):
    page = as_(cast.PHARMACIST).get(DESK).content.decode()
    table = as_(cast.PHARMACIST).get(f"{DESK}?download=bulletins.csv").content.decode()
    assert "gp@nhs.example" not in page
    assert f"{this_week()},1,,,,," in table.replace("\r", "")


def test_the_queue_counts_by_state_when_there_are_enough(letter, as_):
    for number in range(12):
        person = Person.objects.create(profession="GP", identity_level=2, organisation_id="PRACTICE2")
        Post.objects.create(person=person, organisation_id="PRACTICE2", role="member")
        Identity.objects.create(person=person, username=f"x{number}", name="", email=f"x{number}@nhs.example")
    bulletins.make(this_week())
    table = as_(cast.PHARMACIST).get(f"{DESK}?download=bulletins.csv").content.decode()
    assert f"{this_week()},13,12,0,1,0,0" in table.replace("\r", "")


def test_an_empty_queue_says_what_makes_one(people, as_):
    assert "No bulletin yet" in as_(cast.PHARMACIST).get(DESK).content.decode()


def test_earlier_letters_stay_to_be_read(letter, as_):
    Bulletin.objects.update(week=this_week() - timedelta(days=7))
    page = as_(cast.GP).get(MINE).content.decode()
    assert f"/organisations/PRACTICE1/change/bulletins/{letter.pk}/" in page
