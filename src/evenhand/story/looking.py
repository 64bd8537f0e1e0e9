"""Looking: every measure in one place, with the same numbers as its pages, since both read the store of spreads."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from ..lake import Lake
from ..measures import Measure, for_lake
from ..records.spread import Spread
from . import sights
from .place import Place
from .sight import Sight, Worth, draw_chart, draw_funnel, level_of, rank_of, sight_of
from .spreads import LEVELS

UNIT = "practice"  # whose spread the store holds one by one, and whose gains it adds up for every level above


def look(lake: Lake, place: Place) -> tuple[Sight, ...]:
    """Every measure of the library that the lake can answer in this place, the largest opportunity first, then
    what says most of a place. An indicator table without a definition of its own has none of the words, so it is
    counted in the lake and not looked at here.

    What is counted by practice is read from the store, or worked out now as the store would hold it: so that what a
    place has to gain is measured against the best quarter of all practices, wherever it is told.
    """
    found = []
    for measure in for_lake(lake).values():
        if place.code is not None and place.level in LEVELS and _by_practice(lake, measure):
            one = stored(lake, place, measure)
        else:
            one = sight_of(lake, place, measure)
        if one is not None:
            found.append(one)
    return tuple(sorted(found, key=lambda s: (-s.worth.pounds if s.worth else 0.0, rank_of(s.measure))))


def stored(lake: Lake, place: Place, measure: Measure) -> Sight | None:
    """One measure that is counted by practice, as the store has it; None if nothing of it was published here."""
    if sights.is_stored(lake, measure):
        units = sights.spread(lake, measure, UNIT, course=place.level == UNIT)
        area = units if place.level == UNIT else sights.spread(lake, measure, place.level, course=True)
    else:
        worked = sights.work_out(lake, measure, tuple(dict.fromkeys((UNIT, place.level))))
        units, area = worked.get(UNIT), worked.get(place.level)
    assert place.code is not None
    at = area.row(place.code) if area is not None else None
    if units is None or area is None or at is None:
        return None
    own = place.code if place.level == UNIT else None
    keep = [row for row, code in enumerate(units.codes) if own is not None or place.holds(code)]
    if not keep:
        return None
    codes = tuple(units.codes[row] for row in keep)
    top, bottom = units.numerator[keep], units.denominator[keep]
    with np.errstate(divide="ignore", invalid="ignore"):
        series = np.where(area.bottom[at] > 0, area.top[at] / area.bottom[at], np.nan)
    price = float(units.facts.get("price") or np.nan)
    gain, naive = _gain(area, at, own is not None), _naive(units, keep if own is None else [at], measure, price)
    split = units.facts.get("split") or {}
    explained = float(split["chance"]) if gain is not None and split else None
    whole = float(area.value[at])
    funnel, chart = draw_funnel(measure, codes, top, bottom), draw_chart(measure, series)
    return Sight(
        measure, units.facts.get("version"), UNIT, codes, top, bottom, area.months, series, units.first, units.last,
        price, None, funnel, chart, own, gain, naive, explained, whole,
    )  # fmt: skip


def _by_practice(lake: Lake, measure: Measure) -> bool:
    try:
        return level_of(lake, measure) == UNIT
    except InputError:
        return False  # nothing of it is in the lake


def _gain(area: Spread, at: int, alone: bool) -> Worth | None:
    """What the place could gain: of a practice its own, of an area its practices' together."""
    pounds, low, high = (float(getattr(area, name)[at]) for name in ("pounds", "low", "high"))
    if not np.isfinite(pounds):
        return None
    return Worth(pounds, low, high, float(area.worse[at]), 0.95 if alone else 0.9)


def _naive(units: Spread, rows: list[int], measure: Measure, price: float) -> float:
    """What the plain gaps to the benchmark would claim, with chance left in."""
    mark = (units.facts.get("benchmark") or {}).get("value")
    if mark is None or not np.isfinite(price):
        return float("nan")
    sign = -1.0 if measure.direction == "higher" else 1.0
    fair = [row for row in rows if units.fair[row]]
    gaps = np.maximum(0.0, sign * (units.value[fair] - float(mark))) * units.denominator[fair]
    return float(np.nansum(gaps) * abs(price))
