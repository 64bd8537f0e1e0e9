"""Spreads: everything a page shows of one measure at one level, worked out once from its panel."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import see
from ..errors import InputError
from ..lake import Lake
from ..measures import Measure, Reading, unit_prices
from ..measures import read as read_measure
from ..records import Funnel, Panel
from ..records.spread import Spread
from ..stats.ranks import deciles
from ..stats.xmr_latest import latest
from .apart import apart
from .sight import FEWEST_FUNNEL, FEWEST_POINTS, IMPROVES, WINDOW
from .spread_gains import Floats, drawn_from, gains_of, gains_of_areas
from .spread_patients import expected_of, split_of
from .worth import pounds_per_unit

LEVELS = ("practice", "pcn", "sicbl", "icb", "provider", "region", "nation")  # whose pages there are


def spreads(lake: Lake, measure: Measure, levels: tuple[str, ...] = LEVELS) -> dict[str, Spread]:
    """One measure at every level where the lake has something of it; empty if it has nothing."""
    found: dict[str, Spread] = {}
    together: dict[str, Any] = {}
    worth: _Worth | None = None
    for level in levels:
        try:
            reading = read_measure(lake, measure.id, level)
        except InputError:
            continue  # nothing of it is published for this level
        if reading.panel.organisations and len(reading.panel.months):
            worth = worth or _worth(lake, reading)
            found[level], gains = _spread(lake, reading, level, together, worth)
            together = together or gains
    return found


def bare(reading: Reading) -> Spread:
    """A spread with its funnel and course, and nothing said of patients, gains or prices: for a question asked on
    the spot."""
    panel, measure = reading.panel, reading.measure
    months = panel.months
    window = months > months[-1] - WINDOW
    _, bottom, numerator, denominator, there = sums(panel, window)
    fair = there & (denominator > 0)
    funnel = _funnel(measure, panel.organisations, numerator, denominator, fair)
    missing = np.full(len(panel.organisations), np.nan)
    nothing: tuple[str | None, ...] = (None,) * len(panel.organisations)
    facts = {
        "source": list(panel.source), "middle": _middle(numerator[fair], denominator[fair]),
        "compared": int(fair.sum()), "deciles": deciles(np.where(bottom > 0, panel.value, np.nan)),
        "funnel": _curve(funnel), "ratio_funnel": None, "improves": "neutral", "prices": None, "split": None,
        "patients": "",
    }  # fmt: skip
    return Spread(
        measure.id, panel.level, str(months[window][0]), str(months[-1]), panel.organisations, numerator, denominator,
        fair, _outliers(funnel, panel.organisations), missing, nothing, *(missing,) * 7,
        False, nothing, months, panel.numerator, panel.denominator, facts,
    )  # fmt: skip


def redrawn(spread: Spread, measure: Measure) -> Spread:
    """The same organisations with middle, tenths, deciles and funnels of their own; nothing is said of the split."""
    fair, top, bottom = spread.fair, spread.numerator, spread.denominator
    funnel = _funnel(measure, spread.codes, top, bottom, fair)
    ratio = _ratio_funnel(measure, spread.codes, top, spread.expected, fair)
    with np.errstate(divide="ignore", invalid="ignore"):
        monthly = np.where(spread.bottom >= max(1.0, measure.minimum_denominator / WINDOW),
                           spread.top / spread.bottom, np.nan)  # fmt: skip
    facts = spread.facts | {
        "middle": _middle(top[fair], bottom[fair]), "compared": int(fair.sum()), "deciles": deciles(monthly),
        "tenths": deciles(top[fair] / bottom[fair]) if fair.any() else [np.nan] * 9,
        "funnel": _curve(funnel), "ratio_funnel": _curve(ratio), "split": None,
    }  # fmt: skip
    return replace(spread, outlier=_outliers(funnel, spread.codes), unlike=_outliers(ratio, spread.codes), facts=facts)


def sums(
    panel: Panel, window: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.bool_]]:
    """Numerators and denominators (U, T) with nothing for what is not known, their sums in the window (U,), and
    which units have any."""
    known = np.isfinite(panel.numerator) & np.isfinite(panel.denominator)
    there: NDArray[np.bool_] = np.any(known[:, window], axis=1)
    top, bottom = np.where(known, panel.numerator, 0.0), np.where(known, panel.denominator, 0.0)
    numerator = np.where(there, top[:, window].sum(axis=1), np.nan)
    denominator = np.where(there, bottom[:, window].sum(axis=1), np.nan)
    return top, bottom, numerator, denominator, there


@dataclass(frozen=True)
class _Worth:
    """price: pounds saved when a unit of the numerator moves to the better side, NaN if nothing says so."""

    price: float
    prices: dict[str, Any] | None


def _worth(lake: Lake, reading: Reading) -> _Worth:
    month = str(reading.panel.months[-1])
    return _Worth(pounds_per_unit(lake, reading.measure, month), _prices(lake, reading.measure, month))


def _spread(
    lake: Lake, reading: Reading, level: str, together: dict[str, Any], worth: _Worth
) -> tuple[Spread, dict[str, Any]]:
    """The spread, and of practices what each area's could gain together (units of the numerator)."""
    panel, measure = reading.panel, reading.measure
    months, value = panel.months, panel.value
    window = months > months[-1] - (1 if measure.is_state else WINDOW)  # a waiting list is not summed over time
    top, bottom, numerator, denominator, there = sums(panel, window)
    fair = there & (denominator >= max(measure.minimum_denominator, 1))
    last, price = str(months[-1]), worth.price
    funnel = _funnel(measure, panel.organisations, numerator, denominator, fair)
    drawn = None if together else drawn_from(lake, measure, panel, window, fair, numerator, denominator, level)
    told = expected_of(lake, measure, panel, window, level, fair, numerator, denominator)
    foreseen = told.numerator
    ratio = _ratio_funnel(measure, panel.organisations, numerator, foreseen, fair)
    z, z_unlike, compared_by = apart(measure, numerator, denominator, fair, foreseen)
    gains = gains_of(measure, panel.organisations, denominator, drawn, price)
    if together:
        gains |= gains_of_areas(panel.organisations, together, price)
    facts = {
        "version": reading.version, "source": list(panel.source), "price": price,
        "prices": worth.prices,
        "middle": _middle(numerator[fair], denominator[fair]), "compared": int(fair.sum()),
        "compared_by": compared_by, "whole_top": top.sum(axis=0), "whole_bottom": bottom.sum(axis=0),
        "tenths": deciles(numerator[fair] / denominator[fair]) if fair.any() else [np.nan] * 9,
        "deciles": deciles(np.where(bottom >= max(1.0, measure.minimum_denominator / WINDOW), value, np.nan)),
        "funnel": _curve(funnel), "ratio_funnel": _curve(ratio), "improves": IMPROVES[measure.direction],
        "split": split_of(measure, panel, window, drawn, numerator, denominator, told, fair),
        "patients": told.words,
        "benchmark": None if drawn is None else drawn.benchmark, "total": None if drawn is None else drawn.total,
        "naive": None if drawn is None else drawn.naive,
    }  # fmt: skip
    return Spread(
        measure.id, level, str(months[window][0]), last, panel.organisations, numerator, denominator, fair,
        _outliers(funnel, panel.organisations), foreseen, _outliers(ratio, panel.organisations), z, z_unlike,
        **gains, together=bool(together), icon=latest(value, improves=IMPROVES[measure.direction],
                                                      fewest=FEWEST_POINTS),
        months=months, top=panel.numerator, bottom=panel.denominator, facts=facts,
    ), (dict(drawn.areas) if drawn is not None and level == "practice" else {})  # fmt: skip


def _middle(numerator: Floats, denominator: Floats) -> float:
    return float(np.median(numerator / denominator)) if len(numerator) else float("nan")


def _funnel(
    measure: Measure, codes: tuple[str, ...], top: Floats, bottom: Floats, fair: NDArray[np.bool_]
) -> Funnel | None:
    """The units against chance; none where the numerator is no count, or the units are too few."""
    counts = bool(np.all(top[fair] == np.round(top[fair])))
    if fair.sum() < FEWEST_FUNNEL or not counts or measure.unit.startswith("£"):
        return None
    kept = [code for code, yes in zip(codes, fair, strict=True) if yes]
    try:
        return see.funnel(kept, top[fair], bottom[fair], kind="proportion" if measure.is_share else "rate")
    except InputError:
        return None


def _ratio_funnel(
    measure: Measure, codes: tuple[str, ...], top: Floats, foreseen: Floats, fair: NDArray[np.bool_]
) -> Funnel | None:
    """Observed over expected against chance."""
    use = fair & (foreseen > 0)
    if use.sum() < FEWEST_FUNNEL or measure.unit.startswith("£") or not np.all(top[use] == np.round(top[use])):
        return None
    kept = [code for code, yes in zip(codes, use, strict=True) if yes]
    try:
        return see.funnel(kept, top[use], foreseen[use], kind="ratio")
    except InputError:
        return None


def _outliers(funnel: Funnel | None, codes: tuple[str, ...]) -> tuple[str | None, ...]:
    if funnel is None:
        return (None,) * len(codes)
    found = dict(zip(funnel.units, funnel.outlier, strict=True))
    return tuple(found.get(code) for code in codes)


def _curve(funnel: Funnel | None) -> dict[str, Any] | None:
    """What a picture of the funnel needs beside its dots."""
    if funnel is None:
        return None
    return {
        "target": funnel.target * funnel.multiplier, "phi": funnel.phi, "tau2": funnel.tau2, "kind": funnel.kind,
        "adjusted": funnel.adjusted, "limit": funnel.limit, "at": funnel.curve_at,
        "lower_95": funnel.curve.lower_95, "upper_95": funnel.curve.upper_95, "lower_998": funnel.curve.lower_998,
        "upper_998": funnel.curve.upper_998,
    }  # fmt: skip


def _prices(lake: Lake, measure: Measure, month: str) -> dict[str, Any] | None:
    """What one unit costs now and in its replacement; None where nothing says it."""
    if measure.kind != "prescribing":
        return None
    try:
        found = asdict(unit_prices(lake, measure, month))
    except InputError:
        return None
    return {key: found[key] for key in ("month", "unit", "numerator", "replacement", "saving")}
