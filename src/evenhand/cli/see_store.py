"""`evenhand see store`: work out once what pages show of every measure, so that a page only reads it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("store", help="work out what pages show, once, and keep it beside the lake",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("ids", nargs="*", metavar="ID", help="all measures if none")
    parser.add_argument("--lake", required=True, type=Path, metavar="DIR", help="the lake")
    add_output(parser)
    parser.set_defaults(run=_store)


def _store(options: argparse.Namespace) -> None:
    from .. import measures
    from ..lake import Lake
    from ..story import chemical_sights, sights

    lake = Lake.open(options.lake)
    every = measures.for_lake(lake)
    for name in options.ids:
        measures.find(every, name)
    busy = sys.stderr.isatty()
    found = sights.build(
        lake, options.ids or None, progress=(lambda line: print(line, file=sys.stderr)) if busy else None
    )
    chemicals = () if options.ids else chemical_sights.build(lake)
    states = (("stored", found.done), ("unchanged", found.unchanged), ("nothing in this lake", found.nothing))
    rows = [{"measure": name, "state": state} for state, names in states for name in names]
    document = {"stored": found.done, "unchanged": found.unchanged, "nothing": found.nothing, "levels": found.levels,
                "chemicals": chemicals}  # fmt: skip
    emit(options, document, rows, title="What pages show")
