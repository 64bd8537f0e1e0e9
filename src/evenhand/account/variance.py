"""Variance: why does the year's forecast differ from the budget? Five parts that add up to the whole difference."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .outturn import PARTS, Outturn

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lines(Record):
    """What was planned and what was prescribed, one row a presentation (N,).

    planned_volume, volume: items (or any unit, the same on both sides), 0 or more; planned_price, price: pounds for
    one, NaN where there is no volume; tariff: what one would have cost without a price concession, NaN where there
    was none. planned_list, list_size: patients the budget was set for, and patients now; NaN if not known.
    """

    planned_volume: Floats
    planned_price: Floats
    volume: Floats
    price: Floats
    tariff: Floats | None = None
    planned_list: float = float("nan")
    list_size: float = float("nan")


def split(found: Outturn, lines: Lines) -> Outturn:
    """Say what the variance is made of: volume, price, mix, list and concession, in pounds.

    The lines are taken as a sample of the year: planned volumes are scaled so that the plan is the budget, volumes so
    that they are the forecast outturn. Then, with r = patients now / patients planned:
    list = budget x (r - 1); volume = (items - r x planned items) x planned pounds an item;
    price = r x planned items x (tariff price - planned price) over presentations on both sides;
    concession = items x (price paid - tariff price); mix = what is left: dearer or cheaper presentations, new ones
    and dropped ones. Without list sizes `list` is NaN and volume holds it; without tariff prices `concession` is NaN
    and price holds it. Only volume and mix can be earned, and only as far as controls did not move alike.

    Raises
    ------
    InputError
        If there is no budget, or either side of the lines adds up to nothing, or a list is not above 0.

    Source: METHODS C.4.
    """
    if np.isnan(found.budget):
        raise InputError("a variance needs a budget; expected a column 'budget' beside the actual cost")
    before = float(np.nansum(lines.planned_volume * lines.planned_price))
    now = float(np.nansum(lines.volume * lines.price))
    for word, amount in (("planned", before), ("actual", now)):
        if not amount > 0:
            raise InputError(f"the {word} lines add up to £{amount:.2f}; expected more than nothing")
    if np.isnan(found.variance):
        return found
    listed = not np.isnan(lines.planned_list + lines.list_size)
    grown = _grown(lines) if listed else 1.0
    planned = lines.planned_volume * found.budget / before
    volume = lines.volume * found.forecast_outturn / now
    both = (planned > 0) & (volume > 0)
    paid = lines.price if lines.tariff is None else np.where(np.isnan(lines.tariff), lines.price, lines.tariff)
    known = {
        "volume": (volume.sum() - grown * planned.sum()) * found.budget / planned.sum(),
        "price": grown * float((planned * (paid - lines.planned_price))[both].sum()),
        "list": found.budget * (grown - 1),
        "concession": float(np.nansum(volume * (lines.price - paid))),
    }
    known["mix"] = found.variance - sum(known.values())
    parts = {word: float(known[word]) for word in PARTS}
    if not listed:
        parts["list"] = float("nan")
    if lines.tariff is None:
        parts["concession"] = float("nan")
    return replace(found, parts=parts)


def covered(found: Outturn, lines: Lines) -> dict[str, float]:
    """How much of the budget and of the actual cost to date the lines hold, as shares; far from 1 says that they are
    of another period, or leave something out."""
    return {
        "planned": float(np.nansum(lines.planned_volume * lines.planned_price)) / found.budget,
        "actual": float(np.nansum(lines.volume * lines.price)) / found.actual,
    }


def _grown(lines: Lines) -> float:
    """Patients now for each patient planned."""
    if not (lines.planned_list > 0 and lines.list_size > 0):
        raise InputError(f"lists of {lines.planned_list:.12g} and {lines.list_size:.12g} patients; expected above 0")
    return lines.list_size / lines.planned_list
