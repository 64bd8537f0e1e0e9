"""NHS payments to general practice: what each practice was paid in a year, by kind of payment.

NHS Digital's yearly CSV; its columns change every year, so every column of money is an item, by its own name. The year
stands in the file's name. `Total NHS Payments to General Practice` must be the sum of the payments that are not
reported beside it (to networks, for covid). Padded cells (` `) are blank; dates of 2018-19 are day numbers, not read.
"""

from __future__ import annotations

import re

import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES, Transaction, month_number
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep, total, year_said
from .scan import Scan, quoted
from .source import Loaded, Options, Source
from .unpack import Unpacked, plain_name

_MOST = 1e9
_CONTRACT = (
    Cell("practice", "Practice Code"), Cell("contract", "Contract Type", missing=True),
    Cell("kind", "Practice Type", missing=True), Cell("rurality", "Practice Rurality", missing=True),
    Cell("dispensing", "Dispensing Practice", "flag", missing=True, blanks=("unknown",)),
    Cell("registered_patients", "Average Number of Registered Patients", "number", most=1_000_000, missing=True),
    Cell("weighted_patients", "Average Number of Weighted Patients", "number", most=1_000_000, missing=True),
)  # fmt: skip
_EVERY_YEAR = ("Global Sum", "Total QOF Payments")  # of 2018-19 and 2022-23, and the largest by far
_TOTAL = "total_nhs_payments_to_general_practice"
_NO_MONEY = re.compile(
    r"(code|name|address|postcode|date|type|rurality|characteristics)$|^average_|^dispensing_practice$"
)
# reported beside the total and not in it, as the notes of 2022-23 say
_BESIDE = re.compile(r"total_nhs_payments|deductions|pcn_(?!participation)|covid|long_covid")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    needed = (*_CONTRACT, *(Cell(plain_name(name), name) for name in _EVERY_YEAR), Cell("total", _TOTAL))
    return cells_lack(file, needed, marks=("Global Sum", "Contract Type|Practice Code"), alike=0.5)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one year: practices with their contract, and every payment that is not nothing."""
    month = year_said(file, options, ends=True)
    items = _items(file)
    cells = (*_CONTRACT, *(Cell(plain_name(c), c, "number", most=_MOST, least=-_MOST, missing=True) for c in items))
    with Scan(file, transaction.beside("spill").parent) as scan:
        wide = read(scan, cells, key=("practice",), month=month)
        _adds_up(scan, file, items)
        listed = ", ".join(quoted(plain_name(c)) for c in items)
        paid = scan.arrow(
            f"SELECT practice, item, amount FROM (UNPIVOT (SELECT practice, {listed} FROM rows) ON {listed} "
            "INTO NAME item VALUE amount) WHERE amount <> 0 ORDER BY practice, item"
        )
    parts = {
        "gp_payment": fill("gp_payment", paid, month=month_number(month)),
        "gp_contract": wide.select(TABLES["gp_contract"].names),
    }
    totals = {"practices": wide.num_rows, "registered_patients": total(wide["registered_patients"]),
              "payments": total(wide[_TOTAL])}  # fmt: skip
    _nothing_lost(file, wide, paid)
    return keep(
        transaction, SOURCE, file, month, parts, counted=wide.num_rows, layout=f"{len(file.columns)} columns",
        options=options, totals=totals,
    )  # fmt: skip


def _items(file: Unpacked) -> list[str]:
    """Columns of money: all but codes, names, places, dates and averages."""
    found = [c for c in file.columns if not _NO_MONEY.search(plain_name(c))]
    if nameless := [c for c in found if not plain_name(c)]:
        raise InputError(f"{file.name}: column {nameless[0]!r} has no name to keep its payments by")
    twice = [c for c in found if sum(plain_name(c) == plain_name(other) for other in found) > 1]
    if twice:
        raise InputError(f"{file.name}: column {twice[0]!r} is given twice in the header")
    return found


def _adds_up(scan: Scan, file: Unpacked, items: list[str]) -> None:
    """The payments that are not reported beside the total make it, but for a few roundings."""
    parts = [name for name in map(plain_name, items) if not _BESIDE.match(name)]
    added = " + ".join(f"coalesce({quoted(name)}, 0)" for name in parts)
    differ = f"FILTER (abs({added} - {_TOTAL}) > 1)"
    wrong, first, counted = scan.one(f"SELECT count(*) {differ}, min(practice) {differ}, count(*) FROM rows")
    if wrong > 0.001 * counted:  # our rule: single practices are published with a slip
        others = f" and {wrong - 1:,} others" if wrong > 1 else ""
        raise InputError(f"{file.name}: {first}{others}: the payments do not add up to their total")


def _nothing_lost(file: Unpacked, wide: pa.Table, paid: pa.Table) -> None:
    kept = paid.filter(pa.compute.equal(paid["item"], _TOTAL))
    if abs(total(kept["amount"]) - total(wide[_TOTAL])) > 1:
        raise InputError(f"{file.name}: the totals add up to another sum than would be kept")


SOURCE = Source(
    name="gp_payments",
    title="NHS payments to general practice (NHS Digital), one year a file",
    tables=("gp_payment", "gp_contract"),
    lacks=lacks,
    stage=stage,
)
