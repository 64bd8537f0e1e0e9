"""GP systems: which clinical system each practice uses, NHS Digital's GP Systems of Choice.

Columns ODS, Principal Supplier, Principal System; the month stands in the file's name. A choice of supplier is nobody's
case-mix: never adjust for it.
"""

from __future__ import annotations

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep, month_said
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (
    Cell("practice", "ODS"), Cell("supplier", "Principal Supplier", missing=True),
    Cell("system", "Principal System", missing=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    if file.column("list_size", "total_items") is not None:  # a study's table that holds the supplier beside its own
        return None
    return cells_lack(file, _CELLS, marks=("Principal Supplier|Principal System",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month."""
    month = month_said(file, options)
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("practice",), month=month)
    return keep(
        transaction, SOURCE, file, month, {"gp_system": fill("gp_system", rows)}, counted=rows.num_rows,
        layout=f"{len(file.columns)} columns", options=options,
        totals={"practices": rows.num_rows, "systems": len(set(rows["system"].to_pylist()))},
    )  # fmt: skip


SOURCE = Source(
    name="gp_systems",
    title="Clinical systems of practices (NHS Digital GP Systems of Choice)",
    tables=("gp_system",),
    lacks=lacks,
    stage=stage,
)
