"""Practice to PCN, sub-ICB location, ICB and region, as two publications carry it beside their figures.

QOF's `MAPPING_NHS_GEOGRAPHIES_<YEAR>.csv` (`PRACTICE_CODE`, `PCN_ODS_CODE`, `ICB_ODS_CODE` ...) and `Mapping.csv` of
the practice-level appointments (`GP_CODE`, `PCN_CODE`, `ICB_CODE` ...). Neither holds its month: it is read from the
name of the file or the zip, or given with `--month`.
"""

from __future__ import annotations

from itertools import pairwise

from ..errors import InputError
from ..lake import Transaction, month_number
from .keep import month_said, year_said
from .organisation_rows import Rows, stage_rows
from .organisations import REGISTER
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_LEVELS = {
    "practice": ("PRACTICE_CODE|GP_CODE", "PRACTICE_NAME|GP_NAME"),
    "pcn": ("PCN_ODS_CODE|PCN_CODE", "PCN_NAME"),
    "sicbl": ("SUB_ICB_LOC_ODS_CODE|SUB_ICB_ODS_CODE|SUB_ICB_LOCATION_CODE|CCG_ODS_CODE",
              "SUB_ICB_LOC_NAME|SUB_ICB_NAME|SUB_ICB_LOCATION_NAME|CCG_NAME"),
    "icb": ("ICB_ODS_CODE|ICB_CODE|STP_ODS_CODE", "ICB_NAME|STP_NAME"),
    "region": ("REGION_ODS_CODE|REGION_CODE|COMM_REGION_CODE", "REGION_NAME|COMM_REGION_NAME"),
}  # fmt: skip
_NO_NETWORK = frozenset({"", "U", "UNALLOCATED", "UNKNOWN", "NOT IN A PCN"})


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """A practice and its ICB at the least; dated maps and files with figures are other sources."""
    if file.column("EXTRACT_DATE", "APPT_STATUS", "INDICATOR_CODE", "GROUP_CODE", "COUNT_OF_APPOINTMENTS") is not None:
        return None
    there = [level for level, (code, _) in _LEVELS.items() if file.column(*code.split("|"))]
    if len(there) < 3 or not {"PRACTICE_CODE", "GP_CODE"} & {c.upper() for c in file.columns}:
        return None
    return tuple(_LEVELS[level][0] for level in ("practice", "pcn", "icb") if level not in there)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every level there is, with the month that the file is of."""
    qof = file.column("PRACTICE_CODE") is not None and file.column("PCN_ODS_CODE") is not None
    month = year_said(file, options, ends=True) if qof else month_said(file, options)
    there = {level: [file.column(*name.split("|")) for name in names] for level, names in _LEVELS.items()}
    levels = {level: (code, name) for level, (code, name) in there.items() if code is not None}
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.header_once()
        practice = levels["practice"][0]
        scan.check(practice, f"{scan.text(practice)} IS NULL", "a practice's code")
        scan.unique([practice])
        cells = ", ".join(f"coalesce({scan.text(c) if c else 'NULL'}, '')" for pair in levels.values() for c in pair)
        found = scan.rows(f"SELECT {cells} FROM raw")
    if not found:
        raise InputError(f"{file.name}: has a header but no rows")
    rows = Rows(file)
    for row in found:
        said = {level: row[2 * i : 2 * i + 2] for i, level in enumerate(levels)}
        if said.get("pcn", ("",))[0].upper() in _NO_NETWORK:
            said.pop("pcn", None)
        for level, (code, name) in said.items():
            rows.add(code, name, level)
        if "pcn" in said:
            rows.tie(said["practice"][0], said["pcn"][0])
        for (_, child), (_, parent) in pairwise((level, pair) for level, pair in said.items() if level != "pcn"):
            rows.tie(child[0], parent[0])
    rows.nation()
    return stage_rows(
        transaction, SOURCE, f"practice_places/{month}{'-qof' if qof else ''}", rows, rank=REGISTER,
        as_of=month_number(month), counted=len(found), layout=f"{len(levels)} levels", options=options,
    )  # fmt: skip


SOURCE = Source(
    name="practice_places",
    title="Practice to PCN, ICB and region, beside QOF or appointments (NHS England)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
