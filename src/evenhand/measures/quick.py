"""Quick: what practices prescribed under one rule over many months, in one query that reads only the rule's rows."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..lake import Lake, month_number
from . import catalogue as catalogues
from .build import months_held
from .levels import Grid, grid_of
from .prescribing import COLUMN, FINEST
from .side import Counted


def counted(lake: Lake, rule: Counted, *, first: str | None = None, last: str | None = None) -> tuple[Grid, list[int]]:
    """The rule's sums by practice and month: a grid whose both sides are the sums, and its months.

    Holds for a rule that says which presentations count and no more; a practice and month without any has NaN.
    The file of a month is sorted by presentation, so that fifty codes read a small part of it.

    Raises
    ------
    InputError
        If the rule asks for a month's unit prices, the quantity of an item or weights, which need each month whole.
    """
    if rule.source != "prescribing" or rule.is_weighted or rule.uses("quantity_per_item") or rule.uses("unit_price"):
        raise InputError(f"{rule.words}: needs each month whole; ask for a panel")
    held = months_held(lake, "prescribing")
    low = month_number(first) if first else held[0]
    high = month_number(last) if last else held[-1]
    found = lake.remember("measures.catalogue", lambda: catalogues.read(lake.table("presentation")))
    ids = pa.table({"presentation_id": found.ids[found.matches(rule)]})
    rows = lake.table("prescribing").filter(ibis._.month.between(low, high))
    rows = rows.semi_join(ibis.memtable(ids), "presentation_id")
    whole = (rows[COLUMN[rule.column]].cast("float64") * FINEST).round().cast("int64")
    sums = rows.group_by("month", "practice_id").aggregate(numerator=whole.sum()).to_pyarrow()
    keys = lake.remember("measures.practices", lambda: lake.table("practice_key").to_pyarrow())
    place = pc.index_in(sums["practice_id"], value_set=keys["practice_id"].combine_chunks())
    values = pa.array(sums["numerator"].to_numpy().astype(np.float64) / FINEST)
    table = pa.table({"month": sums["month"], "code": keys["practice"].take(place), "numerator": values,
                      "denominator": values})  # fmt: skip
    months = [month for month in held if low <= month <= high]
    return grid_of(table, months), months
