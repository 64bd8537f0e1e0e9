"""Savings by price: prescribing, prices and places of the lake put together, for `see savings`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import InputError, did_you_mean
from ..lake import Lake, month_number, month_of
from .bought import Bought, bought
from .place import Place
from .price_kinds import Found, concessions, ghost, ppu

# Pounds below which a row is not shown: OpenPrescribing's for practice, sub-ICB location and nation; the rest between.
SMALLEST = {"practice": 10.0, "pcn": 40.0, "sicbl": 200.0, "icb": 1000.0, "region": 7000.0, "nation": 50_000.0}

KINDS = {"ppu": ppu, "ghost": ghost, "concessions": concessions}


@dataclass(frozen=True)
class Savings:
    """What `see savings` found: one row a product (or an organisation), largest first, with the total in pounds."""

    kind: str
    level: str
    organisation: str | None
    months: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    total: float
    shown: float
    notes: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass
class _Sum:
    """One product's row in the making."""

    name: str
    quantity: float = 0.0
    cost: float = 0.0
    saving: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)


def savings(
    lake: Lake, kind: str, level: str, organisation: str | None = None, *,
    first: str | None = None, last: str | None = None, minimum: float | None = None,
) -> Savings:  # fmt: skip
    """What an organisation (or each of a level) would save by price: `ppu`, `ghost`; or what `concessions` cost it.

    ppu: each set of equivalents at the price of the best tenth of practices. ghost: generics above the usual price.
    Savings are worked out by practice and added up. concessions: above the Drug Tariff's price, where one stood. The
    latest month is read unless months are named; several are added.

    Raises
    ------
    InputError
        If the lake lacks the months, the organisation or, for concessions, the prices.
    """
    months = _months(lake, first, last)
    place = Place.find(lake, organisation)
    if organisation is not None and place.level != level:
        raise InputError(f"--organisation {organisation}: is a {place.level}, not a {level}")
    known = sorted({"nation", "practice", *place.organisations.levels} - {"unknown"})
    if level not in known:
        raise InputError(f"no organisations of level {level!r} are loaded{did_you_mean(level, known)}; there are: "
                         f"{', '.join(known)}")  # fmt: skip
    notes: list[str] = []
    sums: dict[str, _Sum] = {}
    for month in months:
        prescribed = bought(lake, month, place.organisations)
        _add(sums, KINDS[kind](lake, month, prescribed, notes), prescribed, place, level)
    smallest = SMALLEST.get(level, 0.0) if minimum is None else minimum
    if kind == "ghost" and minimum is None:
        smallest = 0.0
    rows = [
        {"code": code, "name": one.name, "quantity": one.quantity, "cost": one.cost,
         "price": one.cost / one.quantity if one.quantity else None, "saving": one.saving, **one.extra}
        for code, one in sums.items() if one.saving
    ]  # fmt: skip
    shown = sorted((r for r in rows if abs(r["saving"]) >= smallest), key=lambda r: (-r["saving"], r["code"]))
    source = tuple(f"{s.table} {s.key} {s.sha256}" for s in lake.snapshots("prescribing")
                   if month_number(s.key[:7]) in months)  # fmt: skip
    return Savings(
        kind, level, organisation, tuple(str(month_of(m)) for m in months), tuple(shown),
        sum(r["saving"] for r in rows), sum(r["saving"] for r in shown), tuple(dict.fromkeys(notes)), source,
    )  # fmt: skip


def _months(lake: Lake, first: str | None, last: str | None) -> list[int]:
    held = sorted({month_number(s.key[:7]) for s in lake.snapshots("prescribing") if s.part("prescribing")})
    if not held:
        raise InputError(f"{lake.path}: holds no prescribing; load it first")
    low = month_number(first) if first else held[-1]
    high = month_number(last) if last else (held[-1] if first is None else max(low, held[-1]))
    chosen = [month for month in held if low <= month <= high]
    if not chosen:
        raise InputError(f"{lake.path}: no prescribing of {month_of(low)} to {month_of(high)}; it holds "
                         f"{month_of(held[0])} to {month_of(held[-1])}")  # fmt: skip
    return chosen


def _add(sums: dict[str, _Sum], found: Found, prescribed: Bought, place: Place, level: str) -> None:
    """Add a month: by product where one organisation is asked for, by organisation of the level where none is."""
    parents = _parents(prescribed.practices, place, level)
    mine = np.array([parent is not None for parent in parents], dtype=bool)[found.practice]
    by_product = place.code is not None or level == "nation"
    keys, row = np.unique((found.product if by_product else found.practice)[mine], return_inverse=True)
    sides = [np.bincount(row, side[mine], len(keys)) for side in (found.quantity, found.cost, found.saving)]
    for key, quantity, cost, saving in zip(keys.tolist(), *(side.tolist() for side in sides), strict=True):
        code = prescribed.codes[key] if by_product else str(parents[key])
        name = prescribed.names[key] if by_product else place.organisations.name(code)
        one = sums.setdefault(code, _Sum(name))
        one.quantity, one.cost, one.saving = one.quantity + quantity, one.cost + cost, one.saving + saving
        one.extra = found.extra.get(key, {}) if by_product else {}


def _parents(practices: tuple[str, ...], place: Place, level: str) -> list[str | None]:
    """The organisation of the level that each practice counts for, None where it is not asked about."""
    if place.code is not None:
        return [place.code if place.holds(code) else None for code in practices]
    if level == "nation":
        return ["nation"] * len(practices)
    if level == "practice":
        return list(practices)
    if place.as_of is None:
        return [None] * len(practices)
    return [place.organisations.ancestor(code, level, place.as_of) for code in practices]
