"""The report tells what is kept in the database, as its pages count it, and nothing of few people."""

from __future__ import annotations

from pathlib import Path

import pytest

import deciding
import surveying
from evenhand import flow
from evenhand.story import People, Place
from evenhand_web.account import said
from evenhand_web.change.models import EngagementEvent
from evenhand_web.decide import camps
from evenhand_web.listen import results
from evenhand_web.people.models import Organisation

pytestmark = pytest.mark.usefixtures("people")


def told(step):
    """A chapter of ICB1's report, with no file anywhere."""
    kept = said.kept(Organisation.objects.get(code="ICB1"))
    everybody = Place(None, "", "nation", None, None)
    return step(None, everybody, People(Path("nowhere"), Path("nowhere"), kept=kept))


def test_a_survey_is_told_as_its_page_tells_it():
    assert told(flow.hear).says == ("No survey of this place has closed with ten answers or more.",)
    wave = surveying.a_wave("spring", heard=40, days=3)
    shown = next(a for a in results.results(wave).answers if (a.question.id, a.answer) == ("heard_of_qipp", "yes"))
    chapter = told(flow.hear)
    assert chapter.numbers["heard_of_qipp=yes"]["estimate"] == shown.everybody.estimates[0].estimate
    assert chapter.says[0].startswith("100 of 140 clinicians answered")


def test_a_round_is_told_as_its_page_counts_it_once_ten_have_voted():
    round_ = deciding.a_round("Sitagliptin should be the first gliptin.", "Nothing should change.")
    one, two = round_.statements.all()
    some = deciding.voters("GP", 12)
    deciding.votes(one, some[:9], 9)
    assert not told(flow.decide).told
    deciding.votes(one, some[9:], 3)
    deciding.votes(two, some[:9], 9)
    chapter, counted = told(flow.decide), camps.judged(round_)
    assert (counted.participants, counted.votes) == (12, 21)
    assert (chapter.numbers["participants"], chapter.numbers["votes"]) == (12, 21)
    assert [row[0] for row in chapter.figures[0].rows] == [one.text]  # nine people are too few to be told of


def test_a_scheme_is_told_with_the_names_that_it_waits_for(people):
    deciding.a_scheme(people["pharmacist"].person)
    chapter = told(flow.decide)
    assert "0 local plans are signed" in chapter.says[0]
    assert "Sitagliptin first, version 1 (clinical lead, ICB1)" in chapter.next_step
    assert told(flow.change).says == ("Sitagliptin first: nobody has been allocated yet.",)


def test_what_fewer_than_ten_people_did_is_not_told(people):
    deciding.a_scheme(people["pharmacist"].person)
    readers = deciding.voters("GP", 10)
    seen = [EngagementEvent(person=who, content="diabetes_dpp4", stage="reached") for who in readers]
    EngagementEvent.objects.bulk_create(seen[:9])
    assert len(told(flow.change).says) == 1
    EngagementEvent.objects.bulk_create(seen[9:])
    assert told(flow.change).says[1].startswith("Of 10 people reached, 0 looked")
