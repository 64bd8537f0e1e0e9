"""Appointments in general practice: how many, with whom, how, and how long after booking, in three layouts.

NHS England's Appointments in General Practice (METHODS D.3): by sub-ICB location and day (`Appointment_Date`,
01JUN2026), by CCG or sub-ICB location and month (`Appointment_Month`, MAR2019), and by practice and month
(`APPOINTMENT_MONTH_START_DATE` or `APPOINTMENT_MONTH`, with NATIONAL_CATEGORY). Days are added to months. Labels come
with double spaces and in several spellings; `Unknown / Data Issue` is unknown. A month may come in several files by
region: a code stands in one of them. Rows of CCGs that have merged carry the merged code and are added up.
Appointments are not all the work of a practice, as the publisher says.
"""

from __future__ import annotations

from ..errors import InputError
from ..lake import Transaction, month_of
from .appointments_words import MODE, PROFESSIONAL, STATUS, WAIT
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import agree, fill, keep_months, total
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_PLACE = "SUB_ICB_LOCATION_CODE|CCG_CODE"
_DATE = "Appointment_Month|APPOINTMENT_MONTH_START_DATE|Appointment_Date"
_ENGLAND, _MANY = 90, 250  # places: there are 106 sub-ICB locations (191 CCGs before), and 6,200 practices
_NAMED = 20  # our rule: codes that fit into a snapshot's name
_MOST = 5_000_000  # appointments in one cell; our rule: England has about 30 million a month in all


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _cells(file), marks=("COUNT_OF_APPOINTMENTS|TIME_BETWEEN_BOOK_AND_APPT",), alike=0.6)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read a file of one month or more, added up to months, one snapshot a month."""
    cells = _cells(file)
    level = "practice" if file.column("GP_CODE") else "sicbl"
    key = tuple(c.lake for c in cells if c.kind not in ("count", "month") and c.column(file))
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.hold()
        rows = read(scan, cells, key=key, added=True, day_first=options.day_first)
        counted = scan.one(f"SELECT sum({scan.number(file.column('COUNT_OF_APPOINTMENTS') or '')}) FROM raw")[0]
        _once(scan, file, cells)
    agree(file, "appointments", counted, total(rows["appointments"]))
    whole = fill("appointments", rows, level=level)
    codes = sorted(set(whole["code"].to_pylist()))
    suffix = f"{level}/{_region(codes)}"
    _elsewhere(transaction, file, {str(month_of(m)) for m in set(whole["month"].to_pylist())}, suffix, set(codes))
    return keep_months(
        transaction, SOURCE, file, "appointments", whole, layout=f"{level}, {len(file.columns)} columns",
        options=options, sums=("appointments",), suffix=suffix,
    )  # fmt: skip


def _cells(file: Unpacked) -> tuple[Cell, ...]:
    practice = file.column("GP_CODE") is not None
    return (
        Cell("code", "GP_CODE" if practice else _PLACE), Cell("month", _DATE, "month"),
        Cell("status", "APPT_STATUS", "word", words=STATUS),
        Cell("professional", "HCP_TYPE", "word", words=PROFESSIONAL),
        Cell("mode", "APPT_MODE", "word", words=MODE),
        Cell("category", "NATIONAL_CATEGORY", missing=True, optional=True),
        Cell("wait", "TIME_BETWEEN_BOOK_AND_APPT", "word", words=WAIT),
        Cell("appointments", "COUNT_OF_APPOINTMENTS", "count", most=_MOST),
    )  # fmt: skip


def _once(scan: Scan, file: Unpacked, cells: tuple[Cell, ...]) -> None:
    """Refuse a row given twice, which would be counted twice.

    By month and CCG, rows of CCGs that have merged since carry the merged code: its keys repeat, many of them and with
    other counts. A few repeated keys, or the same rows again, are a fault.
    """
    keys = [scan.text(cell.column(file) or "") for cell in cells if cell.kind != "count" and cell.column(file)]
    named = ", ".join(f"{key} AS k{i}" for i, key in enumerate(keys))
    listed = ", ".join(f"k{i}" for i in range(len(keys)))
    count = scan.text(file.column("COUNT_OF_APPOINTMENTS") or "")
    scan.run(
        "CREATE TABLE again AS SELECT k0 AS code, count(*) AS times, min(count) = max(count) AS same, "
        "min(row) AS first, max(row) AS second FROM "
        f"(SELECT {named}, {count} AS count, row_number() OVER () AS row FROM raw) GROUP BY {listed}"
    )
    merged = file.column("Appointment_Month") is not None and file.column("GP_CODE") is None
    excused = "HAVING sum(times) FILTER (times > 1) >= 0.05 * sum(times) AND NOT bool_and(same OR times = 1)"
    wrong = scan.rows(
        "SELECT first, second FROM again WHERE times > 1 "
        + (f"AND code NOT IN (SELECT code FROM again GROUP BY code {excused}) " if merged else "")
        + "ORDER BY second LIMIT 1"
    )
    if wrong:
        first, second = wrong[0]
        raise InputError(
            f"{file.name}: row {second + 1} was already given in row {first + 1}; each must be given once"
        )


def _region(codes: list[str]) -> str:
    """What tells this file from others of its month: England, or its codes, or many by the first and how many."""
    if len(codes) > _ENGLAND:
        return "england" if len(codes) < _MANY or len(codes) > 20 * _MANY else f"{codes[0]}+{len(codes)}"
    return "-".join(codes) if len(codes) <= _NAMED else f"{codes[0]}+{len(codes)}"


def _elsewhere(transaction: Transaction, file: Unpacked, months: set[str], suffix: str, codes: set[str]) -> None:
    """No code of a month may stand in two files, which would count its appointments twice."""
    level = suffix.split("/")[0]
    for snapshot in transaction.known("appointments"):
        month, of, others = snapshot.key.split("/")
        if month not in months or of != level or snapshot.key == f"{month}/{suffix}":
            continue
        if "+" in others or others == "england":
            both = codes & set(transaction.read(snapshot, "appointments")["code"].to_pylist())
        else:
            both = codes & set(others.split("-"))
        if both:
            raise InputError(
                f"{file.name}: the appointments of {min(both)} in {month} are held from {snapshot.file}; load one"
            )


SOURCE = Source(
    name="appointments",
    title="Appointments in general practice (NHS England), by sub-ICB location or practice",
    tables=("appointments",),
    lacks=lacks,
    stage=stage,
)
