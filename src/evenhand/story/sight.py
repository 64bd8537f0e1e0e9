"""Sight: what SEE finds for one measure in one place - the spread, what chance leaves of it, and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import see
from ..errors import InputError
from ..lake import Lake
from ..measures import Measure, Reading, for_lake, versions
from ..measures import read as read_measure
from ..measures.held import months_held, stored_levels
from ..records import ControlChart, Funnel, Opportunity
from ..stats.xmr import xmr
from .place import Place
from .worth import opportunity, pounds_per_unit

Floats = NDArray[np.float64]
WINDOW = 12  # months that a picture of variation sums, or as many as there are
FEWEST_POINTS = 12  # a control chart of less says nothing about special cause (NHS Making Data Count)
FEWEST_FUNNEL = 10  # units (our rule)
IMPROVES = {"lower": "decrease", "higher": "increase", "neutral": "neutral"}
FIRST = ("low_priority_spend", "diabetes_spend", "prescribing_cost", "wait_within_18_weeks")  # with no opportunity
MAY_REACH = ("practice", "provider", "sicbl", "pcn", "icb", "region", "nation")


@dataclass(frozen=True)
class Worth:
    """Pounds with their interval of coverage `level`; probability: that a single unit is on the worse side."""

    pounds: float
    low: float
    high: float
    probability: float
    level: float


@dataclass(frozen=True)
class Sight:
    """One measure in one place.

    units: U organisations of `level` in the place; numerator, denominator, value: float64 (U,), sums over `first`
    to `last`; months (T,) and series (T,): the place as a whole, a ratio of sums; place_value: over the window.
    own: the place itself where it is one of the units, which are then all of its level. gain, naive, explained: what
    the place could gain, what the plain gaps would claim, and the share of the spread of all units that chance
    explains, as stored; then no opportunity is worked out among these units alone. whole: place_value, if stored.
    """

    measure: Measure
    version: str | None
    level: str
    units: tuple[str, ...]
    numerator: Floats
    denominator: Floats
    months: NDArray[np.datetime64]
    series: Floats
    first: str
    last: str
    price: float
    opportunity: Opportunity | None
    funnel: Funnel | None
    chart: ControlChart | None
    own: str | None = None
    gain: Worth | None = None
    naive: float = float("nan")
    explained: float | None = None
    whole: float | None = None

    @property
    def value(self) -> Floats:
        """The units' values over the window; NaN where there is nothing to divide by."""
        return _ratio(self.numerator, self.denominator)

    @property
    def fair(self) -> Floats:
        """The values of units large enough for the measure; the others differ by chance alone."""
        return self.value[self.denominator >= max(self.measure.minimum_denominator, 1)]

    @property
    def place_value(self) -> float:
        """The whole place over the window."""
        if self.whole is not None:
            return self.whole
        if self.own is not None:
            return float(self.value[self.units.index(self.own)])
        return float(_ratio(np.array([np.nansum(self.numerator)]), np.array([np.nansum(self.denominator)]))[0])

    @property
    def worth(self) -> Worth | None:
        """What the place would gain at the benchmark: of all its units, or its own; None if nobody can say."""
        found = self.opportunity
        if self.gain is not None or found is None:
            return self.gain
        if self.own is None:
            return Worth(found.total.value, found.total.low, found.total.high, float("nan"), 0.9)
        if self.own not in found.units:
            return None
        i, size = found.units.index(self.own), float(self.denominator[self.units.index(self.own)])
        sign = 1.0 if found.better == "lower" else -1.0
        gaps = sorted(max(0.0, sign * (float(end[i]) - found.benchmark.value)) for end in (found.low, found.high))
        above = float(found.probability_above[i])
        low, high = (gap * size * self.price for gap in gaps)
        return Worth(float(found.pounds[i]), low, high, above if sign > 0 else 1 - above, 0.95)

    @property
    def counted_units(self) -> int:
        """Units large enough to be compared."""
        return len(self.fair)


def rank_of(measure: Measure) -> int:
    """Its place among those with nothing to gain."""
    return FIRST.index(measure.id) if measure.id in FIRST else len(FIRST)


def sight_of(lake: Lake, place: Place, measure: Measure) -> Sight | None:
    """One measure in one place, at the level where it is published; None if nothing of it was."""
    try:
        level = level_of(lake, measure)
        reading = read_measure(lake, measure.id, level)
    except InputError:
        return None  # nothing of it was published into this lake
    rows = [row for row, code in enumerate(reading.panel.organisations) if place.holds(code)]
    if not rows or not len(reading.panel.months):
        return None
    if place.code in reading.panel.organisations:  # one unit is seen among all the others
        return seen(lake, reading, level, list(range(len(reading.panel.organisations))), own=place.code)
    return seen(lake, reading, level, rows)


def seen(lake: Lake, reading: Reading, level: str, rows: list[int], *, own: str | None = None) -> Sight:
    """What there is to see of these rows of a panel; with `own`, of one of them among the rest."""
    panel, measure = reading.panel, reading.measure
    months = panel.months
    last = months[-1]
    window = months > last - (1 if measure.is_state else WINDOW)  # a waiting list is not summed over time
    top, bottom = panel.numerator[rows], panel.denominator[rows]
    known = np.isfinite(top) & np.isfinite(bottom)
    top, bottom = np.where(known, top, 0.0), np.where(known, bottom, 0.0)
    units = tuple(panel.organisations[row] for row in rows)
    whole = slice(None) if own is None else [units.index(own)]
    series = _ratio(top[whole].sum(axis=0), bottom[whole].sum(axis=0))
    there = known[:, window].any(axis=1)
    numerator, denominator = (np.where(there, side[:, window].sum(axis=1), np.nan) for side in (top, bottom))
    first = str(months[window][0])
    price = pounds_per_unit(lake, measure, str(last))
    return Sight(
        measure, reading.version, level, units, numerator, denominator, months, series, first, str(last), price,
        _opportunity(lake, measure, level, units, first, str(last), price),
        draw_funnel(measure, units, numerator, denominator), draw_chart(measure, series), own,
    )  # fmt: skip


def level_of(lake: Lake, measure: Measure) -> str:
    """The level at which the measure is published."""
    if measure.kind == "appointments":
        levels = lake.remember("story.appointments.levels", lambda: _appointments_by(lake, measure))
        return "practice" if "practice" in levels else "sicbl"
    if measure.kind != "indicator":
        return "practice" if measure.kind in ("prescribing", "qof") else "provider"
    held = versions(lake, tuple(dict.fromkeys((measure.id, *(measure.indicator or ())))))
    loaded: list[str] = [level for version in held for level in version.levels]
    if not loaded:
        raise InputError(f"measure {measure.id!r} is not in the lake")
    return min(loaded, key=lambda level: MAY_REACH.index(level) if level in MAY_REACH else len(MAY_REACH))


def _appointments_by(lake: Lake, measure: Measure) -> list[str]:
    """The levels at which appointments are published, by their rows or, where those were not kept, by a panel."""
    found = lake.table("appointments").select("level").distinct().to_pyarrow()["level"].to_pylist()
    return found or stored_levels(lake, measure, for_lake(lake), months_held(lake, measure.kind))


def _opportunity(
    lake: Lake, measure: Measure, level: str, units: tuple[str, ...], first: str, last: str, price: float
) -> Opportunity | None:
    try:
        return opportunity(lake, measure, level, units, first, last, price)
    except InputError:
        return None  # too little to tell anything from chance


def draw_funnel(measure: Measure, units: tuple[str, ...], numerator: Floats, denominator: Floats) -> Funnel | None:
    """The units against chance; none where the numerator is money, or the units are too few."""
    enough = np.isfinite(numerator) & (denominator >= max(measure.minimum_denominator, 1))
    counts = bool(np.all(numerator[enough] == np.round(numerator[enough])))
    if enough.sum() < FEWEST_FUNNEL or not counts or measure.unit.startswith("£"):
        return None
    kept = [unit for unit, yes in zip(units, enough, strict=True) if yes]
    kind = "proportion" if measure.is_share else "rate"
    try:
        return see.funnel(kept, numerator[enough], denominator[enough], kind=kind)
    except InputError:
        return None


def draw_chart(measure: Measure, series: Floats) -> ControlChart | None:
    """The place month by month; None of too few months."""
    if np.isfinite(series).sum() < FEWEST_POINTS:
        return None
    return xmr(series, improves=IMPROVES[measure.direction])


def _ratio(top: Floats, bottom: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0, top / bottom, np.nan)
