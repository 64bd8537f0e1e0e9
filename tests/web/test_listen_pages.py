"""LISTEN's pages: who is asked, what is kept, what is shown and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import cast
from evenhand_web.listen.models import AnswerEvent, Invitation, SurveyWave
from evenhand_web.people.models import Organisation

ANSWER = "/organisations/PRACTICE1/listen/now/answer/"


@pytest.fixture
def wave(people):
    """An open survey of Icb One: the GP is asked, the practice manager is not."""
    now = timezone.now()
    found = SurveyWave.objects.create(
        key="now", title="What we think", instrument="qipp_awareness_2010", organisation_id="ICB1", asked_by="Icb One",
        who_will_see="Nobody sees a single answer.", opens=now, closes=now + timedelta(days=7),
    )  # fmt: skip
    Invitation.objects.create(wave=found, person=people["gp"].person, organisation_id="PRACTICE1", profession="GP")
    return found


def closed(count: int, *, rare: int = 3) -> SurveyWave:
    """A closed survey: `count` GPs of 40 and `rare` nurses of 20 answered, half of them had heard."""
    now = timezone.now()
    wave = SurveyWave.objects.create(
        key="past", title="What we thought", instrument="qipp_awareness_2010", organisation_id="ICB1",
        asked_by="Icb One", who_will_see="-", opens=now - timedelta(days=30), closes=now - timedelta(days=1),
    )  # fmt: skip
    place = Organisation.objects.get(code="PRACTICE1")
    for profession, asked, answered in (("GP", 40, count), ("Nurse", 20, rare)):
        for i in range(asked):
            row = Invitation.objects.create(
                wave=wave, organisation=place, profession=profession, strata={"region": "A"}
            )
            if i < answered:
                said = {"heard_of_qipp": "yes" if i % 2 else "no", "care_and_money": "4"}
                AnswerEvent.objects.create(wave=wave, respondent=row.respondent, status="submitted", answers=said,
                                           at=now - timedelta(days=2))  # fmt: skip
    return wave


def test_somebody_asked_answers_one_question_at_a_time_and_hands_in(wave, as_):
    client = as_(cast.GP)
    given = {"heard_of_qipp": "no", "care_and_money": "4", "pathway_priority": ["diabetes", "cancer"],
             "asked_to_decide": "no", "hours_a_month": "2", "barrier": "time", "first_change": ""}  # fmt: skip
    for _ in range(len(given)):
        question = client.get(ANSWER).context["question"].id
        assert client.post(ANSWER, {"answer": given.pop(question)}).status_code == 302
    assert not given  # whoever has not heard is not asked where from
    assert client.get(ANSWER).url.endswith("/check/")
    client.post("/organisations/PRACTICE1/listen/now/check/")
    last = AnswerEvent.objects.last()
    assert (last.status, last.answers["first_change"]) == ("submitted", "")
    assert last.answers["pathway_priority"] == "diabetes;cancer"


def test_what_was_answered_is_kept_when_somebody_stops_and_comes_back(wave, as_):
    as_(cast.GP).post(ANSWER, {"answer": "yes"})
    assert as_(cast.GP).get(ANSWER).context["question"].id == "heard_from"


def test_changing_an_answer_drops_the_answers_it_led_to(wave, as_):
    client = as_(cast.GP)
    client.post(ANSWER, {"answer": "yes"})
    client.post(ANSWER, {"answer": ["journal"]})
    client.post(f"{ANSWER}?question=heard_of_qipp", {"answer": "no"})
    assert AnswerEvent.objects.last().answers == {"heard_of_qipp": "no"}


def test_an_answer_that_is_none_of_the_choices_is_refused_and_nothing_is_kept(wave, as_):
    response = as_(cast.GP).post(ANSWER, {"answer": "maybe"})
    assert response.status_code == 422
    assert not AnswerEvent.objects.exists()


def test_an_answer_carries_a_random_key_and_no_person(wave, as_, people):
    as_(cast.GP).post(ANSWER, {"answer": "yes"})
    event = AnswerEvent.objects.get()
    assert event.respondent != people["gp"].person.key
    assert not any(field.is_relation and field.name != "wave" for field in AnswerEvent._meta.get_fields())


NOT_ASKED = [(cast.PRACTICE_MANAGER, 404), (cast.OUTSIDER, 403), (cast.BOARD_MEMBER, 403)]


@pytest.mark.parametrize(("who", "status"), NOT_ASKED)
def test_nobody_answers_who_was_not_asked(wave, as_, who, status):
    assert as_(who).get(ANSWER).status_code == status


def test_a_closed_survey_takes_no_answer(wave, as_):
    SurveyWave.objects.update(closes=timezone.now() - timedelta(minutes=1))
    assert as_(cast.GP).post(ANSWER, {"answer": "yes"}).status_code == 404


def test_results_wait_until_the_survey_has_closed(wave, as_):
    page = as_(cast.GP).get("/organisations/PRACTICE1/listen/now/")
    assert b"Results are shown when it has closed" in page.content


def test_results_show_everybody_and_hide_a_group_under_ten(people, as_):
    closed(20)
    page = as_(cast.GP).get("/organisations/PRACTICE1/listen/past/")
    heard = next(f for part in page.context["figures"] for f in part if f.name == "past-heard_of_qipp")
    rows = {(row[0], row[1]): row for row in heard.rows}
    assert rows["Yes", "Nurse"][2] == "fewer than 10"
    assert rows["Yes", "everybody"][2] == 23
    assert 0 < rows["Yes", "everybody"][4] < rows["Yes", "everybody"][3] < rows["Yes", "everybody"][5] < 1


def test_a_survey_that_fewer_than_ten_answered_shows_nothing(people, as_):
    closed(5)
    page = as_(cast.GP).get("/organisations/PRACTICE1/listen/past/")
    assert b"Too few answered" in page.content
    assert page.context["figures"] == []


def test_a_figure_downloads_with_its_full_precision(people, as_):
    closed(20, rare=15)
    answer = as_(cast.GP).get("/organisations/PRACTICE1/listen/past/?download=past-heard_of_qipp.json")
    first = answer.json()[0]
    assert first["answer"] == "Yes"
    assert len(str(first["estimate"])) > 10


def test_an_outsider_sees_neither_list_nor_results(people, as_):
    closed(20)
    client = as_(cast.OUTSIDER)
    assert {client.get(f"/organisations/PRACTICE1/listen/{end}").status_code for end in ("", "past/")} == {403}
