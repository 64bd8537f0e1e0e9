"""What an organisation's published numbers show, read once for all who work there."""

from __future__ import annotations

import numpy as np

from evenhand.change.bulletin import Sighting, choose
from evenhand.charts.words import number
from evenhand.lake import Lake
from evenhand.records.spread import Spread
from evenhand.story import sightings, sights
from evenhand.story.moved import Moved
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import below
from evenhand_web.see import comparing, listing


class Sights:
    """The numbers that letters speak of, kept while a week's letters are written."""

    def __init__(self, lake: Lake | None) -> None:
        self.lake = lake
        self._seen: dict[str, list[Sighting]] = {}
        self._within: dict[tuple[str, str], Sighting] = {}
        self._moved: dict[str, Moved | None] = {}
        self._below: dict[tuple[str, str], tuple[Spread, dict[str, str]]] = {}

    def of(self, organisation: Organisation) -> list[Sighting]:
        """All that an organisation's own published numbers show, the largest opportunity first."""
        if organisation.code not in self._seen:
            self._seen[organisation.code] = self._look(organisation)
        return self._seen[organisation.code]

    def _look(self, organisation: Organisation) -> list[Sighting]:
        if self.lake is None:
            return []
        every = sights.known(self.lake)
        stood = sights.standings(self.lake, [(organisation.level, organisation.code)])
        found = [s for row in stood for s in (sightings.of_place(every[row.measure], row),
                                              sightings.of_course(every[row.measure], row)) if s]  # fmt: skip
        return sorted(found, key=lambda s: (-np.nan_to_num(s.worth), s.title, s.kind))

    def one(self, organisation: Organisation, measure: str) -> Sighting | None:
        """One measure among the others of its level."""
        here = (s for s in self.of(organisation) if s.measure == measure and s.kind != "signal" and s.honest)
        return next(here, None)

    def moved(self, organisation: Organisation) -> Moved | None:
        """What changed there this quarter, as the page What changed says it."""
        if organisation.code not in self._moved:
            self._moved[organisation.code] = listing.what_moved(self.lake, organisation)
        return self._moved[organisation.code]

    def changed(self, organisation: Organisation, measure: str) -> Sighting | None:
        """One measure in its own months, or else among the others of its level."""
        signals = (s for s in self.of(organisation) if s.measure == measure and s.kind == "signal" and s.honest)
        return next(signals, None) or self.one(organisation, measure)

    def full(self, organisation: Organisation, seen: Sighting | None) -> Sighting | None:
        """A place of many practices as a digest speaks of it."""
        if seen is None or seen.kind != "together":
            return seen
        key = (organisation.code, seen.measure)
        if key not in self._within:
            self._within[key] = sightings.within(seen, *self.practices(organisation, seen.measure))
        return self._within[key]

    def practices(self, organisation: Organisation, measure: str) -> tuple[Spread, dict[str, str]]:
        """A measure at all practices, and the names of those of an organisation."""
        key = (organisation.code, measure)
        if key not in self._below:
            assert self.lake is not None
            shown = comparing.spread(self.lake, sights.known(self.lake)[measure], "practice")
            assert shown is not None  # a measure that has gains together has practices
            self._below[key] = shown, {o.code: o.name for o in below(organisation, "practice")}
        return self._below[key]

    def worth(self, organisation: Organisation) -> float:
        """What its largest opportunity is worth; -1 without one."""
        best = choose(self.of(organisation))
        return float(np.nan_to_num(best.worth)) if best else -1.0

    def benchmark(self, organisation: Organisation, seen: Sighting) -> str:
        """The best quarter of the others, in words."""
        assert self.lake is not None
        measure = sights.known(self.lake)[seen.measure]
        stood = sights.standings(self.lake, [(organisation.level, organisation.code)], [seen.measure])
        quarters = comparing.quarters(stood[0].tenths.tolist())
        return number(quarters[0] if measure.direction == "lower" else quarters[2], share=seen.share)
