"""`evenhand listen`: estimate a survey, its change between waves, its size, and take its answers in."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..listen import Change, Design, Intake, SurveyResult, as_document, change, estimate, hits, intake, size
from ..listen.instrument import load_instrument
from ..listen.intake import read_events, read_invited
from ..listen.interval import KINDS
from ..table import MISSING, Table, parse_time
from .output import add_output, emit


def register(steps: Any) -> None:
    """Add `listen` and its commands."""
    parser = steps.add_parser("listen", help="what clinicians know, believe and want", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _register_estimate(commands)
    _register_change(commands)
    _register_intake(commands)
    _register_power(commands)


def _register_estimate(commands: Any) -> None:
    parser = commands.add_parser("estimate", help="a share or a mean, weighted, with its interval", allow_abbrev=False)
    _add_question(parser)
    parser.add_argument("--by", metavar="COL", help="one estimate for each value of this column")
    parser.add_argument("--total", action="store_true", help="how many, or how much, rather than the share or mean")
    parser.add_argument("--interval", choices=KINDS, default="logit", help="the interval of a share [logit]")
    add_output(parser)
    parser.set_defaults(run=_estimate)


def _register_change(commands: Any) -> None:
    parser = commands.add_parser("change", help="did the answer move between two waves?", allow_abbrev=False)
    _add_question(parser)
    parser.add_argument("--wave", metavar="COL", required=True)
    parser.add_argument("--person", metavar="COL", help="who each row is, where people answer more than once")
    parser.add_argument("--first", metavar="WAVE", help="compare from this wave [the first]")
    parser.add_argument("--last", metavar="WAVE", help="to this wave [the last]")
    add_output(parser)
    parser.set_defaults(run=_change)


def _register_intake(commands: Any) -> None:
    parser = commands.add_parser("intake", help="from a survey's events to clean answers", allow_abbrev=False)
    parser.add_argument("events", metavar="EVENTS", help="event,token,time,status,<questions>")
    parser.add_argument("--invited", metavar="FILE", required=True, help="one row a person asked, with a column token")
    parser.add_argument("--instrument", metavar="FILE.yaml", required=True, help="or the id of one of Evenhand's own")
    parser.add_argument("--close", metavar="TIME", required=True, help="the last moment; a date is its whole day")
    parser.add_argument("--all-invited", action="store_true",
                        help="--out has every person asked, with `responded` 1 or 0")  # fmt: skip
    parser.add_argument("--audit", type=Path, metavar="FILE", help="every event and answer not taken, and why")
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--day-first", dest="day_first", action="store_const", const=True, default=None)
    first.add_argument("--month-first", dest="day_first", action="store_const", const=False)
    add_output(parser)
    parser.set_defaults(run=_intake)


def _register_power(commands: Any) -> None:
    parser = commands.add_parser("power", help="how many answers a survey needs", allow_abbrev=False)
    parser.add_argument("--share", type=float, required=True, help="the share expected; 0.5 if nobody knows")
    parser.add_argument("--margin", type=float, required=True, help="half the width of its interval, as 0.03")
    parser.add_argument("--population", type=float, default=math.nan, help="people in all")
    parser.add_argument("--response-rate", type=float, default=1.0, help="share of those invited who answer [1]")
    parser.add_argument("--deff", type=float, default=1.0, help="design effect of clusters and weights [1]")
    parser.add_argument("--level", type=float, default=0.95, help="coverage of the interval [0.95]")
    add_output(parser)
    parser.set_defaults(run=_power)


def _add_question(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="one row a person; CSV, gzipped CSV or Parquet; - for standard input")
    add("--question", metavar="COL", required=True)
    add("--value", metavar="V", help="estimate the share who answered V; else the mean of the answers")
    add("--multiple", action="store_true", help="an answer may name several options, parted by ;")
    add("--among", metavar="COL=V", action="append", default=[], help="only these people, as a domain; repeat for and")
    add("--weights", metavar="COL")
    add("--strata", metavar="COL")
    add("--clusters", metavar="COL")
    add("--population-size", metavar="COL", help="clusters (or people) in the stratum, for few against many")
    add("--responded", metavar="COL", help="1 for those who responded, 0 for those who were asked and did not")
    add("--rake", metavar="COL,COL", default="", help="meet the margins of these columns over all rows")
    add("--propensity", metavar="COL,COL", default="", help="first let respondents stand for their cell")
    add("--level", type=float, default=0.95, help="coverage of the interval [0.95]")


def _estimate(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    result = estimate(
        _answers(file, options), _design(file, options), share=options.value is not None,
        among=_among(file, options.among), by=_labels(file, options.by) if options.by else None,
        total=options.total, interval=options.interval, level=_level(options.level),
    )  # fmt: skip
    emit(options, as_document(result), _estimate_rows(result), title=_title(options, result))


def _estimate_rows(result: SurveyResult) -> list[dict[str, Any]]:
    return [
        {
            "group": e.group, "n": e.n, "estimate": e.estimate, "se": e.se, "low": e.low, "high": e.high,
            "df": e.df, "deff": e.deff, "unweighted": u.estimate,
        }
        for e, u in zip(result.estimates, result.unweighted, strict=True)
    ]


def _title(options: argparse.Namespace, result: SurveyResult) -> str:
    asked = options.question if options.value is None else f"{options.question} = {options.value}"
    rate = "" if math.isnan(result.response_rate) else f", response {result.response_rate:.0%}"
    whom = f"stands for {result.population:,.0f}" if result.has_frame else "those who answered, and no more"
    return f"{asked}: {result.statistic}; {result.n:,} respondents{rate}, worth {result.kish_ess:,.0f}; {whom}"


def _change(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    found = change(
        _answers(file, options), _design(file, options), _labels(file, options.wave),
        person=_labels(file, options.person) if options.person else None,
        among=_among(file, options.among), first=options.first, last=options.last, level=_level(options.level),
    )  # fmt: skip
    emit(options, found, _change_rows(found), title=f"{options.question}: change from {found.first} to {found.last}")


def _change_rows(found: Change) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"wave": w.wave, "n": w.n, "estimate": w.estimate, "se": w.se, "low": None, "high": None, "p": None}
        for w in found.waves
    ]
    return [*rows, {"wave": "change", "n": None, "estimate": found.change, "se": found.se,
                    "low": found.low, "high": found.high, "p": found.p}]  # fmt: skip


def _intake(options: argparse.Namespace) -> None:
    instrument = load_instrument(options.instrument)
    invited = table.read(options.invited)
    events, times = read_events(table.read(options.events), instrument, day_first=options.day_first)
    try:
        close, _ = parse_time(options.close, day_first=options.day_first)
    except ValueError as error:
        raise InputError(f"--close: expected {error}, found {options.close!r}") from None
    if ":" not in options.close and not options.close.isdigit():
        close += np.timedelta64(1, "D") - np.timedelta64(1, "us")
    found = intake(events, times, read_invited(invited), instrument, close)
    if options.out is not None:
        rows = _clean_rows(found, invited if options.all_invited else None)
        emit(argparse.Namespace(out=options.out, json=False), rows, rows)
    if options.audit is not None:
        lines = [line.as_json() for line in found.audit]
        emit(argparse.Namespace(out=options.audit, json=False), lines, lines)
    counts = found.as_json()
    shown = counts | {"rejected_events": sum(found.rejected_events.values())}
    emit(argparse.Namespace(out=None, json=options.json), counts, [shown], title=instrument.title)


def _clean_rows(found: Intake, invited: Table | None) -> list[dict[str, Any]]:
    """One row a completed token, or one a person invited."""
    place = {token: i for i, token in enumerate(found.tokens)}

    def row(token: str) -> dict[str, Any]:
        i = place.get(token)
        when = {"time": None if i is None else np.datetime_as_string(found.times[i], unit="s")}
        return when | {name: None if i is None else cells[i] or None for name, cells in found.answers.items()}

    if invited is None:
        return [{"token": token} | row(token) for token in found.tokens]
    people = zip(*(invited.text(column) for column in invited.columns), strict=True)
    return [
        (known := dict(zip(invited.columns, cells, strict=True)))
        | {"responded": int(known["token"] in place)} | row(known["token"])
        for cells in people
    ]


def _power(options: argparse.Namespace) -> None:
    found = size(
        options.share, options.margin, population=options.population, response_rate=options.response_rate,
        deff=options.deff, level=_level(options.level),
    )  # fmt: skip
    emit(options, found, [found.as_json()], title="Answers and invitations needed")


def _answers(file: Table, options: argparse.Namespace) -> NDArray[np.float64]:
    if options.value is None:
        if options.multiple:
            raise InputError("--multiple needs --value: the option whose share is asked")
        return file.numbers(options.question)
    return hits(_labels(file, options.question), options.value.strip(), multiple=options.multiple)


def _design(file: Table, options: argparse.Namespace) -> Design:
    responded = _yes(file, options.responded) if options.responded else None
    answered = np.ones(len(file), dtype=bool) if responded is None else responded

    def labels(column: str | None) -> list[str] | None:
        if column is None:
            return None
        found = _labels(file, column)
        for row in np.flatnonzero(answered):
            if not found[row]:
                raise file.refuse(int(row), column, "", "a value for everyone who responded")
        return found

    def columns(names: str) -> dict[str, list[str]]:
        return {name: _labels(file, name) for name in (word.strip() for word in names.split(",")) if name}

    population = file.numbers(options.population_size) if options.population_size else None
    if population is not None and (blank := np.flatnonzero(answered & np.isnan(population))).size:
        raise file.refuse(int(blank[0]), options.population_size, "", "a number for everyone who responded")
    return Design(
        rows=len(file),
        weights=file.numbers(options.weights, missing=False) if options.weights else None,
        strata=labels(options.strata),
        clusters=labels(options.clusters),
        population_size=population,
        responded=responded,
        rake=columns(options.rake),
        propensity=columns(options.propensity),
    )


def _labels(file: Table, column: str) -> list[str]:
    """A column as text, every way of writing a missing answer as ''."""
    return ["" if cell.lower() in MISSING else cell for cell in file.text(column)]


def _yes(file: Table, column: str) -> NDArray[np.bool_]:
    words = {"1": True, "1.0": True, "true": True, "yes": True, "0": False, "0.0": False, "false": False, "no": False}
    cells = file.text(column)
    for row, cell in enumerate(cells):
        if cell.lower() not in words:
            raise file.refuse(row, column, cell, "1 or 0")
    return np.array([words[cell.lower()] for cell in cells])


def _among(file: Table, asked: list[str]) -> NDArray[np.bool_] | None:
    if not asked:
        return None
    inside = np.ones(len(file), dtype=bool)
    for words in asked:
        column, equals, value = words.partition("=")
        if not equals or not column:
            raise InputError(f"--among: expected COL=V, found {words!r}")
        inside &= hits(_labels(file, column.strip()), value.strip()) == 1
    if not inside.any():
        raise InputError(f"{file.name}: no row has {' and '.join(asked)}")
    return inside


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise InputError(f"--level: expected a number between 0 and 1, found {level:g}")
    return level
