"""Panel: one measure at one level over time, from stored panels where they stand, counted where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..errors import InputError, did_you_mean
from ..lake import Lake, month_number, month_of
from ..records import Organisations, Panel
from ..sources import organisations as organisations_source
from . import indicator
from .build import for_lake, hash_of, is_stored, months_held, source_names
from .levels import Grid, merge, only_practices, roll_up
from .model import Example, Measure, Search
from .month import compute
from .rule import Counted
from .waits import COLUMN


@dataclass(frozen=True)
class Reading:
    """A panel and what it rests on: which version of an indicator, whose membership, who was left out."""

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
    return read(lake, measure, level, first=first, last=last, organisations=organisations, strict=True).panel


def read(
    lake: Lake,
    measure: str | Measure,
    level: str,
    *,
    first: str | None = None,
    last: str | None = None,
    version: str | None = None,
    organisations: Organisations | None = None,
    strict: bool = False,
) -> Reading:
    """What `panel` gives, with what it rests on. `measure` may be a definition that stands nowhere yet."""
    every = for_lake(lake)
    definition = measure if isinstance(measure, Measure) else look_up(lake, measure, every)
    every = {**every, definition.id: definition}
    if version is not None and definition.kind != "indicator":
        raise InputError(f"measure {definition.id!r} has no versions; only an indicator has them")
    if strict:
        _known_codes(lake, definition)
    merged = merge(organisations_source.read(lake), organisations)
    as_of = latest_month(lake)
    months = _months(lake, definition, first, last, version)
    if definition.kind == "indicator":
        chosen = indicator.choose(definition, indicator.versions(lake, _names(definition)), version)
        base = indicator.base_level(definition, chosen, level)
        grid = _indicator_grid(lake, chosen, base, months)
        source: tuple[str, ...] = _indicator_source(lake, chosen)
        used: str | None = chosen.version
    else:
        base = _base_level(definition, level, merged)
        grid = _counted_grid(lake, definition, every, base, months)
        source = tuple(dict.fromkeys(s for m in months for s in source_names(lake, m, definition.kind)))
        used = None
    if base == "practice":
        grid = only_practices(grid, merged)
    if base != level:
        grid = roll_up(grid, level, merged, as_of)
    found = Panel(
        definition.id, level, grid.codes, np.array([month_of(m) for m in months], dtype="datetime64[M]"),
        grid.numerator, grid.denominator, source,
    )  # fmt: skip
    return Reading(found, definition, used, str(as_of), grid.left_out)


def look_up(lake: Lake, name: str, every: dict[str, Measure]) -> Measure:
    """A measure by id; an indicator table without a YAML of its own is a measure too, with a neutral direction."""
    if name in every:
        return every[name]
    table = lake.table("indicator")
    loaded = lake.remember("measures.indicators", lambda: set(table.measure.as_table().distinct().execute()["measure"]))
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
        months = [*months_held(lake)]
        for table, column in (("indicator", "month"), ("list_size", "month"), ("organisation", "as_of")):
            found = lake.table(table)[column].max().execute()
            if found is not None and found == found:
                months.append(int(found))
        return max(months, default=0)

    return month_of(lake.remember("measures.latest", find))


def _known_codes(lake: Lake, measure: Measure) -> None:
    from . import catalogue

    held = catalogue.read(lake.table("presentation"))
    for side, rule in (("numerator", measure.numerator), ("denominator", measure.denominator)):
        if rule.source == "prescribing" and (unknown := held.unknown(rule)):
            raise InputError(
                f"{side}: no presentation in the lake has {unknown[0]!r}"
                f"{did_you_mean(unknown[0], {code[:len(unknown[0])] for code in held.codes})}"
            )


def _unit(numerator: Counted, denominator: Counted, same: bool) -> str:
    if denominator.patients:
        return f"{numerator.sum} per {denominator.patients:,} patients"
    return f"share of {numerator.sum}" if same else f"{numerator.sum} per {denominator.sum}"


def _names(measure: Measure) -> tuple[str, ...]:
    return tuple(dict.fromkeys((measure.id, *(measure.indicator or ()))))


def _months(lake: Lake, measure: Measure, first: str | None, last: str | None, version: str | None) -> list[int]:
    if measure.kind == "indicator":
        chosen = indicator.choose(measure, indicator.versions(lake, _names(measure)), version)
        held = sorted({int(m) for lev in chosen.levels
                       for m in indicator.rows(lake, chosen, lev).month.as_table().distinct().execute()["month"]})  # fmt: skip
    else:
        held = months_held(lake, measure.kind)
    if not held:
        raise InputError(f"measure {measure.id!r}: the lake holds no month of {measure.kind}; `evenhand load` it first")
    low = month_number(first) if first else held[0]
    high = month_number(last) if last else held[-1]
    chosen_months = [m for m in held if low <= m <= high]
    if not chosen_months:
        raise InputError(
            f"measure {measure.id!r}: no month between {month_of(low)} and {month_of(high)}; "
            f"the lake holds {month_of(held[0])} to {month_of(held[-1])}"
        )
    return chosen_months


def _base_level(measure: Measure, level: str, organisations: Organisations) -> str:
    if measure.kind == "prescribing":
        if level in ("provider", "specialty"):
            raise InputError(f"measure {measure.id!r} counts GP prescribing; there is no level {level!r}")
        return "practice"
    if level in COLUMN:
        return level
    if level in ("practice", "pcn"):
        raise InputError(f"measure {measure.id!r} counts waits, published by {', '.join(COLUMN)}; not by {level}")
    children = {c for c, p in zip(organisations.child, organisations.parent, strict=True)
                if organisations.level(p) == level}  # fmt: skip
    return "provider" if any(organisations.level(c) == "provider" for c in children) else "sicbl"


def _counted_grid(lake: Lake, measure: Measure, every: dict[str, Measure], base: str, months: Sequence[int]) -> Grid:
    stored = [m for m in months if is_stored(lake, m, measure, every)]
    pieces = [_stored_rows(lake, measure, every, base, stored)] if stored else []
    for month in sorted(set(months) - set(stored)):
        counted = compute(lake, month, [measure], every)
        if counted.refused:
            raise InputError(counted.refused[measure.id])
        for column in counted.columns:
            if column.level == base:
                pieces.append(pa.table({
                    "month": pa.array([month] * len(column.codes), pa.int16()), "code": pa.array(column.codes, pa.string()),
                    "numerator": column.numerator, "denominator": column.denominator,
                }))  # fmt: skip
    return _grid(pa.concat_tables(pieces), months)


def _stored_rows(lake: Lake, measure: Measure, every: dict[str, Measure], base: str, months: Sequence[int]) -> pa.Table:
    panel = lake.table("panel")
    hashes = [hash_of(lake, month, measure, every) for month in months]
    return panel.filter(
        (panel.measure == measure.id) & (panel.level == base)
        & panel.month.isin(list(months)) & panel.definition.isin(hashes)
    ).select("month", "code", "numerator", "denominator").to_pyarrow()  # fmt: skip


def _indicator_grid(lake: Lake, version: indicator.Version, level: str, months: Sequence[int]) -> Grid:
    rows = indicator.rows(lake, version, level)
    return _grid(rows.filter(rows.month.isin(list(months))).to_pyarrow(), months)


def _indicator_source(lake: Lake, version: indicator.Version) -> tuple[str, ...]:
    held = lake.snapshots("indicator")
    return tuple(f"{s.table} {s.key} {s.sha256}" for s in held if s.key.startswith(f"{version.name}/{version.version}"))


def _grid(rows: pa.Table, months: Sequence[int]) -> Grid:
    codes, row = np.unique(np.array(rows["code"].to_pylist(), dtype=object).astype(str), return_inverse=True)
    column = np.searchsorted(np.array(months), rows["month"].to_numpy())
    sides = []
    for name in ("numerator", "denominator"):
        cells = np.full((len(codes), len(months)), np.nan)
        cells[row, column] = rows[name].to_numpy(zero_copy_only=False).astype(np.float64)
        sides.append(cells)
    return Grid(tuple(str(code) for code in codes), sides[0], sides[1])
