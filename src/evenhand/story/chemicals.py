"""Chemicals: each organisation's share of a chemical among its BNF sub-paragraph, beside all of its level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake, month_of
from ..measures.held import months_held
from ..measures.levels import Grid, general_practices, roll_up
from ..measures.panel import latest_month
from ..measures.prescribing import unidentified
from ..see.outliers import z_scores
from ..sources import organisations as organisations_source
from .apart import FEWEST_PLACES

MONTHS = 6  # of prescribing that a comparison of medicines adds up
CHEMICAL, SUB_PARAGRAPH = 9, 7  # characters of a BNF code
FEWEST_ITEMS = 50  # of the sub-paragraph in the organisation: below, shares jump by chance
FEWEST_EXPECTED = 5.0  # items of the chemical, and of the others: as for any normal approximation
MINIMUM = (
    f"{FEWEST_ITEMS} items of the sub-paragraph, {FEWEST_EXPECTED:g} expected of the chemical and of the others, "
    f"{FEWEST_PLACES} organisations"
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One chemical at every organisation: its items and those of its sub-paragraph (P,), the share of all, z (P,)
    with NaN where an organisation is too small to compare."""

    chemical: str
    name: str
    items: Floats
    whole: Floats
    middle: float
    z: Floats


@dataclass(frozen=True)
class Chemicals:
    """Every chemical that can be compared at a level, over these months (first, last)."""

    level: str
    months: tuple[str, str]
    codes: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Counted:
    """Items of each chemical at each place (P, C) over these months, before anything is compared."""

    months: tuple[int, ...]
    places: tuple[str, ...]
    chemicals: tuple[str, ...]
    items: Floats
    names: dict[str, str]


def counted(lake: Lake) -> Counted:
    """The items of the last six months of rows: what every level is compared from.

    Raises
    ------
    InputError
        If the lake has no prescribing rows.
    """
    held = months_held(lake, "prescribing")[-MONTHS:]
    if not held:
        raise InputError(f"{lake.path}: holds no prescribing; load some months first")
    return Counted(tuple(held), *_items(lake, held), _names(lake))


def compared(lake: Lake, level: str, found: Counted | None = None) -> Chemicals:
    """Every chemical of the last six months of rows, at every organisation of a level; `found` if it was counted.

    Raises
    ------
    InputError
        If the lake has no prescribing rows.
    """
    found = counted(lake) if found is None else found
    grid = Grid(found.places, found.items, np.ones_like(found.items))
    organisations = organisations_source.read(lake)
    if level == "practice":
        grid = general_practices(grid, organisations)
        out = unidentified(lake)
        keep = [i for i, place in enumerate(grid.codes) if place not in out]
        grid = Grid(tuple(grid.codes[i] for i in keep), grid.numerator[keep], grid.denominator[keep])
    else:
        grid = roll_up(grid, level, organisations, latest_month(lake))
    months = (str(month_of(found.months[0])), str(month_of(found.months[-1])))
    return Chemicals(level, months, grid.codes, tuple(_columns(grid, found.chemicals, found.names)))


def rows_of(found: Chemicals, own: int) -> Iterator[dict[str, Any]]:
    """The chemicals that can be compared at one organisation, as the command's rows."""
    for column in found.columns:
        if np.isfinite(column.z[own]):
            yield row(column.chemical, column.name, float(column.items[own]), float(column.whole[own]), column.middle,
                      float(column.z[own]))  # fmt: skip


def row(chemical: str, name: str, items: float, of_items: float, middle: float, z: float) -> dict[str, Any]:
    """One comparison, in the words of the command."""
    return {
        "chemical": chemical, "name": name, "sub_paragraph": chemical[:SUB_PARAGRAPH], "items": items,
        "of_items": of_items, "value": items / of_items, "middle": middle, "expected_items": middle * of_items, "z": z,
    }  # fmt: skip


def _columns(grid: Grid, chemicals: tuple[str, ...], names: dict[str, str]) -> Iterator[Column]:
    sub = np.array([chemical[:SUB_PARAGRAPH] for chemical in chemicals], dtype=str)
    counts = np.nan_to_num(grid.numerator)
    for group in dict.fromkeys(sub):
        inside = np.flatnonzero(sub == group)
        whole = counts[:, inside].sum(axis=1)
        if len(inside) < 2 or (whole > 0).sum() < FEWEST_PLACES or not (whole >= FEWEST_ITEMS).any():
            continue
        for at in inside:
            middle = float(counts[:, at].sum() / whole.sum())
            large = (whole >= FEWEST_ITEMS) & (min(middle, 1 - middle) * whole >= FEWEST_EXPECTED)
            if large.any():
                z = np.where(large, z_scores(counts[:, at], whole, kind="proportion"), np.nan)
                yield Column(chemicals[at], names.get(chemicals[at], ""), counts[:, at], whole, middle, z)


def _items(lake: Lake, months: list[int]) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    """Places, chemicals and their items (P, C) over these months."""
    rows = lake.table("prescribing").filter(ibis._.month.isin(months))
    keys, names = lake.table("practice_key"), lake.table("presentation")
    part = names.select("presentation_id", chemical=names.bnf_code.substr(0, CHEMICAL))
    sums = rows.inner_join(part, "presentation_id").group_by(["practice_id", "chemical"]).aggregate(
        items=ibis._.items.sum())  # fmt: skip
    found = sums.inner_join(keys.select("practice_id", "practice"), "practice_id").to_pyarrow()
    place, row = np.unique(np.array(found["practice"].to_pylist(), dtype=str), return_inverse=True)
    chemical, column = np.unique(np.array(found["chemical"].to_pylist(), dtype=str), return_inverse=True)
    items = np.zeros((len(place), len(chemical)))
    np.add.at(items, (row, column), found["items"].to_numpy(zero_copy_only=False).astype(np.float64))
    kept = np.char.str_len(chemical) == CHEMICAL
    kept &= ~np.char.startswith(chemical, ("2",))  # appliances have no chemical (BNF chapters 20 to 23)
    return tuple(map(str, place)), tuple(map(str, chemical[kept])), np.maximum(items[:, kept], 0.0)


def _names(lake: Lake) -> dict[str, str]:
    """A word for each chemical: the shortest name of its presentations, up to the first underscore or bracket; a
    generic's where there is one (characters 10 and 11 of its code are AA)."""
    table = lake.table("presentation").select("bnf_code", "name").to_pyarrow().to_pylist()
    names: dict[str, str] = {}
    named = [row for row in table if row["name"]]
    for row in sorted(named, key=lambda row: (row["bnf_code"][9:11] != "AA", len(row["name"]), row["name"])):
        names.setdefault(row["bnf_code"][:CHEMICAL], row["name"].split("_")[0].split(" (")[0])
    return names
