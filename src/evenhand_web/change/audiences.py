"""Who a campaign is for: the practices of its area, what they are drawn with, and within which strata."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story.campaigning import Ground, chosen, ground, sizes
from evenhand_web.listen.models import Invitation, SurveyWave
from evenhand_web.people.models import Membership, Organisation
from evenhand_web.people.tree import below

from .models import Campaign

STRATA = ("sicbl", "size")


@dataclass(frozen=True)
class Audience:
    """The practices of a campaign, each with the network it is drawn with and the stratum that it is drawn in.

    left_out: practices of the area that are not among them; ground: the measure that chose them, None if none did.
    """

    units: tuple[str, ...]
    clusters: tuple[str, ...]
    strata: tuple[str, ...]
    left_out: int = 0
    ground: Ground | None = None

    @property
    def networks(self) -> int:
        """How many clusters there are to draw."""
        return len(set(self.clusters))


def practices(area: Organisation) -> Audience:
    """Every practice below an area, by code, with its PCN and its sub-ICB location (the area where it has none)."""
    found = sorted(below(area, "practice"), key=lambda o: o.code)
    if area.level == "practice":
        found = [area]
    above: dict[str, dict[str, str]] = {}
    codes = [o.code for o in found]
    for _ in range(2):  # a practice's PCN, and a PCN's place
        rows = Membership.objects.filter(child__in=codes, end=None)
        for child, parent, level in rows.values_list("child_id", "parent_id", "parent__level"):
            above.setdefault(child, {})[level] = parent
        codes = sorted({parent for ties in above.values() for parent in ties.values()} - set(above))
    pcn = [above.get(o.code, {}).get("pcn", o.code) for o in found]
    place = [above.get(o.code, {}).get("sicbl") or above.get(n, {}).get("sicbl") or area.code
             for o, n in zip(found, pcn, strict=True)]  # fmt: skip
    return Audience(tuple(o.code for o in found), tuple(pcn), tuple(place))


def audience(campaign: Campaign, lake: Lake | None) -> Audience:
    """Whom a campaign is for as things stand, ready to be drawn. What is sealed stands in its allocation instead.

    Raises
    ------
    InputError
        If its audience or its strata need published data, and there is none.
    """
    every = practices(campaign.area)
    units = list(every.units)
    if campaign.kind == "awareness":
        asked = set(_first(campaign).values_list("organisation_id", flat=True))
        units = [unit for unit in units if unit in asked]
    here = _ground(campaign, lake)
    choose = str(campaign.audience.get("choose", "all"))
    if choose != "all" and here is None:
        raise InputError("Who lies beyond the benchmark is not known: the measure is not published for practices.")
    if here is not None:
        units = list(chosen(here, units, choose))
    network = dict(zip(every.units, every.clusters, strict=True))
    place = dict(zip(every.units, every.strata, strict=True))
    clusters = [unit if campaign.cluster == "practice" else network[unit] for unit in units]
    strata = _strata(campaign, here, units, clusters, [place[unit] for unit in units])
    return Audience(tuple(units), tuple(clusters), tuple(strata), len(every.units) - len(units), here)


def _strata(
    campaign: Campaign, here: Ground | None, units: list[str], clusters: list[str], places: list[str]
) -> list[str]:
    """The stratum of each unit, the same all over its cluster."""
    parts: list[dict[str, str]] = []
    if "sicbl" in campaign.strata:
        votes: dict[str, Counter[str]] = {}
        for cluster, place in zip(clusters, places, strict=True):
            votes.setdefault(cluster, Counter())[place] += 1
        # a network over two places is drawn in that of most of its practices; of equals, in the first by code
        parts.append({c: min(v, key=lambda place, v=v: (-v[place], place)) for c, v in votes.items()})
    if "size" in campaign.strata:
        if campaign.kind == "awareness":
            many = Counter(_first(campaign).filter(organisation__in=units).values_list("organisation_id", flat=True))
            total: Counter[str] = Counter()
            for unit, cluster in zip(units, clusters, strict=True):
                total[cluster] += many[unit]
            middle = sorted(total.values())[len(total) // 2] if total else 0
            parts.append({c: "larger" if n >= middle else "smaller" for c, n in total.items()})
        elif here is None:
            raise InputError("Sizes are not known: the measure is not published for practices. Leave size out.")
        else:
            parts.append(sizes(here, units, clusters))
    return [" / ".join(part[cluster] for part in parts) or "all" for cluster in clusters]


def _ground(campaign: Campaign, lake: Lake | None) -> Ground | None:
    """The campaign's measure before its first wave; None if it has none, or nothing is published."""
    measure = measure_of(campaign)
    if campaign.kind == "awareness" or lake is None or not measure:
        return None
    try:
        return ground(lake, measure, months=baseline_months(campaign))
    except InputError:
        return None


def measure_of(campaign: Campaign) -> str:
    """The measure that a campaign is to move; '' of an awareness campaign."""
    return campaign.measure or (campaign.version.measure if campaign.version else "")


def baseline_months(campaign: Campaign) -> int:
    """The months before it that a campaign is judged against."""
    return int(campaign.window.get("baseline", 6))


def follow_up_months(campaign: Campaign) -> int:
    """The months after its last wave in which a campaign is judged."""
    return int(campaign.window.get("follow_up", 6))


def first_wave(campaign: Campaign) -> SurveyWave:
    """The wave of an awareness campaign's survey that was asked before it.

    Raises
    ------
    InputError
        If it is not there any more.
    """
    found = SurveyWave.objects.filter(key=campaign.outcome.get("wave", "")).first()
    if found is None:
        raise InputError("The survey wave that this campaign begins from is not there. Choose another.")
    return found


def _first(campaign: Campaign):  # type: ignore[no-untyped-def]
    return Invitation.objects.filter(wave=first_wave(campaign)).order_by("id")
