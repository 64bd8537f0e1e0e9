"""Prescribing cost centres and their commissioner: ODS `epraccur`, 27 columns without a header row.

METHODS D.6. The commissioner (sub-ICB location) is column 15; column 4 is an ICB by postcode and is not used.
Setting 4 in column 26 is a general practice; other prescribers keep their commissioner, so that totals stay whole.
A closed practice stays with its last commissioner: its past still counts there.
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

COLUMNS = 27
_CODE, _NAME, _NATIONAL, _OPEN, _CLOSE, _STATUS, _COMMISSIONER, _JOIN, _LEFT, _SETTING = (
    0, 1, 2, 10, 11, 12, 14, 15, 16, 25,
)  # fmt: skip
_DATE = re.compile(r"\d{8}")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """There is no header to go by: 27 cells, a code, a date, a status and a setting in their places."""
    if file.kind != "csv" or not file.top:
        return None
    whole = [row for row in file.top if len(row) == COLUMNS]
    return () if len(whole) == len(file.top) and all(_fits(row) for row in whole) else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read practices and other prescribers of England with their commissioner and the month they joined it."""
    names = [f"column {i + 1}" for i in range(COLUMNS)]
    wanted = [names[i] for i in (_CODE, _NAME, _NATIONAL, _OPEN, _CLOSE, _COMMISSIONER, _JOIN, _SETTING)]
    with Scan(file, transaction.beside("spill").parent, columns=names, skip=0) as scan:
        scan.check(names[_CODE], f"{scan.text(names[_CODE])} IS NULL", "an organisation's code")
        scan.unique([names[_CODE]])
        found = scan.rows(f"SELECT {', '.join(f'coalesce({scan.text(c)}, {_BLANK})' for c in wanted)} FROM raw")
    rows, months = Rows(file), []
    for number, (code, name, national, opened, closed, commissioner, joined, setting) in enumerate(found, start=1):
        dates = [month_in(file, number, "date", cell) for cell in (opened, joined)]
        months += dates
        month_in(file, number, names[_CLOSE], closed)
        if not national.startswith("Y"):  # Wales, the islands and private prescribers have other groupings
            continue
        rows.add(code, name, "practice" if setting == "4" else "other_prescriber")
        rows.add(commissioner, "", "sicbl")
        rows.tie(code, commissioner, dates[1])
    as_of = latest(months)
    if not as_of:
        raise InputError(f"{file.name}: no row has an opening date; expected ODS epraccur")
    return stage_rows(
        transaction, SOURCE, f"ods_practices/{month_of(as_of)}", rows, rank=REGISTER, as_of=as_of,
        counted=len(found), layout="epraccur, 27 columns, no header", options=options,
    )  # fmt: skip


_BLANK = "''"


def _fits(row: tuple[str, ...]) -> bool:
    dates = all(not row[i] or _DATE.fullmatch(row[i]) for i in (_OPEN, _CLOSE, _JOIN, _LEFT))
    return bool(row[_CODE] and dates and row[_STATUS] in "ACDP" and row[_STATUS] and row[_SETTING].isdigit())


SOURCE = Source(
    name="ods_practices",
    title="Practices and other prescribers (ODS epraccur)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
