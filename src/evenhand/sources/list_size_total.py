"""Total list size of every practice and month in one table, as OpenPrescribing keeps it.

Columns practice, month, total_list_size. It gives one snapshot a month. Where NHS England's own bands of a month are
loaded too, those are read instead.
"""

from __future__ import annotations

import numpy as np

from ..lake import Transaction
from .list_size_rows import MOST, stage_one
from .scan import Scan, literal
from .source import Loaded, Options, Source, lacking, outcome
from .unpack import Unpacked

_NEEDED = ("practice", "month", "total_list_size")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return lacking(file, _NEEDED) if file.column("total_list_size") else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read all months and stage each."""
    practice, month, total = (file.column(need) or "" for need in _NEEDED)
    with Scan(file, transaction.beside("spill").parent) as scan:
        spelled = scan.months(month, day_first=options.day_first)
        scan.check(practice, f"{scan.text(practice)} IS NULL", "a practice's code")
        scan.check(total, f"{scan.no_count(total, most=MOST)} OR {scan.number(total)} < 0",
                   f"a whole number of patients, at most {MOST:,}")  # fmt: skip
        scan.run("CREATE TABLE month_of (spelled_month VARCHAR, in_month VARCHAR)")
        scan.run("INSERT INTO month_of VALUES "
                 + ", ".join(f"({literal(s)}, {literal(m)})" for s, m in spelled.items()))
        scan.unique([practice, month])
        rows = scan.arrow(
            f"SELECT {scan.text(practice)} AS practice, 'all' AS sex, 'all' AS age_band, "
            f"CAST({scan.number(total)} AS BIGINT) AS patients, in_month FROM raw "
            f"JOIN month_of ON spelled_month = {scan.text(month)} ORDER BY in_month, practice"
        )  # fmt: skip
    months = np.array(rows.column("in_month").to_pylist())
    found, first = np.unique(months, return_index=True)
    before, after = [], []
    for name, begin, end in zip(found, first, [*first[1:], len(months)], strict=True):
        part = rows.slice(begin, end - begin).drop_columns(["in_month"])
        held, new = stage_one(
            transaction, SOURCE, file, str(name), "total_openprescribing", part, part.num_rows, options
        )
        before.append(held)
        after.append(new)
    return outcome(SOURCE, file, before, after)


SOURCE = Source(
    name="list_size_total",
    title="Total list sizes, all months in one table (OpenPrescribing)",
    tables=("list_size",),
    lacks=lacks,
    stage=stage,
)
