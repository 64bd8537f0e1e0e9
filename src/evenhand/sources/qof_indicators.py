"""QOF indicators: what each indicator code of a year means, what it is worth, and the register that it is of.

NHS England's `MAPPING_INDICATORS_<YEAR>.csv` (METHODS D.7). The year stands in the file's name.
"""

from __future__ import annotations

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep, total, year_said
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (
    Cell("indicator", "INDICATOR_CODE"), Cell("description", "INDICATOR_DESCRIPTION"),
    Cell("points", "INDICATOR_POINT_VALUE", "number", most=1_000, missing=True), Cell("register", "GROUP_CODE"),
    Cell("register_name", "GROUP_DESCRIPTION"), Cell("list_type", "PATIENT_LIST_TYPE", missing=True, optional=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("INDICATOR_DESCRIPTION|INDICATOR_POINT_VALUE",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one year's indicators."""
    month = year_said(file, options, ends=True)
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("indicator",), month=month)
    return keep(
        transaction, SOURCE, file, month, {"qof_indicator": fill("qof_indicator", rows)}, counted=rows.num_rows,
        layout=f"{len(file.columns)} columns", options=options, totals={"points": total(rows["points"])},
    )  # fmt: skip


SOURCE = Source(
    name="qof_indicators",
    title="QOF indicators: what each code means and is worth (NHS England), one year a file",
    tables=("qof_indicator",),
    lacks=lacks,
    stage=stage,
)
