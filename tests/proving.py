"""The demonstration's waiting scheme, brought as far as a test needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from evenhand.lake import Lake
from evenhand.records import Verdict
from evenhand_web.change import desk
from evenhand_web.change.models import Campaign, Commitment
from evenhand_web.decide import signing
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Identity
from evenhand_web.prove import judging
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.prove.record import keep_verdict, verdict_of

KEY, AREA = "diabetes_dpp4", "DEMO-I1"
HERE = f"/organisations/{AREA}"


def person(username: str):
    """Somebody of the demonstration."""
    return Identity.objects.get(username=username).person


def sealed() -> Plan:
    """Signed by all who must, its allocation drawn and sealed."""
    plan = Plan.objects.get(key=KEY)
    for line in signing.sheet(plan).missing:
        who = "clinical-lead" if line.role == "clinical_lead" else "practice-manager"
        signing.sign(plan, plan.latest().number, line.organisation, line.role, person(who))
    desk.seal(Campaign.objects.get(key=KEY))
    return plan


def launched(lake: Lake) -> Plan:
    """Registered, launched, and promised by the GP."""
    plan = sealed()
    judging.register(plan, lake, person("pharmacist"))
    campaign, version, gp = Campaign.objects.get(key=KEY), plan.latest(), person("gp")
    desk.launch(campaign)
    Commitment.objects.create(
        person=gp, organisation=gp.organisation, version=version, campaign=campaign, measure=version.measure,
        what="Sitagliptin first", size=-0.05, by=date(2026, 9, 30),
    )  # fmt: skip
    return plan


def judged(lake: Lake, *, guardrail: str = "pass", **more: object) -> VerdictRecord:
    """A verdict of this plan that proves it, unless `more` says otherwise: made up on top of the real one."""
    found = judging.case(Plan.objects.get(key=KEY))
    assert found.design is not None
    record = found.verdict or judging.ask(found.plan, lake, person("pharmacist"))
    real = verdict_of(record)
    rails = tuple(replace(g, verdict=guardrail) for g in real.guardrails)
    proved: Verdict = replace(real, **({
        "evidenced": guardrail != "breach", "countable": guardrail == "pass", "reasons": _reasons(guardrail),
        "guardrails": rails, "lower80_pounds": 1234.56,
        "saving_pounds": replace(real.saving_pounds, value=2000.0, se=900.0),
    } | more))  # fmt: skip
    return keep_verdict(found.design, proved, lake, person("pharmacist"))


def _reasons(guardrail: str) -> Sequence[str]:
    return () if guardrail == "pass" else (f"guardrail wait_within_18_weeks: {guardrail}",)
