"""What SEE finds, in sentences, tables and charts. No organisation is named unless the story is its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from .. import charts
from ..charts.words import number, pounds
from ..lake import Lake
from ..measures import for_lake
from .chapter import Figure
from .place import PLURAL, Place
from .sight import Sight

MOST = 6  # measures in the table of a report of four pages


def says(lake: Lake, sights: Sequence[Sight], place: Place) -> tuple[str, ...]:
    """The largest honest opportunity, how much of the spread is chance, and what else the lake holds."""
    names = set(lake.table("indicator").measure.as_table().distinct().to_pyarrow()["measure"].to_pylist())
    known = {name for measure in for_lake(lake).values() for name in (measure.id, *(measure.indicator or ()))}
    others = len(names - known)
    more = [f"{others} more indicators are in the lake and have no definition here yet."] if others else []
    return (*_spread(sights[0], place), *_worth(sights), *more)


def nothing(lake: Lake) -> str:
    """Why there is nothing to see."""
    if not lake.snapshots():
        return "The lake is empty."
    return "The lake holds nothing here that a measure of the library counts."


def numbers(sight: Sight) -> dict[str, Any]:
    """One measure's numbers, for notebooks and scripts."""
    found, gain = sight.opportunity, sight.worth
    return {
        "level": sight.level, "units": sight.counted_units, "first": sight.first, "last": sight.last,
        "version": sight.version, "value": sight.place_value, "numerator": float(np.nansum(sight.numerator)),
        "denominator": float(np.nansum(sight.denominator)), "lowest": _edge(sight, 0.0), "highest": _edge(sight, 1.0),
        "pounds_per_unit": sight.price,
        "opportunity_pounds": _opportunity(sight),
        "worth": None if gain is None else asdict(gain),
        "split": None if found is None else found.split,
        "outliers": None if sight.funnel is None else sum(o is not None for o in sight.funnel.outlier),
        "latest": None if sight.chart is None else sight.chart.variation,
    }  # fmt: skip


def _opportunity(sight: Sight) -> dict[str, Any] | None:
    """In pounds, with its 90% interval and what the plain gaps would claim."""
    if sight.opportunity is not None:
        return sight.opportunity.total.as_json() | {"naive": sight.opportunity.naive}
    if sight.gain is None or sight.own is not None:
        return None
    gain = sight.gain
    return {"value": gain.pounds, "low": gain.low, "high": gain.high, "level": gain.level, "naive": sight.naive}


def figures(sights: Sequence[Sight], place: Place) -> tuple[Figure, ...]:
    """The table of measures, the spread of the first, and its course over time."""
    found = [_table(sights)]
    first = sights[0]
    if first.funnel is not None:
        found.append(_funnel(first, place))
    elif first.counted_units > 1:
        found.append(_strip(first, place))
    if first.chart is not None:
        found.append(_course(first, place))
    return tuple(found)


def _spread(sight: Sight, place: Place) -> list[str]:
    measure, share = sight.measure, sight.measure.is_share
    window = sight.first if sight.first == sight.last else f"{sight.first} to {sight.last}"
    whole = f"{measure.title}, {place.name}, {window}: {number(sight.place_value, share=share)} ({measure.unit})"
    if sight.counted_units < 2:
        return [f"{whole}. There is one organisation only, so nothing to compare it with here."]
    if sight.version is not None:
        whole += f", extract {sight.version}"
    low, high = (number(_edge(sight, q), share=share) for q in (0.0, 1.0))
    many = f"{sight.counted_units} {PLURAL.get(sight.level, sight.level)}"
    if sight.own is None:
        lines = [f"{whole}; it runs from {low} to {high} over {many}."]
    else:
        below = float(np.mean(sight.fair < sight.place_value))
        lines = [f"{whole}; among {many}, from {low} to {high}, {below:.0%} lie below."]
    if sight.explained is not None:
        lines.append(f"Chance explains {sight.explained:.0%} of the spread among all {PLURAL[sight.level]} compared.")
    elif sight.opportunity is not None:
        split = sight.opportunity.split
        lines.append(f"Chance explains {_part(split.chance, split.observed)} of that spread.")
    if sight.funnel is not None:
        outside = sum(o is not None for o in sight.funnel.outlier)
        count = f"{outside} lie" if outside != 1 else "1 lies"
        lines.append(f"Beyond chance and the variation that all share, {count} outside the 99.8% limits.")
    elif measure.unit.startswith("£"):
        lines.append("Pounds are no count, so no limits of chance are drawn.")
    else:
        lines.append("They are too few to tell variation from chance.")
    return lines


def _worth(sights: Sequence[Sight]) -> list[str]:
    best = next((s for s in sights if s.worth is not None), None)
    if best is None or best.worth is None:
        return ["No opportunity is named: that takes ten organisations or more, and a price."]
    gain, title, over = best.worth, best.measure.title, f"over the {_months(best)}"
    span = f"{pounds(gain.low)} to {pounds(gain.high)}"
    if best.own is not None:
        return [
            f"{title}: the chance that you truly stand on the worse side of the best quarter is "
            f"{gain.probability:.0%}; reaching it would be worth about {pounds(gain.pounds)} ({span}) {over}, "
            "chance taken out."
        ]
    plain = pounds(best.naive if best.opportunity is None else best.opportunity.naive)
    if gain.pounds <= 0:
        return [f"Once chance is taken out, no opportunity can be shown; the plain gap would claim {plain}."]
    return [
        f"If nobody were on the worse side of the best quarter, {title[0].lower()}{title[1:]} would cost "
        f"{pounds(gain.pounds)} less ({span}) {over}, chance taken out; the plain gap would claim {plain}."
    ]


def _table(sights: Sequence[Sight]) -> Figure:
    columns = ("measure", "unit", "latest", "value", "lowest", "highest", "compared", "worth", "low", "high")
    rows = []
    for sight in sights[:MOST]:
        gain = sight.worth
        worth = (gain.pounds, gain.low, gain.high) if gain else (None, None, None)
        rows.append((
            sight.measure.title, sight.measure.unit, sight.last, sight.place_value, _edge(sight, 0.0),
            _edge(sight, 1.0), sight.counted_units, *worth,
        ))  # fmt: skip
    says = (
        "Measures by what there is to gain over the latest months (up to twelve): the value of all, the lowest and the "
        "highest of those compared, and what reaching the best quarter is worth, with its interval."
    )
    kinds = ("text", "text", "text", "value", "value", "value", "count", "pounds", "pounds", "pounds")
    return Figure("measures", says, columns, tuple(rows), kinds, in_print=True,
                  short=("measure", "latest", "value", "compared", "worth", "low", "high"))  # fmt: skip


def _funnel(sight: Sight, place: Place) -> Figure:
    funnel = sight.funnel
    assert funnel is not None
    own = place.code if place.code in funnel.units else None

    def draw(width: int) -> object:
        return charts.funnel(funnel, own=own, title=sight.measure.title, share=sight.measure.is_share,
                             unit=sight.measure.unit, width=width)  # fmt: skip

    parts = [(word, sum(o == key for o in funnel.outlier)) for word, key in (("above", "high"), ("below", "low"))]
    inside = len(funnel.units) - sum(count for _, count in parts)
    rows = [("inside the limits", inside), *((f"{word} the 99.8% limit", count) for word, count in parts)]
    says = f"Each dot is one {_one(sight.level)}; those outside differ by more than chance and shared variation."
    return Figure("funnel", says, ("where", "organisations"), tuple(rows), ("text", "count"), draw=draw)


def _strip(sight: Sight, place: Place) -> Figure:
    large = np.isfinite(sight.value) & (sight.denominator >= max(sight.measure.minimum_denominator, 1))
    value = sight.value[large]
    units = [unit for unit, yes in zip(sight.units, large, strict=True) if yes]
    own = units.index(place.code) if place.code in units else None

    def draw(width: int) -> object:
        return charts.strip(value, own=own, title=sight.measure.title, unit=sight.measure.unit,
                            share=sight.measure.is_share, width=width)  # fmt: skip

    quantiles = [("lowest", 0.0), ("a quarter are below", 0.25), ("middle", 0.5), ("a quarter are above", 0.75),
                 ("highest", 1.0)]  # fmt: skip
    rows = tuple((word, float(np.quantile(value, q))) for word, q in quantiles)
    return Figure("spread", f"Each dot is one {_one(sight.level)}.", ("where", "value"), rows,
                  ("text", "share" if sight.measure.is_share else "value"), draw=draw)  # fmt: skip


def _course(sight: Sight, place: Place) -> Figure:
    chart = sight.chart
    assert chart is not None

    def draw(width: int) -> object:
        return charts.spc(chart, sight.months, title=f"{sight.measure.title}, {place.name}", unit=sight.measure.unit,
                          share=sight.measure.is_share, width=width)  # fmt: skip

    rows = tuple(
        (str(month), value, low, high, rule) for month, value, low, high, rule in
        zip(sight.months, chart.values, chart.lower, chart.upper, chart.special_cause, strict=True)
    )  # fmt: skip
    word = (chart.variation or "nothing yet").replace("_", " ").removesuffix(" high").removesuffix(" low")
    return Figure("course", f"Month by month; the latest point shows {word}.",
                  ("month", "value", "lower limit", "upper limit", "rule"), rows,
                  ("text", *(("share" if sight.measure.is_share else "value",) * 3), "text"), draw=draw)  # fmt: skip


def _one(level: str) -> str:
    return PLURAL.get(level, level).removesuffix("s") if level != "specialty" else level


def _edge(sight: Sight, quantile: float) -> float:
    return float(np.quantile(sight.fair, quantile)) if len(sight.fair) else float("nan")


def _part(part: float, whole: float) -> str:
    return f"{min(1.0, part / whole):.0%}" if whole > 0 else "an unknown part"


def _months(sight: Sight) -> str:
    months = int((np.datetime64(sight.last, "M") - np.datetime64(sight.first, "M")).astype(int)) + 1
    return f"latest {months} months" if months > 1 else "latest month"
