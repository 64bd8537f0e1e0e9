"""Promises: two clicks from a measure, a scheme or a module; the data stands beside what was said, never added."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models
from django.utils import timezone

import cast
from evenhand_web.change import promising
from evenhand_web.change.gap import gap
from evenhand_web.change.models import Commitment, CommitmentReport, Reflection
from evenhand_web.decide.models import Plan
from evenhand_web.home import gathering
from evenhand_web.people.models import Identity, Person
from evenhand_web.people.tree import actor

MEASURE = "diabetes_dpp4_cost"


@pytest.fixture
def gp(demo, db):
    """The demonstration's GP without the promises that the demonstration gives them."""
    person = Identity.objects.get(username="gp").person
    Reflection.objects.filter(person=person).delete()
    theirs = models.QuerySet(Commitment).filter(person=person)
    models.QuerySet(CommitmentReport).filter(commitment__in=theirs).delete()
    theirs.delete()
    return person


def page(person, path: str) -> str:
    return f"/organisations/{person.organisation_id}/change/{path}"


def promised(person, **given) -> Commitment:
    return Commitment.objects.create(**{
        "person": person, "organisation": person.organisation, "measure": MEASURE, "what": "Sitagliptin first",
        "by": timezone.localdate() + timedelta(days=30),
    } | given)  # fmt: skip


@pytest.mark.parametrize("path", [f"measures/{MEASURE}/promise/", "schemes/diabetes_dpp4/promise/"])
def test_a_promise_is_opened_and_confirmed(gp, as_demo, path):
    client = as_demo(cast.GP)
    form = client.get(page(gp, path)).context["form"]
    sent = client.post(page(gp, path), {name: form.initial[name] for name in form.fields})
    assert (sent.status_code, sent.url) == (302, page(gp, "promises/"))
    kept = Commitment.objects.get(person=gp)
    assert (kept.measure, kept.size < 0, kept.by > timezone.localdate()) == (MEASURE, True, True)


def test_the_pages_of_measure_and_scheme_lead_to_it_in_one_click(gp, as_demo):
    client = as_demo(cast.GP)
    measure = client.get(f"/organisations/{gp.organisation_id}/measures/{MEASURE}/").content.decode()
    scheme = client.get(f"/organisations/{gp.organisation_id}/decide/schemes/diabetes_dpp4/").content.decode()
    assert page(gp, f"measures/{MEASURE}/promise/") in measure
    assert page(gp, "schemes/diabetes_dpp4/promise/") in scheme


def test_a_share_is_promised_in_percentage_points_and_kept_as_a_share(gp, as_demo):
    client = as_demo(cast.GP)
    client.post(page(gp, f"measures/{MEASURE}/promise/"), {"what": "Ask", "size": "-4.5", "by": "2027-03-31"})
    assert Commitment.objects.get(person=gp).size == pytest.approx(-0.045)


def test_pressed_twice_it_is_one_promise(gp, as_demo):
    client, given = as_demo(cast.GP), {"what": "Ask", "size": "", "by": "2027-03-31"}
    for _ in range(2):
        client.post(page(gp, f"measures/{MEASURE}/promise/"), given)
    assert Commitment.objects.filter(person=gp).count() == 1


@pytest.mark.parametrize("given", [{"by": "2020-01-01"}, {"by": "2099-01-01"}, {"what": ""}, {"size": "much"}])
def test_a_promise_that_cannot_be_kept_is_refused(gp, as_demo, given):
    sent = as_demo(cast.GP).post(page(gp, f"measures/{MEASURE}/promise/"), {"what": "Ask", "by": "2027-03-31"} | given)
    assert (sent.status_code, Commitment.objects.filter(person=gp).exists()) == (422, False)


def test_a_measure_or_scheme_that_nobody_knows_takes_no_promise(gp, as_demo):
    client = as_demo(cast.GP)
    assert {client.get(page(gp, path)).status_code for path in
            ("measures/nothing/promise/", "schemes/nothing/promise/")} == {404}  # fmt: skip


def test_a_promise_is_due_on_its_day_until_its_owner_has_said(gp):
    today = timezone.localdate()
    late, later = promised(gp, by=today), promised(gp, by=today - timedelta(days=2), what="Earlier")
    promised(gp)
    assert promising.promises_due(gp, today) == [later, late]
    CommitmentReport.objects.create(commitment=later, said="done")
    assert promising.promises_due(gp, today) == [late]
    assert promising.promises_due(gp, today - timedelta(days=1)) == []


def test_home_asks_what_became_of_a_promise_that_is_due(gp):
    promised(gp, by=timezone.localdate())
    found = gathering._report(actor(gp), gp, gp.organisation)
    assert (found.title, "Sitagliptin first" in found.words) == ("Say what became of a promise", True)


def test_what_happened_is_filled_in_from_the_data(gp, as_demo, demo):
    made = timezone.now().replace(year=2025, month=6, day=3)
    promised(gp, at=made, by=made.date() + timedelta(days=90))
    found = as_demo(cast.GP).get(page(gp, "promises/"))
    (line,) = found.context["lines"]
    months = [str(m) for m in line.evidence.standing.months]
    after = [m for m in months if m > "2025-06"]
    assert line.evidence.found.points_after == min(12, len(after)) > 0
    assert line.evidence.first == after[0]
    assert line.evidence.sentence in found.content.decode()


def test_a_verdict_stands_beside_the_promise_of_its_scheme_and_no_other(gp, as_demo):
    judged = Plan.objects.exclude(key="diabetes_dpp4").first()
    promised(gp, version=judged.latest(), measure=judged.latest().measure)
    promised(gp, what="Without a scheme")
    lines = {line.promise.what: line for line in promising.lines(gp, timezone.localdate())}
    assert lines["Sitagliptin first"].verdict.state in promising.JUDGED
    assert lines["Without a scheme"].verdict is None


def test_of_fewer_than_ten_who_report_nothing_is_shown(gp):
    everybody = [promised(person) for person in Person.objects.exclude(organisation=None)[:12]]
    for one in everybody[:9]:
        CommitmentReport.objects.create(commitment=one, said="done")
    found = gap(Commitment.objects.filter(pk__in=[one.pk for one in everybody]))
    assert (found.promised, found.reported, found.few, found.places) == (12, 9, True, 0)


def test_the_gap_is_of_organisations_where_it_is_said_less_those_where_it_is_seen(gp, demo):
    made = timezone.now().replace(year=2025, month=6, day=3)
    staff = Person.objects.filter(organisation__level="practice")[:30]
    for person in staff:
        CommitmentReport.objects.create(commitment=promised(person, at=made), said="done")
    found = gap(Commitment.objects.filter(at=made))
    assert (found.reported, found.few) == (30, False)
    assert 0 < found.places <= len({p.organisation_id for p in staff})
    assert found.gap == found.places - found.moved >= 0
    assert found.share.low <= found.moved / found.places <= found.share.high


def test_verified_is_noted_only_of_those_whose_organisation_moved(demo, db):
    from evenhand_web.change.models import Campaign

    campaign = Campaign.objects.exclude(version__plan__key="diabetes_dpp4").filter(commitments__isnull=False).first()
    before = set(campaign.events.filter(stage="verified").values_list("person", flat=True))
    promising.verify(campaign)
    fresh = set(campaign.events.filter(stage="verified").values_list("person", flat=True)) - before
    said = set(campaign.commitments.filter(reports__said="done").values_list("person", flat=True))
    assert fresh <= said
    assert promising.verify(campaign) == 0


def test_nobody_without_a_registration_promises(gp, as_demo):
    for who in (cast.PRACTICE_MANAGER, cast.OUTSIDER):
        assert as_demo(who).get(page(gp, f"measures/{MEASURE}/promise/")).status_code == 403


def test_no_outcome_of_a_campaign_is_seen_before_its_verdict_is_due(gp, as_demo):
    from evenhand_web.change.models import Campaign

    campaign = Campaign.objects.filter(launched_at__isnull=False).first()
    models.QuerySet(Campaign).filter(pk=campaign.pk).update(verdict_due=timezone.localdate() + timedelta(days=1))
    found = gap(Commitment.objects.filter(campaign=campaign))
    assert (found.early, found.places, found.moved) == (True, 0, 0)


def test_a_promise_from_a_letter_counts_beside_the_funnel_until_the_module_is_gone_through(gp, as_demo):
    from evenhand_web.change import figures, reading
    from evenhand_web.change.models import Campaign, EngagementEvent

    campaign = Campaign.objects.filter(launched_at__isnull=False).exclude(content="").first()
    models.QuerySet(EngagementEvent).filter(person=gp, content=campaign.content).delete()
    before = reading.engagement(campaign)
    reading.note(gp, campaign.content, "reached", campaign=campaign)
    draft = promising.Draft(MEASURE, None, "Ask", timezone.localdate(), campaign=campaign, content=campaign.content)
    promising.told(promising.keep(draft, gp, gp.organisation, "Ask", -0.1, timezone.localdate()), "done", "")
    past = reading.engagement(campaign)
    assert {word: dict(past.beside)[word] - dict(before.beside).get(word, 0) for word in ("intends", "reported")} \
        == {"intends": 1, "reported": 1}
    assert (past.stages[4].people, past.reported) == (before.stages[4].people, before.reported)
    assert "more promised without going through the module" in figures.engagement(past, "x", over=True).sentence
    reading.note(gp, campaign.content, "viewed", "completed", "evaluated")  # on a later day, of their own accord
    through = reading.engagement(campaign)
    assert (through.stages[4].people, through.reported) == (before.stages[4].people + 1, before.reported + 1)


def test_a_promise_without_a_size_is_kept_and_is_no_stage(gp):
    from evenhand_web.change.models import EngagementEvent

    draft = promising.Draft(MEASURE, None, "Look", timezone.localdate(), content="without_a_size")
    kept = promising.keep(draft, gp, gp.organisation, "Look", None, timezone.localdate())
    assert kept.content == "without_a_size"
    assert not EngagementEvent.objects.filter(content="without_a_size").exists()
