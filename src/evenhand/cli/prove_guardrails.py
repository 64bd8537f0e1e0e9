"""`evenhand prove guardrails`: every guardrail of a scheme, with its power before launch and what it says now."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `prove guardrails`."""
    parser = commands.add_parser("guardrails", help="every guardrail of a scheme, with its power", allow_abbrev=False)
    parser.add_argument("--scheme", required=True, type=Path, metavar="FILE.yaml", help="the scheme")
    parser.add_argument("--lake", required=True, type=Path, metavar="DIR", help="the lake")
    add_output(parser)
    parser.set_defaults(run=_guardrails)


def _guardrails(options: argparse.Namespace) -> None:
    from ..definition import load
    from ..lake import Lake
    from ..records import Scheme
    from ..story.guarding import guardrails

    scheme = load(options.scheme, Scheme)
    found = guardrails(Lake.open(options.lake), scheme)
    rows = [
        {"measure": one.measure, "level": one.level, "blocks": one.blocks, "margin": one.says.margin,
         "verdict": one.says.verdict, "bound": one.says.bound, "passes_if_harmless": one.power.passes_if_harmless,
         "smallest_harm_seen": one.power.smallest_harm_seen}
        for one in found
    ]  # fmt: skip
    told = "\n".join(f"{one.measure}: {one.power.reason}" for one in found)
    emit(options, {"scheme": scheme.id, "guardrails": found}, rows, title=f"{scheme.title}\n{told}")
