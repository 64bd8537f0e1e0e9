"""What of an estimate may be published, alone, beside other tables and after an earlier one: `--publish`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..listen import SurveyResult, publish
from ..listen.differencing import overlapping, read_published, renewed
from ..listen.every import EveryAnswer
from ..listen.result import FEWEST
from ..table import Table
from .listen_design import among, answers, labels, named

STANDS = "what was published before (--json); it stands until ten people have moved"


def add_publish(parser: argparse.ArgumentParser, *, beside: bool = False) -> None:
    """Options that say what is shown to others."""
    parser.add_argument("--publish", action="store_true",
                        help=f"as a page shows it: no group under {FEWEST}, no interval without a frame; charts always")
    parser.add_argument("--previous", metavar="FILE.json", help=f"with --publish: {STANDS}")
    if beside:
        parser.add_argument("--beside", metavar="COL,COL", default="",
                            help="with --publish: columns by which other tables of this question are published")


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
    return renewed(public, read_published(read_previous(options.previous), public))


def every_published(options: argparse.Namespace, found: tuple[EveryAnswer, ...]) -> tuple[EveryAnswer, ...]:
    """All answers as they may be shown after an earlier release: all of them anew, or none."""
    public = tuple(one.published() for one in found)
    if not options.previous:
        return public
    if not options.publish:
        raise InputError("--previous is for what is published; give --publish too")
    said = read_previous(options.previous)
    earlier: dict[tuple[str, str], list[dict[str, Any]]] = {}
    try:
        for row in said["answers"]:
            earlier.setdefault((row["question"], row["answer"]), []).append(row)
    except (KeyError, TypeError) as error:
        raise InputError(f"{options.previous}: expected what `listen answers --publish --json` gave before") from error
    like = {(one.question, one.answer): one.result for one in public}
    some = next(iter(like.values()))
    before = tuple(
        EveryAnswer(*names, read_published(_as_estimate(said, rows, like.get(names, some)), like.get(names, some)))
        for names, rows in earlier.items()
    )
    same = set(like) == set(earlier)
    if same and all(renewed(like[b.question, b.answer], b.result) is not b.result for b in before):
        return public
    return before


def _as_estimate(said: dict[str, Any], rows: list[dict[str, Any]], like: SurveyResult) -> dict[str, Any]:
    """One answer's rows in the shape that `listen estimate --json` has."""
    plain = [{"group": row.get("group"), "n": row.get("n"), "estimate": row.get("unweighted")} for row in rows]
    return said | {"estimates": rows, "unweighted": plain, "statistic": like.statistic, "interval": like.interval}


def read_previous(path: str) -> dict[str, Any]:
    """The JSON of an earlier release.

    Raises
    ------
    InputError
        If there is no such file, or it is no JSON document.
    """
    try:
        before = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: expected the JSON published before ({error})") from error
    if not isinstance(before, dict):
        raise InputError(f"{path}: expected the JSON published before, found a {type(before).__name__}")
    return before


def _cells(file: Table, column: str, said: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Each label of a column -> who has it and answered."""
    cells = np.array(labels(file, column), dtype=object)
    return {str(label): said & (cells == label) for label in dict.fromkeys(cells.tolist()) if label}
