"""Deprivation: the Index of Multiple Deprivation of a practice or a PCN, weighted by where its patients live.

Columns practice_code or pcn_code, imd_score, imd_decile. The score grows with deprivation; decile 1 is the most
deprived tenth. The edition (2019, 2025) stands in no column: it is read from the file's name or given with
`--version`. A row for patients in no network (`U`) is no organisation and is left out, and said so.
"""

from __future__ import annotations

import re

from ..errors import InputError
from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_SCORE = (
    Cell("score", "imd_score|imd score", "number", most=100),  # MHCLG: the score is at most 100 by construction
    Cell("decile", "imd_decile|imd decile", "count", least=1, most=10),
)
_EDITION = re.compile(r"(?<!\d)(2004|2007|2010|2015|2019|2025)(?!\d)")  # the editions there are
_NOBODY = ("U", "UNKNOWN")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, (Cell("code", "practice_code|pcn_code"), *_SCORE), marks=("imd_score|imd_decile",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one edition at one level."""
    level = "practice" if file.column("practice_code") else "pcn"
    code = Cell("code", f"{level}_code")
    edition = options.version or next(iter(_EDITION.findall(file.label)), None)
    if edition is None:
        raise InputError(f"{file.name}: neither the file nor its name says its edition; say --version 2019, as it is")
    with Scan(file, transaction.beside("spill").parent) as scan:
        column = code.column(file) or ""
        nobody = f"upper({scan.text(column)}) IN {_NOBODY}"
        without = scan.one(f"SELECT count(*) FROM raw WHERE {nobody}")[0]
        rows = read(scan, (code, *_SCORE), key=("code",), where=f"coalesce(NOT {nobody}, true)")
        counted = scan.one("SELECT count(*) FROM raw")[0]
    return keep(
        transaction, SOURCE, file, f"{edition}/{level}",
        {"deprivation": fill("deprivation", rows, edition=edition, level=level)},
        counted=counted, layout=f"{level}_code, imd_score, imd_decile", options=options,
        totals={"organisations": rows.num_rows}, note=f"{without} row of no organisation left out" if without else "",
    )  # fmt: skip


SOURCE = Source(
    name="deprivation",
    title="Index of Multiple Deprivation by practice or PCN (MHCLG, weighted by patients)",
    tables=("deprivation",),
    lacks=lacks,
    stage=stage,
)
