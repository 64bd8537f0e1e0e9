"""Panel: one measure at one level over time, from stored panels where they stand, counted where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError, did_you_mean
from ..lake import Lake, month_of
from ..records import Organisations, Panel
from ..sources import organisations as organisations_source
from . import indicator
from .build import for_lake
from .held import SOURCES, months_held
from .levels import general_practices, merge, roll_up
from .model import Example, Measure, Search
from .numbers import Asked, find
from .prescribing import unidentified
from .published import TABLES
from .quick import catalogue_of
from .side import Counted

SIDES = ("numerator", "denominator")


READINGS = 32  # kept in mind as long as nothing is loaded; of 6,500 practices and 60 months each is 6 MB


@dataclass(frozen=True)
class Reading:
    """A panel and what it rests on.

    version: of an indicator; membership: the month whose memberships were used; left_out: organisations below
    with numbers that belong to none of the level.
    """

    panel: Panel
    measure: Measure
    version: str | None
    membership: str
    left_out: tuple[str, ...]


def panel(
    lake: Lake,
    measure_id: str,
    level: str,
    *,
    first: str | None = None,
    last: str | None = None,
    version: str | None = None,
    organisations: Organisations | None = None,
) -> Panel:
    """One measure at one level: practice ... nation, provider, specialty, or a level of the user's own.

    Every organisation with published numbers in the range has a row. Higher levels are ratios of sums, with the
    memberships of today (the latest month that the lake speaks of) for every month. A month that was not
    published is not there; a cell that is not known is NaN; a practice that prescribed and had nothing to count
    has 0. Of an indicator in several versions, the one that reaches the latest month is read unless one is named.

    Raises
    ------
    InputError
        If the measure, level, version or months are not known, or the measure matches nothing in the lake.
    """
    return read(lake, measure_id, level, first=first, last=last, version=version, organisations=organisations).panel


def adhoc(
    lake: Lake,
    numerator: Counted,
    denominator: Counted,
    level: str,
    *,
    first: str | None = None,
    last: str | None = None,
    organisations: Organisations | None = None,
) -> Panel:
    """Any numerator over any denominator at any level; every code in the rules must be known to the lake."""
    measure = unnamed(numerator, denominator)
    return read(lake, measure, level, first=first, last=last, organisations=organisations, strict=SIDES).panel


def read(
    lake: Lake,
    measure: str | Measure,
    level: str,
    *,
    first: str | None = None,
    last: str | None = None,
    version: str | None = None,
    organisations: Organisations | None = None,
    strict: Sequence[str] = (),
) -> Reading:
    """What `panel` gives, with what it rests on. `measure` may be a definition that stands nowhere yet.

    strict: the sides (numerator, denominator) of which every code must be known to the lake, as for codes typed.
    """
    every = for_lake(lake)
    definition = measure if isinstance(measure, Measure) else look_up(lake, measure, every)
    every = {**every, definition.id: definition}
    if version is not None and definition.kind != "indicator":
        raise InputError(f"measure {definition.id!r} has no versions; only an indicator has them")
    for side in strict:
        if unknown := unknown_codes(lake, getattr(definition, side)):
            known = catalogue_of(lake).codes
            near = did_you_mean(unknown[0], sorted({code[: len(unknown[0])] for code in known}))
            raise InputError(f"{side}: no presentation in the lake has {unknown[0]!r}{near}")
    kept: dict[tuple[str | None, ...], Reading] = lake.remember("measures.readings", dict)
    asked = (definition.id, definition.definition(every), level, first, last, version)
    if organisations is None and asked in kept:
        return kept[asked]
    merged = merge(organisations_source.read(lake), organisations)
    as_of = latest_month(lake)
    numbers = find(lake, definition, every, Asked(level, first, last, version, merged))
    grid = numbers.grid
    if numbers.level == "practice":
        # Nobody can be compared with unidentified prescribers, but the sums above hold what they prescribed.
        also = frozenset[str]() if level == "practice" else _unidentified(lake)
        grid = general_practices(grid, merged, also)
    if numbers.level != level:
        grid = roll_up(grid, level, merged, as_of)
    found = Panel(
        definition.id, level, grid.codes, np.array([month_of(m) for m in numbers.months], dtype="datetime64[M]"),
        grid.numerator, grid.denominator, numbers.source,
    )  # fmt: skip
    reading = Reading(found, definition, numbers.version, str(as_of), grid.left_out)
    if organisations is None:
        kept[asked] = reading
        while len(kept) > READINGS:
            kept.pop(next(iter(kept)))
    return reading


def unknown_codes(lake: Lake, rule: Counted) -> tuple[str, ...]:
    """The codes and names in a rule that no presentation of the lake has."""
    return catalogue_of(lake).unknown(rule) if rule.source == "prescribing" else ()


def look_up(lake: Lake, name: str, every: dict[str, Measure]) -> Measure:
    """A measure by id; an indicator table without a YAML of its own is a measure too, with a neutral direction."""
    if name in every:
        return every[name]
    names = lake.table("indicator").select("measure").distinct()
    loaded = lake.remember("measures.indicators", lambda: set(names.to_pyarrow()["measure"].to_pylist()))
    if name in loaded:
        return indicator.plain(name)
    hint = did_you_mean(name, [*every, *loaded])
    raise InputError(f"no measure {name!r}{hint}; `evenhand measures list` shows them all")


def unnamed(numerator: Counted, denominator: Counted) -> Measure:
    """The measure that two rules make, with nothing claimed about it."""
    nothing = "Asked for on the spot; nothing is written about it."
    same = numerator.sum is not None and numerator.sum == denominator.sum
    return Measure(
        id="unnamed", title=f"{numerator.words} over {denominator.words}", pathway="none", kind="prescribing",
        why_it_matters=nothing, numerator=numerator, denominator=denominator, is_share=False,
        unit=_unit(numerator, denominator, same), direction="neutral", cautions=nothing, how_to_change=nothing,
        find_patients=Search(words=nothing), minimum_denominator=0, review_due="2099-12-31",
        example=Example(expected="organisation | numerator | denominator | value"),
    )  # fmt: skip


def latest_month(lake: Lake) -> np.datetime64:
    """The latest month that anything in the lake speaks of: today, for memberships."""

    def find() -> int:
        # the months of rows stand in the manifest, the others in the files' footers: the query engine is asked nothing
        months = [month for kind in SOURCES for month in months_held(lake, kind)]
        dated = (*((tables[0], "month") for tables in TABLES.values()), ("indicator", "month"), ("list_size", "month"),
                 ("organisation", "as_of"))  # fmt: skip
        found = [lake.greatest(table, column) for table, column in dict.fromkeys(dated)]
        return max([*months, *(month for month in found if month is not None)], default=0)

    return month_of(lake.remember("measures.latest", find))


def _unidentified(lake: Lake) -> frozenset[str]:
    return lake.remember("measures.unidentified", lambda: unidentified(lake))


def _unit(numerator: Counted, denominator: Counted, same: bool) -> str:
    if denominator.patients:
        return f"{numerator.sum} per {denominator.patients:,} patients"
    return f"share of {numerator.sum}" if same else f"{numerator.sum} per {denominator.sum}"
