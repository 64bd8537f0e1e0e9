"""Weights: what a unit of each presentation counts for - ADQs, DDDs, milligrams, kilograms of carbon."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import dictionary
from .catalogue import Catalogue
from .side import Counted


def weights(catalogue: Catalogue, side: Counted, adqs: dict[str, tuple[float, str]] | None) -> NDArray[np.float64]:
    """What one unit of quantity (or one item, pound) of each presentation counts for (N,); 0 where it counts not.

    Raises
    ------
    InputError
        If a presentation that the side means has no factor, no strength or an ADQ in a unit that cannot be
        converted: a sum that leaves some out without a word would be wrong.
    """
    meant = catalogue.matches(side)
    found = np.zeros(len(catalogue))
    for i in np.flatnonzero(meant):
        found[i] = _unit(catalogue, int(i), side, adqs)
    if side.times is not None:
        factor = np.full(len(catalogue), np.nan)
        for entry in reversed(side.times):  # the first that fits decides
            factor[catalogue.matches(entry)] = entry.factor
        if (lost := np.flatnonzero(meant & np.isnan(factor))).size:
            raise InputError(f"`times` has no factor for {_name(catalogue, int(lost[0]))}; add one, or leave it out")
        found = np.where(meant, found * factor, 0.0)
    return found


def read_adqs(tables: Any) -> dict[str, tuple[float, str]]:
    """Average daily quantities by BNF code: how many of which unit, of the latest list that is loaded."""
    rows = tables.table("adq").to_pyarrow().to_pylist()
    latest = max((row["month"] for row in rows if row["month"] is not None), default=None)
    return {
        row["bnf_code"]: (row["adq"], (row["unit"] or "").lower()) for row in rows
        if row["adq"] and (latest is None or row["month"] == latest)
    }  # fmt: skip


def _unit(catalogue: Catalogue, i: int, side: Counted, adqs: dict[str, tuple[float, str]] | None) -> float:
    if side.sum not in ("adq", "ddd", "mg"):
        return 1.0
    if side.sum == "adq":
        if not adqs:
            raise InputError("sum: adq needs the list of average daily quantities; load it first")
        if catalogue.codes[i] not in adqs:
            return 0.0  # NHSBSA counts no ADQ where it has set none
        adq, unit = adqs[catalogue.codes[i]]
        if unit == "ml":
            return 1 / adq
        mass = adq * dictionary.MILLIGRAMS.get(unit, np.nan)
    product = catalogue.product(i)
    strength = dictionary.milligrams(side, product)
    if side.sum == "ddd":
        mass = product.ddd_mg if product is not None else np.nan
    amount = strength if side.sum == "mg" else strength / mass
    if not np.isfinite(amount):
        raise InputError(f"no strength (or daily dose) in milligrams is known for {_name(catalogue, i)}")
    return float(amount)


def _name(catalogue: Catalogue, i: int) -> str:
    return f"{catalogue.names[i] or 'a presentation'} ({catalogue.codes[i]})"
