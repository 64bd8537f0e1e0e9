"""Cycles and reflections of the demonstration: drawn on the chart, filled in from the data, attached as they stood."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

import cast
from evenhand_web.change import cycling, spreading
from evenhand_web.change.models import Campaign, Commitment, Cycle, CycleResult, Reflection
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Identity, Organisation, Person

MEASURE = "diabetes_dpp4_cost"
STUDY = {"happened": "Fewer", "decision": "adopt", "why": "It works here"}
WORDS = {"title": "Fewer gliptins", "what": "I looked.", "so_what": "It was habit.", "now_what": "I ask first.",
         "kind": "qia", "hours": "1.5", "nobody": "on"}  # fmt: skip


def planned(person: Person, *, starts: date, ends: date, expected: float) -> Cycle:
    """A cycle that was planned the day before it began."""
    at = timezone.make_aware(timezone.datetime(starts.year, starts.month, starts.day)) - timedelta(days=1)
    return Cycle.objects.create(
        organisation=person.organisation, measure=MEASURE, idea="Ask at the door", prediction="Fewer", starts=starts,
        ends=ends, expected=expected, person=person, at=at,
    )  # fmt: skip


def test_a_plan_in_the_past_without_a_prediction_or_the_wrong_way_round_is_refused(demo, db, as_demo):
    practice, today = Identity.objects.get(username="gp").person.organisation_id, timezone.localdate()
    url = f"/organisations/{practice}/change/measures/{MEASURE}/cycle/"
    right = {"idea": "Ask", "prediction": "Fewer", "starts": str(today), "ends": str(today + timedelta(days=60))}
    client = as_demo(cast.GP)
    wrong = [{"prediction": ""}, {"idea": ""}, {"starts": str(today - timedelta(days=1))},
             {"ends": str(today - timedelta(days=1))}, {"ends": "2099-01-01"}, {"expected": "many"}]  # fmt: skip
    before = Cycle.objects.count()
    assert {client.post(url, right | given).status_code for given in wrong} == {422}
    assert Cycle.objects.count() == before
    for _ in range(2):  # pressed twice it is one cycle
        sent = client.post(url, right | {"expected": "24.5"})
    kept = Cycle.objects.latest("pk")
    assert (Cycle.objects.count(), sent.status_code, kept.expected) == (before + 1, 302, pytest.approx(0.245))


def test_a_cycle_is_marked_on_the_measures_chart_with_its_prediction(demo, db, as_demo):
    who = Identity.objects.get(username="gp").person
    tried = planned(who, starts=date(2025, 9, 1), ends=date(2025, 11, 30), expected=0.2)
    page = as_demo(cast.GP).get(f"/organisations/{who.organisation_id}/measures/{MEASURE}/").content.decode()
    lines = cycling.of_measure(who.organisation, MEASURE, timezone.localdate())
    number = next(line.number for line in lines if line.cycle == tried)
    assert f"Cycle {number}</text>" in page
    assert ">predicted<" in page
    assert "Ask at the door" in page


def test_the_data_of_its_months_is_filled_in(demo, db, as_demo):
    who = Identity.objects.get(username="gp").person
    found = planned(who, starts=date(2025, 9, 1), ends=date(2025, 11, 30), expected=0.2)
    client, url = as_demo(cast.GP), f"/organisations/{who.organisation_id}/change/cycles/{found.pk}/"
    page = client.get(url)
    line = page.context["line"]
    assert page.context["form"].initial["happened"] == line.studied.sentence
    client.post(url, STUDY)
    assert CycleResult.objects.get(cycle=found).value == pytest.approx(line.studied.came.value)
    assert len(line.studied.inside) == 3
    assert client.get(url, {"download": f"{MEASURE}-course.csv"}).status_code == 200


def test_the_result_is_attached_as_it_stood_with_its_source(demo, db, as_demo):
    gp = Identity.objects.get(username="gp").person
    judged = Plan.objects.exclude(key="diabetes_dpp4").first()
    made = timezone.now().replace(year=2025, month=6, day=3)
    promise = Commitment.objects.create(
        person=gp, organisation=gp.organisation, measure="diabetes_dpp4_cost", what="Ask first", by=made.date(),
        at=made, version=judged.latest(),
    )  # fmt: skip
    client, url = as_demo(cast.GP), f"/organisations/{gp.organisation_id}/change/reflections/"
    client.post(f"{url}new/?promise={promise.pk}", WORDS)
    kept = Reflection.objects.latest("pk")
    found = kept.attached["evidence"]
    assert found["before"]["value"] > 0
    assert kept.attached["verdict"]["words"] in kept.attached["sentences"][-1]
    assert any("sha256" in line for line in kept.attached["source"])
    text = client.get(f"{url}{kept.pk}/export.md").content.decode()
    assert all(sentence in text for sentence in kept.attached["sentences"])
    before = dict(kept.attached)
    client.post(f"{url}{kept.pk}/edit/", WORDS)
    kept.refresh_from_db()
    assert kept.attached == before  # words change; the result stays as it was attached


def test_the_demonstration_shows_a_cycle_to_be_studied_and_a_reflection(demo, db, as_demo):
    who = Identity.objects.get(username="gp").person
    page = as_demo(cast.GP).get(f"/organisations/{who.organisation_id}/change/cycles/").content
    assert all(word in page for word in (b"adopted", b"adapted", b"to be studied"))
    assert Reflection.objects.filter(person=who).exclude(attached={}).exists()


def test_a_campaign_says_how_far_it_spreads_or_that_nobody_can_tell(demo, db, as_demo):
    judged = Campaign.objects.filter(launched_at__isnull=False).first()
    nation = Organisation.objects.get(level="nation").code
    spreading.prepare()
    shown = spreading.spreading(judged)
    page = as_demo(cast.GP).get(f"/organisations/{nation}/change/campaigns/{judged.key}/spread/")
    assert page.context["shown"].population == shown.population > 0
    assert (b"We cannot tell yet where it ends" in page.content) != shown.told


@pytest.mark.parametrize("key", ["harmful", "null_strips"])
def test_a_spread_counts_organisations_once_and_is_forecast_only_where_enough_report(demo, db, key):
    campaign = Campaign.objects.get(key=key)
    spreading.prepare()
    shown = spreading.spreading(campaign)
    places = len({e.person.organisation_id for e in campaign.events.filter(stage="reported")
                  .select_related("person") if e.person.organisation_id})  # fmt: skip
    assert shown.adopters == places
    if shown.found is None:
        assert shown.why.endswith(".")
        assert not shown.told
        return
    assert shown.found.low_90[-1] <= shown.found.median[-1] <= shown.found.high_90[-1] <= shown.population
    picture = spreading.figure(campaign, shown)
    assert picture.rows[-1][2] == shown.found.median[-1]
