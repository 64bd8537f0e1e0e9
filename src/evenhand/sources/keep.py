"""Keep: what a source read becomes snapshots, one a month, after it was held against what the source holds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..lake import TABLES, Origin, Snapshot, Transaction, month_of
from ..when import parse_date
from .source import Loaded, Options, Source, outcome
from .unpack import Unpacked

_STAYING = 0.95  # our rule: a later release of a month holds at least this share of the rows held
_NAMES = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_IN_NAME = re.compile(
    r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?[0-3]\d)?(?!\d)"
    rf"|(?<![a-z])({_NAMES})[-_ ]*(?:(20\d\d)\d?|(\d\d))(?!\d)", re.IGNORECASE,
)  # fmt: skip
_YEARS = re.compile(r"(?<!\d)(?:20)?(\d\d)[-_/ ]?(?:20)?(\d\d)(?!\d)")


def keep(
    transaction: Transaction, source: Source, file: Unpacked, key: str, parts: Mapping[str, pa.Table], *, counted: int,
    layout: str, options: Options, totals: Mapping[str, Any] | None = None, note: str = "",
) -> Loaded:  # fmt: skip
    """Stage one snapshot of one or more tables; the first names it. counted: rows of the source."""
    held, new = _one(transaction, source, file, key, parts, counted, dict(totals or {}), layout, options, note)
    return outcome(source, file, [held], [new], note=note)


def keep_months(
    transaction: Transaction, source: Source, file: Unpacked, table: str, rows: pa.Table, *, layout: str,
    options: Options, sums: tuple[str, ...] = (), suffix: str = "", note: str = "",
) -> Loaded:  # fmt: skip
    """Stage rows that carry their `month`, one snapshot a month (`month` or `month/suffix`); sums: columns to total."""
    before, after = [], []
    for number in sorted(set(rows["month"].to_pylist())):
        part = rows.filter(pc.equal(rows["month"], pa.scalar(number, rows.schema.field("month").type)))
        totals = {name: total(part[name]) for name in sums}
        key = f"{month_of(number)}/{suffix}" if suffix else str(month_of(number))
        held, new = _one(transaction, source, file, key, {table: part}, part.num_rows, totals, layout, options, note)
        before.append(held)
        after.append(new)
    return outcome(source, file, before, after, note=note)


def total(column: pa.ChunkedArray) -> int | float:
    """A column's sum; exact whatever the order of rows."""
    if pa.types.is_integer(column.type):
        return int(pc.sum(column).as_py() or 0)
    return math.fsum(pc.drop_null(column).to_pylist())


def agree(file: Unpacked, what: str, counted: float, kept: float) -> None:
    """Refuse if what would be kept is not what the source was counted to hold."""
    if not math.isclose(counted, kept, rel_tol=1e-9, abs_tol=1e-6):
        raise InputError(f"{file.name}: {what} add up to {counted:,.2f} in the file but {kept:,.2f} would be kept")


def fill(table: str, rows: pa.Table, **constant: Any) -> pa.Table:
    """Rows with every column of a table: the ones given for all rows, and nothing where the file says nothing."""
    schema = TABLES[table]
    for name in schema.names:
        if name not in rows.schema.names:
            value = pa.scalar(constant.get(name), schema.field(name).type)
            rows = rows.append_column(name, pa.repeat(value, rows.num_rows))
    return rows.select(schema.names).cast(schema)


def month_in(name: str) -> str | None:
    """The month that a file's name says, as YYYY-MM; None if it says none.

    >>> month_in("Full-CSV-data-file-Apr25-ZIP-4M-12345.zip"), month_in("EPD_202506"), month_in("figures.csv")
    ('2025-04', '2025-06', None)
    """
    match = next(iter(_IN_NAME.finditer(name)), None)
    if match is None:
        return None
    text = f"{match[1]}-{match[2]}" if match[1] else f"01{match[3][:3]}{match[4] or '20' + match[5]}"
    return str(np.datetime64(parse_date(text), "M"))


def month_said(file: Unpacked, options: Options) -> str:
    """The month of a file that does not hold it: `--month`, or the one in its name."""
    try:
        if options.month:
            return str(np.datetime64(parse_date(options.month), "M"))
    except ValueError:
        pass
    else:
        found = month_in(file.label)
        if found:
            return found
    raise InputError(f"{file.name}: neither the file nor its name says its month; say --month YYYY-MM")


def year_said(file: Unpacked, options: Options, *, ends: bool) -> str:
    """The year, April to March, of a file that does not hold it, as its last month (ends) or its first.

    From `--month` (any month of that year) or from a name such as `2022-23`, `2425` or `2024_2025`.
    """
    if options.month:
        month = np.datetime64(month_said(file, options), "M").astype(object)
        first = month.year if month.month >= 4 else month.year - 1
        return f"{first + 1}-03" if ends else f"{first}-04"
    for match in reversed(list(_YEARS.finditer(file.label))):
        if (int(match[1]) + 1) % 100 == int(match[2]):
            return f"20{match[2]}-03" if ends else f"20{match[1]}-04"
    raise InputError(f"{file.name}: neither the file nor its name says its year; say --month with a month of it")


def _one(
    transaction: Transaction, source: Source, file: Unpacked, key: str, parts: Mapping[str, pa.Table], counted: int,
    totals: dict[str, Any], layout: str, options: Options, note: str,
) -> tuple[Snapshot | None, Snapshot]:  # fmt: skip
    table = next(iter(parts))
    held = transaction.lake.snapshot(table, key)
    whole = {name: rows.select(TABLES[name].names).cast(TABLES[name]) for name, rows in parts.items()}
    if held is not None and held.sha256 != file.sha256 and not options.replace and counted < _STAYING * held.rows:
        raise InputError(
            f"{file.name}: {table} {key} is held with {held.rows:,} rows and this file has {counted:,}; say --replace "
            "if it is meant to take its place"
        )
    origin = Origin(
        file.label, file.sha256, counted, totals or {"rows": counted}, layout, source.name, options.note or note
    )
    return held, transaction.stage(table, key, whole, origin)
