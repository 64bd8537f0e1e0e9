"""`evenhand prove guardrails`: every guardrail of a scheme, with its power before launch and what it says now.

Those of the library that the scheme does not name stand below: they are watched, and block nothing.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .output import add_output, emit

if TYPE_CHECKING:
    from ..story.watching import Watch


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
    from ..story.watch_words import ask, chance, line
    from ..story.watching import watch

    scheme, lake = load(options.scheme, Scheme), Lake.open(options.lake)
    found = guardrails(lake, scheme)
    watched = watch(lake, scheme, folder=beside(options.scheme, scheme.allocation))
    rows = [
        {"measure": one.measure, "level": one.level, "blocks": one.blocks, "margin": one.says.margin,
         "verdict": one.says.verdict, "bound": one.says.bound, "passes_if_harmless": one.power.passes_if_harmless,
         "smallest_harm_seen": one.power.smallest_harm_seen}
        for one in found
    ]  # fmt: skip
    rows += [
        {"measure": one.measure, "level": one.level, "blocks": False, "margin": one.says.margin,
         "verdict": one.says.verdict, "bound": one.says.bound}
        for one in watched.guardrails
    ]  # fmt: skip
    told = [f"{one.measure}: {one.power.reason}" for one in found]
    told += [text for text in (line(watched), ask(watched), chance([watched])) if text]
    document = {"scheme": scheme.id, "guardrails": found, "watched": as_json(watched)}
    emit(options, document, rows, title="\n".join([scheme.title, *told]))


def beside(scheme: Path, allocation: str) -> Path | None:
    """The folder of a scheme's file, if its allocation lies there; else it is looked for in LAKE/schemes."""
    return scheme.parent if (scheme.parent / allocation).is_file() else None


def as_json(watched: Watch) -> dict[str, Any]:
    """What is watched besides what a scheme names, and how many would not be held with nothing going on at all."""
    return {**watched.as_json(), "not_held_by_chance": watched.not_held_by_chance,
            "breach_by_chance": watched.breach_by_chance}  # fmt: skip
