"""The demonstration in the database: one scheme left open at every step, the others a finished history."""

from __future__ import annotations

import numpy as np
import pytest
from django.core.management import call_command

from evenhand import account, change
from evenhand.definition import loads
from evenhand.records import Scheme
from evenhand.table import read
from evenhand_web.account import book
from evenhand_web.account.models import LedgerEntry, Target
from evenhand_web.change.models import AllocationRow, Campaign, EngagementEvent
from evenhand_web.decide import prioritising, register
from evenhand_web.decide.models import (
    Blocker,
    KeyDecision,
    Plan,
    PriorityChoice,
    Round,
    SchemeComment,
    Signature,
    VoteEvent,
)
from evenhand_web.home.demo import fill
from evenhand_web.home.management.commands.serve import accounts
from evenhand_web.listen.models import AnswerEvent, Invitation, SurveyWave
from evenhand_web.listen.moving import moved
from evenhand_web.people.models import Identity, Organisation, Person
from evenhand_web.people.rights import may
from evenhand_web.people.tree import actor, place
from evenhand_web.prove.models import VerdictRecord

WAITING = "diabetes_dpp4"


def test_the_tree_of_the_lake_is_there(demo, db):
    assert Organisation.objects.filter(level="practice").count() >= 32
    practice = Organisation.objects.get(code=Identity.objects.get(username="gp").person.organisation_id)
    above = Organisation.objects.filter(code__in=place(practice).above)
    assert sorted(above.values_list("level", flat=True)) == ["icb", "nation", "pcn", "region", "sicbl"]


def test_who_may_sign_in_is_printed_when_it_is_served(demo, db, client):
    assert accounts() == ["gp", "practice-manager", "pharmacist", "clinical-lead", "finance-director", "board-member",
                          "administrator", "outsider"]  # fmt: skip
    assert all(client.login(username=name, password="demonstration") for name in accounts())


def test_everything_is_named_as_invented(demo, db):
    ours = Organisation.objects.exclude(level__in=("nation", "unidentified", "commissioner"))
    strangers = ours.exclude(name__startswith="Demonstration")
    assert not list(strangers.values_list("code", "name"))
    assert all(name.startswith("Demo ") for name in Identity.objects.values_list("name", flat=True))


def test_nine_accounts_each_with_their_own_part_and_one_who_waits(demo, db):
    area = place(Organisation.objects.get(code="DEMO-I1"))
    actors = {i.username: actor(i.person) for i in Identity.objects.all()}
    parts = {
        "answer": "gp", "promise": "gp", "sign_manager": "practice-manager", "sign_clinical_lead": "clinical-lead",
        "run_campaign": "pharmacist", "prove": "pharmacist",
        "confirm_finance_lead": "finance-director", "read": "board-member",
        "administer": "administrator", "moderate": "administrator",
    }  # fmt: skip
    assert len(actors) == 9
    waiting = next(a for name, a in actors.items() if a.identity_level < 2 and "wait" in name)
    assert not may(waiting, "vote", area)
    assert all(may(actors[username], action, area) for action, username in parts.items())
    assert not may(actors["outsider"], "read", area)


def test_the_closed_wave_holds_every_submission_and_no_link_to_anybody(demo, db, demo_lake):
    for key, name in (("awareness-before", "survey_events_year_before"), ("awareness-1", "survey_events")):
        closed = SurveyWave.objects.get(key=key)
        assert not closed.is_open()
        assert AnswerEvent.objects.filter(wave=closed).count() == len(read(demo_lake / "people" / f"{name}.csv"))
        assert not Invitation.objects.filter(wave=closed).exclude(person=None).exists()


def test_the_planted_change_of_a_year_is_found_again_within_its_interval(demo, db):
    moved_by = {(m.question.id, m.words): m for m in moved(SurveyWave.objects.get(key="awareness-1"))}
    heard = moved_by["heard_of_qipp", "Yes"]
    assert heard.change.low <= 0.55 - 0.42 <= heard.change.high
    assert heard.sure
    apart = np.hypot(*(wave.se for wave in heard.change.waves))
    assert heard.change.se < 0.95 * apart  # many answered twice, which makes the change surer


def test_the_waiting_scheme_says_how_it_should_work_and_what_it_risks(demo, db):
    scheme = loads(Plan.objects.get(key=WAITING).latest().yaml, Scheme)
    assert {m.kind for m in scheme.driver_diagram.measures} == {"outcome", "process", "balancing"}
    assert len(scheme.quality_impact.risks) == 2


def test_the_next_wave_is_open_and_asks_the_accounts_once_each(demo, db):
    wave = SurveyWave.objects.get(key="awareness-2")
    assert wave.is_open()
    assert sorted(wave.invitations.values_list("person__identity__username", flat=True)) == [
        "administrator", "board-member", "clinical-lead", "finance-director", "gp", "pharmacist", "practice-manager",
    ]  # fmt: skip


def test_the_round_is_open_with_every_vote_so_far(demo, db, demo_lake):
    round_ = Round.objects.get()
    assert round_.is_open()
    assert VoteEvent.objects.count() == len(read(demo_lake / "people" / "votes.csv"))
    assert round_.statements.get(key="s16").duplicate_of.key == "s01"
    assert round_.statements.filter(moderation="rejected").get().reason


def test_the_waiting_scheme_is_drafted_and_nothing_more(demo, db):
    plan = Plan.objects.get(key=WAITING)
    assert not Signature.objects.filter(version__plan=plan).exists()
    campaign = Campaign.objects.get(key=WAITING)
    assert (campaign.sealed_at, campaign.launched_at, campaign.allocation.count()) == (None, None, 0)
    assert not VerdictRecord.objects.filter(design__version__plan=plan).exists()
    assert list(LedgerEntry.objects.filter(plan=plan).values_list("state", flat=True)) == ["opportunity"]


def test_drawing_the_waiting_campaign_anew_gives_the_allocation_that_was_planted(demo, db, demo_lake):
    campaign = Campaign.objects.get(key=WAITING)
    planted = read(demo_lake / "schemes" / f"{WAITING}_allocation.csv")
    drawn = change.randomise(
        planted.text("unit"), campaign.arms, seed=campaign.seed, clusters=planted.text("cluster"),
        strata=[(stratum,) for stratum in planted.text("stratum")],
    )  # fmt: skip
    assert list(drawn.arm) == planted.text("arm")


def test_every_version_can_be_read_as_a_scheme(demo, db):
    for plan in Plan.objects.all():
        for version in plan.versions.all():
            assert loads(version.yaml, Scheme).id == plan.key


@pytest.mark.parametrize("key", ["null_strips", "harmful"])
def test_the_other_schemes_are_history_to_the_end(demo, db, key):
    plan = Plan.objects.get(key=key)
    roles = set(Signature.objects.filter(version=plan.latest()).values_list("role", flat=True))
    campaign = Campaign.objects.get(key=key)
    assert roles == {"clinical_lead", "manager"}
    assert AllocationRow.objects.filter(campaign=campaign).count() > 0
    assert EngagementEvent.objects.filter(campaign=campaign, stage="viewed").exists()
    assert VerdictRecord.objects.get(design__version__plan=plan).guardrails.count() == 1


def test_the_ledger_is_whole_and_holds_no_confirmed_pound_yet(demo, db):
    entries = book.read()
    check = account.check(entries)
    assert not check.broken
    assert "confirmed" not in {entry.state for entry in entries}
    assert Target.objects.count() == 3


def test_the_register_has_a_decision_of_every_kind(demo, db):
    book = register.book(Organisation.objects.get(code="DEMO-I1"))
    assert (book.shares.decisions, book.shares.with_clinicians, book.shares.departed_from_advice) == (3, 2, 1)
    assert {kept.told.state for kept in book.decisions} == {"open", "decided"}
    assert {raised.told.state for raised in book.blockers} == {"overdue", "waiting", "answered"}
    assert {lead.person is None for lead in book.leads} == {True, False}
    practice = Identity.objects.get(username="gp").person.organisation
    assert prioritising.result(practice).people == 36


def test_doing_it_twice_changes_nothing(demo, db):
    counted = (Organisation, Person, Identity, Invitation, AnswerEvent, VoteEvent, Signature, EngagementEvent,
               VerdictRecord, LedgerEntry, Target, KeyDecision, Blocker, PriorityChoice, SchemeComment)  # fmt: skip
    before = [model.objects.count() for model in counted]
    fill(demo, "demonstration")
    assert [model.objects.count() for model in counted] == before


def test_a_lake_that_is_no_demonstration_gets_no_accounts(db, tmp_path):
    from django.core.management import CommandError

    from evenhand.lake import Lake

    Lake.create(tmp_path / "lake")
    with pytest.raises(CommandError, match="is no demonstration"):
        call_command("demo_people", lake=tmp_path / "lake")
