"""The week's bulletins: who gets one and what it says. Made again, it adds who is missing and changes nothing.

What there is to say is gathered from every step, so the floor that knows them all hands its gatherer in when it starts:
`bulletins.register(make)` with `make(week) -> (person, told) -> Offer | None`.
"""

from __future__ import annotations

import math
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Protocol

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from evenhand.change.bulletin import Action, Letter, Sighting, write
from evenhand.errors import InputError
from evenhand_web.people.models import Identity, Organisation, Person

from . import emails
from .models import Bulletin, BulletinChoice, Campaign
from .models.bulletins import new_token

AT_ONCE = 500  # people whose letters are written and kept in one transaction
TOLD = ("queued", "sending", "sent")  # what was or will be told; a letter that failed told nothing


@dataclass(frozen=True)
class Offer:
    """What there is to say to one person: where its button leads, under which names it counts as told, the day
    before which it must not go out, and whether nothing here differs by more than chance."""

    organisation: Organisation
    kind: str
    sighting: Sighting | None
    action: Action
    path: str
    became: str
    where: str = ""
    message: str = ""
    sender: str = ""
    subject: str = ""
    content: str = ""
    arm: str = ""
    campaign: Campaign | None = None
    told: tuple[str, ...] = ()
    begins: date | None = None
    nothing: bool = False


class Gather(Protocol):
    """What gathers for one week; `prepare` reads at once what is asked of many people."""

    def prepare(self, people: Sequence[Person]) -> None: ...

    def __call__(self, person: Person, told: Collection[str], last: Bulletin | None) -> Offer | None: ...


_makers: list[Callable[[date], Gather]] = []


@dataclass
class Made:
    """What making a week's queue came to: people counted by what became of them, and what could not be written."""

    week: date
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        words = ("queued", "already", "nothing_to_do", "unsubscribed", "without_email", "refused")
        why = [{"reason": reason, "people": n} for reason, n in self.refused.most_common()]
        return {"week": self.week.isoformat(), **{word: self.counts[word] for word in words}, "why_refused": why}


def register(make: Callable[[date], Gather]) -> None:
    """Hand in what gathers: called once a week's queue or a preview, so that it may keep what it reads."""
    if make not in _makers:
        _makers.append(make)


def gatherer(week: date) -> Gather:
    """What gathers for a week."""
    if not _makers:
        raise RuntimeError("nothing gathers for bulletins; HomeConfig.ready hands it in")
    return _makers[0](week)


def monday(week: date) -> date:
    """The week's first day.

    Raises
    ------
    InputError
        If it is no Monday.
    """
    if week.weekday() != 0:
        raise InputError(f"--week {week}: a week begins on a Monday, and that is a {week:%A}; give its Monday")
    return week


def make(week: date, progress: Callable[[int], None] | None = None) -> Made:
    """Queue one letter for everybody who has something to do this week. Twice, or two at once, is as once.

    Raises
    ------
    InputError
        If the week does not begin on a Monday, or there is no address to send from.
    """
    made, gather = Made(monday(week)), gatherer(week)
    emails.sender_header()
    for people in _batches(_addressed()):
        theirs = Bulletin.objects.filter(week=week, person__in=[identity.person_id for identity in people])
        rows = _batch(week, people, gather, made)
        Bulletin.objects.bulk_create(rows, ignore_conflicts=True)  # whom another maker was quicker with has theirs
        fresh = theirs.filter(message_id__in=[row.message_id for row in rows]).count()
        made.counts["queued"] += fresh
        made.counts["already"] += len(rows) - fresh
        if progress is not None:
            progress(sum(made.counts.values()))
    made.counts["without_email"] = Identity.objects.filter(is_active=True, email="").count()
    return made


def preview(person: Person, week: date) -> tuple[Offer, Letter] | None:
    """What would be written to somebody now; None if they have nothing to do. Nothing is kept."""
    offer = gatherer(week)(person, *history([person.pk], week)[person.pk])
    return None if offer is None else (offer, letter_of(offer))


def wants(person: Person) -> bool:
    """Whether somebody wants bulletins: their last choice; without one they do."""
    last = BulletinChoice.objects.filter(person=person).order_by("-id").first()
    return last is None or last.wanted


def choose(person: Person, wanted: bool, how: str) -> bool:
    """Keep a choice; whether it was a change. Choosing the same again keeps nothing."""
    if wants(person) == wanted:
        return False
    BulletinChoice.objects.create(person=person, wanted=wanted, how=how)
    return True


def letter_of(offer: Offer) -> Letter:
    """The words of an offer."""
    return write(offer.organisation.name, offer.sighting, offer.action, offer.became, message=offer.message,
                 sender=offer.sender, where=offer.where, subject=offer.subject, nothing=offer.nothing)  # fmt: skip


def history(people: Sequence[str], week: date) -> dict[str, tuple[set[str], Bulletin | None]]:
    """For each person what was told to them in other weeks, and the latest letter that went out before this week."""
    found: dict[str, tuple[set[str], Bulletin | None]] = {key: (set(), None) for key in people}
    rows = Bulletin.objects.filter(person__in=people, state__in=TOLD).exclude(week=week).order_by("week")
    for row in rows.only("person_id", "facts", "week", "state", "organisation_id"):
        told, last = found[row.person_id]
        told.update(row.facts.get("told", ()))
        found[row.person_id] = (told, row if row.state == "sent" and row.week < week else last)
    return found


def sighting_in(facts: dict[str, Any]) -> Sighting | None:
    """The number of a kept letter, as it was."""
    held = facts.get("sighting")
    if not held:
        return None
    floats = ("value", "low", "high", "middle", "worth", "worth_low", "room")
    return Sighting(**held | {name: math.nan if held[name] is None else held[name] for name in floats})


def _addressed() -> QuerySet[Identity]:
    """Everybody a letter could reach, with their last choice."""
    last = BulletinChoice.objects.filter(person=OuterRef("person")).order_by("-id").values("wanted")[:1]
    return (
        Identity.objects.filter(is_active=True).filter(~Q(email=""))
        .annotate(wanted=Subquery(last)).order_by("pk").select_related("person__organisation")
    )  # fmt: skip


def _batches(identities: QuerySet[Identity]) -> Iterator[list[Identity]]:
    last = 0
    while batch := list(identities.filter(pk__gt=last)[:AT_ONCE]):
        last = batch[-1].pk
        yield batch


def _batch(week: date, people: list[Identity], gather: Gather, made: Made) -> list[Bulletin]:
    keys = [identity.person_id for identity in people]
    there = set(Bulletin.objects.filter(week=week, person__in=keys).values_list("person", flat=True))
    told = history([key for key in keys if key not in there], week)
    gather.prepare([i.person for i in people if i.person_id not in there and i.wanted is not False])
    rows = []
    for identity in people:
        if identity.person_id in there:
            made.counts["already"] += 1
        elif identity.wanted is False:
            made.counts["unsubscribed"] += 1
        elif (offer := gather(identity.person, *told[identity.person_id])) is None:
            made.counts["nothing_to_do"] += 1
        else:
            try:
                rows.append(written(week, identity.person, offer))
            except InputError as error:
                made.counts["refused"] += 1
                made.refused[_by(offer, error)] += 1
    return rows


def written(week: date, person: Person, offer: Offer) -> Bulletin:
    """An offer as a letter of the queue, not yet kept."""
    letter, token = letter_of(offer), new_token()
    to = emails.links(token)
    return Bulletin(
        person=person, organisation=offer.organisation, week=week, kind=offer.kind, campaign=offer.campaign,
        facts=facts(offer, letter), subject=letter.subject, text=emails.text_of(letter, to),
        html=emails.html_of(letter, to), token=token, not_before=_not_before(offer),
        message_id=f"<{week:%Y%m%d}.{secrets.token_hex(12)}@{emails.domain()}>",
    )  # fmt: skip


def _not_before(offer: Offer) -> datetime:
    now = timezone.now()
    if offer.begins is None:
        return now
    return max(now, timezone.make_aware(datetime.combine(offer.begins, time())))


def facts(offer: Offer, letter: Letter) -> dict[str, Any]:
    """What a kept letter rests on, as plain values."""
    return {
        "sighting": offer.sighting.as_json() if offer.sighting else None, "action": offer.action.as_json(),
        "path": offer.path, "became": offer.became, "content": offer.content, "arm": offer.arm,
        "told": list(offer.told), "letter": letter.as_json(),
    }  # fmt: skip


def _by(offer: Offer, error: InputError) -> str:
    """Why a letter could not be written: once a campaign, without the organisation's name."""
    reason = str(error).partition(": ")[2] or str(error)
    return f"campaign {offer.campaign.key}: {reason}" if offer.campaign else reason
