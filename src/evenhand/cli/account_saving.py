"""`evenhand account saving`: what a scheme saved against its counterfactual, net."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import account, definition
from ..records import Scheme
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `account saving`."""
    parser = commands.add_parser("saving", help="what a scheme saved against its counterfactual, net")
    parser.add_argument("--scheme", type=Path, required=True, metavar="FILE.yaml")
    parser.add_argument("--lake", type=Path, required=True, metavar="DIR")
    add_output(parser)
    parser.set_defaults(run=_run_saving)


def _run_saving(options: argparse.Namespace) -> None:
    from ..flow import verdict as judge

    scheme = definition.load(options.scheme, Scheme)
    verdict = judge(options.lake, options.scheme)
    found = account.saving(verdict, scheme)
    document = found.as_json() | {"sentence": verdict.sentence, "level": found.net.level}
    rows = [
        {"what": what, "value": value.value, "low": value.low, "high": value.high, "level": value.level}
        for what, value in (("gross, £", found.gross), ("net, £", found.net), ("patients", found.patients))
    ]
    booked = f"£{found.bookable_pence / 100:,.2f} may be booked ({found.basis})"
    emit(options, document, rows, title=f"{verdict.sentence} {booked}")
