"""Quick: what practices prescribed under plain rules over many months, from the rules' rows alone, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake, Snapshot, month_number
from . import catalogue as catalogues
from . import dictionary, few, patients
from .catalogue import Catalogue
from .held import months_held, snapshots_of
from .levels import Grid, grid_of
from .model import Measure
from .month import check_matches
from .prescribing import COLUMN, FINEST
from .side import Counted

Float = NDArray[np.float64]
_SIDES = ("numerator", "denominator")
_PRESCRIBERS = ("practice", "unidentified")  # what a month's file calls those of whom it has rows


def counted(lake: Lake, rule: Counted, *, first: str | None = None, last: str | None = None) -> tuple[Grid, list[int]]:
    """The rule's sums by practice and month: a grid whose both sides are the sums, and its months.

    Holds for a rule that says which presentations count and no more; a practice and month without any has NaN.
    The file of a month is sorted by presentation, so that fifty codes read a small part of it.

    Raises
    ------
    InputError
        If the rule asks for a month's unit prices, the quantity of an item or weights, which need each month whole.
    """
    if not _is_plain(rule):
        raise InputError(f"{rule.words}: needs each month whole; ask for a panel")
    held = months_held(lake, "prescribing")
    low = month_number(first) if first else held[0]
    high = month_number(last) if last else held[-1]
    sums = _sums(lake, {"numerator": rule}, low, high)
    code = _keys(lake)["practice"].take(pa.array(_places(lake, sums["practice_id"])))
    values = pa.array(_in_units(sums["numerator"], rule))
    table = pa.table({"month": sums["month"], "code": code, "numerator": values, "denominator": values})
    months = [month for month in held if low <= month <= high]
    return grid_of(table, months), months


def is_quick(measure: Measure) -> bool:
    """Whether `rows` can count a measure: presentations added up, over presentations or over patients."""
    top, bottom = measure.numerator, measure.denominator
    return (
        measure.kind == "prescribing" and not measure.sum_of and _is_plain(top)
        and (_is_plain(bottom) or bottom.source == "patients")
    )  # fmt: skip


def rows(lake: Lake, measure: Measure, months: Sequence[int]) -> pa.Table:
    """What `month.compute` counts of a quick measure, for several months at once: month, code, both sides.

    Who prescribed anything, who was registered, and the presentations are looked up once and kept in mind until
    something is loaded.

    Raises
    ------
    InputError
        If one side matches no presentation of the lake.
    """
    check_matches(catalogue_of(lake, measure.numerator, measure.denominator), measure)
    keys, there = _keys(lake), {month: _prescribers(lake, month) for month in months}
    rules = {name: rule for name in _SIDES if _is_plain(rule := getattr(measure, name))}
    sums = _sums(lake, rules, min(months), max(months))
    place, column = _places(lake, sums["practice_id"]), sums["month"].to_numpy() - min(months)
    table = {
        "month": pa.array(np.repeat(np.array(months, np.int16), [len(there[month]) for month in months])),
        "code": keys["practice"].take(pa.array(np.concatenate(list(there.values())))),
    }
    for name in _SIDES:
        if name in rules:
            cells = np.zeros((max(months) - min(months) + 1, len(keys)))
            cells[column, place] = _in_units(sums[name], rules[name])
            found = [cells[month - min(months), there[month]] for month in months]
        else:
            found = [_registered(lake, month, getattr(measure, name))[there[month]] for month in months]
        table[name] = pa.array(np.concatenate(found), from_pandas=True)
    return pa.table(table)


def catalogue_of(lake: Lake, *rules: Counted) -> Catalogue:
    """The lake's presentations, with dm+d where a rule asks for it, kept in mind."""
    if not any(rule.reads_dmd for rule in rules):
        return lake.remember("measures.catalogue", lambda: catalogues.read(lake.table("presentation")))
    return lake.remember(
        "measures.catalogue.dmd", lambda: catalogues.read(lake.table("presentation"), None, dictionary.read(lake))
    )


def _is_plain(rule: Counted) -> bool:
    each_month = rule.is_weighted or rule.uses("quantity_per_item") or rule.uses("unit_price")
    return rule.source == "prescribing" and not each_month


def _sums(lake: Lake, rules: dict[str, Counted], low: int, high: int) -> pa.Table:
    """Month, practice_id and the whole sum under each rule; a rule that means every row is not looked up."""
    found = catalogue_of(lake, *rules.values())
    means = {name: found.matches(rule) for name, rule in rules.items()}
    either = np.any(list(means.values()), axis=0)
    chosen = {name: flags[either] for name, flags in means.items()}
    if (picked := few.sums(lake, rules, chosen, found.ids[either], low, high)) is not None:
        return picked
    scan = lake.table("prescribing").filter(ibis._.month.between(low, high))
    wanted = {"presentation_id": found.ids[either]}
    split = {name: flags[either] for name, flags in means.items() if not flags[either].all()}
    if split:
        scan = scan.inner_join(ibis.memtable(pa.table({**wanted, **{f"is_{n}": f for n, f in split.items()}})),
                               "presentation_id")  # fmt: skip
    elif not either.all():
        scan = scan.semi_join(ibis.memtable(pa.table(wanted)), "presentation_id")
    sums = {}
    for name, rule in rules.items():
        value = scan[COLUMN[rule.column]]
        whole = value if rule.column == "items" else (value * FINEST).round().cast("int64")
        sums[name] = whole.sum(where=scan[f"is_{name}"]) if name in split else whole.sum()
    return scan.group_by("month", "practice_id").aggregate(**sums).to_pyarrow()


def _in_units(sums: pa.ChunkedArray, rule: Counted) -> Float:
    """Whole sums in the unit of the column; nothing added is 0."""
    values: Float = pc.fill_null(sums, 0).to_numpy().astype(np.float64)
    return values if rule.column == "items" else values / FINEST


def _keys(lake: Lake) -> pa.Table:
    """Practices in the order of their codes: practice_id, practice, unidentified."""
    return lake.remember(
        "measures.practices", lambda: lake.table("practice_key").order_by("practice").to_pyarrow().combine_chunks()
    )


def _places(lake: Lake, ids: pa.ChunkedArray) -> NDArray[np.int64]:
    place: NDArray[np.int64] = pc.index_in(ids, value_set=_keys(lake)["practice_id"].combine_chunks()).to_numpy()
    return place.astype(np.int64)


def _prescribers(lake: Lake, month: int) -> NDArray[np.int64]:
    """Places of the practices with published prescribing in a month, rising."""
    return lake.remember(f"measures.prescribers.{month}", partial(_who_prescribed, lake, month))


def _who_prescribed(lake: Lake, month: int) -> NDArray[np.int64]:
    """The month's file was read for whom it names; where that was not kept, its rows are looked through."""
    named = [_named(lake, snapshot) for snapshot in snapshots_of(lake, "prescribing")[month]]
    if all(codes is not None for codes in named):
        place = pc.index_in(pa.chunked_array(named), value_set=_keys(lake)["practice"].combine_chunks())
    else:
        ids = lake.table("prescribing").filter(ibis._.month == month).select("practice_id").distinct()
        place = pc.index_in(ids.to_pyarrow()["practice_id"], value_set=_keys(lake)["practice_id"].combine_chunks())
    return np.unique(place.drop_null().to_numpy()).astype(np.int64)


def _named(lake: Lake, snapshot: Snapshot) -> pa.Array | None:
    part = snapshot.part("organisation")
    if part is None:
        return None
    names = pq.read_table(lake.path / part.path, columns=["code", "level"])
    found: pa.Array = names.filter(pc.is_in(names["level"], pa.array(_PRESCRIBERS)))["code"].combine_chunks()
    return found


def _registered(lake: Lake, month: int, side: Counted) -> Float:
    """Patients of every practice in a month, NaN where none were published; unidentified prescribers have 0."""
    said = side.model_dump_json(by_alias=True, exclude={"words"})

    def find() -> Float:
        keys, lists = _keys(lake), patients.count(lake, month, side)
        have = np.array([lists.get(practice, np.nan) for practice in keys["practice"].to_pylist()], dtype=np.float64)
        nobody = keys["unidentified"].fill_null(False).to_numpy() & np.isnan(have)
        return np.where(nobody, 0.0, have)

    return lake.remember(f"measures.registered.{month}.{said}", find)
