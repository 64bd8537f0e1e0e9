"""Every kind of question as a page: shown with its words, checked at the door, kept, skipped, and shown in results."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import cast
from evenhand.listen import asked, instruments, load_instrument
from evenhand_web.listen.models import AnswerEvent, Invitation, SurveyWave
from evenhand_web.people.models import Organisation

BASE = "/organisations/PRACTICE1/listen/now"
GOOD = {"number": "2.5", "text": "Ask the pharmacist first."}
BAD = {"single": "nonsense", "multiple": ["nonsense"], "scale": "9", "number": "41", "text": "x" * 1001}


def wave_of(people, instrument, **more):
    now = timezone.now()
    found = SurveyWave.objects.create(
        key="now", title="What we think", instrument=instrument, organisation_id="ICB1", asked_by="Icb One",
        who_will_see="Nobody sees a single answer.", opens=now - timedelta(days=3), closes=now + timedelta(days=7),
        **more,
    )  # fmt: skip
    Invitation.objects.create(wave=found, person=people["gp"].person, organisation_id="PRACTICE1", profession="GP")
    return found


def answer_for(question, *, last=False):
    """A good answer, as a form sends it."""
    if question.type in GOOD:
        return GOOD[question.type]
    value = question.values()[-1 if last else 0]
    return [value] if question.type == "multiple" else value


@pytest.mark.parametrize("name", instruments())
@pytest.mark.parametrize("last", [False, True])
def test_every_survey_we_ship_can_be_answered_to_its_end(name, last, people, as_):
    wave_of(people, name)
    survey, client, said = load_instrument(name), as_(cast.GP), {}
    for _ in survey.questions:
        page = client.get(f"{BASE}/answer/")
        if page.status_code == 302:
            break
        question = page.context["question"]
        assert question == survey.next_question(said)  # skip logic, one question a screen
        text = page.content.decode()
        for words in (question.text, question.hint, question.low_label, question.high_label,
                      *question.options.values()):  # fmt: skip
            assert words.replace("'", "&#x27;") in text
        given = answer_for(question, last=last)
        assert client.post(f"{BASE}/answer/", {"answer": given}).status_code == 302
        said[question.id] = ";".join(given) if isinstance(given, list) else given
    assert client.get(f"{BASE}/answer/").url.endswith("/check/")
    assert client.post(f"{BASE}/check/").url.endswith("/thanks/")
    event = AnswerEvent.objects.last()
    assert (event.status, event.answers) == ("submitted", said)
    assert set(said) == {q.id for q in survey.questions if asked(q, said)}


@pytest.mark.parametrize("kind", BAD)
def test_an_answer_out_of_range_is_refused_and_says_what_would_be_right(kind, people, as_):
    wave_of(people, "barriers_and_ideas_diabetes")
    client, survey, said = as_(cast.GP), load_instrument("barriers_and_ideas_diabetes"), {}
    while (question := survey.next_question(said)).type != kind:
        given = answer_for(question)
        client.post(f"{BASE}/answer/", {"answer": given})
        said[question.id] = ";".join(given) if isinstance(given, list) else given
    before = AnswerEvent.objects.count()
    page = client.post(f"{BASE}/answer/", {"answer": BAD[kind]})
    assert page.status_code == 422
    assert b"nhsuk-error-summary" in page.content
    assert AnswerEvent.objects.count() == before


def test_three_choices_where_two_are_allowed_are_refused(people, as_):
    wave_of(people, "barriers_and_ideas_cancer")
    client = as_(cast.GP)
    client.post(f"{BASE}/answer/", {"answer": "daily"})
    three = list(load_instrument("barriers_and_ideas_cancer").question("change_first").options)[:3]
    page = client.post(f"{BASE}/answer/", {"answer": three})
    assert page.status_code == 422
    assert b"Choose at most 2" in page.content


def test_somebody_stops_comes_back_and_goes_back(people, as_):
    wave_of(people, "barriers_and_ideas_mental_health")
    as_(cast.GP).post(f"{BASE}/answer/", {"answer": "never"})
    page = as_(cast.GP).get(f"{BASE}/answer/")  # another day, another browser
    assert page.context["question"].id == "change_first"
    assert page.context["back"] == "meet_patients"
    again = as_(cast.GP).get(f"{BASE}/answer/?question=meet_patients")
    assert b'value="never"' in again.content
    assert b"checked" in again.content


def test_results_show_every_kind_with_its_number_of_answers_and_never_what_somebody_wrote(people, as_):
    now = timezone.now()
    wave = wave_of(people, "barriers_and_ideas_diabetes")
    place = Organisation.objects.get(code="PRACTICE1")
    for i in range(24):
        row = Invitation.objects.create(wave=wave, organisation=place, profession="GP", strata={"region": "A"})
        said = {"meet_patients": "daily", "change_first": "insulin;step_up", "have_a_say": str(1 + i % 5),
                "would_lead": "yes", "hours_a_month": "3", "idea": f"Secret thought {i}"}  # fmt: skip
        AnswerEvent.objects.create(wave=wave, respondent=row.respondent, status="submitted", answers=said,
                                   at=now - timedelta(days=1))  # fmt: skip
    SurveyWave.objects.update(closes=now - timedelta(minutes=1))
    page = as_(cast.GP).get(f"{BASE}/")
    names = {figure.name.removeprefix("now-") for shown in page.context["figures"] for figure in shown}
    assert {"meet_patients", "change_first", "have_a_say", "hours_a_month"} <= names
    text = page.content.decode()
    assert "Secret thought" not in text
    assert "n = 24" in text
    assert "On average 3.0 hours" in text
