"""Numbers: a measure's published numbers, at the level where they are published, before anything is added up."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ..errors import InputError
from ..lake import Lake, month_number, month_of
from ..records import LEVELS, Organisations
from . import indicator, quick
from .build import as_rows
from .held import has_rows, months_held, source_names, stored_levels, stored_months, stored_rows
from .levels import Grid, grid_of
from .model import Measure
from .month import compute
from .published import TABLES
from .waits import COLUMN


@dataclass(frozen=True)
class Asked:
    """What a panel is asked for."""

    level: str
    first: str | None
    last: str | None
    version: str | None
    organisations: Organisations


@dataclass(frozen=True)
class Numbers:
    """A measure's published numbers at the level where they are published, before they are added up."""

    level: str
    months: list[int]
    grid: Grid
    source: tuple[str, ...]
    version: str | None = None


def find(lake: Lake, measure: Measure, every: dict[str, Measure], asked: Asked) -> Numbers:
    """The numbers from which the level that is asked for can be added up."""
    return (_loaded if measure.kind == "indicator" else _counted)(lake, measure, every, asked)


def _loaded(lake: Lake, measure: Measure, every: dict[str, Measure], asked: Asked) -> Numbers:
    """An indicator's numbers, as they were loaded."""
    names = tuple(dict.fromkeys((measure.id, *(measure.indicator or ()))))
    version = indicator.choose(measure, indicator.versions(lake, names), asked.version)
    level = indicator.base_level(measure, version, asked.level)
    months = _within(measure, indicator.months(lake, version), asked)
    return Numbers(level, months, indicator.grid(lake, version, level, months), version.source, version.version)


def _counted(lake: Lake, measure: Measure, every: dict[str, Measure], asked: Asked) -> Numbers:
    """A measure's own numbers: stored panels where they stand, counted now where they do not."""
    months = _within(measure, months_held(lake, measure.kind), asked)
    stored = stored_months(lake, months, measure, every)
    columns = []
    now = sorted(set(months) - set(stored))
    if lacking := next((month for month in now if not has_rows(lake, measure.kind, month)), None):
        raise InputError(
            f"measure {measure.id!r}: of {month_of(lacking)} the lake holds panels without rows, and this is none of "
            "them; load the month's files, or ask for other months"
        )
    at_once = now if quick.is_quick(measure) else []
    for month in now if not at_once else []:
        counted = compute(lake, month, [measure], every)
        if counted.refused:
            raise InputError(counted.refused[measure.id])
        columns += [(month, column) for column in counted.columns]
    if measure.kind in TABLES:
        there = {column.level for _, column in columns} | set(stored_levels(lake, measure, every, stored))
        level = _published_level(measure, asked.level, there)
    else:
        level = _base_level(measure, asked.level, asked.organisations)
    pieces = [stored_rows(lake, measure, every, level, stored)] if stored or not at_once else []
    pieces += [as_rows(column, month, "") for month, column in columns if column.level == level]
    pieces += [quick.rows(lake, measure, at_once)] if at_once else []
    rows = pa.concat_tables([piece.select(["month", "code", "numerator", "denominator"]) for piece in pieces])
    if measure.kind in TABLES:  # a year or month in which nothing of it was published is not there
        months = sorted(set(rows["month"].to_pylist()))
    grid = grid_of(rows, months)
    source = tuple(dict.fromkeys(s for month in months for s in source_names(lake, month, measure.kind)))
    return Numbers(level, months, grid, source)


def _within(measure: Measure, held: list[int], asked: Asked) -> list[int]:
    if not held:
        raise InputError(f"measure {measure.id!r}: the lake holds no month of {measure.kind}; `evenhand load` it first")
    low = month_number(asked.first) if asked.first else held[0]
    high = month_number(asked.last) if asked.last else held[-1]
    chosen = [month for month in held if low <= month <= high]
    if not chosen:
        raise InputError(
            f"measure {measure.id!r}: no month between {month_of(low)} and {month_of(high)}; "
            f"the lake holds {month_of(held[0])} to {month_of(held[-1])}"
        )
    return chosen


def _published_level(measure: Measure, level: str, there: set[str]) -> str:
    """The published level to start from: the one asked for, or the nearest below it."""
    if not there:
        raise InputError(f"measure {measure.id!r}: nothing of it was published in the months that the lake holds")
    if level in there:
        return level
    below = LEVELS[LEVELS.index(level) + 1 :] if level in LEVELS else tuple(reversed(LEVELS))
    found = [name for name in (*below, "provider") if name in there]
    if level == "specialty" or level == "provider" or not found:
        raise InputError(f"measure {measure.id!r} is published by {', '.join(sorted(there))}; not by {level}")
    return found[0]


def _base_level(measure: Measure, level: str, organisations: Organisations) -> str:
    """The published level that a level is added up from."""
    if measure.kind == "prescribing":
        if level in ("provider", "specialty"):
            raise InputError(f"measure {measure.id!r} counts GP prescribing; there is no level {level!r}")
        return "practice"
    if level in COLUMN:
        return level
    if level in ("practice", "pcn"):
        raise InputError(f"measure {measure.id!r} counts waits, published by {', '.join(COLUMN)}; not by {level}")
    if level in LEVELS:
        return "sicbl"
    ties = zip(organisations.child, organisations.parent, strict=True)
    kinds = {organisations.level(child) for child, parent in ties if organisations.level(parent) == level}
    return "provider" if "provider" in kinds else "sicbl"
