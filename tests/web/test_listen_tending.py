"""Whoever opened a survey closes it before its day, and says what became of the answers; nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

import cast
from evenhand_web.listen import answering
from evenhand_web.listen.models import AnswerEvent, SurveyWave
from evenhand_web.people.models import Identity, Organisation, TrailRow
from surveying import a_wave

HERE = "/organisations/ICB1/listen/{}/"
SAID = "The board made sitagliptin the first choice. <b>Nothing</b> else was changed."


@pytest.fixture
def lead(people):
    return people["clinical-lead"].person


@pytest.fixture
def open_wave(lead, people) -> SurveyWave:
    """A wave that the clinical lead opened; the GP has handed in, the pharmacist has begun."""
    wave = a_wave("first", heard=40, days=1)
    SurveyWave.objects.filter(pk=wave.pk).update(closes=timezone.now() + timedelta(days=20), opened_by=lead)
    for who in ("gp", "pharmacist"):
        person = people[who].person
        place = wave.invitations.create(person=person, organisation=person.organisation, profession=person.profession)
        answering.save(place, {"heard_of_qipp": "yes"}, "submitted" if who == "gp" else "partial")
    wave.refresh_from_db()
    return wave


@pytest.fixture
def closed_wave(lead) -> SurveyWave:
    wave = a_wave("second", heard=40, days=1)
    SurveyWave.objects.filter(pk=wave.pk).update(opened_by=lead)
    return wave


def words(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_who_opened_it_is_asked_first_and_then_closes_it_with_every_link_cut_and_a_row_in_the_trail(
    as_, open_wave, lead
):
    client, page = as_(cast.CLINICAL_LEAD), HERE.format("first")
    assert f"{page}close/" in words(client, page)
    asked = words(client, f"{page}close/")
    assert "cut at once, for good" in asked
    assert "cannot be opened again" in asked
    open_wave.refresh_from_db()
    assert open_wave.is_open(), "looking closes nothing"

    planned = open_wave.closes
    assert client.post(f"{page}close/")["Location"] == page
    open_wave.refresh_from_db()
    assert not open_wave.is_open()
    assert not open_wave.invitations.exclude(person=None).exists()
    row = TrailRow.objects.get(act="survey closed early")
    assert (row.who, row.what) == (lead.key, "wave first")
    assert row.facts == {"planned": planned.isoformat(), "links_cut": 2}
    said = words(as_(cast.GP), "/organisations/PRACTICE1/listen/first/")
    assert "101 of 142" in said, "who only began is not counted"


def test_once_closed_nobody_answers_and_it_is_not_closed_again(as_, open_wave):
    client, page = as_(cast.CLINICAL_LEAD), HERE.format("first")
    client.post(f"{page}close/")
    open_wave.refresh_from_db()
    before = open_wave.closes
    assert client.get(f"{page}close/").status_code == 302
    assert "closed already" in client.post(f"{page}close/", follow=True).content.decode()
    open_wave.refresh_from_db()
    assert open_wave.closes == before
    assert TrailRow.objects.filter(act="survey closed early").count() == 1
    assert as_(cast.PHARMACIST).get("/organisations/PRACTICE1/listen/first/answer/").status_code in (403, 404)


def test_fewer_than_ten_answers_are_told_before_it_is_closed_and_no_number(as_, open_wave):
    client, address = as_(cast.CLINICAL_LEAD), HERE.format("first") + "close/"
    assert "Everybody who may read it sees the results at once" in words(client, address)
    AnswerEvent.objects.all()._raw_delete("default")
    assert "Fewer than ten people have handed in" in words(client, address)


def test_before_anybody_has_said_what_became_of_it_the_page_says_so_and_then_everybody_reads_it(as_, closed_wave, lead):
    page = HERE.format("second")
    assert "nobody has said yet" in words(as_(cast.GP), "/organisations/PRACTICE1/listen/second/")
    client = as_(cast.CLINICAL_LEAD)
    assert f"{page}became/" in words(client, page)
    assert client.post(f"{page}became/", {"became": SAID})["Location"] == page
    said = words(as_(cast.GP), "/organisations/PRACTICE1/listen/second/")
    assert "sitagliptin the first choice" in said
    assert "&lt;b&gt;Nothing&lt;/b&gt;" in said
    assert "nobody has said yet" not in said
    row = TrailRow.objects.get(act="survey told of")
    assert (row.who, row.what, row.facts) == (lead.key, "wave second", {"letters": len(SAID)})
    answer = as_(cast.GP).get("/api/organisations/PRACTICE1/surveys/second").json()
    assert answer["what_became"] == SAID
    assert SAID.split(".")[0] in words(client, f"{page}became/"), "to be changed"


@pytest.mark.parametrize("became", ["", "   ", "x" * 1001])
def test_nothing_or_too_much_is_refused_and_nothing_kept(as_, closed_wave, became):
    answer = as_(cast.CLINICAL_LEAD).post(HERE.format("second") + "became/", {"became": became})
    assert answer.status_code == 422
    assert not SurveyWave.objects.get(key="second").what_became
    assert not TrailRow.objects.filter(act="survey told of").exists()


def test_of_an_open_survey_nothing_has_become_yet(as_, open_wave):
    client, address = as_(cast.CLINICAL_LEAD), HERE.format("first") + "became/"
    assert client.get(address).status_code == 302
    assert "still open" in client.post(address, {"became": SAID}, follow=True).content.decode()
    assert not SurveyWave.objects.get(key="first").what_became


@pytest.mark.parametrize("page", ["first/close/", "second/became/"])
def test_only_who_opened_it_does_either_unless_they_have_left(as_, open_wave, closed_wave, people, lead, page):
    other = people["pharmacist"].person
    SurveyWave.objects.update(opened_by=other)
    client, address = as_(cast.CLINICAL_LEAD), f"/organisations/ICB1/listen/{page}"
    for answer in (client.get(address), client.post(address, {"became": SAID})):
        assert answer.status_code == 403
        assert "Whoever opened this survey" in answer.content.decode()
    assert address not in words(client, HERE.format(page.partition("/")[0]))
    for who in (cast.GP, cast.PHARMACIST):  # a right to moderate there is needed besides
        assert as_(who).post(f"/organisations/PRACTICE1/listen/{page}", {"became": SAID}).status_code == 403
    assert SurveyWave.objects.get(key="first").is_open()
    Identity.objects.filter(person=other).delete()
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("page", ["first/close/", "second/became/"])
def test_neither_is_done_without_the_token_of_its_form(open_wave, closed_wave, people, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["clinical-lead"])
    assert client.post(f"/organisations/ICB1/listen/{page}", {"became": SAID}).status_code == 403
    assert SurveyWave.objects.get(key="first").is_open()
    assert not SurveyWave.objects.get(key="second").what_became


def test_a_survey_knows_who_opened_it(as_, lead):
    closes = (timezone.localdate() + timedelta(days=30)).isoformat()
    said = {"instrument": "barriers_and_ideas_diabetes", "title": "T", "asked_by": "The lead", "closes": closes}
    assert as_(cast.CLINICAL_LEAD).post("/organisations/ICB1/listen/waves/new/", said).status_code == 302
    assert SurveyWave.objects.get().opened_by == lead
    assert Organisation.objects.get(code="ICB1") == SurveyWave.objects.get().organisation
