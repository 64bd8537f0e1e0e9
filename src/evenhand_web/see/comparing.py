"""Where organisations stand on every measure, read from what is stored beside the lake; nothing is worked out twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand.charts import sketches
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.records import ControlChart
from evenhand.records.spread import Spread, Standing
from evenhand.stats.xmr import xmr
from evenhand.story import sight_keys, sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import ancestors
from evenhand_web.site.svg import sketched

SURE = 0.95  # as intervals on pages
FEWEST_POINTS = 12  # a control chart of less says nothing (NHS Making Data Count)
STANDS_FOR = {"practice": ("sicbl",), "pcn": ("sicbl",), "sicbl": ("icb",)}  # where nothing is published of itself
SHOWN_INSTEAD = {"region": "icb", "nation": "icb"}  # too few to compare with one another: their ICBs are shown
KEPT = 20  # spreads worked out for a page because nothing was stored
ICONS = {
    "common_cause": "No change beyond chance", "improvement_high": "Better: higher than usual",
    "improvement_low": "Better: lower than usual", "concern_high": "Worth a look: higher than usual",
    "concern_low": "Worth a look: lower than usual", "neutral_high": "Changed: higher than usual",
    "neutral_low": "Changed: lower than usual",
}  # fmt: skip
CERTAINTY = ("beyond chance", "within chance", "cannot tell")
_fresh: OrderedDict[tuple[str, str], dict[str, Spread]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class View:
    """One measure as one organisation sees it: the spread that it is shown in, and its own standing if it has one.

    own: the organisation itself, not one above it that stands for it; chosen: in words, with whom it chose to be
    compared, '' for all of the level; row: its row in the spread, None if it is
    looked at through those below it.
    """

    measure: Measure
    spread: Spread
    standing: Standing | None
    own: bool
    chosen: str = ""

    @property
    def row(self) -> int | None:
        """Our row in the spread."""
        return None if self.standing is None else self.spread.row(self.standing.code)

    @property
    def chart(self) -> ControlChart | None:
        """Our control chart; None if too few months are known."""
        standing = self.standing
        if standing is None or np.isfinite(standing.course).sum() < FEWEST_POINTS:
            return None
        return xmr(standing.course, improves=self.spread.facts["improves"])


def places(organisation: Organisation) -> list[tuple[str, str]]:
    """(level, code) of the organisation, then of the one above it that stands for it where nothing is published."""
    above = STANDS_FOR.get(organisation.level, ())
    found = [(organisation.level, organisation.code)]
    if above:
        found += [(o.level, o.code) for o in ancestors(organisation) if o.level in above][:1]
    return found


def standings(lake: Lake, organisation: Organisation) -> dict[str, Standing]:
    """Every stored measure of an organisation, its own before that of the place above that stands for it."""
    found: dict[str, Standing] = {}
    for standing in sights.standings(lake, places(organisation)):
        found.setdefault(standing.measure, standing)
    return found


def lines(lake: Lake, organisation: Organisation) -> list[dict[str, Any]]:
    """Every stored measure in one line each, the largest opportunity first."""
    every = sights.known(lake)
    found = [line(every[name], s, own=s.code == organisation.code) for name, s in standings(lake, organisation).items()]
    return sorted(found, key=lambda item: (-(item["pounds"] or 0.0), item["title"]))


def view(lake: Lake, organisation: Organisation, measure: Measure) -> View | None:
    """One measure as an organisation sees it; worked out now if it is not stored; None if nothing was published."""
    for level, code in places(organisation):
        shown = spread(lake, measure, SHOWN_INSTEAD.get(level, level))
        standing = one(lake, measure, level, code)
        if standing is not None and shown is not None:
            return View(measure, shown, standing, code == organisation.code)
    level = SHOWN_INSTEAD.get(organisation.level, organisation.level)
    shown = spread(lake, measure, level)
    return None if shown is None else View(measure, shown, None, False)


def spread(lake: Lake, measure: Measure, level: str) -> Spread | None:
    """One measure at one level."""
    if sights.is_stored(lake, measure):
        return sights.spread(lake, measure, level)
    return worked_out(lake, measure).get(level)


def one(lake: Lake, measure: Measure, level: str, code: str) -> Standing | None:
    """One organisation on one measure."""
    if sights.is_stored(lake, measure):
        return next((s for s in sights.standings(lake, [(level, code)], [measure.id]) if s.measure == measure.id), None)
    whole = worked_out(lake, measure).get(level)
    return None if whole is None else sights.standing_of(whole, code)


def line(measure: Measure, standing: Standing, *, own: bool) -> dict[str, Any]:
    """One measure in one line of a list: where we stand, what it is worth, what changed."""
    priced = bool(np.isfinite(standing.price))
    known = bool(np.isfinite(standing.units))
    tenths = standing.tenths
    picture = ""
    if np.isfinite(tenths).all():
        drawn = sketches.dots(standing.value, quarters(tenths), float(tenths[0]), float(tenths[8]))
        picture = sketched(drawn, label=_where(standing))
    return {
        "id": measure.id, "title": measure.title, "unit": measure.unit, "share": measure.is_share,
        "pathway": measure.pathway, "direction": measure.direction, "value": standing.value,
        "middle": standing.middle, "level": standing.level, "own": own, "rank": standing.rank,
        "units": standing.units if known else None, "words": measure.numerator.words,
        "pounds": standing.pounds if known and priced else None, "low": standing.low, "high": standing.high,
        "costs": [abs(v) for v in (standing.pounds, standing.high, standing.low)],  # where the better side is dearer
        "together": standing.together, "priced": priced, "outlier": standing.outlier, "unlike": standing.unlike,
        "certainty": certainty(standing), "icon": ICONS.get(standing.icon or "", "Too few months to say"),
        "variation": standing.icon or "", "picture": picture, "tenths": tenths, "where": _where(standing),
    }  # fmt: skip


def certainty(standing: Standing) -> str:
    """Whether a difference is more than chance, in the words of the filter."""
    if standing.outlier is not None or standing.worse > SURE:
        return CERTAINTY[0]
    return CERTAINTY[1] if np.isfinite(standing.worse) else CERTAINTY[2]


def quarters(tenths: Sequence[float]) -> list[float]:
    """About the quarters, from the tenths between which they lie."""
    return [(tenths[1] + tenths[2]) / 2, float(tenths[4]), (tenths[6] + tenths[7]) / 2]


def _where(standing: Standing) -> str:
    """Where we stand among the others, in words."""
    if not np.isfinite(standing.rank):
        return "not compared: too small, or nothing published"
    below = round(100 * standing.rank)
    return f"{below}% of {standing.compared} lie below"


def worked_out(lake: Lake, measure: Measure) -> dict[str, Spread]:
    """Spreads that nobody stored, kept for the next reader of this state of the lake."""
    name = (str(lake.path), sight_keys.key(lake, measure))
    with _lock:
        if name in _fresh:
            return _fresh[name]
    found = sights.work_out(lake, measure)
    with _lock:
        _fresh[name] = found
        while len(_fresh) > KEPT:
            _fresh.popitem(last=False)
    return found
