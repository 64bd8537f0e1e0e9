"""What organisations could gain: true levels told from chance, and the gap of each to the benchmark in pounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake
from ..measures import Measure
from ..measures.levels import parent_of
from ..measures.panel import latest_month
from ..records import Opportunity, Panel
from ..see.opportunity import opportunity
from ..sources import organisations as organisations_source
from .worth import FEWEST_MONTHS, FEWEST_UNITS, SEED, is_money, standard_error

ABOVE = ("pcn", "sicbl", "icb", "region", "nation")  # whose practices gain together
Floats = NDArray[np.float64]


def noise_of(measure: Measure, panel: Panel, window: NDArray[np.bool_], use: NDArray[np.bool_]) -> Floats | None:
    """The standard error of values that are no count; None of a count.

    Raises
    ------
    InputError
        If it cannot be told from the months.
    """
    if not is_money(measure):
        return None
    if window.sum() < FEWEST_MONTHS:
        raise InputError("too few months to learn how much pounds vary")
    noise = standard_error(panel.value[use][:, window])
    if not np.all(noise > 0):
        raise InputError("pounds that never vary")
    return noise


def drawn_from(
    lake: Lake, measure: Measure, panel: Panel, window: NDArray[np.bool_], fair: NDArray[np.bool_], top: Floats,
    bottom: Floats, level: str,
) -> Opportunity | None:  # fmt: skip
    """True levels and gaps in units of the numerator; None where too little is known to tell them from chance.

    A neutral measure has a split of its variation, and gaps that nobody shows.
    """
    if fair.sum() < FEWEST_UNITS:
        return None
    codes = [code for code, yes in zip(panel.organisations, fair, strict=True) if yes]
    better = "higher" if measure.direction == "higher" else "lower"
    areas = members(lake, panel.organisations) if level == "practice" else {}
    try:
        return opportunity(
            codes, top[fair], bottom[fair], better=better, rng=np.random.default_rng(SEED), seed=SEED,
            standard_error=noise_of(measure, panel, window, fair), areas=areas,
        )  # fmt: skip
    except InputError:
        return None


def members(lake: Lake, practices: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The practices of every area, as they belong together in the latest month of the lake."""

    def find() -> dict[str, tuple[str, ...]]:
        known, as_of = organisations_source.read(lake), latest_month(lake)
        found: dict[str, list[str]] = {}
        for level in (lev for lev in ABOVE if lev in known.levels):
            for code in practices:
                try:
                    parent = parent_of(code, level, known, as_of)
                except InputError:
                    continue  # in two at once: its numbers are in neither
                if parent is not None:
                    found.setdefault(parent, []).append(code)
        return {area: tuple(codes) for area, codes in found.items()}

    return lake.remember(f"sights.members.{hash(practices)}", find)


def gains_of(
    measure: Measure, codes: tuple[str, ...], bottom: Floats, drawn: Opportunity | None, price: float
) -> dict[str, Floats]:
    """What each unit could gain: NaN where nothing says which way is better, or chance cannot be told apart."""
    worse, units, pounds, low, high = (np.full(len(codes), np.nan) for _ in range(5))
    if drawn is not None and measure.direction != "neutral":
        at = {code: i for i, code in enumerate(codes)}
        rows = np.array([at[code] for code in drawn.units], dtype=np.intp)
        sign = 1.0 if drawn.better == "lower" else -1.0
        worse[rows] = drawn.probability_above if sign > 0 else 1 - drawn.probability_above
        units[rows] = drawn.pounds  # drawn with a unit cost of 1
        pounds[rows] = drawn.pounds * price
        ends = [np.maximum(0.0, sign * (end - drawn.benchmark.value)) * bottom[rows] * price
                for end in (drawn.low, drawn.high)]  # fmt: skip
        low[rows], high[rows] = np.minimum(*ends), np.maximum(*ends)
    return {"worse": worse, "units": units, "pounds": pounds, "low": low, "high": high}


def gains_of_areas(codes: tuple[str, ...], together: Mapping[str, Any], price: float) -> dict[str, Floats]:
    """What the practices of each area could gain together, with a 90% interval."""
    units, pounds, low, high = (np.full(len(codes), np.nan) for _ in range(4))
    for i, code in enumerate(codes):
        if code in together:
            estimate = together[code]
            units[i], pounds[i] = estimate.value, estimate.value * price
            low[i], high[i] = sorted((estimate.low * price, estimate.high * price))
    return {"units": units, "pounds": pounds, "low": low, "high": high}
