"""A pathway in one place: its decision points in order, each with its measures, what they are worth, who leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import Measure, Pathway, load_all, load_pathways
from evenhand.measures.library import DEFINITIONS
from evenhand.records.spread import Standing
from evenhand.story import sights
from evenhand_web.decide.models import Plan
from evenhand_web.people.leads import leads
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import upward
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.see import comparing

STAGES = {
    "prevention": "Prevention", "diagnosis": "Diagnosis", "treatment": "Treatment", "monitoring": "Monitoring",
    "referral": "Referral", "aftercare": "Aftercare",
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One decision point: lines, as in a list of measures; missing: measures that nothing is stored of here."""

    title: str
    stage: str
    question: str
    lines: tuple[dict[str, Any], ...]
    missing: tuple[Measure, ...]
    pounds: float
    plans: tuple[Plan, ...]


def known() -> dict[str, Pathway]:
    """Every pathway by id; one that names a measure which is not there is left out."""
    files = sorted((DEFINITIONS / "pathways").glob("*.yaml"))
    return _read(tuple((str(file), file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, int], ...]) -> dict[str, Pathway]:
    """The files are read once, and again when one has changed."""
    try:
        return load_pathways(load_all())
    except InputError:
        return {}


def points(
    lake: Lake | None, organisation: Organisation, pathway: Pathway, stood: Mapping[str, Standing], plans: list[Plan]
) -> list[Point]:
    """The decision points of a pathway, as this organisation stands in each."""
    every = sights.known(lake) if lake else load_all()
    found = []
    for decision in pathway.decisions:
        lines = [comparing.line(every[name], stood[name], own=stood[name].code == organisation.code)
                 for name in decision.measures if name in stood]  # fmt: skip
        found.append(Point(
            decision.title, STAGES[decision.stage], decision.question, tuple(lines),
            tuple(every[name] for name in decision.measures if name not in stood and name in every),
            sum(max(0.0, item["pounds"] or 0.0) for item in lines),
            tuple(plan for plan in plans if (v := plan.latest()) and v.measure in decision.measures),
        ))  # fmt: skip
    return found


def lead(organisation: Organisation, pathway: str) -> str:
    """Who leads the pathway here, or in the nearest organisation above that has a named lead; else "vacant"."""
    for found in leads(upward(organisation), [pathway]):
        if found.person is not None:
            where = "" if found.organisation.code == organisation.code else f", of {found.organisation.name}"
            return f"{found.name}{where}"
    return "vacant"


def proved(measures: tuple[str, ...]) -> list[VerdictRecord]:
    """What was tried on the pathway's measures anywhere, proved first; no organisation is named."""
    records = VerdictRecord.objects.filter(design__version__measure__in=measures).order_by("-evidenced", "-id")
    return list(records.select_related("design__version__plan")[:5])


def spend(stood: Mapping[str, Standing], pathway: str) -> tuple[float, str] | None:
    """What the pathway's prescribing costs here in a year, if a measure of it sums money: pounds and its title."""
    found = stood.get(f"{pathway}_spend")
    return None if found is None else (float(found.numerator), found.last)
