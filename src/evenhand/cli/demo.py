"""`evenhand demo`: a synthetic NHS in the published formats, loaded, with the truth that was planted beside it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..lake import Lake
from ..synthetic import MONTHS, PRACTICES, SEED, Demonstration, Filled, fill, make
from .output import add_output, emit

Progress = Callable[[str, int, int], None]
WORKERS = 2  # processes that work out what pages show: a small machine has two cores


def register(steps: Any) -> None:
    """Add the command."""
    parser = steps.add_parser("demo", help="a synthetic NHS with planted truth to find again", allow_abbrev=False)
    parser.add_argument("--lake", type=Path, required=True, metavar="DIR", help="a folder that is new or empty")
    parser.add_argument("--practices", type=int, default=PRACTICES, metavar="N", help=f"[{PRACTICES}]")
    parser.add_argument("--months", type=int, default=MONTHS, metavar="N", help=f"ending in March 2026 [{MONTHS}]")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S", help=f"fixes chance [{SEED}]")
    parser.add_argument("--presentations", type=int, metavar="N", help="with a long tail of rare ones [England: 25500]")
    some = parser.add_mutually_exclusive_group()
    some.add_argument("--panels-only", action="store_true", help="keep every month's panels and no rows")
    some.add_argument("--rows", type=int, metavar="N", help="rows for the last N months, panels alone for those before")
    add_output(parser)
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> None:
    with _progress() as progress:
        made = make(
            options.lake, practices=options.practices, months=options.months, seed=options.seed,
            presentations=options.presentations, rows=0 if options.panels_only else options.rows, progress=progress,
        )  # fmt: skip
        filled = fill(made, progress=progress)
        booked = _book(filled)
        _store(filled, progress)
    document = _document(made, filled, booked)
    rows = [{"what": key.replace("_", " "), "made": _said(value)} for key, value in document.items()]
    emit(options, document, rows, title="Demonstration data: nothing here is real")


def _book(filled: Filled) -> int:
    """Book what the schemes are worth; how many entries."""
    from .. import flow

    return len(flow.book(filled.lake))


def _store(filled: Filled, progress: Progress) -> None:
    """Work out what pages show, so that they only read it."""
    from .. import measures
    from ..story import chemical_sights, sights

    total, done = len(measures.for_lake(filled.lake)), 0

    def step(_: str) -> None:
        nonlocal done
        done += 1
        progress("measures compared", done, total)

    sights.build(filled.lake, progress=step, workers=WORKERS)
    chemical_sights.build(filled.lake)


def _document(made: Demonstration, filled: Filled, booked: int) -> dict[str, Any]:
    lake = made.folder
    return {
        "lake": str(lake), "demonstration": True, "seed": made.seed,
        "practices": len(made.world.practices), "months": [made.when.word(0), made.when.word(-1)],
        "files": len(made.published), "rows": filled.rows, "months_of_panels": len(filled.panels),
        "measures_without_numbers": sorted(filled.without), "schemes": [scheme.id for scheme in made.schemes],
        "ledger_entries": booked, "truth": str(lake / "truth"),
        "next": [
            f"evenhand flow --lake {lake}",
            f"evenhand measures list --lake {lake}",
            f"evenhand prove verdict --scheme {lake / 'schemes' / 'diabetes_dpp4.yaml'} --lake {lake}",
            f"evenhand listen estimate {lake / 'people' / 'survey.csv'} {_as_the_story_asks(filled.lake)}",
        ],
    }  # fmt: skip


def _as_the_story_asks(lake: Lake) -> str:
    """The awareness question with the design that the story and the pages estimate it with."""
    from ..story.people import People

    people = People.of(lake)
    survey = people.survey()
    assert survey is not None, "a demonstration has a survey"
    raked = ",".join(people.design(survey).rake)
    return f"--question aware --value no --responded responded --rake {raked} --population-size {len(survey)}"


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "\n".join(map(str, value)) if len(value) != 2 else " to ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and value > 9999 else str(value)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar for each part of the work, on standard error, if somebody is looking."""
    from rich.console import Console
    from rich.progress import Progress as Bars

    bars: dict[str, Any] = {}
    with Bars(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as shown:

        def step(what: str, done: int, total: int) -> None:
            if what not in bars:
                bars[what] = shown.add_task(what, total=total)
            shown.update(bars[what], completed=done, total=total)

        yield step
