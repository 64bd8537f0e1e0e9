"""Practices and their PCN since when: the ODS report `epcncorepartnerdetails`, 11 cells without a header row.

METHODS D.6. The report holds what the sheet of that name in the ePCN workbook holds. A practice may show two networks:
the dates tell them apart.
"""

from __future__ import annotations

import re

from ..errors import InputError
from ..lake import Transaction, month_of
from .organisation_rows import Rows, latest, month_in, stage_rows
from .organisations import REGISTER
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

COLUMNS = 11
_PCN = re.compile(r"U\d{5}")
_DATE = re.compile(r"\d{8}")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """There is no header to go by: 11 cells, a PCN's code in the fifth and a date in the ninth."""
    if file.kind != "csv" or not file.top:
        return None
    fits = (len(r) == COLUMNS and _PCN.fullmatch(r[4]) and _DATE.fullmatch(r[8]) and (not r[9] or _DATE.fullmatch(r[9]))
            for r in file.top)  # fmt: skip
    return () if all(fits) else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read practices and networks with the months from and to which they belong together."""
    names = [f"column {i + 1}" for i in range(COLUMNS)]
    with Scan(file, transaction.beside("spill").parent, columns=names, skip=0) as scan:
        scan.check(names[0], f"{scan.text(names[0])} IS NULL", "a practice's code")
        bad = f"coalesce(NOT regexp_full_match({scan.text(names[4])}, '{_PCN.pattern}'), true)"
        scan.check(names[4], bad, "a PCN's code, as U12345")
        scan.unique([names[0], names[4], names[8]])
        found = scan.rows("SELECT " + ", ".join(f"coalesce({scan.text(c)}, '')" for c in names) + " FROM raw")
    rows, months = Rows(file), []
    for number, row in enumerate(found, start=1):
        start, end = (month_in(file, number, names[i], row[i]) for i in (8, 9))
        if start is not None and end is not None and end < start:
            raise InputError(f"{file.name}: row {number}: {row[0]} leaves {row[4]} before it joins it")
        months += [start, end]
        for code, name, level in ((row[0], row[1], "practice"), (row[2], row[3], "sicbl"), (row[4], row[5], "pcn"),
                                  (row[6], row[7], "sicbl")):  # fmt: skip
            rows.add(code, name, level)
        rows.tie(row[0], row[4], start, end)
        rows.tie(row[4], row[6])
    as_of = latest(months)
    return stage_rows(
        transaction, SOURCE, f"ods_pcn_partners/{month_of(as_of)}", rows, rank=REGISTER, as_of=as_of,
        counted=len(found), layout="11 cells, no header", options=options,
    )  # fmt: skip


SOURCE = Source(
    name="ods_pcn_partners",
    title="Practices and their PCN, dated (ODS epcncorepartnerdetails)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
