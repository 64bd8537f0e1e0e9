"""`evenhand prove register`, `verdict`: how a scheme will be judged, and what came of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .output import add_output, emit
from .prove_guardrails import as_json, beside


def register(commands: Any) -> None:
    """Add `prove register` and `prove verdict`."""
    _register_design(commands)
    parser = commands.add_parser("verdict", help="judge a scheme, with all it rests on", allow_abbrev=False)
    parser.add_argument("--scheme", required=True, type=Path, metavar="FILE.yaml", help="the scheme")
    parser.add_argument("--lake", required=True, type=Path, metavar="DIR", help="the lake")
    add_output(parser)
    parser.set_defaults(run=_verdict)


def _register_design(commands: Any) -> None:
    parser = commands.add_parser("register", help="seal how a scheme will be judged", allow_abbrev=False)
    parser.add_argument("--scheme", required=True, type=Path, metavar="FILE.yaml", help="the scheme")
    parser.add_argument("--seal", default="", metavar="HASH", help="the allocation's seal, to bind it to the design")
    add_output(parser)
    parser.set_defaults(run=_design)


def _design(options: argparse.Namespace) -> None:
    from ..definition import load
    from ..prove.design import choose
    from ..prove.design import register as seal_design
    from ..records import Scheme

    scheme = load(options.scheme, Scheme)
    document = {
        "scheme": scheme.id, "design": choose(scheme), "registered": seal_design(scheme, seal=options.seal),
        "baseline": [scheme.baseline.first, scheme.baseline.last],
        "follow_up": [scheme.follow_up.first, scheme.follow_up.last],
    }  # fmt: skip
    emit(options, document, [document], title="Keep the hash: the verdict is compared with it")


def _verdict(options: argparse.Namespace) -> None:
    from ..flow import verdict
    from ..lake import Lake
    from ..story.judge import read_scheme
    from ..story.watch_words import line
    from ..story.watching import watch

    scheme, lake = read_scheme(options.scheme), Lake.open(options.lake)
    found = verdict(lake, options.scheme)
    watched = watch(lake, scheme, folder=beside(options.scheme, scheme.allocation))
    row = {"scheme": found.scheme, "evidenced": found.evidenced, "countable": found.countable,
           "pounds": str(found.saving_pounds), "patients": str(found.patients)}  # fmt: skip
    told = [text for text in (found.sentence, line(watched)) if text]
    emit(options, found.as_json() | {"watched": as_json(watched)}, [row], title="\n".join(told))
