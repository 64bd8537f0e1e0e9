"""What the pages of Money show: whose target, which savings, and what each of them waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from evenhand import account
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.records import Scheme, Verdict
from evenhand.story import People
from evenhand.story.watching import Watch
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import ancestors, around, inside
from evenhand_web.prove import watching
from evenhand_web.prove.judging import case
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.prove.record import verdict_of

from . import adopting, book, confirming, said
from .models import Confirmation, Target
from .moving import Standing, standing


@dataclass(frozen=True)
class Aim:
    """The target in sight. place: whose bar is drawn; targets: its own, or those of the organisations below it."""

    place: Organisation
    targets: tuple[Target, ...]

    @property
    def pence(self) -> int:
        """What was set out to be saved."""
        return sum(target.pence for target in self.targets)

    @property
    def end(self) -> date:
        """The last day of the last of them."""
        return max(target.end for target in self.targets)


def aim(organisation: Organisation) -> Aim:
    """The latest target here; else those below, added (none within another); else the nearest one above."""
    if own := _target(organisation):
        return Aim(organisation, (own,))
    taken: dict[str, Target] = {}
    asked = inside(organisation, Target.objects.values_list("organisation", flat=True)) - {organisation.code}
    for place in Organisation.objects.filter(code__in=asked):
        if (target := _target(place)) and not any(o.code in asked for o in ancestors(place)):
            taken[place.code] = target
    if taken:
        return Aim(organisation, tuple(taken.values()))
    for place in ancestors(organisation):
        if target := _target(place):
            return Aim(place, (target,))
    return Aim(organisation, ())


def progress(entries: Sequence[account.Entry], found: Aim) -> account.Progress:
    """How far the savings of the target's organisation and of all below it have come."""
    return account.progress(entries, found.pence, organisations=of(found.place, entries), as_of=_now())


def _now() -> str:
    """This month: a saving whose proof is a year old is due again, whether or not anything was booked since."""
    return f"{timezone.localdate():%Y-%m}"


def of(place: Organisation, entries: Sequence[account.Entry]) -> frozenset[str]:
    """The organisations of a place, itself with them, that have a saving."""
    return inside(place, (entry["organisation"] for entry in entries))


@dataclass(frozen=True)
class Line:
    """One saving on the page: where it stands, what it waits for, who has confirmed, and why nobody can yet.

    allows: what would stand, in pence and in patients, if both confirmed what it waits for; None where nobody can.
    again: how it would then be judged in a later year, if that is still to be registered.
    """

    standing: Standing
    pence: int
    patients: int
    confirmed: dict[str, Confirmation]
    cannot_confirm: str
    sharing: account.Sharing | None = None
    allows: tuple[int, int] | None = None
    again: Scheme | None = None

    @property
    def number(self) -> int:
        """Its latest entry."""
        last = self.standing.last
        return last.number if last else 0


def lines(organisation: Organisation, entries: Sequence[account.Entry], lake: Lake | None = None) -> list[Line]:
    """Every scheme of this organisation, above or below it, with its saving; with a lake also whose cells it meets."""
    last, held = {entry.saving: entry for entry in entries}, account.held(entries)
    plans = Plan.objects.filter(organisation__in=around(organisation, Plan)).select_related("organisation")
    found = []
    for plan in plans:
        if plan.latest() is None:
            continue
        now = standing(plan, last.get(plan.key))
        pence, patients = held.get(plan.key, (0, 0))
        sharing, cannot = _sharing(now, entries, lake)
        given = confirming.given(now, None if lake is None else sharing.seal if sharing else "")
        found.append(Line(
            now, pence, patients, given,
            confirming.why_not(now) or cannot, sharing, confirming.allows(now, sharing),
            confirming.next_look(now, lake),
        ))  # fmt: skip
    return found


def _sharing(
    now: Standing, entries: Sequence[account.Entry], lake: Lake | None
) -> tuple[account.Sharing | None, str]:  # fmt: skip
    """How its cells would be shared, and why they cannot be."""
    try:
        return confirming.offer(now, entries, lake), ""
    except InputError as error:
        return None, f"{error}."


def near(organisation: Organisation, entries: Sequence[account.Entry]) -> list[account.Entry]:
    """The entries on savings of this organisation, of those above it and of those below it."""
    codes = of(organisation, entries) | {o.code for o in ancestors(organisation)}
    return [entry for entry in entries if entry["organisation"] in codes]


def people(lake: Lake, organisation: Organisation) -> People:
    """What the report tells of, as it is kept here: what was said, decided, promised, judged and booked."""
    judged: dict[str, Verdict] = {}
    watched: dict[str, Watch] = {}
    for record in VerdictRecord.objects.select_related("design__version__plan").order_by("id"):
        judged[record.design.version.plan.key] = verdict_of(record)
    for plan in Plan.objects.filter(key__in=judged, organisation__in=around(organisation, Plan)):
        if (beside := watching.watch(case(plan), lake)) is not None:
            watched[plan.key] = beside
    found = aim(organisation)
    return replace(
        People.of(lake), entries=book.read(), judged=judged, watched=watched, target_pence=found.pence,
        target_by=found.end if found.targets else None, promised=adopting.promised(Plan.objects.all()),
        as_of=_now(), kept=said.kept(organisation),
    )  # fmt: skip


def _target(organisation: Organisation) -> Target | None:
    return Target.objects.filter(organisation=organisation).first()
