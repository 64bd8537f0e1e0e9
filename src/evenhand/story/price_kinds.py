"""Price kinds: the three savings by price, each from a month's prescribing and the lake's price lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake, month_of
from ..see.price_savings import concession_cost, ghost_generics, price_per_unit
from ..see.substitutes import generic_of, substitution_sets
from .bought import Bought


@dataclass(frozen=True)
class Found:
    """A month's savings: one row a practice and product; `product` a position in codes and names (G,)."""

    practice: NDArray[np.int64]
    product: NDArray[np.int64]
    quantity: NDArray[np.float64]
    cost: NDArray[np.float64]
    saving: NDArray[np.float64]
    extra: dict[int, dict[str, Any]]


def ppu(lake: Lake, month: int, bought: Bought, notes: list[str]) -> Found:
    """Each set of equivalents at the price a unit of the best tenth of practices."""
    swaps = lake.table("formulation_swap")
    pairs = swaps.filter(swaps.equivalent).select("code", "alternative").to_pyarrow()
    known = list(zip(pairs["code"].to_pylist(), pairs["alternative"].to_pylist(), strict=True))
    if not known:
        notes.append("no list of formulation swaps is loaded: a set is a generic with its brands")
    sets = substitution_sets(bought.codes, known)
    size = len(bought.practices)
    keys, row = np.unique(sets[bought.code] * size + bought.practice, return_inverse=True)
    cost, quantity = (np.bincount(row, side, len(keys)).astype(np.float64) for side in (bought.nic, bought.quantity))
    products, group = np.unique(keys // size, return_inverse=True)
    found = price_per_unit(group, cost, quantity)
    members = np.unique(np.stack([sets[bought.code], bought.code]), axis=1)
    count = np.bincount(np.searchsorted(products, members[0]), minlength=len(products))
    leader = _leaders(bought.codes, sets)
    extra = {leader[int(p)]: {"target_price": float(found.target[i]), "presentations": int(count[i])}
             for i, p in enumerate(products)}  # fmt: skip
    product = np.array([leader[int(p)] for p in products], dtype=np.int64)[group] if len(products) else group
    return Found(keys % size, product, quantity, cost, found.saving, extra)


def _leaders(codes: tuple[str, ...], sets: NDArray[np.int64]) -> dict[int, int]:
    """The generic of each set (or its first code), to name it by."""
    found: dict[int, int] = {}
    for i, (code, number) in enumerate(zip(codes, sets.tolist(), strict=True)):
        if number not in found or (_generic(code) and not _generic(codes[found[number]])):
            found[number] = i
    return found


def _generic(code: str) -> bool:
    return generic_of(code) == code


def ghost(lake: Lake, month: int, bought: Bought, notes: list[str]) -> Found:
    """Generics paid above (or below) their usual price."""
    generic = np.array([_generic(code) for code in bought.codes], dtype=bool)
    single = _single_priced(lake, month)
    if single is None:
        notes.append("no Drug Tariff with dm+d is loaded: generics whose packs differ in price a unit are not left out")
    else:
        generic &= np.array([code in single for code in bought.codes], dtype=bool)
    keep = generic[bought.code]
    products, group = np.unique(bought.code[keep], return_inverse=True)
    quantity, cost = bought.quantity[keep], bought.nic[keep]
    found = ghost_generics(group, cost, quantity)
    extra = {int(p): {"target_price": float(t)} for p, t in zip(products, found.target, strict=True)}
    return Found(bought.practice[keep], bought.code[keep], quantity, cost, found.saving, extra)


def _single_priced(lake: Lake, month: int) -> set[str] | None:
    """Presentations whose packs all have one price a unit in the tariff of the month (or the last before it)."""
    tariff = lake.table("drug_tariff")
    latest = tariff.filter(tariff.month <= month).month.max().to_pyarrow().as_py()
    links = lake.table("dmd_bnf").filter(ibis._.kind == "vmp").select("code", "bnf_code").to_pyarrow()
    if latest is None or not len(links):
        return None
    code_of = dict(zip(links["code"].to_pylist(), links["bnf_code"].to_pylist(), strict=True))
    prices: dict[str, set[float]] = {}
    rows = tariff.filter(tariff.month == latest).select("vmp", "pack_size", "price_pence").to_pyarrow().to_pylist()
    for row in rows:
        if row["pack_size"] and code_of.get(row["vmp"]):
            prices.setdefault(code_of[row["vmp"]], set()).add(round(row["price_pence"] / row["pack_size"], 9))
    return {code for code, several in prices.items() if len(several) == 1}


def concessions(lake: Lake, month: int, bought: Bought, notes: list[str]) -> Found:
    """What concessions cost above the Drug Tariff: `cost` is what the tariff would have come to, `saving` the extra."""
    table = lake.table("price_concession")
    rows = table.filter(table.month == month).to_pyarrow().to_pylist()
    if not rows:
        raise InputError(f"{lake.path}: holds no price concessions of {month_of(month)}; load them first")
    wanted = [row for row in rows if row["bnf_code"] and row["pack_size"] and row["tariff_price_pence"] is not None]
    if len(wanted) < len(rows):
        lost = len(rows) - len(wanted)
        notes.append(f"{lost} concessions lack a BNF code, pack size or tariff price and are left out")
    dearest: dict[str, dict[str, Any]] = {}
    for row in wanted:  # of several packs the one with the highest price a pack stands for all
        held = dearest.get(row["bnf_code"])
        if held is None or row["price_pence"] > held["price_pence"]:
            dearest[row["bnf_code"]] = row
    category = _categories(lake, month)
    position = {code: i for i, code in enumerate(bought.codes)}
    chosen = {position[code]: row for code, row in dearest.items() if code in position}
    keep = np.isin(bought.code, list(chosen))
    mine = [chosen[int(c)] for c in bought.code[keep]]

    def column(name: str) -> NDArray[np.float64]:
        return np.array([row[name] for row in mine], dtype=np.float64)

    usual, extra = concession_cost(
        bought.quantity[keep], column("price_pence"), column("tariff_price_pence"), column("pack_size"),
        month_of(month), tuple(category.get(bought.codes[int(c)], "") for c in bought.code[keep]),
    )  # fmt: skip
    prices = {
        at: {"concession_pence": row["price_pence"], "tariff_pence": row["tariff_price_pence"],
             "pack_size": row["pack_size"]} for at, row in chosen.items()
    }  # fmt: skip
    return Found(bought.practice[keep], bought.code[keep], bought.quantity[keep], usual, extra, prices)


def _categories(lake: Lake, month: int) -> dict[str, str]:
    table = lake.table("tariff_category")
    latest = table.filter(table.month <= month).month.max().to_pyarrow().as_py()
    rows = table.filter(table.month == latest).to_pyarrow().to_pylist() if latest is not None else []
    return {row["bnf_code"]: row["category"] or "" for row in rows}
