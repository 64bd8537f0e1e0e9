"""ADQs: the average daily quantity of each presentation, the assumed daily maintenance dose in its main use for adults.

NHS Digital and NHSBSA: BNF Code, BNF Name, ADQ Value, ADQ Unit. `N/A` has none. The month stands in the file's name. An
ADQ is no recommended dose. Defined daily doses come with dm+d (`dmd_bnf.ddd`).
"""

from __future__ import annotations

import pyarrow.compute as pc

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep, month_said
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (
    Cell("bnf_code", "BNF Code"), Cell("name", "BNF Name", missing=True),
    Cell("adq", "ADQ Value", "number", most=1_000_000, missing=True, blanks=("n/a",)),
    Cell("unit", "ADQ Unit", missing=True, blanks=("n/a",)),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("ADQ Value|ADQ Unit",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month's list and keep the presentations that have an ADQ."""
    month = month_said(file, options)
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("bnf_code",), month=month)
        column = _CELLS[2].column(file) or ""
        scan.check(column, f"{scan.number(column)} = 0", "an ADQ above 0, or N/A")
    having = rows.filter(pc.is_valid(rows["adq"]))
    return keep(
        transaction, SOURCE, file, month, {"adq": fill("adq", having)}, counted=rows.num_rows,
        layout=", ".join(file.columns), options=options,
        totals={"presentations_listed": rows.num_rows, "presentations_with_an_adq": having.num_rows},
    )  # fmt: skip


SOURCE = Source(
    name="adqs",
    title="Average daily quantities by presentation (NHS Digital, NHSBSA), one month's list a file",
    tables=("adq",),
    lacks=lacks,
    stage=stage,
)
