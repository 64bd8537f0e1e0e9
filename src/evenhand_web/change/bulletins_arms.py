"""Who may be told of a campaign, and who must not be: hold-outs, later waves, and whoever could tell them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import around

from .models import AllocationRow, Campaign


@dataclass(frozen=True)
class Sent:
    """A campaign's message to one arm. measure: what it is to move, '' of an awareness campaign; begins: the first day
    of its wave, before which nothing of it goes out."""

    campaign: Campaign
    arm: str
    message: str
    measure: str
    begins: date


class Arms:
    """The campaigns that run in a week, from the day they are sealed to the day of their verdict."""

    def __init__(self, week: date) -> None:
        sealed = Campaign.objects.filter(sealed_at__isnull=False).filter(Q(verdict_due=None) | Q(verdict_due__gt=week))
        self._live = list(sealed.select_related("version__plan__organisation", "organisation"))
        self._open: dict[str, list[Sent]] = defaultdict(list)
        self._areas: dict[int, frozenset[str]] = {}
        for campaign in self._live:
            self._read(campaign, week)

    def open_to(self, person: Person, organisation: Organisation) -> list[Sent]:
        """The messages for somebody here: their arm is not held out, and its wave begins by this week's Sunday."""
        return [*self._open[person.pk], *self._open[organisation.code]]

    def speaks_of(self, organisation: Organisation, measure: str) -> bool:
        """Whether a letter may speak of a measure here outside a campaign: not while a campaign tries it around here.

        Its own message alone may, so that arms differ by what was drawn for them and by nothing else.
        """
        return not any(_measure(c) == measure and self._around(c, organisation) for c in self._live)

    def sends(self, organisation: Organisation, content: str) -> bool:
        """Whether a letter may send a module here outside a campaign; as with measures."""
        return not any(c.content == content and self._around(c, organisation) for c in self._live)

    def _read(self, campaign: Campaign, week: date) -> None:
        if campaign.launched_at is None:
            return
        after = week + timedelta(days=7)
        waves = [date.fromisoformat(day) for day in campaign.waves] or [timezone.localdate(campaign.launched_at)]
        rows = AllocationRow.objects.filter(campaign=campaign).values_list("unit", "arm", "wave")
        for unit, arm, wave in rows:
            if arm == campaign.control or not 1 <= wave <= len(waves) or waves[wave - 1] >= after:
                continue
            message = campaign.variants.get(arm) or campaign.message
            self._open[unit].append(Sent(campaign, arm, message, _measure(campaign), waves[wave - 1]))

    def _around(self, campaign: Campaign, organisation: Organisation) -> bool:
        if campaign.pk not in self._areas:
            self._areas[campaign.pk] = frozenset(around(campaign.area).values_list("code", flat=True))
        return organisation.code in self._areas[campaign.pk]


def _measure(campaign: Campaign) -> str:
    return campaign.measure or (campaign.version.measure if campaign.version else "")
