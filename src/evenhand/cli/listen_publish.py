"""What of an estimate may be published, alone, beside other tables and after an earlier one: `--publish`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..listen import SurveyResult, publish
from ..listen.differencing import overlapping, read_published, renewed
from ..listen.result import FEWEST
from ..table import Table
from .listen_design import among, answers, labels, named


def add_publish(parser: argparse.ArgumentParser, *, beside: bool = False) -> None:
    """Options that say what is shown to others."""
    parser.add_argument("--publish", action="store_true",
                        help=f"as a page shows it: no group under {FEWEST}, no interval without a frame; charts always")
    if beside:
        parser.add_argument("--beside", metavar="COL,COL", default="",
                            help="with --publish: columns by which other tables of this question are published")
        parser.add_argument("--previous", metavar="FILE.json",
                            help="with --publish: what was published before; it stands until ten people have moved")


def published(file: Table, options: argparse.Namespace, result: SurveyResult) -> SurveyResult:
    """The table as it may be shown beside the others (`--beside`) and after the one before (`--previous`)."""
    if (options.beside or options.previous) and not options.publish:
        raise InputError("--beside and --previous are for what is published; give --publish too")
    hidden: frozenset[str] = frozenset()
    if options.beside:
        said = np.isfinite(answers(file, options))
        inside = among(file, options.among)
        said &= inside if inside is not None else True
        own = _cells(file, options.by, said) if options.by else {}
        others = [m for name in named(options.beside) for m in _cells(file, name, said).values()]
        hidden = overlapping(own, [said, *(m for m in others if m.sum() >= FEWEST)])
    public = publish(result, also=hidden)
    if not options.previous:
        return public
    try:
        before = json.loads(Path(options.previous).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{options.previous}: expected the JSON published before ({error})") from error
    return renewed(public, read_published(before, public))


def _cells(file: Table, column: str, said: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Each label of a column -> who has it and answered."""
    cells = np.array(labels(file, column), dtype=object)
    return {str(label): said & (cells == label) for label in dict.fromkeys(cells.tolist()) if label}
