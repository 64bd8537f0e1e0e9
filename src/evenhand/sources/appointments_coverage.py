"""How much of general practice its appointments cover: practices and patients included, and open, a month and place.

NHS England's `APPOINTMENTS_GP_COVERAGE`: a month's appointments are of the included practices only, so that a rate is
of the patients included. Nobody can be included who is not there: more included than open is refused.
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
    Cell("code", "SUB_ICB_LOCATION_CODE|CCG_CODE"), Cell("month", "Appointment_Month", "month"),
    Cell("practices", "Included Practices", "count", most=10_000),
    Cell("practices_open", "Open Practices", "count", most=10_000),
    Cell("patients", "Patients registered at included practices", "count", most=100_000_000),
    Cell("patients_open", "Patients registered at open practices", "count", most=100_000_000),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("Included Practices|Open Practices",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every month of the file."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("code",), day_first=options.day_first)
        over = scan.rows("SELECT row, code FROM rows WHERE practices > practices_open ORDER BY row LIMIT 1")
    if over:
        raise InputError(f"{file.name}: row {over[0][0] + 1}: {over[0][1]} has more practices included than open")
    whole = fill("appointments_coverage", rows, level="sicbl")
    return keep_months(
        transaction, SOURCE, file, "appointments_coverage", whole, layout=f"{len(file.columns)} columns",
        options=options, sums=("practices", "patients"),
    )  # fmt: skip


SOURCE = Source(
    name="appointments_coverage",
    title="What the appointments in general practice cover (NHS England)",
    tables=("appointments_coverage",),
    lacks=lacks,
    stage=stage,
)
