"""A real place can put a question to its clinicians: a round begins on a page, and not in the demonstration alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

import cast
from evenhand_web.decide.models import Round
from evenhand_web.people.models import TrailRow

NEW = "/organisations/ICB1/decide/rounds/new/"


def asked(**other: str) -> dict[str, str]:
    closes = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"title": "New", "question": "What first?", "pathway": "diabetes", "closes": closes,
            "statements": "Begin with sitagliptin.\n\n  Show us our  own figures. "} | other  # fmt: skip


def test_a_clinical_lead_opens_a_round_that_those_who_work_there_vote_in(as_, people):
    answer = as_(cast.CLINICAL_LEAD).post(NEW, asked())
    made = Round.objects.get()
    assert answer["Location"] == f"/organisations/ICB1/decide/rounds/{made.key}/"
    assert made.key != "new"
    assert made.is_open()
    assert [s.text for s in made.statements.all()] == ["Begin with sitagliptin.", "Show us our own figures."]
    assert "What first?" in as_(cast.GP).get("/organisations/PRACTICE1/decide/").content.decode()
    assert as_(cast.GP).get(f"/organisations/PRACTICE1/decide/rounds/{made.key}/vote/").status_code == 200
    assert TrailRow.objects.filter(act="round opened", who=people["clinical-lead"].person.key).exists()


@pytest.mark.parametrize("wrong", [
    {"title": ""}, {"closes": "2020-01-01"}, {"closes": "in a month"}, {"statements": " \n"}, {"statements": "x" * 141},
    {"statements": "Twice\ntwice"}, {"statements": "\n".join(map(str, range(41)))}, {"pathway": "no_such"},
])  # fmt: skip
def test_what_is_wrong_is_said_what_was_typed_stays_and_nothing_is_opened(as_, people, wrong):
    answer = as_(cast.CLINICAL_LEAD).post(NEW, asked(**wrong))
    assert (answer.status_code, Round.objects.count()) == (422, 0)
    assert set(answer.context["form"].errors) == set(wrong)
    assert answer.context["form"]["question"].value() == "What first?"


@pytest.mark.parametrize("who", [cast.GP, cast.PHARMACIST, cast.OUTSIDER])
def test_who_does_not_moderate_opens_nothing(as_, people, who):
    assert as_(who).post(NEW, asked()).status_code == 403
    assert not Round.objects.exists()
