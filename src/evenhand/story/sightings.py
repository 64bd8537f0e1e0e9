"""What a bulletin could be about: an organisation's standings as numbers with intervals, beside others and its past."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ..change.bulletin import Sighting
from ..measures import Measure
from ..records.spread import Spread, Standing
from ..stats.byar import count_limits
from ..stats.wilson import wilson
from ..stats.xmr import xmr
from .place import PLURAL
from .sight import FEWEST_POINTS, IMPROVES

FEWEST_PRACTICES = 5  # of fewer a share says nothing (our rule)
SURE = 0.95  # as intervals on pages
CONCERN = ("concern_high", "concern_low")


def of_place(measure: Measure, standing: Standing) -> Sighting | None:
    """One organisation among the others of its level over twelve months; None if its value has no interval of chance.

    A share has Wilson's interval, a rate of counts Byar's; sums of money have neither. A place too small to be
    compared is left out. Beyond chance: outside the funnel's limits, or probably on the worse side of the best quarter,
    as the page of the measure says it.
    """
    limits = _limits(measure, standing)
    if limits is None or not standing.fair:
        return None
    beyond = None if not math.isfinite(standing.worse) and standing.outlier is None else (
        standing.outlier is not None or standing.worse > SURE
    )  # fmt: skip
    priced = math.isfinite(standing.price)
    return Sighting(
        measure.id, measure.title, measure.unit, measure.is_share, standing.value, *limits, standing.middle,
        f"the {PLURAL.get(standing.level, 'organisations')} compared", beyond, standing.last,
        "together" if standing.together else "place",
        standing.pounds if priced else math.nan, min(standing.low, standing.high) if priced else math.nan,
        standing.units,
    )  # fmt: skip


def within(seen: Sighting, practices: Spread, codes: Collection[str]) -> Sighting:
    """A place of many practices by the share of them that have more to gain than chance gives; as it is of too few.

    seen: of the place, kind `together`; practices: the same measure at their level; codes: those of the place.
    """
    gains = practices.fair & (practices.pounds > 0) & (practices.worse > SURE)
    ours = np.array([code in codes for code in practices.codes], dtype=bool) & practices.fair
    if ours.sum() < FEWEST_PRACTICES or not gains[ours].any():
        return seen
    share = wilson(int(gains[ours].sum()), int(ours.sum()))
    return replace(seen, kind="within", share=True, unit="share of practices", value=share.value, low=float(share.low),
                   high=float(share.high), middle=float(gains.sum() / practices.fair.sum()))  # fmt: skip


def of_course(measure: Measure, standing: Standing) -> Sighting | None:
    """One organisation's latest month beside its own past; None without a signal or with too few months."""
    course = standing.course
    if standing.icon in (None, "common_cause") or np.isfinite(course).sum() < FEWEST_POINTS:
        return None
    chart = xmr(course, improves=IMPROVES[measure.direction])
    at = int(np.flatnonzero(np.isfinite(course))[-1])
    return Sighting(
        measure.id, measure.title, measure.unit, measure.is_share, float(course[at]), float(chart.lower[at]),
        float(chart.upper[at]), float(chart.mean[at]), "its own months", True, str(standing.months[at]), "signal",
        concern=standing.icon in CONCERN,
    )  # fmt: skip


def _limits(measure: Measure, standing: Standing) -> tuple[float, float] | None:
    top, bottom = standing.numerator, standing.denominator
    if not (math.isfinite(top) and bottom > 0 and top >= 0) or measure.unit.startswith("£"):
        return None
    whole = abs(top - round(top)) < 1e-9
    if measure.is_share:
        if not whole or top > bottom:
            return None
        share = wilson(top, bottom)
        return float(share.low), float(share.high)
    if not whole:
        return None
    low, high = count_limits([top])
    return float(low[0]) / bottom, float(high[0]) / bottom
