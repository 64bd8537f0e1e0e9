"""QOF prevalence: the disease registers of each practice, one row a practice and register.

NHS England's `PREVALENCE_<YEAR>.csv`: PRACTICE_CODE, GROUP_CODE, REGISTER, PATIENT_LIST_TYPE, PRACTICE_LIST_SIZE
(METHODS D.7). Registers are of different ages: PATIENT_LIST_TYPE says which (TOTAL, 06OV, 17OV ...), and the list size
beside it is of those ages. The year stands in the file's name.
"""

from __future__ import annotations

from ..errors import InputError
from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep, total, year_said
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (
    Cell("practice", "PRACTICE_CODE"), Cell("register", "GROUP_CODE"),
    Cell("patients", "REGISTER", "count", most=1_000_000), Cell("list_type", "PATIENT_LIST_TYPE"),
    Cell("list_size", "PRACTICE_LIST_SIZE", "count", most=1_000_000),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("GROUP_CODE|REGISTER", "PRACTICE_CODE"), alike=0.75)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one year; no register is larger than the list it is of."""
    month = year_said(file, options, ends=True)
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("practice", "register"), month=month)
        over = scan.rows("SELECT row, practice, register FROM rows WHERE patients > list_size ORDER BY row LIMIT 1")
    if over:
        row, practice, register = over[0]
        raise InputError(f"{file.name}: row {row + 1}: {practice} has more patients on {register} than on its list")
    totals = {"patients_on_registers": total(rows["patients"]), "registers": len(set(rows["register"].to_pylist()))}
    return keep(
        transaction, SOURCE, file, f"{month}/england", {"qof_register": fill("qof_register", rows)},
        counted=rows.num_rows, layout="PRACTICE_CODE, GROUP_CODE, REGISTER, PATIENT_LIST_TYPE, PRACTICE_LIST_SIZE",
        options=options, totals=totals,
    )  # fmt: skip


SOURCE = Source(
    name="qof_prevalence",
    title="QOF registers by practice (NHS England), one year a file",
    tables=("qof_register",),
    lacks=lacks,
    stage=stage,
)
