"""Waits of one month: incomplete pathways within or over so many weeks, over all of them."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .prescribing import Tables
from .publications import Waits

INCOMPLETE = "Part_2"  # RTT part type: incomplete pathways (NHS England)
TOTAL = "C_999"  # the published total of the other treatment functions: use it or them, never both
# level of the panel -> column of the lake's table
COLUMN = {"provider": "provider", "sicbl": "commissioner", "specialty": "treatment_function"}


@dataclass(frozen=True)
class Waiting:
    """Pathways of one organisation; `counted` is NaN where the published bands stop too early to know."""

    counted: float
    pathways: float


@dataclass(frozen=True)
class Published:
    """One month's incomplete pathways as arrays: the bands (B rows) and the totals (R rows) of the lake.

    A code column is held as positions in its list of codes, so that every level is one sum over positions.
    """

    codes: dict[str, tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.int64]]]
    weeks_from: NDArray[np.int64]
    endless: NDArray[np.bool_]
    pathways: NDArray[np.int64]
    total: NDArray[np.int64]


def read(tables: Tables, month: int) -> Published:
    """A month's incomplete pathways in two queries, however many measures and levels ask for them."""
    bands, totals = (
        rows.filter((rows.month == month) & (rows.part == INCOMPLETE)).to_pyarrow()
        for rows in (tables.table("rtt"), tables.table("rtt_total"))
    )
    codes = {}
    for column in COLUMN.values():
        both = pa.chunked_array([*bands[column].chunks, *totals[column].chunks], type=pa.string()).combine_chunks()
        coded = both.dictionary_encode()
        places = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        codes[column] = (tuple(coded.dictionary.to_pylist()), places[: len(bands)], places[len(bands):])
    return Published(
        codes, bands["weeks_from"].to_numpy().astype(np.int64), bands["open"].to_numpy().astype(bool),
        bands["pathways"].to_numpy().astype(np.int64), totals["total_all"].to_numpy().astype(np.int64),
    )  # fmt: skip


def count(published: Published, rule: Waits, level: str) -> dict[str, Waiting]:
    """Incomplete pathways by organisation of a level: those that the rule counts, and all.

    provider and specialty are as published; sicbl is the commissioner.
    """
    names, of_band, of_total = published.codes[COLUMN[level]]
    in_bands, in_totals = _functions(published, rule)
    wanted = in_bands & _counted(published, rule)
    hits = np.bincount(of_band[wanted], weights=published.pathways[wanted], minlength=len(names))
    whole = np.bincount(of_total[in_totals], weights=published.total[in_totals], minlength=len(names))
    known = _known(published, rule, in_bands)
    return {
        names[i]: Waiting(float(hits[i]) if known else float("nan"), float(whole[i]))
        for i in np.unique(of_total[in_totals])
    }


def _functions(published: Published, rule: Waits) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which bands and totals are of the rule's functions; of all, without their published total."""
    names, of_band, of_total = published.codes[COLUMN["specialty"]]
    if rule.functions is not None:
        kept = np.array([name in rule.functions for name in names], dtype=bool)
    else:
        kept = np.array([name != TOTAL for name in names], dtype=bool)
        if not kept.any():
            kept[:] = True  # a file with nothing but the total
    return kept[of_band], kept[of_total]


def _counted(published: Published, rule: Waits) -> NDArray[np.bool_]:
    # Band w holds waits of more than w and up to w + 1 weeks: 'Gt 17 To 18' is within 18.
    if rule.within_weeks is not None:
        return (published.weeks_from < rule.within_weeks) & ~published.endless
    if rule.over_weeks is not None:
        return published.weeks_from >= rule.over_weeks
    return np.ones(len(published.weeks_from), dtype=bool)


def _known(published: Published, rule: Waits, in_bands: NDArray[np.bool_]) -> bool:
    """Whether the bands reach far enough: older files end at 52 weeks and over."""
    weeks = rule.within_weeks or rule.over_weeks
    ends = published.weeks_from[in_bands & published.endless]
    return not weeks or not len(ends) or int(ends.min()) >= weeks


def chosen(table: ir.Table, month: int, rule: Waits) -> ir.Table:
    """The month's incomplete pathways of the rule's functions; of all, without their published total."""
    rows = table.filter((table.month == month) & (table.part == INCOMPLETE))
    if rule.functions is not None:
        return rows.filter(rows.treatment_function.isin(rule.functions))
    has_functions = rows.filter(rows.treatment_function != TOTAL).limit(1).count().to_pyarrow().as_py() > 0
    return rows.filter(rows.treatment_function != TOTAL) if has_functions else rows


def counts(bands: ir.Table, rule: Waits) -> ir.BooleanValue:
    """Whether a band is within (or over) the weeks that the rule names."""
    # Band w holds waits of more than w and up to w + 1 weeks: 'Gt 17 To 18' is within 18.
    if rule.within_weeks is not None:
        within: ir.BooleanValue = (bands.weeks_from < rule.within_weeks) & ~bands.open
        return within
    if rule.over_weeks is not None:
        over: ir.BooleanValue = bands.weeks_from >= rule.over_weeks
        return over
    return ibis.literal(True)
