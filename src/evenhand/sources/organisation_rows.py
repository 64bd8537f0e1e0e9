"""What every source of organisations leaves in the lake: coded names with a level, and dated memberships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES, Origin, Transaction, month_number
from ..when import parse_date
from .organisations import NATION, NATION_NAME
from .source import Loaded, Options, Source, outcome
from .unpack import Unpacked


@dataclass
class Rows:
    """Organisations (code -> name, level) and memberships (child, parent, start, end as month numbers)."""

    file: Unpacked
    organisations: dict[str, tuple[str, str]] = field(default_factory=dict)
    ties: dict[tuple[str, str, int | None, int | None], None] = field(default_factory=dict)

    def add(self, code: str, name: str, level: str) -> None:
        """An organisation; the first name that is not blank stays."""
        held = self.organisations.get(code)
        if held is not None and held[1] != level:
            raise InputError(f"{self.file.name}: {code!r} is both {held[1]} and {level}; a code has one level")
        if code and (held is None or not held[0]):
            self.organisations[code] = (name, level)

    def tie(self, child: str, parent: str, start: int | None = None, end: int | None = None) -> None:
        """A membership; a blank side says nothing."""
        if child and parent and child != parent:
            self.ties[child, parent, start, end] = None

    def nation(self) -> None:
        """England above every region."""
        regions = [code for code, (_, level) in self.organisations.items() if level == "region"]
        if regions:
            self.add(NATION, NATION_NAME, "nation")
        for region in regions:
            self.tie(region, NATION)


def month_in(file: Unpacked, row: int, column: str, cell: str) -> int | None:
    """The month number of a date in a cell, None if it is blank; refused with its row if it is no date."""
    if not cell.strip():
        return None
    try:
        return month_number(np.datetime64(parse_date(cell), "M"))
    except ValueError as error:
        raise InputError(
            f"{file.name}: row {row}, column {column!r}: expected {error}, found {cell!r}"
        ) from None


def stage_rows(
    transaction: Transaction, source: Source, key: str, rows: Rows, *, rank: int, as_of: int, counted: int,
    layout: str, options: Options, note: str = "",
) -> Loaded:  # fmt: skip
    """Stage organisations and memberships as one snapshot."""
    if not rows.organisations:
        raise InputError(f"{rows.file.name}: holds no organisation that can be used")
    marks = {"rank": rank, "as_of": as_of}
    named = [{"code": c, "name": n, "level": lev, **marks} for c, (n, lev) in sorted(rows.organisations.items())]
    tied = [
        {"child": c, "parent": p, "start": s, "end": e, **marks}
        for c, p, s, e in sorted(rows.ties, key=lambda t: (t[0], t[1], t[2] is not None, t[2] or 0))
    ]
    levels: dict[str, Any] = {"organisations": len(named), "memberships": len(tied)}
    for _, level in rows.organisations.values():
        levels[level] = levels.get(level, 0) + 1
    held = transaction.lake.snapshot("organisation", key)
    snapshot = transaction.stage(
        "organisation", key,
        {"organisation": _table("organisation", named), "membership": _table("membership", tied)},
        Origin(rows.file.label, rows.file.sha256, counted, levels, layout, source.name, options.note or note),
    )  # fmt: skip
    return outcome(source, rows.file, [held], [snapshot])


def latest(months: Iterable[int | None]) -> int:
    """The month that a file speaks for: the last date in it."""
    return max((month for month in months if month is not None), default=0)


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name])
