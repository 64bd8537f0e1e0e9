"""Sub-ICB location to ICB to NHS England region: the ONS lookup (`SICBLyyCDH`, `ICByyCDH`, `NHSERyyCDH`).

ONS Open Geography Portal. The two digits are the year of the boundaries: they hold from April of that year.
"""

from __future__ import annotations

import re

from ..lake import Transaction, month_number
from .organisation_rows import Rows, stage_rows
from .organisations import REGISTER
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_YEAR = re.compile(r"sicbl(\d\d)cdh")
_LEVELS = (("sicbl", "SICBL"), ("icb", "ICB"), ("region", "NHSER"))


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking; the year in their names may be any."""
    year = _year(file)
    if year is None:
        return None
    return tuple(n for _, p in _LEVELS for n in (f"{p}{year}CDH", f"{p}{year}NM") if file.column(n) is None)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read codes and names of three levels, and who belongs to whom."""
    year = _year(file)
    columns = [file.column(f"{p}{year}{end}") or "" for _, p in _LEVELS for end in ("CDH", "NM")]
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.header_once()
        for column in columns[::2]:
            scan.check(column, f"{scan.text(column)} IS NULL", "an organisation's code")
        scan.unique(columns[:1])
        found = scan.rows(f"SELECT {', '.join(scan.text(c) for c in columns)} FROM raw")
    rows = Rows(file)
    for sicbl, sicbl_name, icb, icb_name, region, region_name in found:
        rows.add(sicbl, sicbl_name or "", "sicbl")
        rows.add(icb, icb_name or "", "icb")
        rows.add(region, region_name or "", "region")
        rows.tie(sicbl, icb)
        rows.tie(icb, region)
    rows.nation()
    as_of = f"20{year}-04"
    return stage_rows(
        transaction, SOURCE, f"icb_lookup/{as_of}", rows, rank=REGISTER, as_of=month_number(as_of),
        counted=len(found), layout=f"SICBL{year} to NHSER{year}", options=options,
    )  # fmt: skip


def _year(file: Unpacked) -> str | None:
    years = [match[1] for column in file.columns if (match := _YEAR.fullmatch(column.strip().lower()))]
    return years[0] if years else None


SOURCE = Source(
    name="icb_lookup",
    title="Sub-ICB location to ICB to region (ONS lookup)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
