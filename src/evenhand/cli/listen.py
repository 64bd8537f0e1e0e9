"""`evenhand listen`: what clinicians know, believe and want; the commands stand in the files beside."""

from __future__ import annotations

from typing import Any

from . import listen_collect, listen_estimate, listen_files


def register(steps: Any) -> None:
    """Add `listen` and its commands."""
    parser = steps.add_parser("listen", help="what clinicians know, believe and want", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    listen_estimate.register(commands)
    listen_collect.register(commands)
    listen_files.register(commands)
