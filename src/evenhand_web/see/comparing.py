"""Comparisons that pages share: computed once for a state of the lake, kept for every visitor."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from evenhand.lake import Lake
from evenhand.measures import Measure, for_lake
from evenhand.story import Comparison, Gain, Place, Sight, compare, level_of, sight_of
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import ancestors

KEPT = 400  # comparisons: every measure of the library at every level, with room for a changed lake
Found = TypeVar("Found")
_kept: OrderedDict[tuple, Any] = OrderedDict()
_lock = threading.Lock()


def comparison(lake: Lake, measure: str, level: str) -> Comparison | None:
    """One measure over every organisation of a level, as the lake stands now."""
    return _once((*_state(lake), measure, level), lambda: compare(lake, measure, level))


def standing(lake: Lake, organisation: Organisation, measure: Measure) -> tuple[Comparison, str] | None:
    """A measure at the level where this organisation is compared, and the code that stands for it there ('' none)."""
    level = level_of(measure, organisation.level)
    found = comparison(lake, measure.id, level) if level else None
    if found is None:
        return None
    if level == organisation.level:
        return found, organisation.code
    return found, next((o.code for o in ancestors(organisation) if o.level == level), "")


def within(lake: Lake, organisation: Organisation, measure: Measure) -> Sight | None:
    """The practices of an organisation on a measure of prescribing, with what they could gain together."""
    if measure.kind != "prescribing" or organisation.level == "practice":
        return None
    key = (*_state(lake), measure.id, f"within {organisation.code}")
    return _once(key, lambda: sight_of(lake, Place.find(lake, organisation.code), measure))


def standings(lake: Lake, organisation: Organisation) -> list[tuple[Comparison, str]]:
    """Every measure that this organisation can be compared on, the largest opportunity of its own first."""
    found = [s for measure in for_lake(lake).values() if (s := standing(lake, organisation, measure))]
    gains = {c.measure.id: gain(lake, organisation, c, code) for c, code in found}
    return sorted(found, key=lambda s: -(g.pounds if (g := gains[s[0].measure.id]) else 0.0))


def gain(lake: Lake, organisation: Organisation, found: Comparison, code: str) -> Gain | None:
    """What the organisation could gain: itself where enough stand beside it, else its practices together."""
    own = found.gain(code) if code == organisation.code else None
    if own is not None:
        return own
    inner = within(lake, organisation, found.measure)
    total = inner.opportunity.total if inner is not None and inner.opportunity is not None else None
    if inner is None or total is None:
        return None
    return Gain(total.value / inner.price, total.value, total.low, total.high, float("nan"))


def _once(key: tuple, find: Callable[[], Found]) -> Found:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = find()
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _state(lake: Lake) -> tuple[str, int]:
    """The lake as it stands now."""
    return str(lake.path), hash(tuple((s.table, s.key, s.sha256, s.loaded_at) for s in lake.snapshots()))
