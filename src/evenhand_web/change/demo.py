"""The demonstration's campaigns: finished ones with their events and promises, and one that waits to be launched."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from evenhand.change import randomise, seal
from evenhand.definition import loads
from evenhand.records import Scheme
from evenhand.table import Table
from evenhand_web.decide.demo import moment
from evenhand_web.decide.models import SchemeVersion
from evenhand_web.people.models import Person

from .models import AllocationRow, Campaign, Commitment, CommitmentReport, EngagementEvent
from .reading import modules

SEEDS = 1000  # how many seeds are tried to find the one that an allocation was drawn with
MESSAGE = (
    "Your practice's share of the costlier choice stands beside that of practices like yours. A short module "
    "shows when the other choice is as good for your patient, and when it is not. Two clicks make a promise; you will "
    "be told what became of it."
)


def take_campaign(version: SchemeVersion, allocation: Table, author: Person) -> Campaign:
    """The campaign of a scheme as a draft: design and seed are there, nobody is allocated yet."""
    scheme = loads(version.yaml, Scheme)
    return Campaign.objects.get_or_create(key=scheme.id, defaults={
        "title": scheme.title, "version": version, "content": _content(scheme), "message": MESSAGE, "level": "practice",
        "arms": [*scheme.treated_arms, scheme.control_arm], "ratio": [1] * (len(scheme.treated_arms) + 1),
        "strata": ["sicbl"], "seed": _seed(scheme, allocation), "author": author,
        "at": version.at + timedelta(days=1),
    })[0]  # fmt: skip


def launch(campaign: Campaign, allocation: Table) -> None:
    """Seal and launch a finished campaign on its scheme's first day."""
    if campaign.sealed_at is not None:
        return
    scheme = loads(campaign.version.yaml, Scheme)
    start = moment(f"{scheme.start}-01")
    drawn = _draw(scheme, allocation, campaign.seed)
    arms = dict(zip(allocation.text("unit"), allocation.text("arm"), strict=True))
    AllocationRow.objects.bulk_create(
        AllocationRow(campaign=campaign, unit=unit, cluster=cluster, arm=arms[unit], stratum=" / ".join(stratum))
        for unit, cluster, stratum in zip(drawn.units, drawn.cluster, drawn.stratum, strict=True)
    )
    kept = [arms[unit] for unit in drawn.units]
    campaign.sealed_at = start - timedelta(days=3)
    campaign.allocation_sha256 = seal(
        drawn.units, kept, drawn.stratum, drawn.cluster, campaign.arms, campaign.ratio, campaign.seed
    )
    campaign.launched_at, campaign.verdict_due = start, _month_after(scheme.follow_up.last)
    campaign.save()


def take_events(campaign: Campaign, events: Table, commitments: Table) -> None:
    """What the readers of one campaign did and promised; nothing if it is there already."""
    if campaign.events.exists():
        return
    known = set(Person.objects.values_list("key", flat=True))
    rows = zip(events.text("content"), events.text("person"), events.text("stage"), events.text("time"), strict=True)
    EngagementEvent.objects.bulk_create(
        (
            EngagementEvent(campaign=campaign, person_id=person, content=campaign.content, stage=stage, at=moment(at))
            for content, person, stage, at in rows
            if content in (campaign.key, campaign.content) and person in known
        ),
        ignore_conflicts=True,
    )
    _take_commitments(campaign, commitments, known)


def _take_commitments(campaign: Campaign, promises: Table, known: set[str]) -> None:
    names = ("plan", "person", "organisation", "measure", "size", "by", "time", "said")
    columns = (promises.text(name) for name in names)
    for plan, person, organisation, measure, size, by, at, said in zip(*columns, strict=True):
        if plan != campaign.version.plan.key or person not in known:
            continue
        commitment = Commitment.objects.create(
            person_id=person, organisation_id=organisation, version=campaign.version, campaign=campaign,
            measure=measure, what=campaign.title, size=float(size), by=date.fromisoformat(by), at=moment(at),
        )  # fmt: skip
        if said:
            CommitmentReport.objects.create(commitment=commitment, said=said, at=moment(by))


def _content(scheme: Scheme) -> str:
    """The module on the scheme's measure; the scheme's own id where nobody has written one."""
    return next((c.id for c in modules().values() if c.facts.measure == scheme.measure), scheme.id)


def _draw(scheme: Scheme, allocation: Table, seed: int):  # type: ignore[no-untyped-def]
    strata = allocation.text("stratum") if allocation.has("stratum") else ["all"] * len(allocation)
    return randomise(
        allocation.text("unit"), [*scheme.treated_arms, scheme.control_arm], seed=seed,
        clusters=allocation.text("cluster"), strata=[(stratum,) for stratum in strata],
    )  # fmt: skip


def _seed(scheme: Scheme, allocation: Table) -> int:
    """The seed that gives this very allocation, so that drawing it again in the browser gives it again; else 1."""
    arms = allocation.text("arm")
    return next((seed for seed in range(SEEDS) if list(_draw(scheme, allocation, seed).arm) == arms), 1)


def _month_after(month: str) -> date:
    first = datetime.fromisoformat(f"{month}-01").date()
    return (first + timedelta(days=32)).replace(day=1)
