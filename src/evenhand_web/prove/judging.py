"""A scheme before its judge: the design registered, the verdict asked for when it is due, and what still waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone

from evenhand import prove
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import latest_month
from evenhand.records import Scheme
from evenhand.story import judge
from evenhand.table import Table
from evenhand_web.change.desk import unmoved
from evenhand_web.change.models import Campaign
from evenhand_web.change.promising import verify
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import around

from .models import RegisteredDesign, VerdictRecord
from .record import keep_verdict, scheme_of


@dataclass(frozen=True)
class Case:
    """A scheme as PROVE sees it: campaign, registered design and latest verdict, each None until it is there.

    later: the design that is registered for a later year than the one judged last, None if there is none. The scheme
    is on the months of `design`.
    """

    plan: Plan
    scheme: Scheme
    campaign: Campaign | None
    design: RegisteredDesign | None
    verdict: VerdictRecord | None
    later: RegisteredDesign | None = None

    @property
    def state(self) -> str:
        """The state for `{% state %}`; '' while nothing can be said."""
        if self.verdict is None:
            return ""
        breached = any(g.verdict == "breach" for g in self.verdict.guardrails.all())
        return "breach" if breached else "proved" if self.verdict.evidenced else "inconclusive"


def cases(organisation: Organisation) -> list[Case]:
    """The schemes of this organisation, of those above it and of those below it."""
    plans = Plan.objects.filter(organisation__in=around(organisation, Plan)).select_related("organisation")
    return [case(plan) for plan in plans if plan.latest() is not None]


def case(plan: Plan, design: RegisteredDesign | None = None) -> Case:
    """One scheme with what has become of it. The campaign that was sealed first is the one that is judged.

    design: which of its designs, one a year; the one that was judged last, or the first, where none is named.
    """
    campaigns = list(Campaign.objects.filter(version__plan=plan).select_related("version").order_by("at", "id"))
    campaign = next((c for c in campaigns if c.sealed_at is not None), campaigns[0] if campaigns else None)
    rows = RegisteredDesign.objects.filter(version__plan=plan).select_related("version__plan", "campaign")
    designs = {row.pk: row for row in rows}
    judged = VerdictRecord.objects.filter(design__in=[design] if design else list(designs))
    verdict, later = judged.prefetch_related("guardrails").first() if designs else None, None
    if design is None and designs:
        design = designs[verdict.design_id] if verdict else next(iter(designs.values()))
        later = next((row for row in designs.values() if row.pk > design.pk), None)
    if design is not None:
        return Case(plan, scheme_of(design), campaign, design, verdict, later)
    version = campaign.version if campaign else plan.latest()
    assert version is not None, f"scheme {plan.key} has no version"
    return Case(plan, loads(version.yaml, Scheme, where=plan.key), campaign, None, None)


def later_case(found: Case) -> Case | None:
    """The same scheme in the later year that is registered; None if none is."""
    return None if found.later is None else case(found.plan, found.later)


def why_not_register(found: Case, lake: Lake | None) -> str:
    """Why no design can be registered now, in a sentence; '' if one can."""
    if found.design is not None:
        return f"A design was registered on {_day(found.design.at)} and stands. Nothing was registered again."
    if found.campaign is None or found.campaign.sealed_at is None:
        return "A design is registered once the allocation is drawn and sealed, so that nobody can be moved afterwards."
    if lake is not None and not lake.demonstration and _published(lake) >= found.scheme.follow_up.first:
        return (
            f"The months that would be judged ({found.scheme.follow_up.first} and on) are published already. A design "
            "written down after the outcome can be read proves nothing."
        )
    return ""


@transaction.atomic
def register(plan: Plan, lake: Lake | None, person: Person) -> RegisteredDesign:
    """Register how a scheme will be judged: its sealed version and the seal of its allocation, one hash over both.

    Raises
    ------
    InputError
        If a design is there, the campaign is not sealed, the outcome is published, or the design judges nothing.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    found = case(plan)
    if reason := why_not_register(found, lake):
        raise InputError(reason)
    assert found.campaign is not None
    sealed = found.campaign.allocation_sha256
    _unmoved(found.campaign)
    return RegisteredDesign.objects.create(
        version=found.campaign.version, campaign=found.campaign, person=person,
        sha256=prove.register(found.scheme, seal=sealed),
        design=found.scheme.model_dump(mode="json", by_alias=True) | {"allocation_sha256": sealed},
    )  # fmt: skip


def next_look(found: Case, lake: Lake | None) -> Scheme | None:
    """How a judged scheme would be judged in a later year, of whose months none is published; None if a later year is
    registered already, or nothing is loaded."""
    if lake is None or found.verdict is None or found.later is not None:
        return None
    return prove.later_year(found.scheme, published=_published(lake))


@transaction.atomic
def register_later(plan: Plan, lake: Lake | None, person: Person) -> RegisteredDesign | None:
    """Register the same comparison for a later year, before any of its months can be read; None if one is registered
    already, or there is nothing to compare again.

    Raises
    ------
    InputError
        If the allocation was moved.
    """
    found = case(plan)
    again = next_look(found, lake)
    if again is None or found.design is None or found.campaign is None:
        return None
    sealed = _sealed(found)
    return RegisteredDesign.objects.create(
        version=found.design.version, campaign=found.campaign, person=person,
        sha256=prove.register(again, seal=sealed),
        design=again.model_dump(mode="json", by_alias=True) | {"allocation_sha256": sealed},
    )  # fmt: skip


def why_not_yet(found: Case, lake: Lake | None) -> str:
    """Why no verdict can be asked for now, in a sentence; '' if it can."""
    if found.design is None:
        return "No design is registered. Register how the scheme will be judged before anybody looks at its outcome."
    campaign, last = found.campaign, found.scheme.follow_up.last
    if campaign is None or campaign.launched_at is None or campaign.verdict_due is None:
        return "The campaign has not been launched, so there is nothing to judge."
    if timezone.localdate() < campaign.verdict_due:
        return f"The verdict is due on {_day(campaign.verdict_due)}. Nobody looks at the outcome before."
    if lake is None:
        return "No published data is loaded, so nothing can be judged."
    if (published := _published(lake)) < last:
        return f"The follow-up ends in {last}; what is loaded ends in {published}. The verdict waits for all of it."
    return ""


def ask(plan: Plan, lake: Lake | None, person: Person, design: int | None = None) -> VerdictRecord:
    """Judge a scheme from the lake by its sealed allocation and its registered design, and keep what was found.

    design: which of its designs, by number: the one that was judged last, or that of the later year after it; the
    former where none is named.

    Raises
    ------
    InputError
        If it is too early, the allocation was moved, the data cannot judge it, or the design is neither. Nothing is
        kept then.
    """
    found = case(plan)
    if design is not None and found.later is not None and design == found.later.pk:
        found = case(plan, found.later)
    elif design is not None and (found.design is None or design != found.design.pk):
        raise InputError("Another year is judged by now than this page showed; look again. Nothing was kept.")
    if reason := why_not_yet(found, lake):
        raise InputError(reason)
    assert lake is not None
    assert found.design is not None
    assert found.campaign is not None
    sealed = _sealed(found)
    judged = judge.verdict(
        lake, found.scheme, allocation=allocation(found), sealed=sealed, design=found.design.sha256
    )
    record = keep_verdict(found.design, judged, lake, person)
    verify(found.campaign)  # only now does anybody look who of those that reported works where the data moved
    return record


def allocation(found: Case) -> Table:
    """The allocation as it was drawn, as the library reads one."""
    assert found.campaign is not None
    rows = list(found.campaign.allocation.values_list("unit", "arm", "cluster"))
    columns = {"unit": [r[0] for r in rows], "arm": [r[1] for r in rows]}
    if found.scheme.cluster != "unit":
        columns[found.scheme.cluster] = [r[2] for r in rows]
    return Table(f"allocation of {found.campaign.key}", columns)


def _sealed(found: Case) -> str:
    """The seal of the allocation that the design was bound to; refused if the allocation was moved since."""
    assert found.design is not None
    assert found.campaign is not None
    drawn_here = found.campaign.allocation_sha256
    sealed = str(found.design.design.get("allocation_sha256", drawn_here))
    if sealed == drawn_here:  # the demonstration's finished schemes are bound to the seal of a file instead
        _unmoved(found.campaign)
    return sealed


def _unmoved(campaign: Campaign) -> None:
    """Refuse an allocation that is not the one that was sealed."""
    if not unmoved(campaign):
        raise InputError("The allocation is not the one that was sealed, so it can judge nothing. Nothing was kept.")


def _published(lake: Lake) -> str:
    """The latest month that the lake speaks of, YYYY-MM."""
    return str(np.datetime64(latest_month(lake), "M"))


def _day(moment: object) -> str:
    """5 March 2026."""
    return f"{moment:%-d %B %Y}"
