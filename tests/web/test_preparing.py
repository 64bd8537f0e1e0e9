"""What pages keep is made before a reader asks, and made anew as soon as what it rests on is another."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.utils import timezone

import cast
from evenhand_web.listen import figures, moving, results
from evenhand_web.listen.models import AnswerEvent, Invitation
from evenhand_web.people.models import Person
from evenhand_web.site import keeping, written
from evenhand_web.site.models import Kept
from surveying import a_wave

PAGE = "/organisations/PRACTICE1/listen/second/"


@pytest.fixture
def waves(people):
    first = a_wave("first", heard=40, days=60)
    return first, a_wave("second", heard=80, days=1, previous=first)


def another_process() -> None:
    """Forget what this one keeps in mind; what stands in the database stays."""
    keeping.forget()
    results._gathered.cache_clear()
    figures._KEPT.clear()


def test_after_the_job_a_new_process_reads_no_answer_to_show_a_survey(waves, as_, monkeypatch, capsys):
    gp = as_(cast.GP)
    before = gp.get(PAGE).content
    Kept.objects.all().delete()
    another_process()
    call_command("prepare")
    call_command("prepare")
    assert capsys.readouterr().out.splitlines() == [
        "6 answers worked out and kept", "0 answers worked out and kept"]  # results, what moved, a picture for each
    another_process()
    for door in ("_gathered", "_results"):
        monkeypatch.setattr(results, door, lambda *_: pytest.fail("worked out again"))
    monkeypatch.setattr(moving, "_moved", lambda *_: pytest.fail("worked out again"))
    after = gp.get(PAGE).content
    assert _bare(after) == _bare(before)


def test_an_answer_more_changes_the_page(waves, as_):
    gp = as_(cast.GP)
    assert "100 of 140" in gp.get(PAGE).content.decode()
    late = waves[1].invitations.get(respondent="second-139")
    AnswerEvent.objects.create(wave=waves[1], respondent=late.respondent, status="submitted", at=waves[1].opens,
                               answers={"heard_of_qipp": "yes"})  # fmt: skip
    another_process()
    said = gp.get(PAGE).content.decode()
    assert "101 of 140" in said
    assert Kept.objects.filter(name="listen.results/second").count() == 1, "the old one is gone"


@pytest.mark.parametrize("change", ["frame", "end", "questions"])
def test_results_rest_on_the_frame_the_end_and_the_questions(waves, change, monkeypatch):
    wave = waves[0]
    before = results.state(wave)
    if change == "frame":
        Invitation.objects.create(wave=wave, organisation_id="PRACTICE1", profession="GP")
    elif change == "end":
        wave.closes = timezone.now()
    else:
        other = results.instrument(wave).model_copy(update={"title": "Another"})
        monkeypatch.setattr(results, "instrument", lambda _: other)
    assert results.state(wave) != before


def test_what_is_kept_holds_no_single_answer_and_no_respondent(waves):
    keeping.prepare()
    text = "".join(Kept.objects.values_list("document", flat=True))
    assert "heard_of_qipp" in text
    assert "first-1" not in text
    assert "little time in the surgery" not in text
    found = written.from_text(Kept.objects.get(name="listen.results/first").document)
    assert found == results.results(waves[0])


def test_the_job_cuts_the_links_of_surveys_that_have_closed(waves):
    gp = Person.objects.first()
    Invitation.objects.create(wave=waves[0], organisation_id="PRACTICE1", profession="GP", person=gp)
    keeping.prepare()
    assert not Invitation.objects.filter(wave=waves[0]).exclude(person=None).exists()


def _bare(page: bytes) -> bytes:
    """A page without what differs from visit to visit."""
    return re.sub(rb'csrfmiddlewaretoken" value="[^"]*"', b"", page)
