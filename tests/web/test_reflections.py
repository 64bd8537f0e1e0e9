"""Reflections: nobody but their owner reads, changes, exports or deletes one; erasing a person deletes them all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import cast
from evenhand_web.change import reflecting
from evenhand_web.change.models import Commitment, CommitmentReport, Reflection
from evenhand_web.people import private

URL = "/organisations/PRACTICE1/change/reflections/"
WORDS = {"title": "Fewer gliptins", "what": "I looked.", "so_what": "It was habit.", "now_what": "I ask first.",
         "kind": "qia", "hours": "1.5", "nobody": "on"}  # fmt: skip
SECRET = "It was habit."


@pytest.fixture
def mine(people) -> Reflection:
    return Reflection.objects.create(
        person=people["gp"].person, organisation_id="PRACTICE1", title="Fewer gliptins", so_what=SECRET
    )


def ways_in(one: Reflection) -> list[str]:
    return [f"{URL}{one.pk}/", f"{URL}{one.pk}/edit/", f"{URL}{one.pk}/delete/",
            *(f"{URL}{one.pk}/export.{kind}" for kind in ("md", "txt", "pdf"))]  # fmt: skip


def test_its_owner_writes_changes_and_deletes_it(people, as_):
    client = as_(cast.GP)
    client.post(f"{URL}new/", WORDS)
    kept = Reflection.objects.get()
    assert (kept.so_what, kept.hours, kept.kind) == (SECRET, 1.5, "qia")
    client.post(f"{URL}{kept.pk}/edit/", WORDS | {"now_what": "I ask twice."})
    kept.refresh_from_db()
    assert kept.now_what == "I ask twice."
    assert client.get(f"{URL}{kept.pk}/delete/").status_code == 200
    assert Reflection.objects.exists()  # asked once more
    client.post(f"{URL}{kept.pk}/delete/")
    assert not Reflection.objects.exists()


@pytest.mark.parametrize("who", [c for c in cast.CAST if c is not cast.GP], ids=lambda c: c.username)
def test_for_everybody_else_it_is_not_there(mine, as_, who):
    client = as_(who)
    for url in ways_in(mine):
        assert client.get(url).status_code in (403, 404), url
    for url in (f"{URL}{mine.pk}/edit/", f"{URL}{mine.pk}/delete/", f"{URL}{mine.pk}/attach/"):
        assert client.post(url, WORDS).status_code in (403, 404), url
    for url in (URL, f"{URL}all.md"):
        assert SECRET.encode() not in client.get(url).content
    mine.refresh_from_db()
    assert mine.so_what == SECRET


def test_who_is_not_signed_in_is_asked_to(mine, client):
    assert {client.get(url).status_code for url in ways_in(mine)} == {302}


def test_nothing_of_it_is_cached(mine, as_):
    client = as_(cast.GP)
    assert all("no-store" in client.get(url)["Cache-Control"] for url in [URL, f"{URL}new/", *ways_in(mine)])


@pytest.mark.parametrize(("kind", "begins"), [("md", b"# Fewer"), ("txt", b"FEWER"), ("pdf", b"%PDF")])
def test_its_owner_exports_one_or_all(mine, as_, kind, begins):
    client = as_(cast.GP)
    for url in (f"{URL}{mine.pk}/export.{kind}", f"{URL}all.{kind}"):
        answer = client.get(url)
        assert answer.content.startswith(begins)
        assert "attachment" in answer["Content-Disposition"]
    assert client.get(f"{URL}{mine.pk}/export.docx").status_code == 404


@pytest.mark.parametrize("given", [
    {"what": "Mr A, 943 476 5919"}, {"now_what": "born 03/04/1950"}, {"nobody": ""}, {"title": ""}, {"kind": "other"},
    {"hours": "-1"},
])  # fmt: skip
def test_what_may_identify_a_patient_or_is_not_whole_is_refused(people, as_, given):
    assert as_(cast.GP).post(f"{URL}new/", WORDS | given).status_code == 422
    assert not Reflection.objects.exists()


def test_a_promise_begins_one_and_only_ones_own(people, as_):
    own, other = (
        Commitment.objects.create(person=people[who].person, organisation_id="PRACTICE1", measure="m", what="Ask first",
                                  by=timezone.localdate() + timedelta(days=9))
        for who in ("gp", "clinical-lead")
    )  # fmt: skip
    client = as_(cast.GP)
    form = client.get(f"{URL}new/", {"promise": own.pk}).context["form"]
    assert "I promised: Ask first" in form.initial["what"]
    assert [client.get(f"{URL}new/", {"promise": p}).status_code for p in (other.pk, "x", "9" * 30)] == [404] * 3
    client.post(f"{URL}new/?promise={own.pk}", WORDS)
    assert Reflection.objects.get().commitment == own


def test_a_module_begins_one(people, as_):
    client = as_(cast.GP)
    form = client.get(f"{URL}new/", {"module": "diabetes_dpp4_choice"}).context["form"]
    assert (form.initial["kind"], form.initial["hours"] > 0) == ("cpd", True)
    assert client.get(f"{URL}new/", {"module": "nothing"}).status_code == 404


def test_without_a_result_none_is_attached(mine, as_):
    mine.measure = "diabetes_dpp4_cost"
    mine.save()
    told = as_(cast.GP).post(f"{URL}{mine.pk}/attach/", follow=True)
    assert b"no result yet" in told.content


def test_erasing_a_person_deletes_reflections_and_blanks_notes(mine, people):
    gp = people["gp"].person
    promise = Commitment.objects.create(person=gp, organisation_id="PRACTICE1", measure="m", what="Ask",
                                        by=timezone.localdate())  # fmt: skip
    CommitmentReport.objects.create(commitment=promise, said="done", note="Mrs B was glad")
    private.erase(people["gp"])
    assert not Reflection.objects.exists()
    assert [(r.said, r.note) for r in CommitmentReport.objects.all()] == [("done", "")]


def test_forgetting_one_person_leaves_the_others(mine, people):
    assert reflecting.forget(people["clinical-lead"].person) == 0
    assert Reflection.objects.count() == 1
