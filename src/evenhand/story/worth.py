"""Worth: what one unit of a measure's numerator costs more than its replacement, and what an area could save."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake
from ..measures import Measure, unit_prices
from ..measures import read as read_measure
from ..records import Opportunity, Scheme
from ..see.opportunity import opportunity as draw_opportunity
from .place import Place

SEED = 1  # of the posterior draws, so that the same lake tells the same story
FEWEST_MONTHS = 6  # to learn how much pounds vary from month to month (our rule)
FEWEST_UNITS = 10  # below, neither a benchmark nor a spread can be told from chance (our rule)


@dataclass(frozen=True)
class Worth:
    """Whole pence and patients, and the snapshots that they were computed from."""

    pence: int
    patients: int
    sources: tuple[str, ...]


def pounds_per_unit(lake: Lake, measure: Measure, month: str) -> float:
    """Pounds saved when one unit of the numerator moves to the better side, nationally in this month; NaN if
    nothing says so. 1 for an indicator that counts pounds."""
    if measure.kind == "indicator":
        return 1.0 if is_money(measure) else float("nan")
    if measure.kind != "prescribing":
        return float("nan")
    try:
        return unit_prices(lake, measure, month).saving
    except InputError:
        return float("nan")


def opportunity(
    lake: Lake, measure: Measure, level: str, units: tuple[str, ...], first: str, last: str, price: float
) -> Opportunity | None:
    """What would be saved in these months if no unit lay on the worse side of the best quarter; None where nothing
    says which way is better or what a unit is worth, or the units are too few."""
    if measure.direction == "neutral" or not np.isfinite(price):
        return None
    panel = read_measure(lake, measure, level, first=first, last=last).panel
    keep = [row for row, code in enumerate(panel.organisations) if code in set(units)]
    with np.errstate(invalid="ignore"):
        top, bottom = (np.nansum(side[keep], axis=1) for side in (panel.numerator, panel.denominator))
    enough = bottom >= max(measure.minimum_denominator, 1)
    if enough.sum() < FEWEST_UNITS or price <= 0:
        return None
    codes = [panel.organisations[row] for row, yes in zip(keep, enough, strict=True) if yes]
    asked: dict[str, Any] = {"unit_cost": price, "better": measure.direction, "seed": SEED}
    asked["rng"] = np.random.default_rng(SEED)
    if is_money(measure):
        if len(panel.months) < FEWEST_MONTHS:
            return None
        noise = standard_error(panel.value[keep][enough])
        if not np.all(noise > 0):
            return None
        return draw_opportunity(codes, top[enough], bottom[enough], standard_error=noise, **asked)
    monthly = (np.nan_to_num(side[keep][enough]).ravel() for side in (panel.numerator, panel.denominator))
    rows = [code for code in codes for _ in panel.months]
    return draw_opportunity(rows, *monthly, months=list(range(len(panel.months))) * len(codes), **asked)


def area_opportunity(lake: Lake, scheme: Scheme) -> Worth:
    """The modelled opportunity of a scheme's area in its baseline window, at the scheme's own price difference."""
    reading = read_measure(lake, scheme.measure, scheme.level, first=scheme.baseline.first, last=scheme.baseline.last)
    place = Place.find(lake, scheme.area)
    units = tuple(code for code in reading.panel.organisations if place.holds(code))
    try:
        found = opportunity(
            lake, reading.measure, scheme.level, units, scheme.baseline.first, scheme.baseline.last,
            scheme.money.pounds_per_unit,
        )  # fmt: skip
    except InputError:
        found = None
    pounds = found.total.value if found is not None else 0.0
    patients = pounds / scheme.money.pounds_per_unit * scheme.money.patients_per_unit if pounds else 0.0
    return Worth(int(100 * pounds), int(patients), reading.panel.source)


def standard_error(monthly: NDArray[np.float64]) -> NDArray[np.float64]:
    """The chance in each unit's mean over T months (U, T), from how one month differs from the next.

    Pounds are no count, so their noise is not known beforehand; successive differences leave level and trend out.
    """
    steps = np.diff(monthly, axis=1)
    known = np.isfinite(monthly).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_square = np.nansum(steps**2, axis=1) / np.isfinite(steps).sum(axis=1)
        error: NDArray[np.float64] = np.sqrt(mean_square / 2 / known)
    return error


def is_money(measure: Measure) -> bool:
    """Whether the numerator is pounds, which are no count and know no chance of a count."""
    return measure.numerator.sum in ("cost", "nic") or measure.unit.startswith("£")

