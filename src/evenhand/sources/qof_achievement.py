"""QOF achievement: what each practice did on each indicator, one row a practice, indicator and kind of number.

NHS England's `ACHIEVEMENT_<REGION>_<YEAR>.csv`: PRACTICE_CODE, INDICATOR_CODE, MEASURE, VALUE (METHODS D.7). MEASURE is
ACHIEVED_POINTS, NUMERATOR, DENOMINATOR, PCAS, REGISTER or NEWLY_DIAGNOSED. Seven regions make England: each file is a
snapshot of its own, and a practice stands in one of them. The year stands in the file's name.
"""

from __future__ import annotations

import re

import pyarrow.compute as pc

from ..errors import InputError
from ..lake import Transaction, month_number
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import agree, fill, keep, total, year_said
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked, plain_name

_KINDS = {
    "achieved_points": "points", "numerator": "numerator", "denominator": "denominator", "pcas": "pcas",
    "register": "register", "newly_diagnosed": "newly_diagnosed",
}  # fmt: skip
_CELLS = (
    Cell("practice", "PRACTICE_CODE"), Cell("indicator", "INDICATOR_CODE"),
    Cell("measure", "MEASURE", "word", words=_KINDS), Cell("value", "VALUE", "number", most=1_000_000),
)  # fmt: skip
_REGION = re.compile(r"achievement_([a-z_]+?)_?(?:v\d+_?)?\d*(?:_v\d+)?_csv")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("INDICATOR_CODE",), alike=0.75)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one region's year, a column for each kind of number, and hold a numerator against its denominator."""
    month = year_said(file, options, ends=True)
    with Scan(file, transaction.beside("spill").parent) as scan:
        long = read(scan, _CELLS, key=("practice", "indicator", "measure"))
        counted = scan.one("SELECT count(*) FROM raw")[0]
        over = scan.rows(
            "SELECT practice, indicator FROM rows GROUP BY ALL HAVING max(value) FILTER (measure = 'numerator') > "
            "max(value) FILTER (measure = 'denominator') ORDER BY ALL LIMIT 1"
        )
        if over:
            raise InputError(f"{file.name}: {', '.join(over[0])}: the numerator is larger than its denominator")
        kinds = {kind: "DOUBLE" if kind == "points" else "BIGINT" for kind in _KINDS.values()}
        sides = ", ".join(f"CAST(max(value) FILTER (measure = '{k}') AS {t}) AS {k}" for k, t in kinds.items())
        wide = scan.arrow(f"SELECT practice, indicator, {sides} FROM rows GROUP BY ALL ORDER BY practice, indicator")
    for kind in ("numerator", "denominator", "points"):
        agree(file, kind, total(long.filter(pc.equal(long["measure"], kind))["value"]), float(total(wide[kind])))
    match = _REGION.search(plain_name(file.label))
    region = match[1].replace("_", "-") if match else "england"
    whole = fill("qof_achievement", wide, month=month_number(month))
    _elsewhere(transaction, file, month, region, set(wide["practice"].to_pylist()))
    totals = {name: total(whole[name]) for name in ("numerator", "denominator", "points")}
    return keep(
        transaction, SOURCE, file, f"{month}/{region}", {"qof_achievement": whole}, counted=counted,
        layout="PRACTICE_CODE, INDICATOR_CODE, MEASURE, VALUE", options=options, totals=totals,
    )  # fmt: skip


def _elsewhere(transaction: Transaction, file: Unpacked, month: str, region: str, practices: set[str]) -> None:
    for snapshot in transaction.known("qof_achievement"):
        if snapshot.key.startswith(f"{month}/") and snapshot.key != f"{month}/{region}":
            both = practices & set(transaction.read(snapshot, "qof_achievement")["practice"].to_pylist())
            if both:
                raise InputError(
                    f"{file.name}: {min(both)} is also in {snapshot.file}; a practice stands in one file of a year"
                )


SOURCE = Source(
    name="qof_achievement",
    title="QOF achievement by practice and indicator (NHS England), one region and year a file",
    tables=("qof_achievement",),
    lacks=lacks,
    stage=stage,
)
