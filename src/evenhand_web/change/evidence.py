"""What the data shows of one organisation on one measure before and after a day. It is shown, never counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import numpy as np

from evenhand import measures
from evenhand.change import Moved, moved
from evenhand.change.cycle_words import WAYS, said, written
from evenhand.errors import InputError
from evenhand.measures import Measure
from evenhand.records.spread import Standing
from evenhand.story import sights
from evenhand.story.sight import IMPROVES
from evenhand_web.people.models import Organisation
from evenhand_web.see import comparing
from evenhand_web.site.lake import lake
from evenhand_web.site.templatetags.evenhand import month

SEAL = 16  # letters of a hash that a reader may compare


@dataclass(frozen=True)
class Evidence:
    """Before and after a day, as the measure stands for an organisation.

    own: the numbers are its own, not those of the place above that stands for it. first, last: the months after the
    day that are known, '' if none is.
    """

    measure: Measure
    standing: Standing
    own: bool
    found: Moved
    first: str
    last: str

    @property
    def known(self) -> bool:
        """Whether anything was published since."""
        return self.found.points_after > 0

    @property
    def sentence(self) -> str:
        """What the data shows, in words."""
        share, found = self.measure.is_share, self.found
        before = f"{written(found.before, share)} in the {found.points_before} months before"
        if not self.known:
            return f"{before}. Nothing has been published since."
        after = f"{written(found.after, share)} from {month(self.first)} to {month(self.last)}"
        if found.way is None:
            return f"{before}, {after}. There are too few months to tell that from chance."
        return f"{before}, {after}: {WAYS[found.way]}."

    def as_json(self) -> dict[str, object]:
        """As a reflection keeps it: the numbers, their interval, the sentence, where they come from."""
        return {
            "measure": self.measure.id, "title": self.measure.title, "unit": self.measure.unit,
            "share": self.measure.is_share, "organisation": self.standing.code, "own": self.own,
            "sentence": self.sentence, "source": list(sources(self.measure, self.standing.level)),
            **self.found.as_json(),
        }  # fmt: skip


def known_measure(measure: str) -> Measure | None:
    """A measure by its id; None if there is no lake, or no such measure in it."""
    held = lake()
    if held is None:
        return None
    try:
        return measures.look_up(held, measure, sights.known(held))
    except InputError:
        return None


def standing(organisation: Organisation, measure: Measure) -> Standing | None:
    """Where an organisation stands, or the place above that stands for it; None if nothing was published."""
    held = lake()
    if held is None:
        return None
    for level, code in comparing.places(organisation):
        if found := comparing.one(held, measure, level, code):
            return found
    return None


def evidence(organisation: Organisation, measure: str, since: date) -> Evidence | None:
    """What the data shows before and after a day; the day's own month belongs to neither. None without data."""
    definition = known_measure(measure)
    found = standing(organisation, definition) if definition else None
    if definition is None or found is None:
        return None
    own = np.datetime64(since, "M")
    keep = found.months != own
    after = found.months[keep] > own
    result = moved(found.course[keep], after, improves=IMPROVES[definition.direction])
    there = found.months[keep][after & np.isfinite(found.course[keep])]
    first, last = (str(there[0]), str(there[-1])) if len(there) else ("", "")
    return Evidence(definition, found, found.code == organisation.code, result, first, last)


def sources(measure: Measure, level: str) -> tuple[str, ...]:
    """Which snapshots a measure was counted from: each table from its first to its last, and one hash over all."""
    held = lake()
    shown = comparing.spread(held, measure, level) if held else None
    if shown is None:
        return ()
    each: dict[str, list[str]] = {}
    every = [str(one) for one in shown.facts["source"]]
    for one in every:
        table, _, rest = one.partition(" ")
        each.setdefault(table, []).append(rest.partition(" ")[0].partition("/")[0])
    seal = hashlib.sha256("\n".join(sorted(every)).encode()).hexdigest()
    said_ = [f"{table} {keys[0]} to {keys[-1]}" for table, keys in each.items()]
    return (*said_, f"sha256 over {len(every)} snapshots {seal[:SEAL]}")


def in_words(value: float | None, measure: Measure | None) -> str:
    """A value in the measure's own unit; how far, where it is a change of a share, in percentage points."""
    return "" if value is None else said(value, bool(measure and measure.is_share))
