"""`evenhand see spc`: a measure over time, one control chart a group."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from .output import emit
from .spc_charts import SHARES, Drawn, add_chart, draw, point_rows


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("spc", help="a control chart: what chance does not explain", allow_abbrev=False)
    add_chart(parser, group=False)
    parser.add_argument("--suggest-rebase", action="store_true",
                        help="where a new level has lasted; a person decides, nothing is applied")  # fmt: skip
    parser.set_defaults(run=_spc)


def _spc(options: argparse.Namespace) -> None:
    found = draw(options)
    points = [row for drawn in found for row in point_rows(drawn)]
    icons = [{"group": d.name, "variation": d.chart.variation, "assurance": d.chart.assurance} for d in found]
    runs = [
        {"group": d.name, "phase": r.phase, "longest_run": r.longest_run, "longest_max": r.longest_max,
         "crossings": r.crossings, "crossings_min": r.crossings_min, "signal": r.signal}
        for d in found for r in d.chart.runs
    ]  # fmt: skip
    document: dict[str, Any] = {
        "points": points, "icons": icons, "runs": runs, "rules": options.rules,
        "charts": [{"group": d.name, "chart": d.chart.kind} for d in found],
        "missing": [{"group": d.name, "dates": d.missing} for d in found if d.missing],
    }  # fmt: skip
    shown, title = points, "Points"
    if options.suggest_rebase:
        document["suggested_rebases"] = suggested = [row for drawn in found for row in _suggested(drawn)]
        if not options.out:
            shown, title = suggested, "Suggested rebases: none is applied" if suggested else "No rebase is suggested"
    emit(options, document, shown, title=title, chart=_pictures(options, found))


def _suggested(drawn: Drawn) -> list[dict[str, Any]]:
    from ..stats.rebase import suggest_rebases

    return [
        {"group": drawn.name, "date": str(drawn.times[one.position]), "phase": one.phase, "direction": one.direction,
         "mean_before": one.mean_before, "mean_after": one.mean_after, "points_before": one.points_before,
         "points_after": one.points_after, "strength": one.strength, "reason": one.reason}
        for one in suggest_rebases(drawn.chart)
    ]  # fmt: skip


def _pictures(options: argparse.Namespace, found: list[Drawn]) -> Callable[[], Any]:
    def pictures() -> list[Any]:
        from .. import charts

        return [
            charts.spc(d.chart, d.times, title=d.name or options.value, width=options.width,
                       share=d.chart.kind in SHARES and options.multiplier == 1)
            for d in found
        ]  # fmt: skip

    return pictures
