"""What was said and promised stands: no log can be changed or emptied, and no log names anybody."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.utils import timezone

from evenhand_web.change.models import Campaign
from evenhand_web.decide.models import Explanation, Plan, Round, SchemeVersion, Statement, VoteEvent
from evenhand_web.listen.models import Invitation, SurveyWave
from evenhand_web.people.models import Identity
from evenhand_web.site.models import AppendOnly, AppendOnlyError

LOGS = [model for model in apps.get_models() if issubclass(model, AppendOnly)]


@pytest.fixture
def explanation(people):
    return Explanation.objects.create(
        measure="diabetes_dpp4_cost", organisation_id="PRACTICE1", person=people["gp"].person, text="A care home."
    )


def test_there_are_logs():
    names = {model.__name__ for model in LOGS}
    assert {"AnswerEvent", "VoteEvent", "Signature", "AllocationRow", "VerdictRecord", "LedgerEntry"} <= names


@pytest.mark.parametrize("log", LOGS, ids=lambda m: m.__name__)
def test_a_log_refuses_to_change_or_delete_by_query(db, log):
    with pytest.raises(AppendOnlyError):
        log.objects.all().update(pk=1)
    with pytest.raises(AppendOnlyError):
        log.objects.all().delete()
    with pytest.raises(AppendOnlyError):
        log._base_manager.all().delete()


@pytest.mark.parametrize("log", LOGS, ids=lambda m: m.__name__)
def test_a_log_never_holds_an_identity(log):
    assert not [f.name for f in log._meta.fields if f.related_model is Identity]
    assert not [f.name for f in log._meta.fields if f.name in ("email", "username", "registration_number")]


def test_a_row_cannot_be_saved_twice(explanation):
    explanation.text = "Something else."
    with pytest.raises(AppendOnlyError):
        explanation.save()


def test_a_row_cannot_be_deleted(explanation):
    with pytest.raises(AppendOnlyError):
        explanation.delete()


def test_the_last_vote_stands_and_the_first_is_kept(people):
    now = timezone.now()
    round_ = Round.objects.create(key="r", title="R", pathway="diabetes", organisation_id="ICB1", opens=now, closes=now)
    statement = Statement.objects.create(round=round_, key="s1", text="Sitagliptin first.")
    for value in ("agree", "retract", "disagree"):
        VoteEvent.objects.create(statement=statement, person=people["gp"].person, value=value)
    assert [vote.value for vote in statement.votes.all()] == ["agree", "retract", "disagree"]


def test_a_sealed_campaign_keeps_its_design(people):
    plan = Plan.objects.create(key="p", title="P", pathway="diabetes", organisation_id="ICB1")
    version = SchemeVersion.objects.create(plan=plan, number=1, text="t", measure="m", yaml="y", sha256="0" * 64)
    campaign = Campaign.objects.create(
        key="c", title="C", version=version, content="c", message="m", level="pcn", arms=["a", "b"],
        ratio=[1, 1], seed=1,
    )
    campaign.seed = 2  # still a draft: it may change
    campaign.save()
    campaign.sealed_at, campaign.allocation_sha256 = timezone.now(), "f" * 64
    campaign.save()
    campaign.launched_at = timezone.now()
    campaign.save()
    campaign.seed = 3
    with pytest.raises(AppendOnlyError, match="seed"):
        campaign.save()


def test_erasing_somebody_leaves_the_trail_and_cuts_the_link_to_their_answers(people, explanation):
    gp, now = people["gp"], timezone.now()
    person = gp.person
    wave = SurveyWave.objects.create(
        key="w", title="W", instrument="i", organisation_id="ICB1", asked_by="a", who_will_see="w",
        opens=now, closes=now,
    )
    Invitation.objects.create(wave=wave, person=person, organisation_id="PRACTICE1", profession="gp")
    gp.delete()
    assert Explanation.objects.get().person == person
    assert Invitation.objects.get().person is None
    assert not Identity.objects.filter(person=person).exists()
