"""PCA: what was dispensed in a month, by ICB, presentation and supplier (NHSBSA's prescription cost analysis).

METHODS D.4, 27 columns. Beside the English Prescribing Dataset it says who supplied a product and what its generic
equivalent is; it counts what was dispensed in England wherever it was prescribed, so that the two do not agree. Rows
that differ only in what the lake leaves out (`PHARMACY_ADVANCED_SERVICE`, `PREP_CLASS`) are added up.
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
    Cell("month", "YEAR_MONTH", "month"), Cell("icb", "ICB_CODE|STP_CODE"), Cell("bnf_code", "BNF_PRESENTATION_CODE"),
    Cell("name", "BNF_PRESENTATION_NAME"), Cell("snomed", "SNOMED_CODE", "snomed", missing=True),
    Cell("supplier", "SUPPLIER_NAME", missing=True), Cell("unit", "UNIT_OF_MEASURE", missing=True),
    Cell("generic_code", "GENERIC_BNF_EQUIVALENT_CODE", missing=True),
    Cell("dispenser", "DISPENSER_ACCOUNT_TYPE", missing=True),
    Cell("items", "ITEMS", "count", most=1e9, least=-1e6),
    Cell("quantity", "TOTAL_QUANTITY", "number", most=1e11, least=-1e9),
    Cell("nic", "NIC", "number", most=1e10, least=-1e8),
)  # fmt: skip
_KEY = ("icb", "bnf_code", "name", "snomed", "supplier", "unit", "generic_code", "dispenser")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("SUPPLIER_NAME|DISPENSER_ACCOUNT_TYPE", "BNF_PRESENTATION_CODE"))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read a month; rows that differ only in what the lake leaves out are added up."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=_KEY, added=True)
        counted = scan.one(f"SELECT sum({scan.number(_CELLS[9].column(file) or '')}) FROM raw")[0]
    agree(file, "items", counted, total(rows["items"]))
    return keep_months(
        transaction, SOURCE, file, "pca", fill("pca", rows), layout=f"{len(file.columns)} columns", options=options,
        sums=("items", "nic"),
    )  # fmt: skip


SOURCE = Source(
    name="pca",
    title="Prescription cost analysis (NHSBSA), one month a file",
    tables=("pca",),
    lacks=lacks,
    stage=stage,
)
