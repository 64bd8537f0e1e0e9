"""Last week's bulletins of the demonstration's accounts: there to be seen, and never sent to anybody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand_web.change import bulletins
from evenhand_web.change.models import Bulletin
from evenhand_web.people.models import Identity

from .bulletin_sights import Sights
from .bulletins import Gatherer

DOMAIN = "demonstration.example"  # RFC 2606: no mail ever arrives there
AT = time(7, 0)  # before a surgery begins


def take_bulletins(lake: Lake, identities: Iterable[Identity]) -> int:
    """Give every account an address, and the letter of last week to who would have had one; how many letters."""
    today = timezone.localdate()
    week = today - timedelta(days=today.weekday() + 7)
    gather = Gatherer(week)
    gather.sights = Sights(lake)
    made = 0
    for identity in identities:
        if not identity.email:
            identity.email = f"{identity.username}@{DOMAIN}"
            identity.save(update_fields=["email"])
        if Bulletin.objects.filter(person=identity.person).exists():
            continue
        offer = gather(identity.person, set(), None)
        if offer is None:
            continue
        try:
            letter = bulletins.written(week, identity.person, offer)
        except InputError:
            continue  # a letter that no reader would have got
        letter.state, letter.tries = "sent", 1
        letter.queued_at = letter.sent_at = timezone.make_aware(datetime.combine(week, AT))
        letter.save()
        made += 1
    return made
