"""The campaign desk: who would be written to, what the wave could see, and the sealed draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from evenhand.change import Allocation, Content, randomise
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.records import Scheme
from evenhand_web.decide.models import Plan
from evenhand_web.decide.signing import sheet
from evenhand_web.people.models import Membership, Organisation
from evenhand_web.people.tree import below

from .models import AllocationRow, Campaign
from .reading import modules


@dataclass(frozen=True)
class Audience:
    """The practices of a scheme's area, each with the network it is drawn with and its sub-ICB location."""

    units: tuple[str, ...]
    clusters: tuple[str, ...]
    strata: tuple[str, ...]

    @property
    def networks(self) -> int:
        """How many clusters there are to draw."""
        return len(set(self.clusters))


def scheme_of(campaign: Campaign) -> Scheme | None:
    """The scheme that a campaign serves, as its version says; None if it serves none."""
    return None if campaign.version is None else loads(campaign.version.yaml, Scheme)


def content_of(campaign: Campaign) -> Content | None:
    """The module that the campaign sends; None if nobody has written it."""
    return modules().get(campaign.content)


def audience(area: Organisation) -> Audience:
    """Every practice below an area, by code, with its PCN and its sub-ICB location (the area where it has none)."""
    practices = sorted(below(area, "practice"), key=lambda o: o.code)
    above: dict[str, dict[str, str]] = {}
    codes = [o.code for o in practices]
    for _ in range(2):  # a practice's PCN, and a PCN's place
        for tie in Membership.objects.filter(child__in=codes, end=None).select_related("parent"):
            above.setdefault(tie.child_id, {})[tie.parent.level] = tie.parent_id
        codes = sorted({parent for ties in above.values() for parent in ties.values()} - set(above))
    pcn = [above.get(o.code, {}).get("pcn", o.code) for o in practices]
    place = [above.get(o.code, {}).get("sicbl") or above.get(n, {}).get("sicbl") or area.code
             for o, n in zip(practices, pcn, strict=True)]  # fmt: skip
    return Audience(tuple(o.code for o in practices), tuple(pcn), tuple(place))


def draw(campaign: Campaign) -> Allocation:
    """The draw that the campaign's seed gives: the same every time, until the audience changes."""
    people = audience(campaign.area)
    return randomise(
        people.units, campaign.arms, seed=campaign.seed, ratio=campaign.ratio, clusters=people.clusters,
        strata=[(stratum,) for stratum in people.strata],
    )  # fmt: skip


@transaction.atomic
def seal(campaign: Campaign) -> Allocation:
    """Draw and seal: from now on nobody can be moved.

    Raises
    ------
    InputError
        If it is sealed already, or its scheme is not signed by all who must.
    """
    fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if fresh.sealed_at is not None:
        raise InputError("This campaign is sealed already. Nothing was drawn again.")
    if fresh.version is not None:
        signed = sheet(fresh.version.plan)
        if not signed.in_force or signed.version.pk != fresh.version_id:
            raise InputError(
                f"The scheme is not in force: {signed.given} of {signed.needed} signatures stand under its latest "
                "version. Nothing was drawn."
            )
    drawn = draw(fresh)
    AllocationRow.objects.bulk_create(
        AllocationRow(campaign=fresh, unit=unit, cluster=cluster, arm=arm, stratum=" / ".join(stratum))
        for unit, cluster, arm, stratum in zip(drawn.units, drawn.cluster, drawn.arm, drawn.stratum, strict=True)
    )
    fresh.sealed_at, fresh.allocation_sha256 = timezone.now(), drawn.seal
    fresh.save()
    return drawn


def launch(campaign: Campaign) -> None:
    """Send it: the sealed wave begins, and the day on which a verdict may be asked for is set.

    Raises
    ------
    InputError
        If it is not sealed, or was launched before.
    """
    if campaign.sealed_at is None:
        raise InputError("Draw and seal the allocation first. Nothing was launched.")
    if campaign.launched_at is not None:
        raise InputError("This campaign was launched already.")
    campaign.launched_at = timezone.now()
    campaign.verdict_due = _month_after(scheme_of(campaign).follow_up.last)
    campaign.save()


def campaigns(places: list[Organisation]) -> list[Campaign]:
    """The campaigns of schemes whose area is one of these."""
    plans = Plan.objects.filter(organisation__in=places)
    there = Campaign.objects.filter(Q(version__plan__in=plans) | Q(organisation__in=places))
    return list(there.select_related("organisation", "version__plan__organisation"))


def _month_after(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return (first + timedelta(days=32)).replace(day=1)


def balance(campaign: Campaign) -> list[dict[str, object]]:
    """Practices and networks in each arm, as sealed."""
    rows = list(campaign.allocation.values_list("arm", "unit", "cluster"))
    return [
        {
            "arm": arm, "practices": sum(a == arm for a, _, _ in rows),
            "networks": len({c for a, _, c in rows if a == arm}),
        }
        for arm in dict.fromkeys(a for a, _, _ in rows)
    ]
