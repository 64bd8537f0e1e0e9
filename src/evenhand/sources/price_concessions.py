"""Price concessions: packs for which more than the Drug Tariff price was paid in a month, and how much.

Community Pharmacy England publishes them month by month; OpenPrescribing's table of them has month, name, bnf_code,
vmpp_code, pc_price_pence, dt_price_pence, qtyval. Prices are pence for the pack.
"""

from __future__ import annotations

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep_months
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_MOST = 100_000_000  # pence
_CELLS = (
    Cell("month", "month|date", "month"), Cell("vmpp", "vmpp_code|vmpp", "snomed"),
    Cell("bnf_code", "bnf_code", missing=True), Cell("name", "name|drug"),
    Cell("pack_size", "qtyval", "number", most=1_000_000, missing=True),
    Cell("price_pence", "pc_price_pence", "count", most=_MOST),
    Cell("tariff_price_pence", "dt_price_pence", "count", most=_MOST, missing=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("pc_price_pence|dt_price_pence",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every month of the file."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("vmpp",), day_first=options.day_first)
    return keep_months(
        transaction, SOURCE, file, "price_concession", fill("price_concession", rows),
        layout=f"{len(file.columns)} columns", options=options, sums=("price_pence",),
    )  # fmt: skip


SOURCE = Source(
    name="price_concessions",
    title="Price concessions by pack and month (Community Pharmacy England, OpenPrescribing)",
    tables=("price_concession",),
    lacks=lacks,
    stage=stage,
)
