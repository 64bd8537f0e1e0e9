"""The self-report gap: of the organisations where somebody says that practice changed, where does the data agree?"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.core.cache import cache
from django.utils import timezone

from evenhand.change import moved
from evenhand.records import Estimate
from evenhand.records.spread import Spread
from evenhand.stats.wilson import wilson
from evenhand.story import sight_keys, sights
from evenhand.story.sight import IMPROVES
from evenhand_web.site.lake import lake

from .evidence import known_measure
from .models import Campaign, Commitment

WEEK = 7 * 24 * 3600  # seconds
FEWEST = 10  # ENGAGEMENT.md C3: no group under ten people is shown


@dataclass(frozen=True)
class Gap:
    """Three numbers that are never added. promised, reported: people; places: organisations where somebody reports a
    change and the data can tell; moved: those of them where it moved the better way; share: moved of places. early: a
    campaign among them has no verdict yet, so nobody looks at its outcome."""

    promised: int
    reported: int
    places: int
    moved: int
    share: Estimate
    early: bool = False

    @property
    def few(self) -> bool:
        """Whether too few report for anything to be shown of them."""
        return self.reported < FEWEST

    @property
    def gap(self) -> int:
        """Organisations where it is said, less those where it is seen."""
        return self.places - self.moved


def gap(promises: Iterable[Commitment]) -> Gap | None:
    """The gap over these promises (all of one measure, with their reports); None if there is none of them."""
    every = list(promises)
    if not every:
        return None
    done = [p for p in every if any(report.said == "done" for report in p.reports.all())]
    people = len({p.person_id for p in done})
    promised = len({p.person_id for p in every})
    early = _early(every)
    if people < FEWEST or early:  # nothing of so few is looked at, and no outcome before its day
        return Gap(promised, people, 0, 0, Estimate(float("nan")), early)
    since: dict[tuple[str, str], date] = {}
    for p in done:
        key, day = (p.organisation.level, p.organisation_id), timezone.localdate(p.at)
        since[key] = min(since.get(key, day), day)
    ways = _ways(every[0].measure, since)
    known = [way for way in ways if way is not None]
    better = known.count("better")
    share = wilson(better, len(known)) if known else Estimate(float("nan"))
    return Gap(promised, people, len(known), better, share)


def _early(promises: list[Commitment]) -> bool:
    """Whether a campaign that these promises answer is still to be judged."""
    today = timezone.localdate()
    sent = Campaign.objects.filter(pk__in={p.campaign_id for p in promises if p.campaign_id is not None})
    return any(one.verdict_due is None or one.verdict_due > today for one in sent)


def _ways(measure: str, since: dict[tuple[str, str], date]) -> list[str | None]:
    """For each organisation whether it moved since a day, in no order that matters; None where nobody can tell. One
    look at a level, kept while data and reports stay as they are."""
    held, definition = lake(), known_measure(measure)
    if held is None or definition is None or not sights.is_stored(held, definition):
        return [None] * len(since)
    ordered = sorted(since.items())
    name = hashlib.sha256(f"gap {sight_keys.key(held, definition)} {ordered}".encode()).hexdigest()
    if (kept := cache.get(name)) is not None:
        return list(kept)
    levels: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for (level, code), day in ordered:
        levels[level].append((code, day))
    found: list[str | None] = []
    for level, places in levels.items():
        whole = sights.spread(held, definition, level, course=True)
        found += [_way(whole, code, day, IMPROVES[definition.direction]) for code, day in places]
    cache.set(name, found, WEEK)
    return found


def _way(whole: Spread | None, code: str, day: date, improves: str) -> str | None:
    row = None if whole is None else whole.row(code)
    if whole is None or row is None:
        return None
    month = np.datetime64(day, "M")
    keep = whole.months != month
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(whole.bottom[row] > 0, whole.top[row] / whole.bottom[row], np.nan)
    return moved(values[keep], whole.months[keep] > month, improves=improves).way
