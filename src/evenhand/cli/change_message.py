"""`evenhand change message`: a feedback message held against the fifteen suggestions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ..errors import InputError
from .output import add_output, emit

WORDS = {"met": "met", "not_met": "not met", "for_a_person": "for a person to judge"}


def register(commands: Any) -> None:
    """Add `message`."""
    parser = commands.add_parser("message", help="a feedback message against what makes feedback work",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="text or Markdown; what stands around it between --- lines")
    add_output(parser)
    parser.set_defaults(run=_message)


def _message(options: argparse.Namespace) -> None:
    from ..change.message import check, read_message

    text, where = _read(options.file)
    body, sending = read_message(text, where=where)
    try:
        found = check(body, sending)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    rows = [
        {"number": s.number, "suggestion": s.suggestion, "state": WORDS[s.state], "why": s.why, "right": s.right}
        for s in found.suggestions
    ]
    title = f"{found.words} words: {found.met} met, {found.not_met} not met, {found.for_a_person} for a person to judge"
    emit(options, found, rows, title=title)


def _read(file: str) -> tuple[str, str]:
    if file == "-":
        return sys.stdin.read(), "<stdin>"
    try:
        return Path(file).read_text(encoding="utf-8-sig"), file
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not UTF-8 text at byte {error.start}; save the file as UTF-8") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from None
