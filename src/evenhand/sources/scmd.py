"""SCMD: medicines issued in hospitals, by trust, month and product (NHSBSA secondary care medicines data).

Two layouts: until June 2026 `UNIT_OF_MEASURE_NAME` and `TOTAL_QUANITY_IN_VMP_UNIT` (so spelt), since then
`VMP_UDFS_UNIT_OF_MEASURE_NAME` and `TOTAL_QUANTITY_IN_VMP_UDFS_UNIT_OF_MEASURE`. Returns are negative and are kept; a
product without a price has no cost, not 0. Codes are text: as numbers they lose their last digits.
"""

from __future__ import annotations

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import agree, fill, keep_months, total
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (
    Cell("month", "YEAR_MONTH", "month"), Cell("provider", "ODS_CODE"), Cell("vmp", "VMP_SNOMED_CODE", "snomed"),
    Cell("name", "VMP_PRODUCT_NAME"), Cell("unit", "UNIT_OF_MEASURE_NAME|VMP_UDFS_UNIT_OF_MEASURE_NAME"),
    Cell("quantity", "TOTAL_QUANITY_IN_VMP_UNIT|TOTAL_QUANTITY_IN_VMP_UNIT|TOTAL_QUANTITY_IN_VMP_UDFS_UNIT_OF_MEASURE",
         "number", most=1e10, least=-1e10),
    Cell("indicative_cost", "INDICATIVE_COST", "number", most=1e9, least=-1e9, missing=True, optional=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("VMP_SNOMED_CODE", "ODS_CODE|VMP_PRODUCT_NAME"))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read a month or more; a product that a trust has under two units has a row for each."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.hold()
        vmp = file.column("VMP_SNOMED_CODE") or ""
        scan.check(vmp, f"NOT regexp_matches({scan.text(vmp)}, '^[0-9]{{6,18}}$')", "a SNOMED code of 6 to 18 digits")
        rows = read(scan, _CELLS, key=("provider", "vmp", "unit"))
        counted = scan.one(f"SELECT sum({scan.number(_CELLS[5].column(file) or '')}) FROM raw")[0]
    agree(file, "quantities", counted, total(rows["quantity"]))
    return keep_months(
        transaction, SOURCE, file, "scmd", fill("scmd", rows), layout=f"{len(file.columns)} columns", options=options,
        sums=("quantity", "indicative_cost"),
    )  # fmt: skip


SOURCE = Source(
    name="scmd",
    title="Secondary care medicines data (NHSBSA), medicines issued in hospitals",
    tables=("scmd",),
    lacks=lacks,
    stage=stage,
)
