"""`evenhand fetch`: the latest months of a publication from its publisher into the lake."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Any

from .. import sources
from ..errors import InputError
from ..fetch import FEEDS, Fetched, Shelf, Web, feed, fetch
from .output import add_output, emit


def register(steps: Any) -> None:
    """Add the command."""
    parser = steps.add_parser("fetch", help="published files from their publishers into the lake", allow_abbrev=False)
    names = ", ".join(one.name for one in FEEDS)
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help=f"what to fetch: {names}")
    parser.add_argument("--months", type=int, default=24, metavar="N", help="the latest N months that there are [24]")
    parser.add_argument("--lake", type=Path, required=True, metavar="DIR")
    parser.add_argument("--base-url", metavar="URL", help="a mirror that answers under the publishers' own paths")
    parser.add_argument("--files", type=Path, metavar="DIR", help="where fetched files are kept [LAKE.fetched]")
    parser.add_argument("--discard", action="store_true", help="delete each file once it is loaded")
    parser.add_argument("--contact", default="", metavar="WHO", help="who asks: an address for the publisher's log")
    parser.add_argument("--pause", type=float, metavar="SECONDS", help="between two questions [1; a local mirror 0]")
    parser.add_argument("--seed", type=int, default=0, help="of the jitter in waits")
    add_output(parser)
    parser.set_defaults(run=_fetch)


def _fetch(options: argparse.Namespace) -> None:
    for name in options.sources:
        feed(name)
    if options.pause is not None and not (math.isfinite(options.pause) and 0 <= options.pause <= 3600):
        raise InputError(f"--pause {options.pause}: expected seconds, 0 to 3600")
    web = Web(base_url=options.base_url, contact=options.contact, pause=options.pause, seed=options.seed)
    shelf = Shelf(options.files or options.lake.absolute().with_name(f"{options.lake.absolute().name}.fetched"))
    there = options.lake.exists()
    lake, new = sources.begin(options.lake)
    done: tuple[Fetched, ...] = ()
    try:
        done = fetch(
            lake, options.sources, months=options.months, shelf=shelf, web=web, discard=options.discard,
            tell=_tell if sys.stderr.isatty() else None,
        )  # fmt: skip
    finally:
        if new and not lake.snapshots():
            sources.abandon(options.lake, folder_was_there=there)
    refused = [one for one in done if one.state == "refused"]
    if len(refused) < len(done):
        document = {"lake": options.lake.name, "files": shelf.folder.name, "fetched": done}
        emit(options, document, [_line(one) for one in done], title="Fetched")
    if refused:
        first = f"{refused[0].source}: {refused[0].note}"
        many = f" (and {len(refused) - 1} more of {len(done)} files)" if len(refused) > 1 else ""
        raise InputError(f"{first}{many}")


def _line(one: Fetched) -> dict[str, Any]:
    return {
        "source": one.source, "file": one.file or None, "month": one.month, "state": one.state,
        "MB": f"{one.bytes / 1e6:,.1f}", "rows": f"{one.rows:,}" if one.rows else None, "note": one.note or None,
    }  # fmt: skip


def _tell(what: str) -> None:
    print(what, file=sys.stderr)
