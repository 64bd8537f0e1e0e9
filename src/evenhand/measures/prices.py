"""Prices: what one unit of a measure's numerator costs, and what the unit costs that replaces it, in one month."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake, month_number, month_of
from ..records import Record
from . import prescribing
from .build import for_lake
from .catalogue import Catalogue
from .held import has_rows, source_names
from .model import Measure
from .panel import look_up
from .rule import Rule
from .side import Counted


@dataclass(frozen=True, eq=False)
class UnitPrices(Record):
    """Pounds per unit over the whole lake in one month, from the prescribing itself.

    unit: items, quantity, adq, ddd, mg, or pounds (of a measure that sums money); numerator: what one unit costs now;
    replacement: what it costs in the replacement, NaN if the measure names none, 0 if nothing replaces it;
    difference: numerator minus replacement; saving: pounds saved when one unit moves to the better side, NaN for a
    measure without one, negative where the better choice costs more.
    """

    measure: str
    month: str
    unit: str
    numerator: float
    replacement: float
    difference: float
    saving: float
    source: tuple[str, ...]


def unit_prices(lake: Lake, measure: str | Measure, month: str | np.datetime64) -> UnitPrices:
    """What one unit of the numerator and of its replacement costs, in actual cost, nationally in that month.

    Holds for a measure that sums items, quantity or money of prescribing. For one that sums money, a unit is one
    pound of the numerator, and its replacement is what the same quantity would cost.

    Raises
    ------
    InputError
        If the measure does not sum prescribing, the month is not in the lake, or nothing of it was prescribed.
    """
    definition = measure if isinstance(measure, Measure) else look_up(lake, measure, for_lake(lake))
    number = month_number(month)
    rule = definition.numerator
    if rule.source != "prescribing":
        raise InputError(f"measure {definition.id!r} sums no prescribing of its own, so a unit of it has no price")
    if not has_rows(lake, "prescribing", number):
        raise InputError(f"measure {definition.id!r}: no prescribing of {month} in the lake, so no price")
    held = prescribing.catalogue_of(lake, number, [rule, *([definition.replacement] if definition.replacement else [])])
    if rule.uses("quantity_per_item"):
        raise InputError(f"measure {definition.id!r}: rows by quantity per item keep no money, so no price")
    money = rule.sum in ("cost", "nic")
    unit = "weighted" if rule.is_weighted and not money else "quantity" if money else str(rule.sum)
    now = _totals(lake, number, rule, held)
    if not now[unit]:
        raise InputError(f"measure {definition.id!r}: nothing of its numerator was prescribed in {month}, so no price")
    price = now["actual_cost"] / now[unit]
    other = _replacement(lake, number, definition, held, unit)
    if money:
        price, other = 1.0, other / price if price else float("nan")
    difference = price - other
    saving = {"lower": difference, "higher": -difference, "neutral": float("nan")}[definition.direction]
    return UnitPrices(
        definition.id, str(month_of(number)), "pounds" if money else str(rule.sum), price, other, difference, saving,
        source_names(lake, number, "prescribing"),
    )  # fmt: skip


def _totals(lake: Lake, month: int, rule: Counted, held: Catalogue) -> dict[str, float]:
    chosen = held.matches(rule)
    weight = prescribing.weights_of(lake, rule, held)[chosen] if rule.is_weighted else None
    return _summed(lake, month, held.ids[chosen], weight)


def _summed(
    lake: Lake, month: int, ids: NDArray[np.int32], weight: NDArray[np.float64] | None = None
) -> dict[str, float]:
    """Sums over presentations in one month, found once: every level of a measure asks for the same."""
    marks = (ids.tobytes(), b"" if weight is None else weight.tobytes())
    asked = ".".join(hashlib.sha256(mark).hexdigest() for mark in marks)
    return lake.remember(f"prices.{month}.{asked}", lambda: prescribing.totals(lake, month, ids, weight))


def _replacement(lake: Lake, month: int, measure: Measure, held: Catalogue, unit: str) -> float:
    replacement = measure.replacement
    if replacement is None:
        return float("nan")
    if replacement.none:
        return 0.0
    if unit == "weighted":  # the same factors and doses, for what it is switched to
        keys = {field.alias or name: getattr(replacement, name) for name, field in Rule.model_fields.items()}
        times = (*(measure.numerator.times or ()), *(measure.denominator.times or ())) or None
        side = Counted(words="instead", sum=measure.numerator.sum, times=times, **keys)
        sums = _totals(lake, month, side, held)
    else:
        sums = _summed(lake, month, held.ids[held.matches(replacement)])
    if not sums[unit]:
        raise InputError(
            f"measure {measure.id!r}: nothing of its replacement ({replacement.words}) was prescribed that month, "
            "so no price"
        )
    return sums["actual_cost"] / sums[unit]
