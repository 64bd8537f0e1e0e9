"""What the commands of LISTEN share: which column is asked about, and how its rows stand for people."""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..listen import Design, hits
from ..listen.known import Column, read_totals
from ..stats.calibration import DISTANCES
from ..table import MISSING, Table


def add_question(parser: argparse.ArgumentParser, *, named: bool = True) -> None:
    """Give a command the file, the question and the answer asked about."""
    add = parser.add_argument
    add("file", metavar="FILE", help="one row a person; CSV, gzipped CSV or Parquet; - for standard input")
    if named:
        add("--question", metavar="COL", required=True)
    add("--value", metavar="V", help="estimate the share who answered V; else the mean of the answers")
    add("--multiple", action="store_true", help="an answer may name several options, parted by ;")
    add_design(parser)


def add_design(parser: argparse.ArgumentParser) -> None:
    """Give a command the options that say how the rows stand for people."""
    add = parser.add_argument
    add("--among", metavar="COL=V", action="append", default=[], help="only these people, as a domain; repeat for and")
    add("--weights", metavar="COL")
    add("--strata", metavar="COL")
    add("--clusters", metavar="COL")
    add("--population-size", metavar="COL|N", help="clusters (or people) in the stratum, for few against many: "
        "a column, or one number for every row")  # fmt: skip
    add("--responded", metavar="COL", help="1 for those who responded, 0 for those who were asked and did not")
    add("--rake", metavar="COL,COL", default="", help="meet the margins of these columns over all rows")
    add("--propensity", metavar="COL,COL", default="", help="first let respondents stand for their cell")
    add("--calibrate", metavar="COL,COL", default="", help="meet counts, and sums of numbers, all at once")
    add("--distance", choices=DISTANCES, default="raking", help="how --calibrate measures a change of weights [raking]")
    add("--bounds", metavar="LOW,HIGH", help="new over old weight stays between these; with --distance logit")
    add("--totals", metavar="FILE", help="column,value,total: what --rake and --calibrate meet, if not FILE's rows")
    add("--level", type=float, default=0.95, help="coverage of the interval [0.95]")


def answers(file: Table, options: argparse.Namespace) -> NDArray[np.float64]:
    """The answers as numbers, or as 1 and 0 where a value is asked about."""
    if options.value is None:
        if options.multiple:
            raise InputError("--multiple needs --value: the option whose share is asked")
        return file.numbers(options.question)
    return hits(labels(file, options.question), options.value.strip(), multiple=options.multiple)


def design(file: Table, options: argparse.Namespace) -> Design:
    """How the rows stand for people, from the options."""
    responded = _yes(file, options.responded) if options.responded else None
    answered = np.ones(len(file), dtype=bool) if responded is None else responded

    def everyone(column: str | None) -> list[str] | None:
        if column is None:
            return None
        found = labels(file, column)
        for row in np.flatnonzero(answered):
            if not found[row]:
                raise file.refuse(int(row), column, "", "a value for everyone who responded")
        return found

    def columns(names: str) -> dict[str, list[str]]:
        return {name: labels(file, name) for name in named(names)}

    return Design(
        rows=len(file),
        weights=_weights(file, options, answered) if options.weights else None,
        strata=everyone(options.strata),
        clusters=everyone(options.clusters),
        population_size=_population(file, options.population_size, answered) if options.population_size else None,
        responded=responded,
        rake=columns(options.rake),
        propensity=columns(options.propensity),
        calibrate={name: column(file, name) for name in named(options.calibrate)},
        totals=read_totals(table.read(options.totals)) if options.totals else None,
        distance=options.distance,
        bounds=_bounds(options),
    )


def _population(file: Table, asked: str, answered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """A size for each row: a column's, or the one number that was given."""
    if not file.has(asked):
        try:
            return np.full(len(file), float(int(asked)))
        except ValueError:
            pass  # no number: then it is a column that is not there, and reading it says so
    sizes = file.numbers(asked)
    if (blank := np.flatnonzero(answered & np.isnan(sizes))).size:
        raise file.refuse(int(blank[0]), asked, "", "a number for everyone who responded")
    return sizes


def _weights(file: Table, options: argparse.Namespace, answered: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights; a blank is 0 for somebody who did not respond, unless their weight is asked for by an adjustment."""
    weights = file.numbers(options.weights)
    needed = np.ones(len(file), dtype=bool) if options.rake or options.propensity or options.calibrate else answered
    if (blank := np.flatnonzero(needed & np.isnan(weights))).size:
        raise file.refuse(int(blank[0]), options.weights, "", "a number, not a blank")
    return np.nan_to_num(weights)


def named(words: str) -> list[str]:
    """Column names parted by commas."""
    return [word.strip() for word in words.split(",") if word.strip()]


def column(file: Table, name: str) -> Column:
    """A column as numbers if every cell that is there is one, else as labels; codes with leading zeros are labels."""
    cells = labels(file, name)
    each = set(cells)
    if any(len(c) > 1 and c.lstrip("-").startswith("0") and "." not in c for c in each):
        return cells
    try:
        for cell in each:
            float(cell or 0)
    except ValueError:
        return cells
    return file.numbers(name)


def labels(file: Table, column: str) -> list[str]:
    """A column as text, every way of writing a missing answer as ''."""
    cells = file.text(column)
    said = {cell: "" if cell.lower() in MISSING else cell for cell in set(cells)}
    return [said[cell] for cell in cells]


def _yes(file: Table, column: str) -> NDArray[np.bool_]:
    words = {"1": True, "1.0": True, "true": True, "yes": True, "0": False, "0.0": False, "false": False, "no": False}
    cells = file.text(column)
    for row, cell in enumerate(cells):
        if cell.lower() not in words:
            raise file.refuse(row, column, cell, "1 or 0")
    return np.array([words[cell.lower()] for cell in cells])


def among(file: Table, asked: list[str]) -> NDArray[np.bool_] | None:
    """The rows of the people asked about, as --among says."""
    if not asked:
        return None
    inside = np.ones(len(file), dtype=bool)
    for words in asked:
        column, equals, value = words.partition("=")
        if not equals or not column:
            raise InputError(f"--among: expected COL=V, found {words!r}")
        inside &= hits(labels(file, column.strip()), value.strip()) == 1
    if not inside.any():
        raise InputError(f"{file.name}: no row has {' and '.join(asked)}")
    return inside


def level(level: float) -> float:
    """A coverage, checked."""
    if not 0 < level < 1:
        raise InputError(f"--level: expected a number between 0 and 1, found {level:g}")
    return level


def _bounds(options: argparse.Namespace) -> tuple[float, float]:
    if options.bounds is None:
        if options.calibrate and options.distance == "logit":
            raise InputError("--distance logit needs --bounds LOW,HIGH, as 0.5,2")
        return 0.0, float("inf")
    low, _, high = options.bounds.partition(",")
    try:
        return float(low), float(high)
    except ValueError:
        raise InputError(f"--bounds: expected LOW,HIGH, as 0.5,2; found {options.bounds!r}") from None
