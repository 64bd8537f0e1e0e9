"""`evenhand listen instruments | sample | power | intake`: before the answers are in, and how they come in."""

from __future__ import annotations

import argparse
import math
import secrets
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError, did_you_mean
from ..listen import Instrument, Intake, Question, instruments, intake, seconds, size
from ..listen.instrument import load_instrument
from ..listen.intake import read_events, read_invited
from ..listen.planning import plan
from ..listen.sample import ALLOCATIONS, LEAST, draw
from ..listen.timing import question_seconds
from ..table import Table
from ..when import parse_time
from .listen_design import labels, level, named
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the commands that collect answers."""
    _register_instruments(commands)
    _register_sample(commands)
    _register_intake(commands)
    _register_power(commands)


def _register_instruments(commands: Any) -> None:
    parser = commands.add_parser("instruments", help="list, show and check survey files", allow_abbrev=False)
    parser.add_argument("action", nargs="?", choices=("list", "show", "check"), default="list", help="[list]")
    parser.add_argument("paths", nargs="*", metavar="ID|PATH", help="YAML files or folders, or ids; all if none")
    add_output(parser)
    parser.set_defaults(run=_instruments)


def _register_sample(commands: Any) -> None:
    parser = commands.add_parser("sample", help="draw whom to ask from a staff frame", allow_abbrev=False)
    parser.add_argument("file", metavar="FRAME", help="one row a person; - for standard input")
    parser.add_argument("--n", type=int, required=True, help="people to ask")
    parser.add_argument("--strata", metavar="COL,COL", default="", help="draw within each combination of these")
    parser.add_argument("--allocation", choices=ALLOCATIONS, default="proportional", help="[proportional]")
    parser.add_argument("--least", type=int, default=LEAST, metavar="N", help=f"of each stratum at least [{LEAST}]")
    parser.add_argument("--person", metavar="COL", default="person", help="who each row is [person]")
    parser.add_argument("--key", type=Path, metavar="FILE", help="token and person: keep apart, delete at the close")
    parser.add_argument("--keep", metavar="COL,COL", default="", help="more columns that --out may have")
    parser.add_argument("--seed", type=int, help="[drawn, and said]")
    add_output(parser)
    parser.set_defaults(run=_sample)


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
    parser.add_argument("--share", type=float, help="the share expected; 0.5 if nobody knows")
    parser.add_argument("--margin", type=float, required=True, help="half the width of its interval, as 0.03")
    parser.add_argument("--population", type=float, default=math.nan, help="people in all")
    parser.add_argument("--response-rate", type=float, default=1.0, help="share of those invited who answer [1]")
    parser.add_argument("--deff", type=float, default=1.0, help="design effect of clusters and weights [1]")
    parser.add_argument("--strata", metavar="FILE", help="stratum,population[,share,response_rate]: a plan by stratum")
    parser.add_argument("--goal", choices=("all", "each"), default="all",
                        help="the margin is of everybody's share, or of every stratum's [all]")
    parser.add_argument("--allocation", choices=("neyman", *ALLOCATIONS), default="neyman", help="[neyman]")
    parser.add_argument("--level", type=float, default=0.95, help="coverage of the interval [0.95]")
    add_output(parser)
    parser.set_defaults(run=_power)


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
    if options.strata:
        _power_by_stratum(options)
        return
    if options.share is None:
        raise InputError("--share is missing; 0.5 if nobody knows (or name a file of strata with --strata)")
    found = size(
        options.share, options.margin, population=options.population, response_rate=options.response_rate,
        deff=options.deff, level=level(options.level),
    )  # fmt: skip
    emit(options, found, [found.as_json()], title="Answers and invitations needed")


def _power_by_stratum(options: argparse.Namespace) -> None:
    file = table.read(options.strata)
    file.unique("stratum")
    people = file.numbers("population", missing=False)
    if (bad := np.flatnonzero((people < 1) | (people != np.round(people)))).size:
        raise file.refuse(int(bad[0]), "population", f"{people[bad[0]]:g}", "a whole number of people")

    def every(column: str, given: float | None) -> NDArray[np.float64]:
        if file.has(column):
            return file.numbers(column, missing=False)
        if given is None:
            raise InputError(f"{file.name}: no column {column!r}; expected one, or --{column}")
        return np.full(len(file), given)

    found = plan(
        file.text("stratum"), people.astype(np.int64), every("share", options.share), options.margin,
        goal=options.goal, allocation=options.allocation, deff=options.deff, level=level(options.level),
        response_rates=every("response_rate", options.response_rate),
    )  # fmt: skip
    emit(options, found, [row.as_json() for row in found.strata],
         title=f"{found.answers:,} answers from {found.invitations:,} people: everybody's share within "
         f"{found.margin:.3f}")


def _instruments(options: argparse.Namespace) -> int:
    own = instruments()
    paths = [path for word in options.paths or own for path in _yaml_files(word, own)]
    rows: list[dict[str, Any]] = []
    failed = False
    for path in paths:
        try:
            survey = load_instrument(path)
        except InputError as error:
            if options.action != "check":
                raise
            rows.append({"id": path.stem, "title": None, "questions": None, "seconds": None, "problem": str(error)})
            failed = True
            continue
        rows.append({
            "id": survey.id, "title": survey.title, "questions": len(survey.questions),
            "seconds": round(seconds(survey.questions), 1), "checked_by": survey.checked_by, "problem": None,
        })  # fmt: skip
    if options.action == "show":
        shown = [load_instrument(path) for path in paths]
        lines = [_question_row(s, q) for s in shown for q in s.questions]
        emit(options, [s.model_dump(mode="json") | {"seconds": seconds(s.questions)} for s in shown], lines,
             title="; ".join(s.title for s in shown))
        return 0
    emit(options, {"instruments": rows}, rows, title="Surveys, at most three minutes each")
    if failed:
        first = next(row["problem"] for row in rows if row["problem"])
        raise InputError(str(first))
    return 0


def _yaml_files(word: str, own: dict[str, Path]) -> list[Path]:
    path = Path(word)
    if path.is_dir():
        return sorted(path.rglob("*.y*ml"))
    if word in own:
        return [own[word]]
    if not word.endswith((".yaml", ".yml")):
        raise InputError(f"no survey {word!r}{did_you_mean(word, own)}; there are: {', '.join(own)}")
    return [path]


def _question_row(survey: Instrument, question: Question) -> dict[str, Any]:
    skip = "; ".join(f"{other} is {' or '.join(answers)}" for other, answers in question.asked_if.items())
    said = ", ".join(question.options.values()) or (f"{question.low:g} to {question.high:g} {question.unit}".strip()
                                                    if question.low is not None else "")  # fmt: skip
    return {"survey": survey.id, "question": question.id, "type": question.type, "text": question.text,
            "answers": said, "asked_if": skip, "seconds": round(question_seconds(question), 1)}  # fmt: skip


def _sample(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    strata = named(options.strata)
    cells = [labels(file, column) for column in strata]
    for column, values in zip(strata, cells, strict=True):
        if "" in values:
            raise file.refuse(values.index(""), column, "", "a stratum for everybody")
    kept = named(options.keep)
    if options.person in kept:
        raise InputError(f"--keep: {options.person!r} says who somebody is; the sample names nobody (see --key)")
    file.need(*kept)
    if options.key is not None or file.has(options.person):
        file.unique(options.person)
    seed = secrets.randbits(63) if options.seed is None else options.seed
    joined = [" / ".join(values) for values in zip(*cells, strict=True)] if cells else ["all"] * len(file)
    found = draw(joined, options.n, seed=seed, allocation=options.allocation, least=options.least)
    columns = {name: file.text(name) for name in dict.fromkeys([*strata, *kept])}
    rows = [
        {"token": token, "stratum": found.strata[found.stratum[i]]}
        | {name: column[row] for name, column in columns.items()}
        | {"weight": float(found.weights[i]), "population_size": int(found.population_size[i])}
        for i, (token, row) in enumerate(zip(found.tokens, found.rows.tolist(), strict=True))
    ]
    if options.out is not None:
        emit(argparse.Namespace(out=options.out, json=False), rows, rows)
    if options.key is not None:
        who = file.text(options.person)
        link = [{"token": token, options.person: who[row]}
                for token, row in zip(found.tokens, found.rows.tolist(), strict=True)]  # fmt: skip
        emit(argparse.Namespace(out=options.key, json=False), link, link)
    shown = [{"stratum": name, "population": int(N), "sampled": int(n), "weight": float(N / n) if n else None}
             for name, N, n in zip(found.strata, found.population, found.sampled, strict=True)]  # fmt: skip
    document = {"n": len(rows), "population": len(file), "allocation": options.allocation, "seed": seed,
                "strata": shown}  # fmt: skip
    emit(argparse.Namespace(out=None, json=options.json), document, shown,
         title=f"{len(rows):,} of {len(file):,} people, seed {seed}")
