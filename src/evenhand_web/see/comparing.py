"""Comparisons that pages share: computed once for a state of the lake, kept for every visitor."""

from __future__ import annotations

import threading
from collections import OrderedDict

from evenhand.lake import Lake
from evenhand.measures import Measure, for_lake
from evenhand.story import Comparison, compare, level_of
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import ancestors

KEPT = 400  # comparisons: every measure of the library at every level, with room for a changed lake
_kept: OrderedDict[tuple, Comparison | None] = OrderedDict()
_lock = threading.Lock()


def comparison(lake: Lake, measure: str, level: str) -> Comparison | None:
    """One measure over every organisation of a level, as the lake stands now."""
    state = hash(tuple((s.table, s.key, s.sha256, s.loaded_at) for s in lake.snapshots()))
    key = (str(lake.path), state, measure, level)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = compare(lake, measure, level)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def standing(lake: Lake, organisation: Organisation, measure: Measure) -> tuple[Comparison, str] | None:
    """A measure at the level where this organisation is compared, and the code that stands for it there ('' none)."""
    level = level_of(measure, organisation.level)
    found = comparison(lake, measure.id, level) if level else None
    if found is None:
        return None
    if level == organisation.level:
        return found, organisation.code
    return found, next((o.code for o in ancestors(organisation) if o.level == level), "")


def standings(lake: Lake, organisation: Organisation) -> list[tuple[Comparison, str]]:
    """Every measure that this organisation can be compared on, the largest opportunity of its own first."""
    found = [s for measure in for_lake(lake).values() if (s := standing(lake, organisation, measure))]
    return sorted(found, key=lambda s: -_pounds(*s))


def _pounds(found: Comparison, code: str) -> float:
    if code:
        gain = found.gain(code)
        return gain.pounds if gain else 0.0
    return found.sight.opportunity.total.value if found.sight.opportunity else 0.0
