"""Practice to PCN to sub-ICB location to ICB to region in one month: NHS England `gp-reg-pat-prac-map`.

METHODS D.5. The only publication that says all five levels for every month.
"""

from __future__ import annotations

from itertools import pairwise

from ..errors import InputError
from ..lake import Transaction, month_number
from .organisation_rows import Rows, stage_rows
from .organisations import REGISTER
from .scan import Scan
from .source import Loaded, Options, Source, lacking
from .unpack import Unpacked

_NEEDED = (
    "EXTRACT_DATE", "PRACTICE_CODE", "PRACTICE_NAME", "PCN_CODE", "PCN_NAME",
    "SUB_ICB_LOCATION_CODE|CCG_CODE", "SUB_ICB_LOCATION_NAME|CCG_NAME", "ICB_CODE|STP_CODE", "ICB_NAME|STP_NAME",
    "COMM_REGION_CODE", "COMM_REGION_NAME",
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return lacking(file, _NEEDED)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every level's codes, names and parents as they stood in the file's month."""
    columns = [file.column(*name.split("|")) or "" for name in _NEEDED]
    with Scan(file, transaction.beside("spill").parent) as scan:
        months = sorted(set(scan.months(columns[0]).values()))
        if len(months) > 1:
            raise InputError(f"{file.name}: holds {len(months)} months ({months[0]} to {months[-1]}); expected one")
        scan.check(columns[1], f"{scan.text(columns[1])} IS NULL", "a practice's code")
        scan.unique(columns[1:2])
        found = scan.rows("SELECT " + ", ".join(f"coalesce({scan.text(c)}, '')" for c in columns[1:]) + " FROM raw")
    rows = Rows(file)
    for practice, name, pcn, pcn_name, sicbl, sicbl_name, icb, icb_name, region, region_name in found:
        chain = [(practice, name, "practice"), (sicbl, sicbl_name, "sicbl"), (icb, icb_name, "icb"),
                 (region, region_name, "region")]  # fmt: skip
        for code, called, level in chain:
            rows.add(code, called, level)
        for (child, *_), (parent, *_) in pairwise(chain):
            rows.tie(child, parent)
        if pcn and pcn != "U":  # U: in no network
            rows.add(pcn, pcn_name, "pcn")
            rows.tie(practice, pcn)
    rows.nation()
    return stage_rows(
        transaction, SOURCE, f"list_size_map/{months[0]}", rows, rank=REGISTER, as_of=month_number(months[0]),
        counted=len(found), layout=f"{len(file.columns)} columns", options=options,
    )  # fmt: skip


SOURCE = Source(
    name="list_size_map",
    title="Practice to PCN, sub-ICB location, ICB and region (NHS England gp-reg-pat-prac-map)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
