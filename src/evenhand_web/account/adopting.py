"""The live funnel as the forecast takes it: in how many of the places that were written to somebody has promised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from evenhand.story.forecasting import Promised
from evenhand_web.change.models import Campaign, EngagementEvent
from evenhand_web.decide.models import Plan

from .moving import campaign_of

PROMISED = "intends"  # what the outcome shows (verified) is told by the verdict alone, and then nothing is assumed
_QUARTER = 90  # days in which most of those who will promise have: our rule


def promised(plans: Iterable[Plan]) -> dict[str, Promised]:
    """The funnel of every scheme whose campaign has been launched, by its key."""
    found = {}
    for plan in plans:
        campaign = campaign_of(plan)
        if campaign is not None and campaign.launched_at is not None and (written := _written_to(campaign)):
            events = EngagementEvent.objects.filter(campaign=campaign, stage=PROMISED)
            there = set(events.values_list("person__organisation_id", flat=True)) & set(written)
            run = sum(min(1.0, days / _QUARTER) for unit, days in written.items() if unit not in there)
            found[plan.key] = Promised(len(there), len(there) + run)
    return found


def _written_to(campaign: Campaign) -> dict[str, int]:
    """The places whose wave has begun, and how many days ago."""
    assert campaign.launched_at is not None
    today, launched = timezone.localdate(), timezone.localdate(campaign.launched_at)
    begun = [date.fromisoformat(day) for day in campaign.waves]
    rows = campaign.allocation.filter(wave__gt=0).exclude(arm=campaign.control).values_list("unit", "wave")
    since = {unit: begun[wave - 1] if wave <= len(begun) else launched for unit, wave in rows}
    return {unit: (today - day).days for unit, day in since.items() if day <= today}
