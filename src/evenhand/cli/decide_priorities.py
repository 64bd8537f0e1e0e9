"""`evenhand decide priorities`: the order in which clinicians would take opportunities on."""

from __future__ import annotations

import argparse
from typing import Any

from .. import table
from ..decide.priorities import priorities, read
from ..errors import InputError
from .output import add_output, emit


def register_priorities(commands: Any) -> None:
    """Add `priorities`."""
    parser = commands.add_parser("priorities", help="what clinicians would take on first, with uncertainty",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="participant,first,second or participant,option,rank")
    parser.add_argument("--participant", metavar="COL", default="participant", help="column of FILE [participant]")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the draws behind ranks [0]")
    add_output(parser)
    parser.set_defaults(run=_priorities)


def _priorities(options: argparse.Namespace) -> None:
    if options.seed < 0:
        raise InputError(f"--seed must be 0 or more; got {options.seed}")
    found = priorities(read(table.read(options.file), participant=options.participant), seed=options.seed)
    rows = [row.as_json() for row in found.options]

    def chart() -> Any:
        import numpy as np

        from ..charts import intervals

        told = f"What {found.people:,} clinicians would take on first"
        values = (np.array([getattr(row, name) for row in found.options]) for name in ("worth", "low", "high"))
        return intervals([row.option for row in found.options], *values, title=told, share=True)

    emit(options, found, rows, title=f"{found.choices:,} choices by {found.people:,} people", chart=chart)
