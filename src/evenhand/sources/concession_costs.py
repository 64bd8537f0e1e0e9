"""Concession costs: what price concessions cost England in a month, by presentation, in two layouts.

OpenPrescribing's page (`BNF code`, `Presentation`, `Quantity`, `Normally costs`, `This month's extra cost`; its month
stands in the file's name), and a table of what was dispensed under concession with the usual and the predicted price of
a unit. Extra cost is the quantity at the difference of the two prices; the page takes the average discount off both.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep_months, month_said
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_EXTRA = "This month’s extra cost|This month's extra cost|extra cost"
_PAGE = (
    Cell("bnf_code", "BNF code"), Cell("name", "Presentation"), Cell("quantity", "Quantity", "number"),
    Cell("usual_cost", "Normally costs", "number"), Cell("extra_cost", _EXTRA, "number", least=-1e9),
)  # fmt: skip
_DISPENSED = (
    Cell("month", "month", "month"), Cell("bnf_code", "bnf_code"), Cell("name", "bnf_name"),
    Cell("quantity", "quantity", "number", missing=True),
    Cell("usual", "normal_nic_per_unit", "number", missing=True),
    Cell("predicted", "predicted_nic_per_unit", "number", missing=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking, in the layout that the file is nearer to."""
    if file.column("Normally costs") or file.column(*_EXTRA.split("|")):
        return cells_lack(file, _PAGE)
    return cells_lack(file, _DISPENSED, marks=("normal_nic_per_unit|predicted_nic_per_unit",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month (the page) or all (what was dispensed)."""
    page = file.column("Normally costs") is not None
    with Scan(file, transaction.beside("spill").parent) as scan:
        if page:
            rows = read(scan, _PAGE, key=("bnf_code",), month=month_said(file, options))
        else:
            rows = _valued(read(scan, _DISPENSED, key=("bnf_code",), day_first=options.day_first))
    flavour = "openprescribing" if page else "dispensed"
    return keep_months(
        transaction, SOURCE, file, "concession_cost", fill("concession_cost", rows, flavour=flavour),
        layout=f"{len(file.columns)} columns", options=options, sums=("quantity", "usual_cost", "extra_cost"),
        suffix=flavour,
    )  # fmt: skip


def _valued(rows: pa.Table) -> pa.Table:
    usual = pc.multiply(rows["quantity"], rows["usual"])
    extra = pc.multiply(rows["quantity"], pc.subtract(rows["predicted"], rows["usual"]))
    return rows.append_column("usual_cost", usual).append_column("extra_cost", extra)


SOURCE = Source(
    name="concession_costs",
    title="What price concessions cost England by presentation (OpenPrescribing)",
    tables=("concession_cost",),
    lacks=lacks,
    stage=stage,
)
