"""Primary care networks and their practices since when: the ODS `ePCN` workbook.

METHODS D.6. Two sheets: the networks, and their core partners with dated relationships. A practice may show two
networks: the dates tell them apart.
"""

from __future__ import annotations

import re

from ..errors import InputError
from ..lake import Transaction, month_of
from . import workbook
from .organisation_rows import Rows, latest, month_in, stage_rows
from .organisations import REGISTER
from .source import Loaded, Options, Source
from .unpack import Unpacked, plain_name

_NETWORKS, _PARTNERS = "pcndetails", "pcn_core_partner_details"


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Sheets lacking."""
    if file.kind != "xlsx":
        return None
    sheets = {plain_name(sheet) for sheet in file.columns}
    return () if {_NETWORKS, _PARTNERS} <= sheets else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read networks, their sub-ICB location, and the practices in them with first and last month."""
    sheets = {plain_name(title): rows for title, rows in workbook.sheets(file).items()}
    rows, months, counted = Rows(file), [], 0
    for number, row in _cells(file, sheets[_NETWORKS], ("PCN Code", "PCN Name", "Current Sub ICB Loc Code")):
        counted += 1
        rows.add(row[0], row[1], "pcn")
        rows.add(row[2], "", "sicbl")
        rows.tie(row[0], row[2])
        if not row[0]:
            raise InputError(f"{file.name}: row {number} of the networks has no PCN code")
    wanted = ("Partner Organisation Code", "Partner Name", "PCN Code", "Practice to PCN Relationship Start Date",
              "Practice to PCN Relationship End Date")  # fmt: skip
    for number, row in _cells(file, sheets[_PARTNERS], wanted):
        counted += 1
        dates = [month_in(file, number, wanted[3 + i], cell) for i, cell in enumerate(row[3:])]
        months += dates
        rows.add(row[0], row[1], "practice")
        rows.add(row[2], "", "pcn")
        rows.tie(row[0], row[2], dates[0], dates[1])
    as_of = latest(months)
    return stage_rows(
        transaction, SOURCE, f"ods_pcn/{month_of(as_of)}", rows, rank=REGISTER, as_of=as_of, counted=counted,
        layout="ePCN workbook", options=options,
    )  # fmt: skip


def _cells(
    file: Unpacked, sheet: workbook.Rows, wanted: tuple[str, ...]
) -> list[tuple[int, tuple[str, ...]]]:
    """Row number and the wanted cells of every row that holds anything."""
    header = [plain_name(re.sub(r"\s+", " ", cell)) for cell in (sheet[0] if sheet else ())]
    for name in wanted:
        if plain_name(name) not in header:
            raise InputError(f"{file.name}: no column {name!r}; the sheet has: {', '.join(header)}")
    places = [header.index(plain_name(name)) for name in wanted]
    return [
        (number, tuple(row[i] for i in places))
        for number, row in enumerate(sheet[1:], start=2)
        if any(row)
    ]


SOURCE = Source(
    name="ods_pcn",
    title="Primary care networks and their practices, dated (ODS ePCN)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
