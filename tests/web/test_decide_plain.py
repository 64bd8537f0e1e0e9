"""A scheme drafted question by question is the same version, through the same door, as one written as text."""

from __future__ import annotations

import pytest

import cast
import deciding
from evenhand.definition import loads
from evenhand.measures.guardrails import in_weeks
from evenhand.records import Scheme
from evenhand_web.decide import checking, plain
from evenhand_web.decide.models import Plan, SchemeVersion

DRAFT = "/organisations/ICB1/decide/rounds/diabetes/statements/s01/draft/plain/"
AMEND = "/organisations/ICB1/decide/schemes/sitagliptin_first/amend/plain/"
ANSWERS = {name: answer for name, answer in plain.answers(plain.content(deciding.SCHEME)).items() if answer} | {
    "cluster": "unit", "investment_pounds": "0",
}  # fmt: skip


@pytest.fixture
def round_(people):
    return deciding.a_round("Sitagliptin should be the first gliptin.")


def test_answers_become_the_scheme_that_the_text_says(as_, round_):
    client = as_(cast.PHARMACIST)
    answer = client.post(DRAFT, {**ANSWERS, "signers": ["ICB1"], "planned_saving_pounds": "£6,000"})
    assert answer.status_code == 302, answer.context["form"].errors
    made = Plan.objects.get()
    said, text = (loads(yaml, Scheme) for yaml in (made.latest().yaml, deciding.SCHEME))
    same = {"id": text.id, "allocation": text.allocation}
    assert said.model_copy(update=same) == text
    assert made.organisation_id == "ICB1"


def test_nothing_that_was_typed_is_lost_when_something_is_missing_and_each_gap_stands_at_its_question(as_, round_):
    typed = {**ANSWERS, "signers": ["ICB1"], "aim": "", "start": "April", "margin": "a little", "controls": "NOWHERE"}
    answer = as_(cast.PHARMACIST).post(DRAFT, typed)
    form = answer.context["form"]
    assert (answer.status_code, SchemeVersion.objects.count()) == (422, 0)
    assert set(form.errors) >= {"aim", "start", "margin", "controls"}
    assert form.errors["aim"] == ["Fill in: The aim."]
    assert {name: form[name].value() for name in ANSWERS} == {name: typed[name] for name in ANSWERS}


def test_a_new_version_keeps_what_the_form_does_not_ask_for(as_, people):
    plan = deciding.a_scheme(people["pharmacist"].person, yaml=deciding.SCHEME + deciding.MORE)
    client = as_(cast.PHARMACIST)
    page = client.get(AMEND)
    assert "driver diagram, quality impact" in page.content.decode()
    same = {**ANSWERS, "number": "1", "note": "Waits may fall less."}
    assert client.post(AMEND, same).status_code == 422  # nothing is different
    assert client.post(AMEND, {**same, "margin": "0.005"}).status_code == 302
    before, now = (loads(plan.versions.get(number=n).yaml, Scheme) for n in (1, 2))
    assert now.guardrails[0].margin == 0.005
    assert (now.driver_diagram, now.quality_impact) == (before.driver_diagram, before.quality_impact)
    assert client.post(AMEND, {**same, "margin": "0.002"}).status_code == 422  # written over a version of before


@pytest.mark.parametrize("wait", ["wait_median_weeks", "wait_92nd_percentile_weeks"])
def test_a_wait_in_weeks_is_offered_as_what_must_not_get_worse_and_never_as_what_judges(as_, round_, wait):
    client = as_(cast.PHARMACIST)
    form = client.get(DRAFT).context["form"]
    assert wait in dict(form.fields["guardrail"].choices)
    assert wait not in dict(form.fields["measure"].choices)
    weeks = {**ANSWERS, "signers": ["ICB1"], "guardrail": wait, "margin": "1", "harm": "up"}
    answer = client.post(DRAFT, weeks)
    assert answer.status_code == 302, answer.context["form"].errors
    said = loads(Plan.objects.get().latest().yaml, Scheme).guardrails[0]
    assert (said.measure, said.margin, said.harm) == (wait, 1.0, "up")
    page = client.get(answer.url).content.decode()
    assert in_weeks()[wait].title in page
    assert "It must not rise by more than 1 week where the scheme runs" in page


def test_a_wait_in_weeks_judges_no_scheme_and_a_wrong_name_is_told_the_nearest(as_, round_):
    client = as_(cast.PHARMACIST)
    text = deciding.SCHEME.replace("wait_within_18_weeks", "wait_median_week")
    assert "no measure 'wait_median_week'; did you mean 'wait_median_weeks'?" in " ".join(checking.faults(text))
    answer = client.post(DRAFT, {**ANSWERS, "signers": ["ICB1"], "measure": "wait_median_weeks"})
    assert answer.status_code == 422
    assert "measure" in answer.context["form"].errors


@pytest.mark.parametrize("text", ["- x", "#", "'", "a: b", "yes", "0304", "{x", "é “quoted”", "no\n- yes"])
def test_any_words_come_back_from_the_yaml_as_they_were_typed(text):
    assert plain.content(plain.written({"aim": text}, {}))["aim"] == text


def test_a_new_scheme_gets_a_short_name_of_its_own(people):
    deciding.a_scheme(people["pharmacist"].person)
    assert plain.free_key("Sitagliptin first!") == "sitagliptin_first_2"
    assert plain.free_key("3 in 10: the rest") == "scheme_3_in_10_the_rest"
