"""England's own published series of waits (RTT) and of A&E, month by month, from the publisher's workbooks.

RTT: one sheet, groups of columns (incomplete, admitted, non-admitted) with a line each; A&E: sheets of activity and
performance, the sites of a field test beside all others. A line is called by its sheet, block, group and own heading.
`-` and `52+` are no numbers and are left out, and so is what has no month beside it: yearly sums and notes.
"""

from __future__ import annotations

import re

import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES, Transaction, month_number
from ..when import parse_date
from . import workbook
from .keep import keep
from .source import Loaded, Options, Source
from .unpack import Unpacked, plain_name

_SHEETS = {"rtt": ("full_time_series",), "ae": ("activity", "performance")}
_MOST = 1e9  # our rule
_MONTH = re.compile(r"(\d{4})-(\d\d)-\d\d")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """The sheets that one of the two workbooks has."""
    return () if file.kind == "xlsx" and _series(file) else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every line of the sheets that hold the series."""
    series = _series(file) or ""
    found: dict[tuple[int, str], float] = {}
    for title, rows in workbook.sheets(file).items():
        head = next((i for i, row in enumerate(rows) if any(map(_MONTH.fullmatch, row))), None)
        if head is None or plain_name(title) not in _SHEETS[series]:
            continue
        names = _names(rows[:head], rows[head], "" if series == "rtt" else plain_name(title))
        for number, row in enumerate(rows[head:], start=head + 1):
            _read_row(file, f"sheet {title!r}, row {number}", row, names, found)
    if not found:
        raise InputError(f"{file.name}: no sheet has a month with numbers beside it")
    listed = [{"series": series, "month": m, "item": item, "value": v} for (m, item), v in sorted(found.items())]
    content = pa.Table.from_pylist(listed, schema=TABLES["national_series"])
    counts = {"months": len({m for m, _ in found}), "lines": len({item for _, item in found})}
    return keep(
        transaction, SOURCE, file, series, {"national_series": content}, counted=len(listed),
        layout=f"{series} workbook", options=options, totals=counts,
    )  # fmt: skip


def _series(file: Unpacked) -> str | None:
    sheets = {plain_name(sheet) for sheet in file.columns}
    return next((name for name, wanted in _SHEETS.items() if set(wanted) <= sheets), None)


def _names(above: workbook.Rows, first: tuple[str, ...], sheet: str) -> list[str]:
    """What each column is called: its heading under the group that spans it, under its block."""
    headings = [row for row in above if sum(map(bool, row)) > 1]
    if not headings:
        return []
    own, groups = headings[-1], headings[-2] if len(headings) > 1 else ()
    starts = [place for place, cell in enumerate(first) if _MONTH.fullmatch(cell)]
    group, block, found = "", "", []
    for place, cell in enumerate(own):
        if place in starts[1:]:
            titles = (row[place] for row in reversed(headings[:-1]) if row[place])
            group, block = "", plain_name(next(titles, f"block {starts.index(place) + 1}"))
        group = _plain(groups[place]) if place < len(groups) and groups[place] else group
        name = _plain(cell)
        found.append("/".join(filter(None, (sheet, block, group, name))) if re.search("[a-z]", name) else "")
    return found


def _plain(heading: str) -> str:
    """A heading's plain name, its signs as words."""
    for sign, word in (("%", " percent "), (">", " over "), ("<", " under ")):
        heading = heading.replace(sign, word)
    return plain_name(heading)


def _read_row(
    file: Unpacked, where: str, row: tuple[str, ...], names: list[str], found: dict[tuple[int, str], float]
) -> None:
    dates = list(filter(_MONTH.fullmatch, row))
    if not dates:
        return
    if len(set(dates)) > 1:
        raise InputError(f"{file.name}: {where}: {dates[0]} and {dates[1]} stand in one row; expected one month")
    month = month_number(parse_date(dates[0]).strftime("%Y-%m"))
    for name, cell in zip(names, row, strict=False):
        try:
            value = float(cell)
        except ValueError:
            continue
        if name and not abs(value) <= _MOST:
            raise InputError(f"{file.name}: {where}: {name} is {cell}; expected a number of at most {_MOST:,.0f}")
        if name and found.setdefault((month, name), value) != value:
            raise InputError(f"{file.name}: {where}: {name} has another value for this month above")


SOURCE = Source(
    name="national_series",
    title="England's series of RTT waits or A&E (NHS England's workbooks)",
    tables=("national_series",),
    lacks=lacks,
    stage=stage,
)
