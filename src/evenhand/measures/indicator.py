"""Indicators: tables of numerators and denominators from elsewhere, in versions that never replace one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from ..errors import InputError, did_you_mean
from ..lake import Lake, month_of
from ..records import HOSPITAL_LEVELS, LEVELS
from .levels import Grid, grid_of
from .model import Example, Measure, Search
from .side import Counted


@dataclass(frozen=True)
class Version:
    """One extract of an indicator: the name it was loaded under, its version, levels, first and last month.

    `source` says which lake snapshots (table, key, sha256) it is.
    """

    name: str
    version: str
    levels: tuple[str, ...]
    first: int
    last: int
    rows: int
    source: tuple[str, ...] = ()

    @property
    def months(self) -> tuple[str, str]:
        """First and last month, YYYY-MM."""
        return str(month_of(self.first)), str(month_of(self.last))


def versions(lake: Lake, names: tuple[str, ...]) -> tuple[Version, ...]:
    """Every extract that is loaded under one of these names, by name and version."""
    table = lake.table("indicator")
    table = table.filter(table.measure.isin(names))
    snapshots = lake.snapshots("indicator")
    held = (
        table.group_by("measure", "version", "level")
        .aggregate(first=table.month.min(), last=table.month.max(), rows=table.count())
        .order_by("measure", "version", "level").to_pyarrow().to_pylist()
    )  # fmt: skip
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in held:
        found.setdefault((row["measure"], row["version"]), []).append(row)
    return tuple(
        Version(
            name, version, tuple(row["level"] for row in rows), min(row["first"] for row in rows),
            max(row["last"] for row in rows), sum(row["rows"] for row in rows),
            tuple(f"{s.table} {s.key} {s.sha256}" for s in snapshots if s.key.startswith(f"{name}/{version}/")),
        )
        for (name, version), rows in found.items()
    )  # fmt: skip


def choose(measure: Measure, held: tuple[Version, ...], wanted: str | None) -> Version:
    """The version asked for; otherwise the one that reaches the latest month.

    Raises
    ------
    InputError
        If nothing is loaded, no version has that name, or two reach the same latest month and none is named.
    """
    if not held:
        raise InputError(
            f"measure {measure.id!r}: nothing is loaded; load a table with "
            f"`evenhand indicator FILE --measure {(measure.indicator or (measure.id,))[0]}`"
        )
    names = ", ".join(repr(v.version) for v in held)
    if wanted is not None:
        fits = [v for v in held if v.version == wanted]
        if not fits:
            hint = did_you_mean(wanted, [v.version for v in held])
            raise InputError(f"measure {measure.id!r}: no version {wanted!r}{hint}; there are: {names}")
    else:
        latest = max(v.last for v in held)
        fits = [v for v in held if v.last == latest]
    if len(fits) > 1:
        raise InputError(
            f"measure {measure.id!r}: {len(fits)} versions reach {month_of(fits[0].last)}; choose one with --version: "
            f"{names}"
        )
    return fits[0]


def months(lake: Lake, version: Version) -> list[int]:
    """The months of a version, rising."""
    return sorted(int(month) for month in _rows(lake, version).select("month").distinct().to_pyarrow()[0].to_pylist())


def grid(lake: Lake, version: Version, level: str, within: Sequence[int]) -> Grid:
    """The numbers of one version at one level over these months."""
    rows = _rows(lake, version)
    rows = rows.filter((rows.level == level) & rows.month.isin(list(within)))
    return grid_of(rows.select("month", "code", "numerator", "denominator").to_pyarrow(), within)


def base_level(measure: Measure, version: Version, level: str) -> str:
    """The loaded level to start from: the one asked for, or the nearest below it."""
    if level in version.levels:
        return level
    if level in LEVELS:
        below = [lev for lev in LEVELS[LEVELS.index(level) + 1 :] if lev in version.levels]
        below += [lev for lev in HOSPITAL_LEVELS if lev in version.levels]
        if below:
            return below[0]
    elif level not in HOSPITAL_LEVELS:
        return next((lev for lev in reversed(LEVELS) if lev in version.levels), version.levels[0])
    raise InputError(
        f"measure {measure.id!r}: no numbers at or below level {level!r}; it was loaded at: {', '.join(version.levels)}"
    )


def _rows(lake: Lake, version: Version) -> ir.Table:
    table = lake.table("indicator")
    return table.filter((table.measure == version.name) & (table.version == version.version))


def plain(name: str) -> Measure:
    """The measure that an indicator table without a YAML of its own becomes: neutral, and nothing is claimed."""
    unknown = "Nothing is written about this indicator yet; add a measure file to say more."
    measure = Measure(
        id="loaded", title=name, pathway="none", kind="indicator", why_it_matters=unknown,
        numerator=Counted(words="the numerator of the table that was loaded"),
        denominator=Counted(words="the denominator of the table that was loaded"),
        unit="numerator / denominator", is_share=False, direction="neutral", indicator=("loaded",),
        cautions=unknown, how_to_change=unknown, find_patients=Search(words=unknown), minimum_denominator=0,
        review_due="2099-12-31", example=Example(expected="organisation | numerator | denominator | value"),
    )  # fmt: skip
    return measure.model_copy(update={"id": name, "indicator": (name,)})  # a table may have a name no measure can
