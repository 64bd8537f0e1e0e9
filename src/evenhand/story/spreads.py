"""Spreads: everything a page shows of one measure at one level, worked out once from its panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import see
from ..errors import InputError
from ..lake import Lake
from ..measures import Measure, Reading, unit_prices
from ..measures import read as read_measure
from ..measures.levels import parent_of
from ..measures.panel import latest_month
from ..measures.patient_mix import patient_mix
from ..records import Funnel, Opportunity, Panel
from ..records.spread import Spread
from ..see.expected import expected, sampling_variance
from ..see.opportunity import opportunity
from ..sources import organisations as organisations_source
from ..stats.ranks import deciles
from ..stats.xmr_latest import latest
from .sight import FEWEST_FUNNEL, FEWEST_POINTS, IMPROVES, WINDOW
from .worth import FEWEST_MONTHS, FEWEST_UNITS, SEED, is_money, pounds_per_unit, standard_error

LEVELS = ("practice", "pcn", "sicbl", "icb", "provider", "region", "nation")  # whose pages there are
ABOVE = ("pcn", "sicbl", "icb", "region", "nation")  # whose practices gain together
Floats = NDArray[np.float64]


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
    known = np.isfinite(panel.numerator) & np.isfinite(panel.denominator)
    top, bottom = (np.where(known, side, 0.0) for side in (panel.numerator, panel.denominator))
    there = known[:, window].any(axis=1)
    numerator, denominator = (np.where(there, side[:, window].sum(axis=1), np.nan) for side in (top, bottom))
    fair = there & (denominator > 0)
    funnel = _funnel(measure, panel.organisations, numerator, denominator, fair)
    missing = np.full(len(panel.organisations), np.nan)
    nothing: tuple[str | None, ...] = (None,) * len(panel.organisations)
    facts = {
        "source": list(panel.source), "middle": _middle(numerator[fair], denominator[fair]),
        "compared": int(fair.sum()), "deciles": deciles(np.where(bottom > 0, panel.value, np.nan)),
        "funnel": _curve(funnel), "ratio_funnel": None, "improves": "neutral", "prices": None, "split": None,
    }  # fmt: skip
    return Spread(
        measure.id, panel.level, str(months[window][0]), str(months[-1]), panel.organisations, numerator, denominator,
        fair, _outliers(funnel, panel.organisations), missing, nothing, missing, missing, missing, missing, missing,
        False, nothing, months, panel.numerator, panel.denominator, facts,
    )  # fmt: skip


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
    known = np.isfinite(panel.numerator) & np.isfinite(panel.denominator)
    top, bottom = (np.where(known, side, 0.0) for side in (panel.numerator, panel.denominator))
    there = known[:, window].any(axis=1)
    numerator, denominator = (np.where(there, side[:, window].sum(axis=1), np.nan) for side in (top, bottom))
    fair = there & (denominator >= max(measure.minimum_denominator, 1))
    last, price = str(months[-1]), worth.price
    funnel = _funnel(measure, panel.organisations, numerator, denominator, fair)
    drawn = None if together else _drawn(lake, measure, panel, window, fair, numerator, denominator, level)
    foreseen = _expected(lake, measure, panel, window, level, fair, numerator, denominator)
    ratio = _ratio_funnel(measure, panel.organisations, numerator, foreseen, fair)
    gains = _gains(measure, panel.organisations, denominator, drawn, price)
    if together:
        gains |= _of_areas(panel.organisations, together, price)
    facts = {
        "version": reading.version, "source": list(panel.source), "price": price,
        "prices": worth.prices,
        "middle": _middle(numerator[fair], denominator[fair]), "compared": int(fair.sum()),
        "whole_top": top.sum(axis=0), "whole_bottom": bottom.sum(axis=0),
        "tenths": deciles(numerator[fair] / denominator[fair]) if fair.any() else [np.nan] * 9,
        "deciles": deciles(np.where(bottom >= max(1.0, measure.minimum_denominator / WINDOW), value, np.nan)),
        "funnel": _curve(funnel), "ratio_funnel": _curve(ratio), "improves": IMPROVES[measure.direction],
        "split": _split(measure, panel, window, drawn, numerator, denominator, foreseen, fair),
        "benchmark": None if drawn is None else drawn.benchmark, "total": None if drawn is None else drawn.total,
        "naive": None if drawn is None else drawn.naive,
    }  # fmt: skip
    return Spread(
        measure.id, level, str(months[window][0]), last, panel.organisations, numerator, denominator, fair,
        _outliers(funnel, panel.organisations), foreseen, _outliers(ratio, panel.organisations),
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


def _noise(measure: Measure, panel: Panel, window: NDArray[np.bool_], use: NDArray[np.bool_]) -> Floats | None:
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


def _drawn(
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
            standard_error=_noise(measure, panel, window, fair), areas=areas,
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


def _gains(
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


def _of_areas(codes: tuple[str, ...], together: Mapping[str, Any], price: float) -> dict[str, Floats]:
    """What the practices of each area could gain together, with a 90% interval."""
    units, pounds, low, high = (np.full(len(codes), np.nan) for _ in range(4))
    for i, code in enumerate(codes):
        if code in together:
            estimate = together[code]
            units[i], pounds[i] = estimate.value, estimate.value * price
            low[i], high[i] = sorted((estimate.low * price, estimate.high * price))
    return {"units": units, "pounds": pounds, "low": low, "high": high}


def _expected(
    lake: Lake, measure: Measure, panel: Panel, window: NDArray[np.bool_], level: str, fair: NDArray[np.bool_],
    top: Floats, bottom: Floats,
) -> Floats:  # fmt: skip
    """What patients like theirs would give (U,); NaN where nothing is known of the patients."""
    found = np.full(len(panel.organisations), np.nan)
    mix = _mix(lake, level)
    rows = np.array([mix.get(code, ()) for code in panel.organisations], dtype=object)
    use = fair & np.array([len(row) > 0 for row in rows])
    if use.sum() < FEWEST_UNITS or not (top[use] > 0).any():
        return found
    try:
        columns = np.array([list(row) for row in rows[use]], dtype=np.float64)
        found[use] = expected(top[use], bottom[use], columns, standard_error=_noise(measure, panel, window, use))
    except InputError:
        pass  # too few units, or pounds that never vary
    return found


def _mix(lake: Lake, level: str) -> dict[str, tuple[float, ...]]:
    """What each organisation of a level cannot choose about its patients; a list's size is no need of theirs."""

    def find() -> dict[str, tuple[float, ...]]:
        try:
            codes, features = patient_mix(lake, level)
        except InputError:
            return {}
        columns = [column for name, column in features.items() if name != "log_list_size"]
        return {code: tuple(float(c[i]) for c in columns) for i, code in enumerate(codes)} if columns else {}

    return lake.remember(f"sights.mix.{level}", find)


def _split(
    measure: Measure, panel: Panel, window: NDArray[np.bool_], drawn: Opportunity | None, top: Floats, bottom: Floats,
    foreseen: Floats, fair: NDArray[np.bool_],
) -> dict[str, float] | None:  # fmt: skip
    """Shares of the observed variance between units: chance, patients, and what is left."""
    if fair.sum() < FEWEST_UNITS:
        return None
    value = top[fair] / bottom[fair]
    observed = float(value.var(ddof=1))
    if drawn is not None:
        by_chance = drawn.split.chance
    else:
        try:
            noise = _noise(measure, panel, window, fair)
        except InputError:
            return None
        by_chance = float(np.mean(sampling_variance(top[fair], bottom[fair], noise)))
    if not observed > 0 or not np.isfinite(by_chance):
        return None
    chance = min(observed, by_chance)
    use = fair & np.isfinite(foreseen)
    patients = 0.0
    if use.any():
        rate = foreseen[use] / bottom[use]
        rest = float(np.var(top[use] / bottom[use] - rate))
        columns = 4  # at most: shares by age and sex (patient_mix)
        patients = max(0.0, float(np.var(rate)) - rest * columns / max(1, int(use.sum()) - columns - 1))
    patients = min(patients, observed - chance)
    return {
        "observed": observed, "chance": chance / observed, "patients": patients / observed,
        "left": (observed - chance - patients) / observed, "known_patients": float(use.any()),
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
