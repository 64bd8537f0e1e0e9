"""CHANGE's pages: the draw is sealed before anything is sent, a promise is two clicks, a report is never money."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import yaml
from django.utils import timezone

import cast
from evenhand_web.change.models import AllocationRow, Campaign, Commitment, EngagementEvent
from evenhand_web.decide.models import Plan, SchemeVersion, Signature
from evenhand_web.people.models import Membership, Organisation

MODULE = "/organisations/PRACTICE1/change/modules/diabetes_dpp4_choice/"
CAMPAIGN = "/organisations/ICB1/change/campaigns/gliptins/"
SCHEME = {
    "id": "gliptins", "title": "Sitagliptin first", "pathway": "diabetes", "aim": "Five in a hundred fewer",
    "measure": "diabetes_dpp4_cost", "level": "practice", "area": "ICB1", "start": "2025-04",
    "baseline": {"from": "2024-10", "to": "2025-03"}, "follow_up": {"from": "2025-10", "to": "2026-03"},
    "allocation": "a.csv", "cluster": "cluster", "planned_effect": "-0.05", "planned_saving_pounds": "1000",
    "money": {"pounds_per_unit": "29", "price_month": "2025-03", "price_source": "test", "origin": "clinical_decision",
              "recurrent": "yes", "saving_class": "cash_releasing"},
    "guardrails": [{"measure": "wait_within_18_weeks", "level": "sicbl", "margin": "0.01", "harm": "down",
                    "treated": ["PLACE1"], "controls": ["PLACE2", "PLACE3"]}],
    "letters": {"quality": "q", "innovation": "i", "productivity": "p", "prevention": "p"},
}  # fmt: skip

WHY = {"why": "A pilot: we try this very wording first."}


@pytest.fixture
def campaign(people):
    """A draft campaign in Icb One with four networks of one practice each; its scheme is not signed yet."""
    for i in (3, 4, 5):
        network = Organisation.objects.create(code=f"PCN{i}", name=f"Network {i}", level="pcn")
        practice = Organisation.objects.create(code=f"PRACTICE{i}", name=f"Practice {i}", level="practice")
        Membership.objects.create(child=network, parent_id="PLACE1")
        Membership.objects.create(child=practice, parent=network)
    plan = Plan.objects.create(key="gliptins", title="Sitagliptin first", pathway="diabetes", organisation_id="ICB1")
    plan.signers.add("ICB1")
    version = SchemeVersion.objects.create(
        plan=plan, number=1, text="Five in a hundred fewer", measure="diabetes_dpp4_cost",
        yaml=yaml.safe_dump(SCHEME, sort_keys=False), sha256="0" * 64,
    )  # fmt: skip
    return Campaign.objects.create(
        key="gliptins", title="Sitagliptin first", version=version, content="diabetes_dpp4_choice", message="Look.",
        level="practice", arms=["intervention", "control"], ratio=[1, 1], strata=["sicbl"], seed=7,
    )  # fmt: skip


def sign(campaign: Campaign, people) -> None:
    for role, who in (("clinical_lead", "clinical-lead"), ("manager", "practice-manager")):
        Signature.objects.create(version=campaign.version, organisation_id="ICB1", role=role, person=people[who].person,
                                 identity_level=3)  # fmt: skip


def test_nothing_is_drawn_before_the_scheme_is_signed(campaign, as_):
    response = as_(cast.PHARMACIST).post(f"{CAMPAIGN}seal/", WHY, follow=True)
    assert b"The scheme is not in force: 0 of 2 signatures" in response.content
    assert not AllocationRow.objects.exists()


def test_the_draw_takes_whole_networks_is_sealed_once_and_comes_again_with_its_seed(campaign, people, as_):
    sign(campaign, people)
    client = as_(cast.PHARMACIST)
    client.post(f"{CAMPAIGN}seal/", WHY)
    rows = list(AllocationRow.objects.values_list("cluster", "arm"))
    again = client.post(f"{CAMPAIGN}seal/", WHY, follow=True)
    campaign.refresh_from_db()
    assert {arm for _, arm in rows} == {"intervention", "control"}
    assert len(set(rows)) == len({cluster for cluster, _ in rows}) == 4  # Practices One and Two share a network
    assert b"sealed already" in again.content
    assert AllocationRow.objects.count() == len(rows) == 5
    assert len(campaign.allocation_sha256) == 64


def test_only_a_sealed_campaign_is_launched_and_its_verdict_has_a_day(campaign, people, as_):
    client = as_(cast.PHARMACIST)
    client.post(f"{CAMPAIGN}launch/")
    campaign.refresh_from_db()
    assert campaign.launched_at is None
    sign(campaign, people)
    client.post(f"{CAMPAIGN}seal/", WHY)
    client.post(f"{CAMPAIGN}launch/")
    campaign.refresh_from_db()
    assert (campaign.launched_at is not None, campaign.verdict_due) == (True, date(2026, 4, 1))


@pytest.mark.parametrize("who", [cast.GP, cast.PRACTICE_MANAGER, cast.CLINICAL_LEAD, cast.BOARD_MEMBER, cast.OUTSIDER])
def test_only_who_runs_campaigns_draws(campaign, people, as_, who):
    sign(campaign, people)
    assert as_(who).post(f"{CAMPAIGN}seal/").status_code == 403
    assert not AllocationRow.objects.exists()


def test_the_desk_says_that_power_is_not_known_without_data(campaign, as_):
    assert b"We cannot tell the power yet" in as_(cast.PHARMACIST).get(CAMPAIGN).content


def test_a_clinician_reads_audits_and_promises_in_a_few_clicks(campaign, people, as_):
    client = as_(cast.GP)
    audit = {f"audit-{q.word}": q.choices[0] if q.choices else str(q.least)
             for q in client.get(MODULE).context["module"].self_audit}  # fmt: skip
    assert client.post(MODULE, audit).url.endswith("/promise/")
    form = client.get(f"{MODULE}promise/").context["form"]
    given = {name: form.initial.get(name, "") for name in form.fields} | {"size": "-5"}
    assert client.post(f"{MODULE}promise/", given).url.endswith("/promises/")
    stages = set(EngagementEvent.objects.filter(person=people["gp"].person).values_list("stage", flat=True))
    assert stages == {"reached", "viewed", "completed", "evaluated", "intends"}
    assert Commitment.objects.get().measure == "diabetes_dpp4_cost"


def test_a_self_audit_that_is_not_whole_is_refused_and_not_counted(people, as_):
    response = as_(cast.GP).post(MODULE, {})
    assert response.status_code == 422
    assert not EngagementEvent.objects.filter(stage="evaluated").exists()


def test_whoever_is_no_clinician_reads_but_is_not_counted_and_cannot_promise(people, as_):
    client = as_(cast.PRACTICE_MANAGER)
    assert client.get(MODULE).status_code == 200
    assert client.get(f"{MODULE}promise/").status_code == 403
    assert not EngagementEvent.objects.exists()


def test_only_its_owner_sees_a_promise_and_says_what_became_of_it(people, as_):
    mine = Commitment.objects.create(
        person=people["gp"].person, organisation_id="PRACTICE1", measure="diabetes_dpp4_cost", what="Sitagliptin first",
        by=timezone.localdate() + timedelta(days=30),
    )  # fmt: skip
    url = f"/organisations/PRACTICE1/change/promises/{mine.pk}/report/"
    assert as_(cast.CLINICAL_LEAD).get(url).status_code == 404
    as_(cast.GP).post(url, {"said": "partly", "note": ""})
    assert [r.said for r in mine.reports.all()] == ["partly"]
    assert b"Sitagliptin first" not in as_(cast.CLINICAL_LEAD).get("/organisations/PRACTICE1/change/promises/").content


def test_an_outsider_gets_in_nowhere(campaign, as_):
    client = as_(cast.OUTSIDER)
    pages = [CAMPAIGN, MODULE, f"{MODULE}promise/", "/organisations/PRACTICE1/change/"]
    assert {client.get(page).status_code for page in pages} == {403}
