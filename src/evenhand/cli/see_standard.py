"""What a standardised rate needs at the door: ages, and a standard from a file, a column or a published table."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..see import Standardised, direct, european_population, indirect
from .door import above_nothing, filled

ESP = "esp2013"
PEOPLE = ("standard", "population", "pop", "std", "stdpop", "standard_population", "people", "weight", ESP)

Floats = NDArray[np.float64]


def standardised(
    options: argparse.Namespace, rows: table.Table, groups: list[str], levels: tuple[float, ...]
) -> Standardised:
    """The directly (dsr) or indirectly (isr, smr) standardised rates of the groups."""
    top, bottom = rows.numbers(options.numerator), rows.numbers(options.denominator)
    ages = _ages(options, rows)
    if options.kind == "dsr":
        weight = _people(options, rows, ages)
        often = above_nothing(rows, options.frequency) if options.frequency else None
        columns = [top, bottom, weight, *([] if often is None else [often])]
        if _has_ages(options, rows):
            groups, ages, columns = _completed(groups, ages, columns)
        found = direct(groups, ages, *columns[:3], levels=levels, frequency=None if often is None else columns[3])
        _warn(rows, found, "has fewer than 10 events, a missing number, or nobody of some age")
        return found
    events, people, usual = _reference(options, rows, ages, top, bottom)
    found = indirect(groups, ages, top, bottom, events, people, levels=levels, rate=options.kind == "isr", usual=usual)
    _warn(rows, found, "has a missing number or nothing to expect")
    return found


def _ages(options: argparse.Namespace, rows: table.Table) -> list[str]:
    """The age of each row; each row is a stratum of its own where none is needed."""
    return filled(rows, options.age) if _has_ages(options, rows) else [str(row) for row in range(len(rows))]


def _has_ages(options: argparse.Namespace, rows: table.Table) -> bool:
    """Whether the rows say their age; they need not where the standard stands in the rows themselves."""
    in_rows = bool(options.reference_numerator) or (options.standard is not None and rows.has(options.standard))
    return not (options.age == "age" and not rows.has("age") and in_rows)


def _people(options: argparse.Namespace, rows: table.Table, ages: list[str]) -> Floats:
    """People of the standard population in each row's age."""
    asked = options.standard or ESP
    if rows.has(asked):
        return rows.numbers(asked)
    if asked == ESP:
        return european_population(ages)
    standard = _file(asked, options)
    column = _only(standard, options, ("--standard", *PEOPLE, options.denominator))
    return _looked_up(standard, _age_column(standard, options), _counts(standard, column), ages, rows, options.age)


def _reference(
    options: argparse.Namespace, rows: table.Table, ages: list[str], top: Floats, bottom: Floats
) -> tuple[Floats, Floats, float | None]:
    """Events and people of the reference in each row's age, and its own rate where it is one for all rows."""
    if bool(options.reference_numerator) != bool(options.reference_denominator):
        raise InputError("--reference-numerator and --reference-denominator: expected both or neither")
    if options.standard in (None, "all") and not options.reference_numerator:
        total: dict[str, Floats] = {}
        for age, a, b in zip(ages, top, bottom, strict=True):
            total[age] = total.get(age, np.zeros(2)) + (np.array([a, b]) if np.isfinite(a + b) else 0.0)
        both = np.array([total[age] for age in ages])
        return both[:, 0], both[:, 1], _usual(ages, both[:, 0], both[:, 1])
    if options.standard is None:
        return rows.numbers(options.reference_numerator), rows.numbers(options.reference_denominator), None
    if options.standard == ESP:
        raise InputError(f"--standard {ESP}: holds people and no events; expected a file of events and people by age")
    standard = _file(options.standard, options)
    names = (options.reference_numerator or options.numerator, options.reference_denominator or options.denominator)
    standard.need(*names)
    age = _age_column(standard, options)
    events, people = (
        _looked_up(standard, age, _counts(standard, name), ages, rows, options.age) for name in names
    )
    return events, people, _usual(ages, events, people)


def _usual(ages: list[str], events: Floats, people: Floats) -> float | None:
    """The reference's rate over every age that a row of FILE has: one for all groups, whatever ages each lacks."""
    one = dict(zip(ages, zip(events, people, strict=True), strict=True))
    top, bottom = (float(sum(pair[side] for pair in one.values())) for side in (0, 1))
    return top / bottom if bottom > 0 else None


def _counts(standard: table.Table, column: str) -> Floats:
    """A column of people or events, none below 0."""
    values = standard.numbers(column, missing=False)
    if (wrong := np.flatnonzero(values < 0)).size:
        raise standard.refuse(int(wrong[0]), column, standard.text(column)[wrong[0]], "a number of 0 or more")
    return values


def _file(path: str, options: argparse.Namespace) -> table.Table:
    if not Path(path).exists():
        raise InputError(f"--standard {path}: expected {ESP}, a column of {options.file}, or a file")
    return table.read(path)


def _age_column(standard: table.Table, options: argparse.Namespace) -> str:
    """The standard's age column: named as in FILE, or `age`, or else its first."""
    for name in (options.age, "age", "ageband", "age_band"):
        if standard.has(name):
            return name
    return next(iter(standard.columns))


def _only(standard: table.Table, options: argparse.Namespace, known: tuple[str, ...]) -> str:
    """The column of people: a name that says so, or the only other column."""
    others = [name for name in standard.columns if name != _age_column(standard, options)]
    for name in known:
        if name in others:
            return name
    if len(others) == 1:
        return others[0]
    raise InputError(f"{standard.name}: expected one column of people beside the ages, found {', '.join(others)}; "
                     "call it 'population'")  # fmt: skip


def _looked_up(
    standard: table.Table, column: str, values: Floats, ages: list[str], rows: table.Table, own: str
) -> Floats:
    standard.unique(column)
    held = dict(zip(standard.text(column), values, strict=True))
    for row, age in enumerate(ages):
        if age not in held:
            raise rows.refuse(row, own, age, f"an age of {standard.name}")
    return np.array([held[age] for age in ages])


def _completed(groups: list[str], ages: list[str], columns: list[Floats]) -> tuple[list[str], list[str], list[Floats]]:
    """A row with a missing number for each age that a group lacks and another has: what is missing is not nought."""
    weight = dict(zip(ages, columns[2], strict=True))
    there = set(zip(groups, ages, strict=True))
    absent = [(g, a) for g in dict.fromkeys(groups) for a in weight if (g, a) not in there]
    gap = np.full(len(absent), np.nan)
    more = [gap, gap, np.array([weight[a] for _, a in absent]), np.ones(len(absent))][: len(columns)]
    return ([*groups, *(g for g, _ in absent)], [*ages, *(a for _, a in absent)],
            [np.concatenate(pair) for pair in zip(columns, more, strict=True)])  # fmt: skip


def _warn(rows: table.Table, found: Standardised, why: str) -> None:
    missing = [unit or "the file" for unit, value in zip(found.units, found.value, strict=True) if np.isnan(value)]
    if missing:
        shown = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "")
        print(f"evenhand: warning: {rows.name}: {shown} {why}; no rate is given", file=sys.stderr)
