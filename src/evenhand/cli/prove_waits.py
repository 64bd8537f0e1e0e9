"""`evenhand prove waits`: how long are the waits, from a raw RTT full extract."""

from __future__ import annotations

import argparse
from typing import Any

from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `prove waits`."""
    parser = commands.add_parser("waits", help="waits from a raw RTT full extract", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="the zip or CSV as NHS England publishes it")
    parser.add_argument("--level", choices=("provider", "commissioner", "icb", "specialty"), default="provider",
                        help="icb is the commissioner's parent [provider]")  # fmt: skip
    parser.add_argument("--part", choices=("Part_1A", "Part_1B", "Part_2", "Part_2A", "Part_3"), default="Part_2",
                        help="completed admitted, non-admitted, incomplete, for admission, new [Part_2]")  # fmt: skip
    add_output(parser)
    parser.set_defaults(run=_waits)


def _waits(options: argparse.Namespace) -> None:
    from ..prove.waits import waits
    from .rtt_file import read

    extract = read(options.file, options.part)
    codes, counts = extract.by(options.level)
    unbanded = extract.unbanded(options.level)
    rows = [
        _with_unbanded(row.as_json(), int(more), options.part)
        for row, more in zip(
            waits(codes, counts, extract.weeks_from, open_band=extract.open_band), unbanded, strict=True
        )
    ]
    bands, more = extract.total()
    all_of_them, = waits(["all"], bands[None, :], extract.weeks_from, open_band=extract.open_band)
    total = _with_unbanded(all_of_them.as_json(), more, options.part)
    document = {"by": options.level, "part": options.part, "rows": rows, "total": total}
    emit(options, document, rows, title=f"All: {_told(total)}")


def _with_unbanded(row: dict[str, Any], unbanded: int, part: str) -> dict[str, Any]:
    """Count pathways without a band among all; shares and percentiles stay of those with one."""
    unknown = 0 if part == "Part_3" else unbanded
    return row | {"code": row["code"] or None, "pathways": row["pathways"] + unbanded, "unknown_clock_start": unknown}


def _told(total: dict[str, Any]) -> str:
    if not total["pathways"]:
        return "nobody waits"
    if total["share_within_18_weeks"] is None:
        return f"{total['pathways']:,} pathways, whose waits the file does not give"
    p92 = "over the last band" if total["p92_open"] else f"{total['p92_weeks']:.2f} weeks"
    within = f"{total['share_within_18_weeks']:.1%} within 18 weeks"
    return f"{total['pathways']:,} pathways, {within}, 92nd percentile {p92}"
