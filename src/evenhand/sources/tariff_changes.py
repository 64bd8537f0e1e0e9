"""Tariff changes: packs whose Drug Tariff price moved from one month to another, with both prices in pence.

Columns date, bnf_code, nm, vmpp, tariff_category, price_pence, previous_price_pence, previous_date. Categories are
dm+d's numbers (1 is A, 3 is C, 11 is M), kept as they stand. A pack new to the tariff has no previous price.
"""

from __future__ import annotations

from ..errors import InputError
from ..lake import Transaction, month_number
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep_months
from .scan import Scan, literal
from .source import Loaded, Options, Source
from .unpack import Unpacked

_MOST = 100_000_000  # pence
_CELLS = (
    Cell("month", "date", "month"), Cell("vmpp", "vmpp", "snomed"), Cell("bnf_code", "bnf_code", missing=True),
    Cell("name", "nm"), Cell("category", "tariff_category"),
    Cell("previous_category", "prev_tariff_category", missing=True, optional=True),
    Cell("price_pence", "price_pence", "count", most=_MOST),
    Cell("previous_price_pence", "previous_price_pence", "count", most=_MOST, missing=True),
    Cell("before", "previous_date", missing=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("price_pence|previous_price_pence", "vmpp"))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read all changes; the month before comes before."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        read(scan, _CELLS, key=("vmpp",), day_first=options.day_first)
        before = file.column("previous_date") or ""
        spelled = scan.months(before, day_first=options.day_first, where=f"{scan.text(before)} IS NOT NULL")
        cases = " ".join(f"WHEN {literal(s)} THEN {month_number(m)}" for s, m in spelled.items())
        rows = scan.arrow(
            f"SELECT * EXCLUDE (before), CAST(CASE before {cases} END AS SMALLINT) AS previous_month FROM rows "
            "ORDER BY month, vmpp"
        )
        late = [r for r in rows.to_pylist() if r["previous_month"] is not None and r["previous_month"] >= r["month"]]
    if late:
        raise InputError(f"{file.name}: row {late[0]['row'] + 1}: the previous date does not come before the date")
    return keep_months(
        transaction, SOURCE, file, "tariff_change", fill("tariff_change", rows.drop_columns(["row"])),
        layout=f"{len(file.columns)} columns", options=options, sums=("price_pence", "previous_price_pence"),
    )  # fmt: skip


SOURCE = Source(
    name="tariff_changes",
    title="Drug Tariff prices that changed between two months",
    tables=("tariff_change",),
    lacks=lacks,
    stage=stage,
)
