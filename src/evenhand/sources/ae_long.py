"""A&E attendances by provider, month and type of department: one row each, as NHSRdatasets keeps the publication.

Columns period, org_code, type (1, 2, other), attendances, breaches (over four hours), admissions.
"""

from __future__ import annotations

from ..errors import InputError
from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep_months
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (
    Cell("provider", "org_code"), Cell("month", "period", "month"),
    Cell("type", "type", "word", words={"1": "1", "2": "2", "3": "other", "other": "other"}),
    Cell("attendances", "attendances", "count", most=200_000),
    Cell("over_4_hours", "breaches", "count", most=200_000), Cell("admissions", "admissions", "count", most=200_000),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("org_code", "attendances|breaches"))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every month of the file; no more wait over four hours than come."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("provider", "type"), day_first=options.day_first)
        over = scan.rows("SELECT row, provider FROM rows WHERE over_4_hours > attendances ORDER BY row LIMIT 1")
    if over:
        row, provider = over[0]
        raise InputError(f"{file.name}: row {row + 1}: {provider} has more waits over 4 hours than attendances")
    return keep_months(
        transaction, SOURCE, file, "ae", fill("ae", rows), layout="period, org_code, type", options=options,
        sums=("attendances", "over_4_hours", "admissions"),
    )  # fmt: skip


SOURCE = Source(
    name="ae_long",
    title="A&E attendances by provider and type, all months in one table (NHSRdatasets)",
    tables=("ae",),
    lacks=lacks,
    stage=stage,
)
