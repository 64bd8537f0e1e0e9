"""`evenhand account reach`: how much of a target can be reached with and without clinicians."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import account, definition
from ..errors import InputError
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `account reach`."""
    parser = commands.add_parser("reach", help="how much of a target can be reached with and without clinicians?")
    parser.add_argument("--parameters", type=Path, metavar="FILE.yaml", help="other assumptions than the default ones")
    parser.add_argument("--draws", type=int, default=200_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    add_output(parser)
    parser.set_defaults(run=_run_reach)


def _run_reach(options: argparse.Namespace) -> None:
    if options.draws < 100:
        raise InputError(f"--draws {options.draws}: expected 100 or more, so that a 5% tail can be seen")
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: expected a whole number, 0 or more")
    parameters = definition.load(options.parameters, account.Parameters) if options.parameters else None
    found = account.reach(parameters, draws=options.draws, seed=options.seed)
    rows = [{"£bn": name, **getattr(found, key).as_json()} for name, key in (
        ("without engagement", "without_engagement"), ("with engagement", "with_engagement"), ("worth", "worth"),
    )]  # fmt: skip
    emit(options, found, rows, title="a planning model, not a forecast")
