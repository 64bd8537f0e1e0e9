"""Cycles on pages: no cycle without a prediction, no study before the end, no second result."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

import cast
from evenhand.errors import InputError
from evenhand_web.change import cycling
from evenhand_web.change.models import Cycle, CycleResult
from evenhand_web.people.models import Person
from evenhand_web.site.models import AppendOnlyError

MEASURE = "diabetes_dpp4_cost"
URL = "/organisations/PRACTICE1/change/cycles/"
WORDS = {"happened": "Fewer", "decision": "adopt", "why": "It works here"}


def planned(person: Person, *, starts: date, ends: date, **given) -> Cycle:
    """A cycle that was planned the day before it began."""
    at = timezone.make_aware(timezone.datetime(starts.year, starts.month, starts.day)) - timedelta(days=1)
    return Cycle.objects.create(**{
        "organisation_id": "PRACTICE1", "measure": MEASURE, "idea": "Ask at the review", "prediction": "Fewer",
        "starts": starts, "ends": ends, "person": person, "at": at,
    } | given)  # fmt: skip


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def ended(people, today) -> Cycle:
    return planned(people["gp"].person, starts=today - timedelta(days=60), ends=today - timedelta(days=1))


def test_a_cycle_stands_only_with_its_prediction_and_before_it_starts(people, today):
    who = people["gp"].person
    for given in ({"prediction": " "}, {"at": timezone.now()}, {"ends": today - timedelta(days=90)}):
        with pytest.raises(AppendOnlyError):
            planned(who, **{"starts": today - timedelta(days=60), "ends": today} | given)
    assert not Cycle.objects.exists()


def test_a_cycle_that_has_ended_is_studied_once(ended, as_, people):
    client = as_(cast.GP)
    assert b"to be studied" in client.get(URL).content
    client.post(f"{URL}{ended.pk}/", WORDS)
    again = client.post(f"{URL}{ended.pk}/", WORDS | {"decision": "abandon"}, follow=True)
    assert b"studied already" in again.content
    assert CycleResult.objects.get().decision == "adopt"
    with pytest.raises(InputError, match="studied already"):
        cycling.study(ended, people["gp"].person, "x", "adopt", "y", None)


@pytest.mark.parametrize("days", [0, 1, 30])
def test_a_cycle_is_not_studied_before_it_has_ended(people, as_, today, days):
    found = planned(people["gp"].person, starts=today - timedelta(days=9), ends=today + timedelta(days=days))
    client = as_(cast.GP)
    assert b"Keep the study" not in client.get(f"{URL}{found.pk}/").content
    told = client.post(f"{URL}{found.pk}/", WORDS, follow=True)
    assert b"nobody studies it before" in told.content
    with pytest.raises(AppendOnlyError):
        CycleResult.objects.create(cycle=found, person=people["gp"].person, **WORDS)
    assert not CycleResult.objects.exists()


def test_a_cycle_is_read_at_its_own_organisation_by_those_it_concerns(ended, as_):
    assert as_(cast.CLINICAL_LEAD).get(f"{URL}{ended.pk}/").status_code == 200
    assert as_(cast.GP).get(f"/organisations/PCN1/change/cycles/{ended.pk}/").status_code == 404
    assert as_(cast.OUTSIDER).get(f"{URL}{ended.pk}/").status_code == 403
    assert as_(cast.OUTSIDER).post(f"{URL}{ended.pk}/", WORDS).status_code == 403


def test_two_who_study_at_once_leave_one_result(ended, people):
    CycleResult.objects.create(cycle=ended, person=people["gp"].person, **WORDS)
    with pytest.raises(IntegrityError), transaction.atomic():
        CycleResult.objects.create(cycle=ended, person=people["clinical-lead"].person, **WORDS)
    assert CycleResult.objects.count() == 1


def test_a_place_without_a_cycle_says_how_one_begins(people, as_):
    assert b"No cycle yet" in as_(cast.GP).get(URL).content
