"""RTT in summary: incomplete pathways by ICB and treatment function, or of England, as published month by month.

By ICB: Period, ICB_Code, TF_Code, Incomplete_Pathways, Within_18wks ...; England: `Treatment Function Code` C_999 with
`Total number of incomplete pathways`. Medians are blank where few wait. The share within 18 weeks is printed beside the
counts and must agree with them. `rtt` holds the counts by provider behind these.
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
    Cell("month", "Period", "month"), Cell("code", "ICB_Code", optional=True),
    Cell("treatment_function", "TF_Code|Treatment Function Code"),
    Cell("pathways", "Incomplete_Pathways|Total number of incomplete pathways", "count"),
    Cell("within_18_weeks", "Within_18wks|Total within 18 weeks", "count"),
    Cell("share", "Pct_Within_18wks|% within 18 weeks", "number", most=1, missing=True, optional=True),
    Cell("over_52_weeks", "Waiters_52plus|Total 52 plus weeks", "count", missing=True),
    Cell("over_65_weeks", "Waiters_65plus|Total 65 plus weeks", "count", missing=True, optional=True),
    Cell("over_78_weeks", "Waiters_78plus|Total 78 plus weeks", "count", missing=True, optional=True),
    Cell("median_weeks", "Median_Wait_Wks|Average (median) waiting time (in weeks)", "number", most=520, missing=True,
         blanks=("-",)),
    Cell("p92_weeks", "P92_Wait_Wks|92nd percentile waiting time (in weeks)", "number", most=520, missing=True,
         blanks=("-",)),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("Incomplete_Pathways|Total number of incomplete pathways|Within_18wks",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every month; no more wait within 18 weeks, or over 52, than wait."""
    by_icb = file.column("ICB_Code") is not None
    key = ("code", "treatment_function") if by_icb else ("treatment_function",)
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=key, day_first=options.day_first)
        share = " OR abs(share - within_18_weeks / nullif(pathways, 0)) > 0.0006" if _CELLS[5].column(file) else ""
        wrong = scan.rows(
            "SELECT row, pathways, within_18_weeks FROM rows WHERE within_18_weeks > pathways "
            f"OR over_52_weeks > pathways{share} ORDER BY row LIMIT 1"
        )
    if wrong:
        row, pathways, within = wrong[0]
        raise InputError(
            f"{file.name}: row {row + 1}: {within:,} within 18 weeks of {pathways:,} pathways does not agree with the "
            "rest of the row"
        )
    whole = fill("rtt_summary", rows, level="icb" if by_icb else "nation", code="ENG")
    return keep_months(
        transaction, SOURCE, file, "rtt_summary", whole, layout=f"{len(file.columns)} columns", options=options,
        sums=("pathways", "within_18_weeks"), suffix="icb" if by_icb else "nation",
    )  # fmt: skip


SOURCE = Source(
    name="rtt_summary",
    title="Incomplete pathways by ICB and specialty, or of England, in summary (NHS England)",
    tables=("rtt_summary",),
    lacks=lacks,
    stage=stage,
)
