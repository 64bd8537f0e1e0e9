"""`evenhand decide round`: write the open round file, or compute it again."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import table
from ..decide import groups
from ..decide.round_file import RoundFile, differs, faults, pack, read
from ..errors import InputError
from .decide_files import add_votes, read_round
from .output import emit, write_bytes


def register_round(commands: Any) -> None:
    """Add `round`."""
    parser = commands.add_parser("round", help="the open round file: write it, or compute it again",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE.zip")
    parser.add_argument("--check", action="store_true",
                        help="compute FILE again from itself, and from the log if --votes is given")  # fmt: skip
    add_votes(parser, option=True)
    parser.add_argument("--previous", type=Path, metavar="FILE.zip",
                        help="the file given away before of this round: figures move by ten people or not at all")
    for name in ("title", "question", "opens", "closes"):
        parser.add_argument(f"--{name}", default="", help="as the round says it in public")
    parser.add_argument("--max-groups", metavar="N", type=int, default=5, help="[5]")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the groups [0]")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(run=_round, out=None)


def _round(options: argparse.Namespace) -> int:
    if not options.check:
        if not options.votes:
            raise InputError("give --votes to write the file, or --check to compute it again")
        content = _packed(options)
        found = read(content)
        assert not faults(found), f"the round file does not follow from its own votes: {faults(found)}"
        write_bytes(options.file, content)
        return _told(options, found, (), "written")
    found = read(_bytes(options.file), str(options.file))
    wrong = faults(found)
    if options.votes:
        wrong += differs(found, read(_packed(options)))
    return _told(options, found, wrong, "computed again from the log" if options.votes else "computed again")


def _packed(options: argparse.Namespace) -> bytes:
    votes, people, decided, declared = read_round(options)
    found = groups(votes, people, decided, declared, most=options.max_groups, seed=options.seed)
    about = {name: getattr(options, name) for name in ("title", "question", "opens", "closes")}
    previous = _bytes(options.previous) if options.previous else None
    return pack(found, _statements(options, found.tally.statements), people, declared, about=about, previous=previous)


def _statements(options: argparse.Namespace, counted: Any) -> list[Mapping[str, str]]:
    """Every statement with its text, what was decided and the public reason, as far as the file says."""
    if not options.statements:
        return [{"statement": row.statement, "moderation": "accepted"} for row in counted]
    given = table.read(options.statements)
    there = [name for name in ("statement", "text", "moderation", "reason") if given.has(name)]
    return [dict(zip(there, row, strict=True)) for row in zip(*(given.text(name) for name in there), strict=True)]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _told(options: argparse.Namespace, found: RoundFile, wrong: tuple[str, ...], what: str) -> int:
    """The figures, and what is wrong; 1 if something is."""
    document = {"file": str(options.file), "done": what, "holds": not wrong, "faults": list(wrong),
                "about": found.about, "figures": list(found.figures)}  # fmt: skip
    rows = [{"statement": row["statement"], "verdict": row["verdict"], "rests on": row["rests_on"]}
            for row in found.figures] if not wrong else [{"fault": one} for one in wrong]  # fmt: skip
    emit(options, document, rows, title=f"{options.file}: {what}; {'it holds' if not wrong else 'it does not hold'}")
    return 0 if not wrong else 1
