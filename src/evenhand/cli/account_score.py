"""`evenhand account score`: forecasts held against what came."""

from __future__ import annotations

import argparse
import gzip
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ..account import archive
from ..account.scoring import Guess, score
from ..errors import InputError
from ..table import Table
from ..table import read as read_table
from .door import add_columns, filled
from .output import add_output, emit

MUST = ("median", "low_90", "high_90")
MAY = ("low_50", "high_50", "probability", "target")
QUANTILES = "quantiles"


def register(commands: Any) -> None:
    """Add `account score`."""
    parser = commands.add_parser("score", help="how good forecasts were, now that the truth is there",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FORECASTS", help="an archive (JSON lines), or a table with a row a forecast")
    parser.add_argument("--truth", required=True, metavar="FILE", help="forecast and truth: what came, in pounds")
    add_columns(parser, forecast="forecast", value="truth")
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    guesses = _guesses(options.file, options.forecast)
    truth = read_table(options.truth, needs=(options.forecast, options.value))
    truth.unique(options.forecast)
    came = dict(zip(filled(truth, options.forecast), truth.numbers(options.value), strict=True))
    known = [guess for guess in guesses if np.isfinite(came.get(guess.name, np.nan))]
    for name in came:
        if name not in {guess.name for guess in guesses}:
            raise InputError(f"{truth.name}: {name!r} is no forecast in {options.file}; it holds: "
                             f"{', '.join(dict.fromkeys(guess.name for guess in guesses))}")  # fmt: skip
    if not known:
        raise InputError(f"{truth.name}: expected the truth of at least one forecast in {options.file}, found none")
    try:
        found = score(known, [float(came[guess.name]) for guess in known])
    except InputError as error:
        raise InputError(f"{'standard input' if options.file == '-' else options.file}: {error}") from None
    waiting = [guess.name for guess in guesses if guess not in known]
    title = (f"{found.n} forecasts: CRPS {found.crps:,.4g}, Brier {found.brier:.3f}, "
             f"90% intervals held {100 * found.coverage_90:.0f}%")  # fmt: skip
    emit(options, found.as_json() | {"waiting_for_truth": waiting, "level": 0.95},
         [row.as_json() for row in found.forecasts], title=title)  # fmt: skip


def _guesses(path: str, column: str) -> list[Guess]:
    """The forecasts of an archive (every seal checked), or of a plain table."""
    raw = sys.stdin.buffer.read() if path == "-" else _bytes(Path(path))
    name = "standard input" if path == "-" else path
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{name}: cannot be read as gzip ({error})") from None
    if raw.lstrip()[:1] == b"{":
        kept = archive.read(raw.decode("utf-8", "replace").splitlines(), where=name)
        return [archive.guess(one, where=name) for one in kept]
    if path == "-":
        raise InputError(f"{name}: expected an archive as JSON lines; a table is read from a file")
    return _rows(read_table(path, needs=(column, *MUST)), column)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _rows(given: Table, column: str) -> list[Guess]:
    given.unique(column)
    parts = {name: given.numbers(name, missing=False) for name in MUST}
    parts |= {name: given.numbers(name) for name in MAY if given.has(name)}
    rows: list[dict[str, Any]] = [{name: float(part[row]) for name, part in parts.items()} for row in range(len(given))]
    if given.has(QUANTILES):
        for at, (row, cell) in enumerate(zip(rows, given.text(QUANTILES), strict=True)):
            row["quantiles"] = _quantiles(given, at, cell)
    return [Guess(name, **row) for name, row in zip(filled(given, column), rows, strict=True)]


def _quantiles(given: Table, row: int, cell: str) -> tuple[float, ...]:
    """The numbers at 1/(K+1) ... K/(K+1) of a forecast, from the least up; none in a blank cell."""
    try:
        found = tuple(float(part) for part in cell.split(";")) if cell.strip() else ()
    except ValueError:
        found = (float("nan"),)
    if not all(np.isfinite(found)) or list(found) != sorted(found):
        raise given.refuse(row, QUANTILES, cell[:40], "numbers from the least up, with semicolons between")
    return found
