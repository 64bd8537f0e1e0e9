"""Compare: one measure over every organisation of a level, and where one of them stands among the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..lake import Lake
from ..measures import Measure
from ..measures import read as read_measure
from ..records import ControlChart, Panel
from ..stats.ranks import percent_rank
from ..stats.xmr import xmr
from .sight import FEWEST_POINTS, IMPROVES, Sight, seen

WAITS_LEVELS = ("sicbl", "icb", "provider")
UPWARDS = ("practice", "pcn", "sicbl", "icb")


@dataclass(frozen=True)
class Gain:
    """What one organisation could gain, chance taken out, over the window.

    units: of the numerator, away from the benchmark; pounds with its 95% interval; probability: that it truly
    lies on the worse side of the benchmark.
    """

    units: float
    pounds: float
    low: float
    high: float
    probability: float


@dataclass(frozen=True)
class Comparison:
    """One measure at one level: the spread (`sight`) and the course of everybody (`panel`)."""

    sight: Sight
    panel: Panel

    @property
    def measure(self) -> Measure:
        """The measure compared."""
        return self.sight.measure

    def value(self, code: str) -> float:
        """One organisation's value over the window; NaN if it has none."""
        row = self._row(code)
        return float("nan") if row is None else float(self.sight.value[row])

    def rank(self, code: str) -> float:
        """The share of the others that lie below, 0 to 1; NaN if it has no value."""
        row = self._row(code)
        return float("nan") if row is None else float(percent_rank(self.sight.value)[row])

    def middle(self) -> float:
        """The median of all values; NaN if there are none."""
        value = self.sight.value[np.isfinite(self.sight.value)]
        return float(np.median(value)) if len(value) else float("nan")

    def outlier(self, code: str) -> str | None:
        """high or low beyond the funnel's limits, None within them or without a funnel."""
        funnel = self.sight.funnel
        if funnel is None or code not in funnel.units:
            return None
        return funnel.outlier[funnel.units.index(code)]

    def gain(self, code: str) -> Gain | None:
        """What it could gain; None where nothing is to be told from chance or it is too small."""
        found = self.sight.opportunity
        if found is None or code not in found.units:
            return None
        i = found.units.index(code)
        size = float(np.nansum(self.sight.denominator[self._row(code) or 0]))
        sign = 1.0 if found.better == "lower" else -1.0
        ends = [max(0.0, sign * (float(end[i]) - found.benchmark.value)) * size * self.sight.price
                for end in (found.low, found.high)]  # fmt: skip
        worse = float(found.probability_above[i])
        pounds = float(found.pounds[i])
        return Gain(pounds / self.sight.price, pounds, min(ends), max(ends), worse if sign > 0 else 1 - worse)

    def chart(self, code: str) -> ControlChart | None:
        """Its control chart over all months; None if they are too few to say anything."""
        if code not in self.panel.organisations:
            return None
        series = self.panel.value[self.panel.row(code)]
        if np.isfinite(series).sum() < FEWEST_POINTS:
            return None
        return xmr(series, improves=IMPROVES[self.measure.direction])

    def _row(self, code: str) -> int | None:
        return self.sight.units.index(code) if code in self.sight.units else None


def compare(lake: Lake, measure: str, level: str) -> Comparison | None:
    """Every organisation of a level on one measure; None if the lake has nothing of it there."""
    try:
        reading = read_measure(lake, measure, level)
    except InputError:
        return None
    rows = list(range(len(reading.panel.organisations)))
    if not rows or not len(reading.panel.months):
        return None
    return Comparison(seen(lake, reading, level, rows), reading.panel)


def level_of(measure: Measure, level: str) -> str | None:
    """The level at which an organisation of `level` is compared on a measure; None if it is not.

    A practice or PCN has no waits of its own: its sub-ICB location stands for it. A region or the nation is looked
    at through its ICBs.
    """
    if level in ("region", "nation"):
        return "icb"
    if measure.kind == "waits":
        return level if level in WAITS_LEVELS else "sicbl" if level in UPWARDS else None
    return level if level in UPWARDS or measure.kind == "indicator" else None
