"""Practices with sub-ICB location and PCN, as OpenPrescribing keeps them (`ccg_id`, `pcn_id`, `setting`).

The month a practice joined its sub-ICB location is known, that of its PCN is not. A closed practice stays where it
last was: its past still counts there.
"""

from __future__ import annotations

from ..errors import InputError
from ..lake import Transaction, month_of
from .organisation_rows import Rows, latest, month_in, stage_rows
from .organisations import REGISTER
from .scan import Scan
from .source import Loaded, Options, Source, lacking
from .unpack import Unpacked

_NEEDED = ("code", "name", "ccg_id", "pcn_id", "setting", "join_provider_date", "open_date", "status_code")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return lacking(file, _NEEDED, alike=0.75)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read practices, their sub-ICB location since when, and their PCN."""
    columns = [file.column(name) or "" for name in _NEEDED]
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.check(columns[0], f"{scan.text(columns[0])} IS NULL", "a practice's code")
        scan.unique(columns[:1])
        found = scan.rows("SELECT " + ", ".join(f"coalesce({scan.text(c)}, '')" for c in columns) + " FROM raw")
    rows, months = Rows(file), []
    for number, (code, name, sicbl, pcn, setting, joined, opened, _) in enumerate(found, start=2):
        dates = [month_in(file, number, "date", cell) for cell in (joined, opened)]
        months += dates
        rows.add(code, name, "practice" if setting == "4" else "other_prescriber")
        for parent, level, since in ((sicbl, "sicbl", dates[0]), (pcn, "pcn", None)):
            if parent:
                rows.add(parent, "", level)
                rows.tie(code, parent, since)
    as_of = latest(months)
    if not as_of:
        raise InputError(f"{file.name}: no practice has an opening date")
    return stage_rows(
        transaction, SOURCE, f"openprescribing_practices/{month_of(as_of)}", rows, rank=REGISTER, as_of=as_of,
        counted=len(found), layout=f"{len(file.columns)} columns", options=options,
    )  # fmt: skip


SOURCE = Source(
    name="openprescribing_practices",
    title="Practices with sub-ICB location and PCN (OpenPrescribing)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
