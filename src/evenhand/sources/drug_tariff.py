"""Drug Tariff Part VIIIA: the basic price of each pack in a month, NHSBSA's CSV or workbook.

METHODS D.8: two rows stand above the header, the unit's column has no name, prices are whole pence, the category reads
`Part VIIIA Category M`, the month stands in the file's name (which is often misspelt). SNOMED codes are text.
"""

from __future__ import annotations

from dataclasses import replace

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep, month_said, total
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked, plain_name

_SNOMED = "^[0-9]{6,18}$"
_CATEGORY = "^((Drug Tariff )?Part [IVX]+[A-Z]? )?(Category )?[A-Z]{1,3}[0-9]?$"
_MOST = 100_000_000  # pence; our rule: the dearest pack listed costs about a hundredth of it


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking, wherever the header stands."""
    headed = _below(file)
    return cells_lack(headed, _cells(headed), marks=("VMPP Snomed Code|VMP Snomed Code",), alike=0.5)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month's prices."""
    month = month_said(file, options)
    headed = _below(file)
    cells = _cells(headed)
    place = next((i for i, row in enumerate(file.top) if row == headed.top[0]), 0) if headed.top else 0
    with Scan(headed, transaction.beside("spill").parent, columns=headed.columns, skip=place + 1) as scan:
        for name in ("VMP Snomed Code", "VMPP Snomed Code"):
            column = headed.column(name) or ""
            scan.check(column, f"coalesce(NOT regexp_matches({scan.text(column)}, '{_SNOMED}'), true)",
                       "a SNOMED code of 6 to 18 digits, as text")  # fmt: skip
        column = headed.column("Drug Tariff Category") or ""
        scan.check(column, f"coalesce(NOT regexp_matches({scan.text(column)}, '{_CATEGORY}', 'i'), true)",
                   "a category, as Part VIIIA Category M or M")  # fmt: skip
        rows = read(scan, cells, key=("vmpp",), month=month)
    return keep(
        transaction, SOURCE, file, month, {"drug_tariff": fill("drug_tariff", rows)}, counted=rows.num_rows,
        layout=f"header in row {place + 1}", options=options,
        totals={"packs": rows.num_rows, "price_pence": total(rows["price_pence"])},
    )  # fmt: skip


def _below(file: Unpacked) -> Unpacked:
    """The file from its header on, a nameless column called the unit."""
    named = ("medicine", "vmpp_snomed_code", "basic_price")
    headers = [i for i, row in enumerate(file.top) if sum(plain_name(cell) in named for cell in row) > 1]
    place = headers[0] if headers else 0
    if not file.top or file.kind != "csv":
        return file
    columns = tuple(cell or ("unit" if i == 2 else f"column {i + 1}") for i, cell in enumerate(file.top[place]))
    return replace(file, columns=columns, top=file.top[place:])


def _cells(file: Unpacked) -> tuple[Cell, ...]:
    unit = file.columns[2] if len(file.columns) > 2 and file.column("Pack Size") == file.columns[1] else "unit"
    return (
        Cell("medicine", "Medicine"), Cell("pack_size", "Pack Size", "number", most=1_000_000, missing=True),
        Cell("unit", unit if plain_name(unit) != "vmp_snomed_code" else "unit", missing=True, optional=True),
        Cell("vmp", "VMP Snomed Code", "snomed"), Cell("vmpp", "VMPP Snomed Code", "snomed"),
        Cell("category", "Drug Tariff Category"),
        Cell("price_pence", "Basic Price", "count", most=_MOST),
    )  # fmt: skip


SOURCE = Source(
    name="drug_tariff",
    title="Drug Tariff Part VIIIA, basic prices (NHSBSA), one month a file",
    tables=("drug_tariff",),
    lacks=lacks,
    stage=stage,
)
