"""`evenhand see savings`: what would be saved by price alone, and what shortages cost."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .door import number
from .output import add_output, emit

KINDS = {
    "ppu": "at the price a unit of the best tenth of practices, for medicines that do the same",
    "ghost": "generics that are paid like brands",
    "concessions": "what price concessions cost above the Drug Tariff",
}


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("savings", help="savings by price, and what shortages cost", allow_abbrev=False)
    parser.add_argument("kind", choices=tuple(KINDS), help="; ".join(f"{word}: {text}" for word, text in KINDS.items()))
    parser.add_argument("--level", required=True, help="practice, pcn, sicbl, icb, region, nation, or a group's level")
    parser.add_argument("--organisation", metavar="CODE", help="by product, for this one; else every one of the level")
    parser.add_argument("--lake", required=True, type=Path, metavar="DIR", help="the lake")
    parser.add_argument("--from", dest="first", metavar="YYYY-MM", help="[the latest month]")
    parser.add_argument("--to", dest="last", metavar="YYYY-MM", help="months are added up")
    parser.add_argument("--minimum", type=number, metavar="POUNDS", help="leave smaller rows out [by level]")
    add_output(parser)
    parser.set_defaults(run=_savings)


def _savings(options: argparse.Namespace) -> None:
    from ..lake import Lake
    from ..story.savings import savings
    from .measures import month_word

    lake = Lake.open(options.lake)
    found = savings(
        lake, options.kind, options.level, options.organisation, first=options.first and month_word(options.first),
        last=options.last and month_word(options.last), minimum=options.minimum,
    )  # fmt: skip
    document = {
        "kind": found.kind, "level": found.level, "organisation": found.organisation, "months": list(found.months),
        "total": found.total, "shown": found.shown, "notes": list(found.notes), "demonstration": lake.demonstration,
        "source": list(found.source), "rows": list(found.rows),
    }  # fmt: skip
    whom = found.organisation or f"each {found.level}"
    title = f"{KINDS[found.kind].capitalize()}, {whom}, {', '.join(found.months)}: £{found.total:,.0f} in all"
    emit(options, document, list(found.rows), title=title)
