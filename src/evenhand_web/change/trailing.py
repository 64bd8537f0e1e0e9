"""What CHANGE puts into the audit trail: the acts of a campaign, cycles, and who stops or wants bulletins."""

from __future__ import annotations

from evenhand.change import Allocation
from evenhand_web.people import trail
from evenhand_web.people.models import Person

from .models import BulletinChoice, Campaign, Cycle, CycleResult


def start() -> None:
    """Say once, as the service starts, which rows the trail follows."""
    trail.watch(Cycle, "cycle planned", who=lambda row: row.person, organisation=lambda row: row.organisation,
                facts=lambda row: {"measure": row.measure})  # fmt: skip
    trail.watch(CycleResult, "cycle studied", who=lambda row: row.person,
                organisation=lambda row: row.cycle.organisation,
                facts=lambda row: {"cycle": row.cycle_id, "decision": row.decision})  # fmt: skip
    trail.watch(BulletinChoice, "bulletins chosen", who=lambda row: row.person,
                organisation=lambda row: row.person.organisation,
                facts=lambda row: {"wanted": row.wanted, "how": row.how})  # fmt: skip


def designed(campaign: Campaign, person: Person) -> None:
    """Somebody kept a design, new or changed. A reason stands with the campaign, and never here: it may name people."""
    trail.keep("campaign designed", who=person, what=f"campaign {campaign.key}", organisation=campaign.area,
               randomised=not campaign.why_not_randomised, arms=list(campaign.arms))  # fmt: skip


def sealed(campaign: Campaign, person: Person, drawn: Allocation) -> None:
    """Somebody drew and sealed a campaign, by chance or, with a reason that stands on its page, without."""
    by_chance = not campaign.why_not_randomised
    trail.keep("campaign sealed" if by_chance else "campaign sealed without chance", who=person,
               what=f"campaign {campaign.key}", organisation=campaign.area, seal=drawn.seal, units=len(drawn.units),
               suggestions_not_followed=len({one["number"] for one in campaign.unmet}))  # fmt: skip


def launched(campaign: Campaign, person: Person) -> None:
    """Somebody launched a sealed campaign."""
    due = campaign.verdict_due.isoformat() if campaign.verdict_due else ""
    trail.keep("campaign launched", who=person, what=f"campaign {campaign.key}", organisation=campaign.area,
               verdict_due=due)  # fmt: skip
