"""`evenhand see outliers` and `evenhand see changed`: where one organisation differs, and what moved."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import InputError
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the two commands."""
    parser = commands.add_parser("outliers", help="where one organisation differs beyond chance", allow_abbrev=False)
    _place(parser)
    parser.add_argument("--by", choices=("measure", "chemical"), default="measure",
                        help="a chemical's items among those of its BNF sub-paragraph [measure]")  # fmt: skip
    parser.add_argument("--false-share", type=float, default=0.05, metavar="S",
                        help="of those named, how many may be false on average [0.05]")  # fmt: skip
    parser.add_argument("--persistent", action="store_true",
                        help="who reaches the best quarter in most quarters of a year; codes only")  # fmt: skip
    parser.add_argument("--measure", metavar="ID", help="with --persistent: this one [all]")
    add_output(parser)
    parser.set_defaults(run=_outliers)
    parser = commands.add_parser("changed", help="what moved this quarter, by control charts", allow_abbrev=False)
    _place(parser)
    add_output(parser)
    parser.set_defaults(run=_changed)


def _place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--level", required=True, help="practice, pcn, sicbl, icb, region, provider or a group's level")
    parser.add_argument("--organisation", metavar="CODE", help="whose")
    parser.add_argument("--lake", required=True, type=Path, metavar="DIR", help="the lake")
    parser.add_argument("--stored", action="store_true",
                        help="only what `see store` has worked out, as pages show it [all]")  # fmt: skip


def _outliers(options: argparse.Namespace) -> None:
    from ..lake import Lake
    from ..story.outlying import by_chemical, by_measure

    if not 0 < options.false_share < 1:
        raise InputError(f"--false-share {options.false_share:g}: expected a share between 0 and 1")
    lake = Lake.open(options.lake)
    if options.persistent:
        _persistent(options, lake)
        return
    if options.organisation is None:
        raise InputError("--organisation: expected a code")
    ask: Any = by_chemical if options.by == "chemical" else by_measure
    told = ask(lake, options.level, options.organisation, false_share=options.false_share, stored_only=options.stored)
    found = told.found
    document = {
        "organisation": told.organisation, "level": told.level, "by": told.by, "months": list(told.months),
        "compared": found.compared, "named": found.named, "false_share": found.false_share,
        "expected_false": found.false_share * found.named, "expected_by_chance_at_99_8": found.expected_at_99_8,
        "minimum": told.minimum, "demonstration": lake.demonstration, "rows": list(told.rows),
    }  # fmt: skip
    title = (f"{told.organisation}: {found.named} of {found.compared} {told.by}s named, of which about "
             f"{found.false_share * found.named:.1f} by chance (plain 99.8% limits would name "
             f"{found.expected_at_99_8:.1f} by chance)")  # fmt: skip
    emit(options, document, list(told.rows), title=title)


def _persistent(options: argparse.Namespace, lake: Any) -> None:
    from ..measures import for_lake
    from ..measures.panel import look_up
    from ..story.outlying import steady

    every = for_lake(lake)
    asked = [look_up(lake, options.measure, every)] if options.measure else list(every.values())
    rows = [row for measure in asked if (row := steady(lake, options.level, measure)) is not None]
    if options.organisation is not None:
        for row in rows:
            row["is_persistent"] = options.organisation in row["persistent"]
    if not rows:
        raise InputError(f"{options.lake}: no measure has enough quarters and organisations of level {options.level!r}")
    emit(options, {"level": options.level, "rows": rows}, rows, title="Persistently in the best quarter")


def _changed(options: argparse.Namespace) -> None:
    from ..lake import Lake
    from ..story.moved import moved

    if options.organisation is None:
        raise InputError("--organisation: expected a code")
    lake = Lake.open(options.lake)
    found = moved(lake, options.level, options.organisation, stored_only=options.stored)
    document = {
        "organisation": found.organisation, "level": found.level, "looked_at": found.looked_at,
        "too_short": found.too_short, "demonstration": lake.demonstration, "rows": list(found.rows),
    }  # fmt: skip
    title = f"{found.organisation}: {len(found.rows)} of {found.looked_at} measures moved this quarter"
    emit(options, document, list(found.rows), title=title)
