"""`evenhand flow`: the whole story in order, on the terminal, as JSON, as one HTML page or as a PDF."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..records import plain
from .output import write_bytes

ENDINGS = (".html", ".pdf", ".json")


def register(steps: Any) -> None:
    """Add the command."""
    parser = steps.add_parser("flow", help="the whole story, in order", allow_abbrev=False)
    parser.add_argument("--lake", type=Path, required=True, metavar="DIR")
    parser.add_argument("--organisation", metavar="CODE", help="one organisation; without it, no practice is named")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--out", type=Path, metavar="FILE", action="append", default=[],
                        help=f"a report, by extension: {' '.join(ENDINGS)}; may be given more than once")  # fmt: skip
    parser.add_argument("--print", action="store_true", dest="show", help="print the story beside writing reports")
    parser.set_defaults(run=_flow)


def _flow(options: argparse.Namespace) -> None:
    from ..flow import story

    for file in options.out:
        if file.suffix.lower() not in ENDINGS:
            raise InputError(f"--out {file}: expected a name ending in one of {' '.join(ENDINGS)}")
    told = story(options.lake, options.organisation)
    document = json.dumps(plain(told), allow_nan=False, ensure_ascii=False)
    reports = [(file, _report(told, file.suffix.lower(), document)) for file in options.out]
    for file, content in reports:
        write_bytes(file, content)
    if options.json:
        print(document)
    elif options.show or not options.out:
        _print(told)


def _report(told: Any, kind: str, document: str) -> bytes:
    if kind == ".json":
        return document.encode()
    from ..report import html, pdf

    return pdf(told) if kind == ".pdf" else html(told).encode()


def _print(told: Any) -> None:
    """The story on a terminal: sentences first, the numbers under them."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    from ..report.wording import DEMONSTRATION, STEP_NAMES, about

    console = Console()
    if told.demonstration:
        console.print(DEMONSTRATION, style="black on yellow")
    console.print(Text(told.title, style="bold"), Text(f"{told.name[:1].upper()}{told.name[1:]}. {about(told)}"))
    for number, chapter in enumerate(told.chapters, 1):
        console.print()
        console.print(Text(f"{number}. {STEP_NAMES[chapter.step].upper()}", style="bold blue"), chapter.question)
        for line in chapter.says:
            console.print(Padding(Text(line), (0, 0, 0, 3)))
        for figure in chapter.figures:
            if figure.in_print or figure.draw is None:
                console.print(Padding(_table(figure), (1, 0, 0, 3)))
        console.print(Padding(Text(f"Next: {chapter.next_step}", style="italic"), (0, 0, 0, 3)))
    if told.ledger_head:
        console.print(f"\nLedger head: {told.ledger_head}", soft_wrap=True)


def _table(figure: Any) -> Any:
    from rich.table import Table
    from rich.text import Text

    from ..story.written import table

    shown = [i for i, column in enumerate(figure.columns) if column in (figure.short or figure.columns)]
    drawn = Table(title=Text(figure.says), title_justify="left", title_style="dim", box=None, padding=(0, 1))
    for i in shown:
        number = figure.kinds[i] != "text"
        side: Any = "right" if number else "left"
        drawn.add_column(Text(figure.columns[i]), justify=side, no_wrap=number, overflow="fold")
    for row in table(figure):
        drawn.add_row(*(Text(row[i]) for i in shown))
    return drawn
