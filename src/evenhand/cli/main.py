"""`evenhand`: finds the step that a command names and runs it.

Each step's file offers `register(steps)`: it adds its commands to the parser and sets `run` on each.
Only the file of the step that is named is imported, so that a command starts fast.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import NoReturn

from .. import __version__
from ..errors import InputError, did_you_mean

# word on the command line -> file in this folder
FILES = {
    "load": "load", "sources": "load", "indicator": "load", "fetch": "fetch",
    "measures": "measures", "panel": "measures",
    "see": "see", "listen": "listen", "decide": "decide", "change": "change", "prove": "prove",
    "account": "account", "demo": "demo", "flow": "flow",
}  # fmt: skip


class Parser(argparse.ArgumentParser):
    """Says a mistake in the words of a command in one line; its commands do the same."""

    def error(self, message: str) -> NoReturn:
        """One line on standard error, exit code 2."""
        print(f"{self.prog}: {message} (--help shows the options)".replace("\n", " "), file=sys.stderr)
        raise SystemExit(2)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it did what was asked, 2 if the user must change something."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = Parser(prog="evenhand", description="Is this variation warranted?", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"evenhand {__version__}")
    steps = parser.add_subparsers(dest="step", metavar="COMMAND", required=True)
    named = next((word for word in words if not word.startswith("-")), None)
    if named is not None and named not in FILES:
        print(f"evenhand: no command {named!r}{did_you_mean(named, FILES)}; there are: {', '.join(FILES)}",
              file=sys.stderr)  # fmt: skip
        return 2
    for file in [FILES[named]] if named else dict.fromkeys(FILES.values()):
        import_module(f"evenhand.cli.{file}").register(steps)
    try:
        options = parser.parse_args(_sheets(words))
    except SystemExit as stop:
        return int(stop.code or 0) if not isinstance(stop.code, str) else 2
    try:
        result = options.run(options)
        return int(result or 0)
    except InputError as error:
        print(f"evenhand: {error}".replace("\n", " "), file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _sheets(words: list[str]) -> list[str]:
    """`--sheet NAME` names the sheet of every workbook that is given: `book.xlsx[NAME]`, as the reader knows it."""
    place = next((i for i, word in enumerate(words) if word == "--sheet" or word.startswith("--sheet=")), None)
    if place is None or words[place:] == ["--sheet"]:
        return words
    _, inside, name = words[place].partition("=")
    name = name if inside else words[place + 1]
    rest = [*words[:place], *words[place + (1 if inside else 2) :]]
    books = {
        i for i, word in enumerate(rest)
        if word.lower().endswith(".xlsx") and not word.startswith("--out=") and (i == 0 or rest[i - 1] != "--out")
    }  # fmt: skip
    if not books:
        return words  # the parser says that nothing here has sheets
    return [f"{word}[{name}]" if i in books else word for i, word in enumerate(rest)]


if __name__ == "__main__":
    sys.exit(main())
