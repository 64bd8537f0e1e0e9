"""The campaign desk: who would be written to, what the wave could see, and the sealed draw."""

from __future__ import annotations

import secrets
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from evenhand.change import Allocation, Content, randomise
from evenhand.change import seal as seal_of
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.records import Scheme
from evenhand_web.decide.models import Plan
from evenhand_web.decide.signing import sheet
from evenhand_web.listen.models import SurveyWave
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import around

from .audiences import audience, baseline_months, first_wave, follow_up_months
from .models import AllocationRow, Campaign
from .reading import modules

SEEDS = 2**31  # of chance; a seed that anybody can type into the command again
HELD = "control"  # the arm that gets nothing before the verdict
PUBLISHED_AFTER = 2  # months: prescribing data of a month is published about two months later


def scheme_of(campaign: Campaign) -> Scheme | None:
    """The scheme that a campaign serves, as its version says; None if it serves none."""
    return None if campaign.version is None else loads(campaign.version.yaml, Scheme)


def content_of(campaign: Campaign) -> Content | None:
    """The module that the campaign sends; None if nobody has written it."""
    return modules().get(campaign.content)


def draw(campaign: Campaign, lake: Lake | None = None) -> Allocation:
    """The draw that the campaign's seed gives: the same every time, until the audience changes.

    Raises
    ------
    InputError
        If there are too few to draw from, or the audience cannot be known.
    """
    people = audience(campaign, lake)
    strata = [(stratum,) for stratum in people.strata]
    if campaign.why_not_randomised:
        arm = [str(campaign.arms[0])] * len(people.units)
        return Allocation(
            people.units, tuple(arm), tuple(strata), people.clusters, tuple(campaign.arms), tuple(campaign.ratio), 0,
            seal_of(people.units, arm, strata, people.clusters, campaign.arms, campaign.ratio, 0),
            (1,) * len(people.units),
        )  # fmt: skip
    assert campaign.seed is not None, "a seed is chosen before the draw"
    many = len(campaign.waves)
    return randomise(
        people.units, campaign.arms, seed=campaign.seed, ratio=campaign.ratio, clusters=people.clusters, strata=strata,
        waves=max(1, many), holdout=campaign.control if many > 1 else "",
    )  # fmt: skip


def unmoved(campaign: Campaign) -> bool:
    """Whether the allocation is the one that was sealed: the same units, arms and waves, to the last letter."""
    rows = campaign.allocation.values_list("unit", "arm", "stratum", "cluster", "wave")
    unit, arm, stratum, cluster, wave = zip(*rows, strict=True) if rows else ((),) * 5
    return campaign.allocation_sha256 == seal_of(
        unit, arm, [(one,) if one else () for one in stratum], cluster, campaign.arms, campaign.ratio,
        campaign.seed or 0, list(wave) if len(campaign.waves) > 1 and not campaign.why_not_randomised else None,
    )  # fmt: skip


def may_be_drawn(campaign: Campaign) -> None:
    """Refuse what is sealed already, or whose scheme is not signed by all who must (InputError)."""
    if campaign.sealed_at is not None:
        raise InputError("This campaign is sealed already. Nothing was drawn again.")
    if campaign.version is not None:
        signed = sheet(campaign.version.plan)
        if not signed.in_force or signed.version.pk != campaign.version_id:
            raise InputError(
                f"The scheme is not in force: {signed.given} of {signed.needed} signatures stand under its latest "
                "version. Nothing was drawn."
            )


@transaction.atomic
def seal(campaign: Campaign, lake: Lake | None = None) -> Allocation:
    """Draw and seal: from now on nobody can be moved.

    The seed is chosen by chance in this very moment (a demonstration's is set before), so that nobody can know the
    arms beforehand.

    Raises
    ------
    InputError
        If it is sealed already, its scheme is not signed by all who must, or there are too few to draw from.
    """
    fresh = Campaign.objects.select_for_update().get(pk=campaign.pk)
    may_be_drawn(fresh)
    if fresh.seed is None:
        fresh.seed = 0 if fresh.why_not_randomised else secrets.randbelow(SEEDS)
    drawn = draw(fresh, lake)
    if not drawn.units:
        raise InputError("Nobody is in the audience. Nothing was drawn.")
    AllocationRow.objects.bulk_create(
        AllocationRow(campaign=fresh, unit=unit, cluster=cluster, arm=arm, stratum=" / ".join(stratum),
                      wave=0 if arm == fresh.control else wave)
        for unit, cluster, arm, stratum, wave
        in zip(drawn.units, drawn.cluster, drawn.arm, drawn.stratum, drawn.wave, strict=True)
    )  # fmt: skip
    fresh.power = campaign.power or fresh.power
    fresh.unmet, fresh.why_unmet = campaign.unmet, campaign.why_unmet
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
    campaign.verdict_due = due(campaign)
    campaign.save()


def due(campaign: Campaign) -> date | None:
    """The day from which a verdict may be asked for; None while nobody knows it (the second wave is not planned).

    A scheme says it; a campaign of its own is judged over its follow-up months, once they can be published; an
    awareness campaign once the second wave of its survey is closed.
    """
    if campaign.kind == "awareness":
        after = second_wave(campaign)
        return None if after is None else timezone.localdate(after.closes)
    scheme = scheme_of(campaign)
    if scheme is not None:
        return _month_after(scheme.follow_up.last)
    return _shifted(follow_up(campaign)[1], 1 + PUBLISHED_AFTER)


def is_due(campaign: Campaign) -> bool:
    """Whether anybody may look at the outcome: launched, and its day has come."""
    day = due(campaign)
    return campaign.launched_at is not None and day is not None and timezone.localdate() >= day


def second_wave(campaign: Campaign) -> SurveyWave | None:
    """The wave in which the question of an awareness campaign is repeated; None while nobody has planned one."""
    return SurveyWave.objects.filter(previous=first_wave(campaign)).first()


def baseline(campaign: Campaign) -> tuple[str, str]:
    """First and last month before the first wave begins that a campaign is judged against."""
    first = _first_day(campaign)
    return f"{_shifted(first, -baseline_months(campaign)):%Y-%m}", f"{_shifted(first, -1):%Y-%m}"


def follow_up(campaign: Campaign) -> tuple[date, date]:
    """The first days of the first and the last month in which a campaign is judged: those after its last wave."""
    last = date.fromisoformat(campaign.waves[-1]) if campaign.waves else _first_day(campaign)
    return _shifted(last, 1), _shifted(last, follow_up_months(campaign))


def _first_day(campaign: Campaign) -> date:
    if campaign.waves:
        return date.fromisoformat(campaign.waves[0])
    return timezone.localdate(campaign.launched_at) if campaign.launched_at else timezone.localdate()


def _shifted(day: date, months: int) -> date:
    """The first day of the month so many months on."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def campaigns(organisation: Organisation) -> list[Campaign]:
    """The campaigns whose area, or whose scheme's, is an organisation, lies above it or below it."""
    plans = Plan.objects.filter(organisation__in=around(organisation, Plan))
    there = Campaign.objects.filter(Q(version__plan__in=plans) | Q(organisation__in=around(organisation, Campaign)))
    return list(there.select_related("organisation", "version__plan__organisation"))


def _month_after(month: str) -> date:
    return _shifted(date.fromisoformat(f"{month}-01"), 1)


def balance(campaign: Campaign) -> list[dict[str, object]]:
    """Practices and networks in each arm and wave, as sealed."""
    rows = list(campaign.allocation.values_list("arm", "unit", "cluster", "wave"))
    days = [date.fromisoformat(day) for day in campaign.waves]
    found = []
    for arm, wave in sorted({(a, w) for a, _, _, w in rows}, key=lambda pair: (pair[0] == campaign.control, pair)):
        own = [(unit, cluster) for a, unit, cluster, w in rows if (a, w) == (arm, wave)]
        held = arm == campaign.control
        found.append({
            "arm": arm, "held": held, "practices": len(own), "networks": len({cluster for _, cluster in own}),
            "from": days[wave - 1] if days and not held and wave <= len(days) else None,
        })  # fmt: skip
    return found
