"""`evenhand change spread`: diffusion fitted to adoption over time, with what may come and how sure that is."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..change.spread import MODELS, YEAR, Spread, spread
from ..errors import InputError
from ..table import Table
from .door import add_columns, add_dates, filled, naming, number, one_date
from .output import add_output, emit

Dates = NDArray[np.datetime64]
Counts = NDArray[np.int64]

FARTHEST = 600  # steps ahead: beyond, a curve of four parameters says nothing (our rule)


def register(commands: Any) -> None:
    """Add `change spread`."""
    parser = commands.add_parser("spread", help="how a change spreads, and how far it will go", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="date and adopters so far; or new ones; or a row an adopter")
    add_columns(parser, date="date", adopters="adopters")
    parser.add_argument("--new", metavar="COL", help="FILE counts new adopters, in this column, not all so far")
    parser.add_argument("--unit", metavar="COL", help="FILE has a row an adopter: who, and --date when")
    parser.add_argument("--population", metavar="N|COL", help="how many could adopt: a number, or a column of FILE "
                        "[column population, if there is one]")  # fmt: skip
    parser.add_argument("--start", metavar="DATE", help="when the first could adopt: nobody had before")
    parser.add_argument("--until", metavar="DATE", help="forecast up to this date [as long again as was counted]")
    parser.add_argument("--model", choices=MODELS, default="bass", help="logistic: nobody starts by himself [bass]")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="fixes chance; 0 or more [1]")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    if options.seed < 0:
        raise InputError(f"--seed: expected a whole number of 0 or more, found {options.seed}")
    given = table.read(options.file, needs=[options.date])
    dates, adopters = _counts(given, options)
    if options.start:
        start = np.datetime64(one_date(options.start, "--start", options.day_first), "D")
        if start >= dates[0]:
            raise InputError(f"--start {start}: expected a day before the first count, which is of {dates[0]}")
        dates, adopters = np.concatenate([[start], dates]), np.concatenate([[0], adopters])
    with naming(given):
        found = spread(
            dates, adopters, _ahead(dates, options), population=_population(given, options), model=options.model,
            seed=options.seed,
        )  # fmt: skip
    rows = [{"date": str(d), "adopters": int(n), "what": "counted"} for d, n in zip(dates, adopters, strict=True)]
    future = [
        {"date": str(d), "median": m, "low_90": a, "high_90": b}
        for d, m, a, b in zip(found.ahead, found.median, found.low_90, found.high_90, strict=True)
    ]
    shown = [{"date": row["date"], "adopters": row["adopters"]} for row in rows] + future
    emit(options, document(found, future), shown, title=found.sentence, chart=lambda: _chart(found))


def document(found: Spread, future: list[dict[str, Any]]) -> dict[str, Any]:
    """The answer as JSON."""
    half = {name: _day(found.dates[-1], value) for name, value in found.half.as_json().items()}
    return {
        "model": found.model, "population": found.population if found.population_given else None,
        "observed": [{"date": str(d), "adopters": int(n)}
                     for d, n in zip(found.dates, found.adopters, strict=True)],
        "forecast": future, "p_per_year": found.p, "q_per_year": found.q, "ceiling": found.ceiling,
        "half_of_ceiling_by": half, "peak_passed": found.peak_passed,
        "new_adopters_per_adopter_a_quarter": found.per_adopter, "variance_over_chance": found.clumps,
        "told": found.told, "identified": all(word == "told" for word in found.told.values()),
        "sentence": found.sentence, "level": 0.9, "seed": found.seed,
    }  # fmt: skip


def _counts(given: Table, options: argparse.Namespace) -> tuple[Dates, Counts]:
    """Dates in order, and adopters so far on each."""
    if options.new and options.unit:
        raise InputError("--new and --unit: expected one of the two")
    dates = given.dates(options.date, day_first=options.day_first)
    if options.unit:
        who = filled(given, options.unit)
        first: dict[str, np.datetime64] = {}
        for unit, day in zip(who, dates, strict=True):
            first[unit] = min(first.get(unit, day), day)
        days, many = np.unique(np.array(list(first.values()), dtype="datetime64[D]"), return_counts=True)
        return days, np.cumsum(many).astype(np.int64)
    given.unique(options.date)
    column = options.new or options.adopters
    counted = given.numbers(column)
    for row in np.flatnonzero(np.isfinite(counted) & ((counted < 0) | (counted != np.round(counted)))):
        raise given.refuse(int(row), column, f"{counted[row]:g}", "a whole number of 0 or more")
    order = np.argsort(dates, kind="stable")
    if options.new:
        for row in np.flatnonzero(np.isnan(counted)):
            raise given.refuse(int(row), column, "a blank", "the new adopters; 0 if there were none")
        return dates[order], np.cumsum(counted[order]).astype(np.int64)
    order = order[np.isfinite(counted[order])]  # a day without a count is a longer wait for the next
    return dates[order], counted[order].astype(np.int64)


def _population(given: Table, options: argparse.Namespace) -> float | None:
    asked = options.population
    if asked is None and not given.has("population"):
        return None
    if asked is None or given.has(asked):
        column = asked or "population"
        values = given.numbers(column)
        known = np.unique(values[np.isfinite(values)])
        if len(known) != 1:
            raise InputError(f"{given.name}: column {column!r}: expected one number, the same on every row; "
                             f"found {len(known)}")  # fmt: skip
        return float(known[0])
    try:
        return number(asked)
    except (ValueError, argparse.ArgumentTypeError):
        raise InputError(f"--population {asked!r}: expected a number, or a column of {given.name}") from None


def _ahead(dates: Dates, options: argparse.Namespace) -> Dates:
    """The dates to forecast: in steps as counts were made, by the month where all are firsts of a month."""
    if len(dates) < 2:
        return dates[:0]
    months = dates.astype("datetime64[M]")
    monthly = bool((months.astype("datetime64[D]") == dates).all())
    step = int(np.median(np.diff((months if monthly else dates).astype(np.int64)))) or 1
    last = months[-1] if monthly else dates[-1]
    until = dates[-1] + (dates[-1] - dates[0])
    if options.until:
        until = np.datetime64(one_date(options.until, "--until", options.day_first), "D")
        if until <= dates[-1]:
            raise InputError(f"--until {until}: expected a day after the last count, which is of {dates[-1]}")
    steps = (last + step * np.arange(1, FARTHEST + 1)).astype("datetime64[D]")
    inside: Dates = steps[steps <= until]
    if not len(inside) or (options.until and inside[-1] < until and len(inside) < FARTHEST):
        inside = np.append(inside, until)
    return inside


def _day(last: np.datetime64, years: float) -> str:
    return str(last.astype("datetime64[D]") + round(years * YEAR))


def _chart(found: Spread) -> Any:
    from .. import charts

    line = found.population if found.population_given else None
    return charts.fan(
        found.dates, found.adopters.astype(np.float64), found.ahead, found.median, found.low_90, found.high_90,
        title="Who has adopted, and who may", subtitle=found.sentence, unit="adopters", line=line,
        line_words="" if line is None else f"{line:,.0f} could adopt",
    )  # fmt: skip
