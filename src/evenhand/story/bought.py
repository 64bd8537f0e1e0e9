"""Bought: what every general practice bought in a month, ready for sums over prices."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..lake import Lake
from ..measures.catalogue import read as read_catalogue
from ..records import Organisations


@dataclass(frozen=True)
class Bought:
    """A month's prescribing by general practice and presentation: positions in `practices` and in the catalogue."""

    practice: NDArray[np.int64]
    code: NDArray[np.int64]
    quantity: NDArray[np.float64]
    nic: NDArray[np.float64]
    practices: tuple[str, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]


def bought(lake: Lake, month: int, organisations: Organisations) -> Bought:
    """General practices only: a hospice's or a prison's prices are no example."""
    rows = lake.table("prescribing")
    rows = rows.filter(rows.month == month)
    sums = rows.group_by("practice_id", "presentation_id").aggregate(
        quantity=rows.quantity.cast("float64").sum(), nic=rows.nic.cast("float64").sum()
    )
    keys = lake.table("practice_key")
    keys = keys.filter(~ibis.coalesce(keys.unidentified, False)).select("practice_id", "practice")
    table: pa.Table = sums.inner_join(keys, "practice_id").to_pyarrow()
    held = read_catalogue(lake.table("presentation"))
    names, practice = np.unique(np.array(table["practice"].to_pylist(), dtype=str), return_inverse=True)
    general = np.array([organisations.level(str(n)) in (None, "practice", "unknown") for n in names], dtype=bool)
    keep = general[practice] if len(names) else np.zeros(0, dtype=bool)
    code = np.searchsorted(held.ids, table["presentation_id"].to_numpy()).astype(np.int64)
    return Bought(
        practice[keep].astype(np.int64), code[keep], table["quantity"].to_numpy()[keep], table["nic"].to_numpy()[keep],
        tuple(str(n) for n in names), held.codes, held.names,
    )  # fmt: skip
