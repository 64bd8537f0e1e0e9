"""Prescribing of one month, counted for every rule at once: one pass over that month's rows.

Money and quantities are added as whole millionths, the finest that the lake keeps, so that a sum does not depend
on the order of rows, threads or engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import catalogue as catalogues
from . import dictionary
from .catalogue import Catalogue
from .rule import Rule, compare
from .side import Counted
from .weights import read_adqs, weights

FINEST = 1_000_000  # parts of one: NHSBSA publishes actual cost to five decimals, the lake keeps six
COLUMN = {"items": "items", "quantity": "quantity", "cost": "actual_cost", "nic": "nic"}
_NO_RULE = -1


class Tables(Protocol):
    """Anything that offers the lake's tables: a lake, or the few rows of a worked example."""

    def table(self, name: str) -> ir.Table:
        """The table, empty where nothing is loaded."""
        ...


@dataclass(frozen=True)
class MonthCounts:
    """Practices with published prescribing in a month, P of them rising, and each rule's count float64 (P,).

    `unidentified` (P,): prescribers without a practice of their own, one for each sub-ICB location.
    """

    practices: tuple[str, ...]
    counts: tuple[NDArray[np.float64], ...]
    unidentified: NDArray[np.bool_]


def count(tables: Tables, month: int, rules: Sequence[Counted], catalogue: Catalogue) -> MonthCounts:
    """What every practice prescribed in one month under each rule; a practice without matching rows counts 0.

    `catalogue` must carry the month's unit prices where a rule asks for them (`catalogue_of` sees to it).
    """
    rows = tables.table("prescribing").filter(ibis._.month == month)
    banded = [i for i, rule in enumerate(rules) if rule.uses("quantity_per_item")]
    weighted = [i for i, rule in enumerate(rules) if rule.is_weighted]
    plain = [i for i in range(len(rules)) if i not in (*banded, *weighted)]
    found = _add_up(tables, _one_pass(rows, _map(plain, rules, catalogue)))
    practices = tuple(sorted(set(found.practice)))
    place = {practice: i for i, practice in enumerate(practices)}
    counts = [np.zeros(len(practices)) for _ in rules]
    for sums in (found, _weighted(tables, rows, weighted, rules, catalogue)):
        where = np.array([place[practice] for practice in sums.practice], dtype=np.intp)
        for number in sorted(set(sums.rule.tolist()) - {_NO_RULE}):
            mine = sums.rule == number
            counts[number][where[mine]] = sums.sums[COLUMN[rules[number].column]][mine]
    for number in banded:
        for practice, value in _from_bands(tables, month, rules[number], catalogue).items():
            if practice in place:
                counts[number][place[practice]] = value
    flagged = unidentified(tables)
    return MonthCounts(practices, tuple(counts), np.array([p in flagged for p in practices], dtype=bool))


def unidentified(tables: Tables) -> frozenset[str]:
    """The codes of prescribers without a practice of their own."""
    keys = tables.table("practice_key")
    flagged = keys.filter(ibis.coalesce(keys.unidentified, False)).select("practice")
    return frozenset(flagged.to_pyarrow()["practice"].to_pylist())


def catalogue_of(tables: Tables, month: int, rules: Sequence[Rule]) -> Catalogue:
    """The presentations, with the month's unit prices and dm+d if any of the rules asks for them."""
    prices = unit_prices(tables, month) if any(rule.uses("unit_price") for rule in rules) else None
    dmd = dictionary.read(tables) if any(rule.reads_dmd for rule in rules) else None
    return catalogues.read(tables.table("presentation"), prices, dmd)


def unit_prices(tables: Tables, month: int) -> dict[int, float]:
    """Net ingredient cost of one unit of quantity, by presentation id, over the whole lake in one month."""
    rows = tables.table("prescribing").filter(ibis._.month == month)
    sums = rows.group_by("presentation_id").aggregate(nic=_whole(rows.nic).sum(), quantity=_whole(rows.quantity).sum())
    return {
        row["presentation_id"]: row["nic"] / row["quantity"] for row in sums.to_pyarrow().to_pylist() if row["quantity"]
    }


def totals(
    tables: Tables, month: int, ids: NDArray[np.int32], weight: NDArray[np.float64] | None = None
) -> dict[str, float]:
    """Items, quantity, actual cost and net ingredient cost of these presentations over the whole lake in a month.

    `weighted`: the quantity times what a unit of each presentation counts for, where `weight` says so.
    """
    rows = tables.table("prescribing").filter(ibis._.month == month)
    each = np.ones(len(ids)) if weight is None else weight
    rows = rows.inner_join(ibis.memtable(pa.table({"presentation_id": ids, "weight": each})), "presentation_id")
    whole = {name: _whole(rows[name]).sum() for name in COLUMN.values()}
    whole["weighted"] = _whole(rows.quantity.cast("float64") * rows.weight).sum()
    sums = rows.aggregate(**whole).to_pyarrow().to_pylist()[0]
    return {name: (value or 0) / FINEST for name, value in sums.items()}


def weights_of(tables: Tables, rule: Counted, catalogue: Catalogue) -> NDArray[np.float64]:
    """What a unit of each presentation counts for under a rule (N,); 0 where the rule does not mean it."""
    return weights(catalogue, rule, read_adqs(tables) if rule.sum == "adq" else None)


def _map(plain: Sequence[int], rules: Sequence[Counted], catalogue: Catalogue) -> ir.Table:
    """Which presentation belongs to which rule: one row a pair."""
    ids = [catalogue.ids[catalogue.matches(rules[i])] for i in plain]
    numbers = [np.full(len(some), i, dtype=np.int32) for i, some in zip(plain, ids, strict=True)]
    pairs = {"presentation_id": np.concatenate([np.zeros(0, np.int32), *ids]),
             "rule": np.concatenate([np.zeros(0, np.int32), *numbers])}  # fmt: skip
    return ibis.memtable(pa.table(pairs))


def _one_pass(rows: ir.Table, pairs: ir.Table) -> ir.Table:
    # A left join, so that the same pass also tells which practices prescribed anything at all.
    joined = rows.left_join(pairs, "presentation_id")
    joined = joined.mutate(rule=ibis.coalesce(joined.rule, _NO_RULE))
    sums = {name: _whole(joined[name]).sum() for name in COLUMN.values()}
    return joined.group_by("practice_id", "rule").aggregate(**sums)


def _weighted(
    tables: Tables, rows: ir.Table, numbers: Sequence[int], rules: Sequence[Counted], catalogue: Catalogue
) -> _Sums:
    """Sums in which a unit of one presentation counts for more than one of another: a second pass, for these rules."""
    if not numbers:
        return _Sums([], np.zeros(0, np.int64), {})
    parts = []
    for i in numbers:
        weight = weights_of(tables, rules[i], catalogue)
        kept = np.flatnonzero(weight)
        parts.append(pa.table({
            "presentation_id": catalogue.ids[kept], "rule": np.full(len(kept), i, np.int32), "weight": weight[kept],
        }))  # fmt: skip
    joined = rows.inner_join(ibis.memtable(pa.concat_tables(parts)), "presentation_id")
    sums = {name: _whole(joined[name].cast("float64") * joined.weight).sum() for name in COLUMN.values()}
    return _add_up(tables, joined.group_by("practice_id", "rule").aggregate(**sums))


def _from_bands(tables: Tables, month: int, rule: Counted, catalogue: Catalogue) -> dict[str, float]:
    """A rule on the quantity of an item reads the second file, which keeps items by quantity per item."""
    bands = tables.table("prescribing_band").filter(ibis._.month == month)
    bands = bands.filter(_meets(rule, catalogue, bands))
    quantity = bands.quantity_per_item.cast("float64") * bands["items"]
    sums = bands.group_by("practice_id").aggregate(items=_whole(bands["items"]).sum(), quantity=_whole(quantity).sum())
    found = _add_up(tables, sums.mutate(rule=ibis.literal(0)))
    return dict(zip(found.practice, found.sums[rule.sum or "items"].tolist(), strict=True))


def _meets(rule: Rule, catalogue: Catalogue, bands: ir.Table) -> ir.BooleanValue:
    if not rule.uses("quantity_per_item"):
        wanted: ir.BooleanValue = bands.presentation_id.isin(catalogue.ids[catalogue.matches(rule)].tolist())
        return wanted
    inner = {"any", "all", "not_", "quantity_per_item", "everything"}
    own = Rule(everything=True, **{key: getattr(rule, key) for key in Rule.model_fields if key not in inner})
    meets = _meets(own, catalogue, bands)
    if rule.quantity_per_item is not None:
        meets = meets & compare(bands.quantity_per_item, rule.quantity_per_item)
    if rule.any is not None:
        meets = meets & ibis.or_(*(_meets(part, catalogue, bands) for part in rule.any))
    for part in rule.all or ():
        meets = meets & _meets(part, catalogue, bands)
    if rule.not_ is not None:
        meets = meets & ~_meets(rule.not_, catalogue, bands)
    return meets


def _whole(column: ir.Value) -> ir.IntegerValue:
    whole: ir.IntegerValue = (column.cast("float64") * FINEST).round().cast("int64")
    return whole


@dataclass(frozen=True)
class _Sums:
    """Sums by practice code and rule: N of each."""

    practice: list[str]
    rule: NDArray[np.int64]
    sums: dict[str, NDArray[np.float64]]


def _add_up(tables: Tables, sums: ir.Table) -> _Sums:
    """Sums by practice code and rule."""
    keys = tables.table("practice_key").select("practice_id", "practice")
    rows = sums.inner_join(keys, "practice_id").to_pyarrow()
    names = [name for name in COLUMN.values() if name in rows.column_names]
    return _Sums(
        rows["practice"].to_pylist(), rows["rule"].to_numpy().astype(np.int64),
        {name: rows[name].to_numpy().astype(np.float64) / FINEST for name in names},
    )  # fmt: skip
