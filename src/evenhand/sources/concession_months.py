"""Concession months: in which months a pack had a price concession, without the price.

Columns vmpp, month, concession_bool (1 is yes; rows of 0 say that there was none, and are counted and left out).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (Cell("vmpp", "vmpp", "snomed"), Cell("month", "month", "month"), Cell("granted", "concession_bool", "flag"))


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("concession_bool",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read all months as one."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("vmpp",), day_first=options.day_first)
    granted: pa.Table = rows.filter(pc.field("granted"))
    return keep(
        transaction, SOURCE, file, "all", {"concession_month": fill("concession_month", granted)},
        counted=rows.num_rows, layout="vmpp, month, concession_bool", options=options,
        totals={"concessions": granted.num_rows, "packs": len(set(granted["vmpp"].to_pylist()))},
    )  # fmt: skip


SOURCE = Source(
    name="concession_months",
    title="Months in which a pack had a price concession (OpenPrescribing)",
    tables=("concession_month",),
    lacks=lacks,
    stage=stage,
)
