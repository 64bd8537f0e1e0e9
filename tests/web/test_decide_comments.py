"""Beside a scheme: questions that are answered, its driver diagram and quality impact, and what comes first."""

from __future__ import annotations

import pytest

import cast
import deciding
from evenhand_web.decide.models import PriorityChoice, SchemeComment
from evenhand_web.people.models import Organisation

SCHEME = "/organisations/ICB1/decide/schemes/sitagliptin_first/"
FIRST = "/organisations/PRACTICE1/decide/priorities/"


@pytest.fixture
def plan(people):
    return deciding.a_scheme(people["pharmacist"].person)


def words(client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_question_waits_until_a_lead_answers_it(as_, plan):
    gp, lead = as_(cast.GP), as_(cast.CLINICAL_LEAD)
    assert gp.post(f"{SCHEME}comments/", {"kind": "question", "text": "What of kidneys?"}).status_code == 302
    assert "waits for an answer" in words(gp, SCHEME)
    pk = SchemeComment.objects.get().pk
    assert gp.post(f"{SCHEME}comments/", {"replies_to": pk, "text": "Mine."}).status_code == 403
    assert lead.post(f"{SCHEME}comments/", {"replies_to": pk, "text": "Linagliptin stays."}).status_code == 302
    said = words(gp, SCHEME)
    assert "Linagliptin stays." in said
    assert "waits for an answer" not in said
    assert "a GP" in said


@pytest.mark.parametrize("form", [{"kind": "question", "text": ""}, {"kind": "answer", "text": "x"},
                                  {"kind": "comment", "text": "x" * 601}])  # fmt: skip
def test_what_is_no_comment_is_not_kept(as_, plan, form):
    assert as_(cast.GP).post(f"{SCHEME}comments/", form).status_code == 422
    assert not SchemeComment.objects.exists()


def test_an_answer_to_nothing_is_not_kept(as_, plan):
    as_(cast.CLINICAL_LEAD).post(f"{SCHEME}comments/", {"replies_to": "999", "text": "x"})
    assert not SchemeComment.objects.exists()


def test_an_outsider_says_nothing(as_, plan):
    assert as_(cast.OUTSIDER).post(f"{SCHEME}comments/", {"kind": "comment", "text": "x"}).status_code == 403


def test_a_scheme_shows_its_drivers_and_its_quality_impact_or_says_that_they_are_missing(as_, people):
    deciding.a_scheme(people["pharmacist"].person, yaml=deciding.SCHEME + deciding.MORE)
    said = words(as_(cast.GP), SCHEME)
    for text in ("A note in the template", "Process", "notes read", "Balancing", "12 before", "rated <strong>moderate"):
        assert text in said


def test_a_scheme_without_them_says_so(as_, plan):
    said = words(as_(cast.GP), SCHEME)
    assert "has no driver diagram" in said
    assert "has no quality impact assessment" in said


def test_clinicians_put_three_in_order_and_the_last_order_counts(as_, people):
    client = as_(cast.GP)
    one = {"place_1": "diabetes_dpp4_cost", "place_2": "saba_per_patient", "place_3": "saba_per_patient"}
    options = [value for value, _ in client.get(FIRST).context["form"].fields["place_1"].choices if value][:3]
    good = dict(zip(one, options, strict=True))
    assert client.post(FIRST, good | {"place_3": options[0]}).status_code == 422
    assert client.post(FIRST, good).status_code == 302
    assert as_(cast.PRACTICE_MANAGER).post(FIRST, good).status_code == 403
    assert PriorityChoice.objects.get().ranking == options
    assert "Too few have chosen to say" in words(client, FIRST)


def test_the_order_is_shown_with_its_interval_once_ten_have_chosen(as_, people):
    here = Organisation.objects.get(code="PRACTICE2")
    names = ["diabetes_dpp4_cost", "b", "c"]
    for i, person in enumerate(deciding.voters("GP", 30)):
        ranking = names if i % 4 else [names[1], names[0], names[2]]
        PriorityChoice.objects.create(organisation=here, person=person, ranking=ranking)
    said = words(as_(cast.PHARMACIST), "/organisations/ICB1/decide/priorities/")
    assert "30 clinicians chose" in said
    assert "comes first" in said
    assert "before “c”" in said
