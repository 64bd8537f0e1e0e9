"""`evenhand see icons`: a board's page, one row a measure with its variation and assurance icons."""

from __future__ import annotations

import argparse
from typing import Any

from .output import emit
from .spc_charts import SHARES, Drawn, add_chart, draw

BOARD = ("group", "date", "value", "target", "variation_says", "assurance_says")  # what a terminal has room for


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("icons", help="one row a measure: its variation and assurance icons",
                                 allow_abbrev=False)  # fmt: skip
    add_chart(parser, group=True)
    parser.add_argument("--title", default="", metavar="WORDS", help="above the drawn table")
    parser.set_defaults(run=_icons)


def _icons(options: argparse.Namespace) -> None:
    from ..stats.chart_icons import board_line, newest

    found = draw(options)
    at = [newest(d.chart) for d in found]
    lines = [board_line(str(d.name), str(d.times[i]), d.chart) for d, i in zip(found, at, strict=True)]
    rows = [
        {**_row(drawn, i), "variation_says": line.variation_says, "assurance_says": line.assurance_says}
        for drawn, line, i in zip(found, lines, at, strict=True)
    ]

    def picture() -> Any:
        from ..charts.icons import icons

        shares = [d.chart.kind in SHARES and options.multiplier == 1 for d in found]
        title = options.title or f"{options.value} by {options.group}"
        return icons(lines, title=title, shares=shares, width=options.width)

    board = [{key: row[key] for key in BOARD} for row in rows] if options.out is None else rows
    emit(options, {"icons": rows}, board, title="Icons", chart=picture)


def _row(drawn: Drawn, at: int) -> dict[str, Any]:
    c = drawn.chart
    return {
        "group": drawn.name, "date": str(drawn.times[at]), "value": c.values[at], "mean": c.mean[at],
        "lower": c.lower[at], "upper": c.upper[at], "target": c.target, "improves": c.improves, "chart": c.kind,
        "special_cause": c.special_cause[at], "variation": c.variation, "assurance": c.assurance,
    }  # fmt: skip
