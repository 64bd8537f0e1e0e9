"""Panels without rows: a month drawn, counted as the lake would count its files, and only the panels kept.

The draws, the rounding of money and the counting are those of a month in rows, so both give the same panels to the
last digit (`tests/library/test_synthetic_panels.py`); what is saved is writing, reading and keeping 16 million rows.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .. import measures
from ..lake import Beside, Lake, Origin, month_number
from ..sources.organisations import MENTIONED, NATION, NATION_NAME
from . import waits as waiting
from .demonstration import Demonstration
from .lists import BANDS, SEXES, by_age
from .organisations import Nation
from .panels_access import access_tables
from .plan import Plan, of_block, strangers
from .prescribing import Rows
from .published_prescribing import money, nobody_codes
from .waits import FUNCTIONS, PARTS

MILLION = 1_000_000
WORKERS = 2
_BITS = 20  # a key is practice, presentation and twice the quantity, packed


def panels(
    made: Demonstration, lake: Lake, progress: Callable[[str, int, int], None] = lambda what, done, all: None
) -> tuple[str, ...]:
    """Count and keep the panels of every month that has no rows; those that stand are left alone. The months."""
    plan, done = made.plan, []
    share = waiting.true_share(plan.world, plan.when, plan.runs, plan.seed)
    every = measures.for_lake(lake)
    if made.first_rows:
        keys(plan, lake)
    for t in range(made.first_rows):
        month = plan.when.word(t)
        if not measures.kept(lake, month, every):
            with Beside(lake, month_tables(plan, share, t)) as tables:
                measures.keep(lake, tables, month, every)
        done.append(month)
        progress("months of panels kept", t + 1, made.first_rows)
    return tuple(done)


def month_tables(plan: Plan, share: NDArray[np.float64], t: int) -> dict[str, pa.Table]:
    """Everything that measures of month `t` are counted from, as the lake would hold it."""
    return {**prescribing_tables(plan, t), **list_table(plan, t), **waits_tables(plan, share, t),
            **access_tables(plan, t)}  # fmt: skip


def keys(plan: Plan, lake: Lake) -> None:
    """Keep the codes of the months without rows, and the organisations that only those rows would name."""
    if lake.snapshots("practice_key"):
        return
    tables = _key_tables(plan) | _mentioned(plan.world, np.int16(month_number(plan.when.months[0])))
    with lake.transaction() as transaction:
        for table in ("practice_key", "presentation"):
            first = tables[table].column(0).to_numpy() + 1  # numbers in the lake begin with 1
            numbered = tables[table].set_column(0, tables[table].column_names[0], pa.array(first, pa.int32()))
            transaction.stage_keys(table, numbered, Origin("demonstration", rows=numbered.num_rows, source="panels"))
        for table in ("organisation", "membership"):
            origin = Origin("demonstration", rows=tables[table].num_rows, source="panels")
            transaction.stage(table, f"panels/{plan.when.word(0)}", {table: tables[table]}, origin)


def _mentioned(world: Nation, month: np.int16) -> dict[str, pa.Table]:
    """Who belongs where above the practices' own register, as a month of rows names it in passing."""
    unknown = _unknown(world)
    named = [
        *((code, "UNIDENTIFIED DOCTORS", "unidentified") for code in unknown),
        *zip(world.sicbls, world.sicbl_names, repeat("sicbl")), *zip(world.icbs, world.icb_names, repeat("icb")),
        *zip(world.regions, world.region_names, repeat("region")), (NATION, NATION_NAME, "nation"),
        *zip(world.trusts, world.trust_names, repeat("provider")),
    ]  # fmt: skip
    ties = [
        *zip(unknown, world.sicbls, strict=True),
        *zip(world.sicbls, (world.icbs[i] for i in world.icb_of_sicbl), strict=True),
        *zip(world.icbs, (world.regions[i] for i in world.region_of_icb), strict=True),
        *((region, NATION) for region in world.regions),
        *zip(world.trusts, (world.icbs[i] for i in world.icb_of_trust), strict=True),
    ]

    def since(size: int) -> dict[str, Any]:
        return {"rank": np.full(size, MENTIONED, np.int16), "as_of": np.full(size, month)}

    open_ends = pa.nulls(len(ties), pa.int16())
    return {
        "organisation": pa.table({
            "code": [code for code, _, _ in named], "name": [name for _, name, _ in named],
            "level": [level for _, _, level in named], **since(len(named)),
        }),
        "membership": pa.table({
            "child": [child for child, _ in ties], "parent": [parent for _, parent in ties],
            "start": open_ends, "end": open_ends, **since(len(ties)),
        }),
    }  # fmt: skip


def _key_tables(plan: Plan) -> dict[str, pa.Table]:
    stock, practices = plan.presentations, [*plan.world.practices, *_unknown(plan.world)]
    return {
        "practice_key": pa.table({
            "practice_id": np.arange(len(practices), dtype=np.int32), "practice": practices,
            "unidentified": np.arange(len(practices)) >= len(plan.world.practices),
        }),
        "presentation": pa.table({
            "presentation_id": np.arange(len(stock.codes), dtype=np.int32), "bnf_code": stock.codes,
            "name": stock.names,
        }),
    }  # fmt: skip


def _unknown(world: Nation) -> list[str]:
    """The lake's codes of each sub-ICB location's prescribers without a practice."""
    return [f"-{sicbl}" if code == "-" else code
            for code, sicbl in zip(nobody_codes(world), world.sicbls, strict=True)]  # fmt: skip


def prescribing_tables(plan: Plan, t: int) -> dict[str, pa.Table]:
    """Month `t` of prescribing as the lake would hold it, with keys of its own."""
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda number: _cells(plan, of_block(plan, t, number), t), range(len(plan.usual))))
    other = strangers(plan, t)
    places = other.practice + len(plan.world.practices)
    found.append(_cells(plan, Rows(places, other.medicine, other.quantity, other.items), t))
    return {
        "prescribing": pa.concat_tables([cells for cells, _ in found]),
        "prescribing_band": pa.concat_tables([bands for _, bands in found]),
        **_key_tables(plan),
    }  # fmt: skip


def list_table(plan: Plan, t: int) -> dict[str, pa.Table]:
    """Month `t` of list sizes by sex and age, as the lake would hold them."""
    there = np.flatnonzero(plan.world.patients[:, t] > 0)
    counts = by_age(plan.world, t)[there]
    cells = [("all", "all", counts.sum(axis=(1, 2)))]
    for s, sex in enumerate(SEXES):
        cells += [(sex.lower(), band, counts[:, s, b]) for b, band in enumerate(BANDS)]
        cells.append((sex.lower(), "all", counts[:, s].sum(axis=1)))
    codes = pa.array(plan.world.practices).take(pa.array(there))
    size, month = len(there), month_number(plan.when.months[t])
    parts = [
        pa.table({"month": np.full(size, month, np.int16), "practice": codes, "sex": pa.repeat(sex, size),
                  "age_band": pa.repeat(band, size), "patients": patients, "flavour": pa.repeat("five_year", size)})
        for sex, band, patients in cells
    ]  # fmt: skip
    return {"list_size": pa.concat_tables(parts)}


def waits_tables(plan: Plan, share: NDArray[np.float64], t: int) -> dict[str, pa.Table]:
    """Month `t` of waiting times, as the lake would hold them."""
    found, world = waiting.month(plan.world, plan.when, share, t, plan.seed), plan.world
    month = month_number(plan.when.months[t])

    def keys(part: NDArray[np.int64], cell: NDArray[np.int64]) -> dict[str, pa.Array]:
        def named(words: list[str], rows: NDArray[np.int64]) -> pa.Array:
            return pa.array(words).take(pa.array(rows))

        sicbl = found.sicbl[cell]
        home = np.where(sicbl >= 0, world.icb_of_sicbl[sicbl] + 1, 0)
        return {
            "month": pa.array(np.full(len(cell), month, np.int16)),
            "provider": named(list(world.trusts), found.trust[cell]),
            "commissioner": named(["NONC", *world.sicbls], sicbl + 1),
            "commissioner_parent": named(["", *world.icbs], home),
            "part": named(list(PARTS), part),
            "treatment_function": named([f[0] for f in FUNCTIONS], found.function[cell]),
        }  # fmt: skip

    part, cell, band = np.nonzero(found.bands)
    total = np.nonzero(found.total)
    last = found.bands.shape[2] - 1
    return {
        "rtt": pa.table({**keys(part, cell), "weeks_from": band.astype(np.int16), "open": band == last,
                         "pathways": found.bands[part, cell, band]}),
        "rtt_total": pa.table({**keys(*total), "total_all": found.total[total]}),
    }  # fmt: skip


def _cells(plan: Plan, rows: Rows, t: int) -> tuple[pa.Table, pa.Table]:
    """A block's cells (practice and presentation) and their bands of quantity, added up as the lake adds them."""
    nic, actual = money(plan, rows, t)
    twice = np.round(rows.quantity * 2).astype(np.int64)
    assert twice.max(initial=0) < 1 << _BITS
    key = ((rows.practice << _BITS) | rows.medicine) << _BITS | twice
    order = np.argsort(key)
    key = key[order]
    band = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    pair = key >> _BITS
    cell = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
    items = rows.items[order]
    month = np.int16(month_number(plan.when.months[t]))

    def added(values: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = np.rint(values * MILLION).astype(np.int64)[order]
        return np.asarray(np.add.reduceat(whole, cell) / MILLION)

    def ids(first: NDArray[np.intp]) -> dict[str, NDArray[Any]]:
        return {"month": np.full(len(first), month), "practice_id": (pair[first] >> _BITS).astype(np.int32),
                "presentation_id": (pair[first] & ((1 << _BITS) - 1)).astype(np.int32)}  # fmt: skip

    return (
        pa.table({**ids(cell), "items": np.add.reduceat(items, cell), "quantity": added(rows.quantity * rows.items),
                  "actual_cost": added(actual), "nic": added(nic)}),
        pa.table({**ids(band), "quantity_per_item": rows.quantity[order][band], "items": np.add.reduceat(items, band)}),
    )  # fmt: skip
