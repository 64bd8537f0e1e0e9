"""The decision register: who records, who asks and who answers; what stands, and what it says of clinicians."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import cast
import deciding
from evenhand_web.decide import recording, register
from evenhand_web.decide.models import Blocker, BlockerAnswer, DecisionTaken, KeyDecision
from evenhand_web.people.leads import lead_of
from evenhand_web.people.models import Organisation, Post

HERE = "/organisations/ICB1/decide/register/"
PRACTICE = "/organisations/PRACTICE1/decide/register/"
FORM = {
    "question": "Which gliptin comes first?", "options": "sitagliptin\nleave as is", "by": "2030-01-31",
    "pounds": "300000", "patients": "1200", "pathway": "diabetes", "took_part": "",
}  # fmt: skip


@pytest.fixture
def decision(people):
    return _decision(people)


def _decision(people, *, pounds=300_000, took_part=(), question="Which gliptin comes first?"):
    return recording.record(
        Organisation.objects.get(code="ICB1"), people["clinical-lead"].person, list(took_part), question=question,
        options=["sitagliptin", "leave as is"], by=timezone.localdate() + timedelta(days=30), pounds=pounds,
        patients=1200,
    )  # fmt: skip


@pytest.fixture
def statement(people):
    made = deciding.a_round("Sitagliptin should be the first gliptin.", "Nobody has seen this.")
    said = made.statements.get(key="s01")
    deciding.votes(said, deciding.voters("GP", 30), 27, 2)
    deciding.votes(said, deciding.voters("Nurse", 4), 4)
    return said


def test_the_first_screen_says_the_share_of_decisions_and_of_pounds(people, as_):
    _decision(people, pounds=300_000, took_part=[("GP", 12, 40), ("Manager", 3, 3)])
    _decision(people, pounds=100_000, took_part=[("Manager", 3, 3)], question="Shall we merge?")
    page = as_(cast.BOARD_MEMBER).get(HERE).content.decode()
    assert "1 of 2 key decisions" in page
    assert "75% of the £400,000" in page
    assert "No clinician has taken part." in page


def test_a_practice_reads_the_register_of_the_nearest_place_above(people, as_, decision):
    page = as_(cast.GP).get(PRACTICE).content.decode()
    assert "0 of 1 key decision</strong> of Icb One" in page
    assert "Practice One has none of its own" in page


@pytest.mark.parametrize(
    ("who", "status"), [(cast.CLINICAL_LEAD, 302), (cast.BOARD_MEMBER, 302), (cast.GP, 403), (cast.OUTSIDER, 403)]
)
def test_only_those_who_lead_record_a_decision(as_, who, status):
    assert as_(who).post(f"{HERE}record/", FORM).status_code == status
    assert KeyDecision.objects.count() == (status == 302)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [("options", "one", "two options"), ("by", "soon", "31/12/2026"), ("pounds", "-1", "greater than or equal"),
     ("took_part", "GP 12", "GP 12 of 40"), ("took_part", "GP 5 of 4", "GP 12 of 40"),
     ("signal", "2099-01-01", "still to come")],
)  # fmt: skip
def test_a_decision_that_cannot_be_read_is_refused(as_, field, value, words):
    answer = as_(cast.CLINICAL_LEAD).post(f"{HERE}record/", FORM | {field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not KeyDecision.objects.exists()


def test_the_votes_advise_and_whoever_voted_took_part(as_, decision, statement):
    client = as_(cast.CLINICAL_LEAD)
    form = {"part": "advice", "advice-option": "sitagliptin", "advice-statement": statement.pk}
    assert client.post(f"{HERE}decisions/{decision.pk}/", form).status_code == 302
    kept = register.one(KeyDecision.objects.get())
    assert (kept.advice.agree, kept.advice.seen) == (31, 34)
    took_part = {p.profession: (p.people, p.out_of, p.clinician) for p in kept.told.took_part}
    assert took_part["GP"] == (30, 32, True)
    assert took_part["Other clinicians"] == (4, 5, True)  # four nurses and a pharmacist: too few to be told apart
    assert took_part["Others"] == (0, 3, False)


def test_a_statement_that_few_have_seen_advises_nothing(as_, decision, statement):
    few = statement.round.statements.get(key="s02")
    form = {"part": "advice", "advice-option": "sitagliptin", "advice-statement": few.pk}
    answer = as_(cast.CLINICAL_LEAD).post(f"{HERE}decisions/{decision.pk}/", form)
    assert answer.status_code == 422
    assert not decision.advice.exists()


def test_a_decision_against_the_advice_needs_its_reason_and_then_stands(as_, people, decision, statement):
    recording.advise(decision, statement, "sitagliptin", people["clinical-lead"].person)
    client, url = as_(cast.BOARD_MEMBER), f"{HERE}decisions/{decision.pk}/"
    form = {"part": "taken", "taken-option": "leave as is", "taken-by": "the board", "taken-on": "2026-01-05",
            "taken-reason": ""}  # fmt: skip
    refused = client.post(url, form)
    assert refused.status_code == 422
    assert "say why it was decided otherwise" in refused.content.decode()
    assert client.post(url, form | {"taken-reason": "The price falls in July."}).status_code == 302
    page = client.get(HERE).content.decode()
    assert "not what was advised" in page
    assert "The price falls in July." in page
    assert client.post(url, form | {"taken-option": "sitagliptin"}).status_code == 422
    assert DecisionTaken.objects.count() == 1


def test_who_leads_elsewhere_records_nothing_here(as_, people, decision):
    other = KeyDecision.objects.create(
        organisation_id="REGION", person=people["gp"].person, question="Q", options=["a", "b"], pounds=1, patients=1,
        by="2030-01-01",
    )  # fmt: skip
    url = f"{HERE}decisions/{other.pk}/"
    assert as_(cast.CLINICAL_LEAD).get(url).status_code == 200
    assert as_(cast.CLINICAL_LEAD).post(url, {"part": "taken"}).status_code == 403


def test_a_question_upward_gets_one_dated_answer(as_):
    due = timezone.localdate() + timedelta(days=10)
    ask = {"question": "We may not see the lists.", "raised_to": "ICB1", "due": f"{due}"}
    assert as_(cast.GP).post(f"{PRACTICE}ask/", ask).status_code == 302
    made = Blocker.objects.get()
    assert as_(cast.GP).post(f"{PRACTICE}asked/{made.pk}/", {"text": "Yes."}).status_code == 403
    assert as_(cast.BOARD_MEMBER).post(f"{HERE}asked/{made.pk}/", {"text": ""}).status_code == 422
    assert as_(cast.BOARD_MEMBER).post(f"{HERE}asked/{made.pk}/", {"text": "From March."}).status_code == 302
    assert as_(cast.BOARD_MEMBER).post(f"{HERE}asked/{made.pk}/", {"text": "No."}).status_code in (302, 422)
    assert BlockerAnswer.objects.get().text == "From March."
    page = as_(cast.GP).get(f"{PRACTICE}asked/{made.pk}/").content.decode()
    assert "From March." in page
    assert "after 0 days" in page


@pytest.mark.parametrize("change", [{"raised_to": "ICB2"}, {"raised_to": "PRACTICE1"}, {"due": "2020-01-01"}])
def test_only_those_above_are_asked_and_not_for_yesterday(as_, change):
    due = timezone.localdate() + timedelta(days=10)
    ask = {"question": "We may not see the lists.", "raised_to": "ICB1", "due": f"{due}"} | change
    assert as_(cast.GP).post(f"{PRACTICE}ask/", ask).status_code == 422
    assert not Blocker.objects.exists()


def test_what_is_overdue_is_listed_for_those_who_were_asked(people, as_):
    day = timezone.localdate()
    Blocker.objects.create(
        organisation_id="PRACTICE1", raised_to_id="ICB1", question="We may not see the lists.",
        raised=day - timedelta(days=40), due=day - timedelta(days=3), person=people["gp"].person,
    )  # fmt: skip
    found = register.overdue(Organisation.objects.get(code="ICB1"))
    assert [raised.told.late for raised in found] == [3]
    assert not register.overdue(Organisation.objects.get(code="ICB2"))
    assert "overdue by 3 days" in as_(cast.BOARD_MEMBER).get(HERE).content.decode()


def test_leads_are_named_and_vacancies_shown(people, as_):
    administrator = people["board-member"].person
    Post.objects.create(person=administrator, organisation_id="ICB1", role="administrator")
    lead = people["clinical-lead"]
    icb = Organisation.objects.get(code="ICB1")
    assert as_(cast.CLINICAL_LEAD).post(f"{HERE}leads/", {"pathway": "diabetes", "lead": lead.pk}).status_code == 403
    assert as_(cast.BOARD_MEMBER).post(f"{HERE}leads/", {"pathway": "diabetes", "lead": lead.pk}).status_code == 302
    assert lead_of(icb, "diabetes").name == "Demo clinical lead"
    page = as_(cast.GP).get(HERE)
    assert page.status_code == 200
    assert "Demo clinical lead" in page.content.decode()
    assert "vacant" in page.content.decode()
    lead.delete()  # erased: nobody could be asked any more
    assert lead_of(icb, "diabetes").person is None


def test_the_register_asks_no_more_questions_of_the_database_for_more_rows(people, as_, django_assert_max_num_queries):
    client = as_(cast.BOARD_MEMBER)
    counts = []
    for _ in range(2):
        for number in range(4):
            made = _decision(people, took_part=[("GP", 1, 4)], question=f"Question {number}?")
            recording.take(made, "sitagliptin", "the board", timezone.localdate(), "", people["gp"].person)
        with django_assert_max_num_queries(60) as asked:
            client.get(HERE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
