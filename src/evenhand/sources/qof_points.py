"""QOF points: what each practice achieved in a year of the Quality and Outcomes Framework, one row a practice.

NHS Digital's achievement tables from 2017-18 to 2022-23. The most that can be scored stands in a column's name (559,
635), the year in the file's name. A practice with nobody on a register can score fewer: `points_available`.
"""

from __future__ import annotations

import re

from ..lake import Transaction
from .flat import Cell, read
from .keep import fill, keep, total, year_said
from .scan import Scan
from .source import Loaded, Options, Source, lacking
from .unpack import Unpacked, plain_name

_CODE = Cell("practice", "Practice code")
_LIST = Cell("list_size", "List size|All ages", "count", most=1_000_000, missing=True, blanks=(":",))
_BLANK = (":", "-", "z")  # not available, as the publisher marks it
_SCORE = re.compile(r"achievement_score_(?:max_)?(\d+)(?:_max)?")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    if _score(file) is None:
        return None
    missing = lacking(file, (_CODE.said, _LIST.said), alike=0)
    return missing if _available(file) else (*(missing or ()), "Total points for indicators where register exists")


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one year's points."""
    month = year_said(file, options, ends=True)
    score, most = _score(file) or ("", 0)
    cells = (
        _CODE, _LIST, Cell("points", score, "number", most=most, missing=True, blanks=_BLANK),
        Cell("points_available", _available(file) or "", "number", most=most, missing=True, blanks=_BLANK),
    )  # fmt: skip
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, cells, key=("practice",), month=month)
        counted = scan.one("SELECT count(*) FROM raw")[0]
    whole = fill("qof_points", rows, points_most=float(most))
    totals = {"practices": counted, "patients": total(rows["list_size"]), "points": total(rows["points"])}
    return keep(
        transaction, SOURCE, file, month, {"qof_points": whole}, counted=counted, layout=f"{most} points",
        options=options, totals=totals,
    )  # fmt: skip


def _score(file: Unpacked) -> tuple[str, int] | None:
    """The column of the points achieved, and the most there are."""
    return next(((c, int(m[1])) for c in file.columns if (m := _SCORE.fullmatch(plain_name(c)))), None)


def _available(file: Unpacked) -> str | None:
    """The column of the points that this practice could have."""
    return next((c for c in file.columns if "where_register_exists" in plain_name(c)), None)


SOURCE = Source(
    name="qof_points",
    title="QOF points by practice (NHS England), one year a file, 2017-18 to 2022-23",
    tables=("qof_points",),
    lacks=lacks,
    stage=stage,
)
