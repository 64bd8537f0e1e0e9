"""`evenhand prove waits`: how long are the waits, from a raw RTT full extract."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .output import add_output, emit

if TYPE_CHECKING:
    from .rtt_file import Extract


def register(commands: Any) -> None:
    """Add `prove waits`."""
    parser = commands.add_parser("waits", help="waits from a raw RTT full extract", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", nargs="+",
                        help="the zip or CSV as NHS England publishes it; more than one: a month each")  # fmt: skip
    parser.add_argument("--level", choices=("provider", "commissioner", "icb", "specialty"), default="provider",
                        help="icb is the commissioner's parent [provider]")  # fmt: skip
    parser.add_argument("--part", choices=("Part_1A", "Part_1B", "Part_2", "Part_2A", "Part_3"), default="Part_2",
                        help="completed admitted, non-admitted, incomplete, for admission, new [Part_2]")  # fmt: skip
    add_output(parser)
    parser.set_defaults(run=_waits)


def _waits(options: argparse.Namespace) -> None:
    from .rtt_file import read

    rows, totals, months = [], [], dict[str, str]()
    for path in options.file:
        extract = read(path, options.part)
        if len(options.file) > 1 and (not extract.month or extract.month in months):
            said = f"the month of {months[extract.month]}" if extract.month else "no Period to tell its month"
            raise InputError(f"{extract.name}: has {said}; expected each file to hold a month of its own")
        months[extract.month] = extract.name
        more, total = _one(extract, options)
        rows += more
        totals.append(total)
    document = {"by": options.level, "part": options.part, "rows": rows, "total": totals[-1]}
    if len(totals) > 1:
        document["totals"] = totals
    emit(options, document, rows, title="\n".join(f"{total['month'] or 'All'}: {_told(total)}" for total in totals))


def _one(extract: Extract, options: argparse.Namespace) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows of one month, and all of it."""
    from ..prove.waits import waits

    codes, counts = extract.by(options.level)
    found = waits(codes, counts, extract.weeks_from, open_band=extract.open_band)
    rows = [
        _with_unbanded(row.as_json(), int(more), extract, options.part)
        for row, more in zip(found, extract.unbanded(options.level), strict=True)
    ]
    bands, unbanded = extract.total()
    everybody, = waits(["all"], bands[None, :], extract.weeks_from, open_band=extract.open_band)
    return rows, _with_unbanded(everybody.as_json(), unbanded, extract, options.part)


def _with_unbanded(row: dict[str, Any], unbanded: int, extract: Extract, part: str) -> dict[str, Any]:
    """Count pathways without a band among all; shares and percentiles stay of those with one."""
    unknown = 0 if part == "Part_3" else unbanded
    return row | {
        "code": row["code"] or None, "pathways": row["pathways"] + unbanded, "unknown_clock_start": unknown,
        "month": extract.month or None,
    }  # fmt: skip


def _told(total: dict[str, Any]) -> str:
    if not total["pathways"]:
        return "nobody waits"
    if total["share_within_18_weeks"] is None:
        return f"{total['pathways']:,} pathways, whose waits the file does not give"
    p92 = "over the last band" if total["p92_open"] else f"{total['p92_weeks']:.2f} weeks"
    within = f"{total['share_within_18_weeks']:.1%} within 18 weeks"
    return f"{total['pathways']:,} pathways, {within}, 92nd percentile {p92}"
