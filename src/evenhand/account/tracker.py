"""Tracker: an existing savings tracker, read from its grid as it lies there. Nothing in it becomes confirmed.

What a tracker calls delivered is what somebody reported: it comes in as in flight (reported), beside the ledger and
never on it as money. Everything else is an idea, until it has a design, signatures and proof of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError
from ..records import Record
from . import tracker_words as words
from .kpi import KpiLine, line
from .plan import financial_rag
from .tracker_header import Asked, Column, header_of

_SLACK_PENCE = 100  # a total of rounded amounts may differ by a pound, or by half of its last digit a row


@dataclass(frozen=True, eq=False)
class TrackedMonth(Record):
    """One month of one scheme, in pence; None where the tracker says nothing."""

    month: str
    planned_pence: int | None
    reported_pence: int | None
    forecast_pence: int | None


@dataclass(frozen=True, eq=False)
class ToDate(Record):
    """Plan against what is reported, over the months (the last is `month`) that have both. financial: the colour that
    follows (METHODS A.5), whatever the tracker's own status says; not_assessed where no month has both."""

    month: str
    planned_pence: int
    reported_pence: int
    variance_pence: int
    share: float
    financial: str


@dataclass(frozen=True, eq=False)
class TrackedScheme(Record):
    """One scheme of a tracker. state: in_flight where something is reported as delivered, else idea. row: where it
    stands, as the sheet counts. kpi: its indicator against its plan, None where the sheet has none."""

    scheme: str
    reference: str
    workstream: str
    organisation: str
    tracker_status: str
    recurrent: str
    state: str
    basis: str
    planned_pence: int | None
    reported_pence: int | None
    forecast_pence: int | None
    months: tuple[TrackedMonth, ...]
    row: int
    to_date: ToDate
    kpi: KpiLine | None


@dataclass(frozen=True, eq=False)
class Tracker(Record):
    """What a tracker holds. columns: what each heading was read as; totals: rows that were reconciled and left out;
    notes: what is odd and was kept as it is."""

    name: str
    sheet: str
    header_row: int
    columns: dict[str, str]
    units: dict[str, str]
    schemes: tuple[TrackedScheme, ...]
    planned_pence: int
    reported_pence: int
    forecast_pence: int
    totals: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass
class _Row:
    number: int
    texts: dict[str, str]
    amounts: dict[int, int | None]
    section: str


def tracker(grid: Sequence[Sequence[str]], name: str, *, sheet: str = "", asked: Asked | None = None) -> Tracker:
    """Read a tracker from its cells, every one text, blank rows and all.

    Raises
    ------
    InputError
        If no header is found, a heading that was asked for is not there, a month's year is not known, an amount is no
        amount, a scheme is given twice, or a total is not the sum of its rows.
    """
    asked = asked or Asked()
    where = f"{name}: sheet {sheet!r}" if sheet else name
    header, columns = header_of(grid, where, asked)
    rows, totals = _rows(grid, header, columns, where, asked)
    if not rows:
        raise InputError(f"{where}: no scheme below the header in row {header + 1}; expected one a row")
    long = any(column.role == "month" for column in columns)
    schemes, notes = _long(rows, columns, where, asked) if long else _wide(rows, columns, where)
    return Tracker(
        name, sheet, header + 1,
        {c.heading or f"column {c.place + 1}": c.role + (f" {c.month}" if c.month else "") for c in columns},
        {c.heading: c.unit for c in columns if c.role in words.AMOUNTS}, schemes,
        sum(s.planned_pence or 0 for s in schemes), sum(s.reported_pence or 0 for s in schemes),
        sum(s.forecast_pence or 0 for s in schemes), totals, notes,
    )  # fmt: skip


def _rows(
    grid: Sequence[Sequence[str]], header: int, columns: Sequence[Column], where: str, asked: Asked
) -> tuple[list[_Row], tuple[int, ...]]:  # fmt: skip
    """The rows that are schemes, and the numbers of those that sum them."""
    found: list[_Row] = []
    totals: list[int] = []
    section, since = "", 0
    for number in range(header + 1, len(grid)):
        cells = [" ".join(cell.split()) for cell in grid[number]]
        held = {c.role: cells[c.place] for c in columns if c.role not in words.AMOUNTS and c.place < len(cells)}
        texts = {cell for cell in cells if cell}
        if not texts:
            continue
        first = next(cell for cell in cells if cell)
        total = words.is_total(held.get("scheme") or first) or words.is_total(first)
        if len(texts) == 1 and not total:
            section = next(iter(texts))  # a heading over a group of schemes, or a note
            continue
        amounts = {c.place: _amount(cells, c, number, where) for c in columns if c.role in words.AMOUNTS}
        if total:
            if not asked.ignore_totals:
                _reconcile(found, since, amounts, columns, number, where)
            totals.append(number + 1)
            since = len(found)
        elif not held.get("scheme"):
            if any(value is not None for value in amounts.values()):
                raise InputError(f"{where}: row {number + 1}: has amounts and no scheme's name; expected a name, or "
                                 "'Total' if it sums the rows above")  # fmt: skip
        else:
            found.append(_Row(number + 1, held, amounts, section))
    return found, tuple(totals)


def _amount(cells: Sequence[str], column: Column, number: int, where: str) -> int | None:
    text = cells[column.place] if column.place < len(cells) else ""
    try:
        return words.amount(text, column.unit)
    except ValueError:
        raise InputError(f"{where}: row {number + 1}, column {column.heading!r}: expected an amount, found "
                         f"{text!r}") from None  # fmt: skip


def _reconcile(
    rows: Sequence[_Row], since: int, amounts: Mapping[int, int | None], columns: Sequence[Column], number: int,
    where: str,
) -> None:  # fmt: skip
    """A total is the sum of the rows since the last total, or of all rows so far."""
    for column in columns:
        said = amounts.get(column.place)
        if said is None:
            continue
        parts = [[row.amounts[column.place] or 0 for row in some] for some in (rows[since:], rows)]
        slack = _SLACK_PENCE + 50 * (words.UNITS[column.unit] > 1) * len(rows)
        if all(abs(said - sum(part)) > slack for part in parts):
            raise InputError(
                f"{where}: row {number + 1}, column {column.heading!r}: the total says £{said / 100:,.2f}, the rows "
                f"above sum to £{sum(parts[1]) / 100:,.2f}; mend the sheet, or leave totals out with --ignore-totals"
            )


def _wide(
    rows: Sequence[_Row], columns: Sequence[Column], where: str
) -> tuple[tuple[TrackedScheme, ...], tuple[str, ...]]:  # fmt: skip
    """One row a scheme, months across."""
    found: list[TrackedScheme] = []
    notes: list[str] = []
    seen: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row.texts.get("reference", ""), row.texts["scheme"], row.texts.get("organisation", ""))
        if key in seen:
            raise InputError(f"{where}: row {row.number}: scheme {key[1]!r} was already given in row {seen[key]}; each "
                             "must be given once")  # fmt: skip
        seen[key] = row.number
        months: dict[str, dict[str, int | None]] = {}
        year: dict[str, int | None] = {}
        for column in columns:
            if column.month:
                months.setdefault(column.month, {})[column.role] = row.amounts[column.place]
            elif column.role in words.AMOUNTS:
                year[column.role] = row.amounts[column.place]
        for role in words.AMOUNTS:
            parts = [held[role] for held in months.values() if held.get(role) is not None]
            across = sum(part for part in parts if part is not None) if parts else None
            said = year.get(role)
            if said is None:
                year[role] = across
            elif across is not None and abs(said - across) > _SLACK_PENCE + 50 * len(parts):
                notes.append(f"row {row.number}: {role} says £{said / 100:,.2f}, its months £{across / 100:,.2f}")
        found.append(_scheme(row, year, months))
    return tuple(found), tuple(notes)


def _long(
    rows: Sequence[_Row], columns: Sequence[Column], where: str, asked: Asked
) -> tuple[tuple[TrackedScheme, ...], tuple[str, ...]]:  # fmt: skip
    """One row a scheme and month."""
    place = {column.role: column.place for column in columns if column.role in words.AMOUNTS}
    schemes: dict[tuple[str, str, str], tuple[_Row, dict[str, dict[str, int | None]]]] = {}
    for row in rows:
        month = words.month_of(row.texts["month"], asked.year)
        if not month:
            right = "a month, such as 2025-04" if month is None else "its year too; give --year, such as --year 2025-26"
            raise InputError(f"{where}: row {row.number}: expected {right}, found {row.texts['month']!r}")
        key = (row.texts.get("reference", ""), row.texts["scheme"], row.texts.get("organisation", ""))
        _, months = schemes.setdefault(key, (row, {}))
        if month in months:
            raise InputError(f"{where}: row {row.number}: {key[1]!r} in {month} was already given; each month once")
        months[month] = {role: row.amounts[at] for role, at in place.items()}
    found = []
    for row, months in schemes.values():
        year: dict[str, int | None] = {}
        for role in place:
            known = [held[role] for held in months.values() if held[role] is not None]
            year[role] = sum(value for value in known if value is not None) if known else None
        found.append(_scheme(row, year, months))
    return tuple(found), ()


def _scheme(row: _Row, year: Mapping[str, int | None], months: Mapping[str, Mapping[str, int | None]]) -> TrackedScheme:
    held = row.texts
    reported = year.get("actual")
    return TrackedScheme(
        held["scheme"], held.get("reference", ""), held.get("workstream", "") or row.section,
        held.get("organisation", ""), held.get("status", ""), held.get("recurrent", ""),
        "in_flight" if reported else "idea", "reported" if reported else "planned", year.get("plan"), reported,
        year.get("forecast"),
        tuple(TrackedMonth(m, v.get("plan"), v.get("actual"), v.get("forecast")) for m, v in sorted(months.items())),
        row.number, _to_date(months), _kpi(held),
    )  # fmt: skip


def _to_date(months: Mapping[str, Mapping[str, int | None]]) -> ToDate:
    """Over the months that have a plan and an actual: what is not known is on neither side."""
    both = {m: (v["plan"], v["actual"]) for m, v in months.items()
            if v.get("plan") is not None and v.get("actual") is not None}  # fmt: skip
    planned, reported = (sum(pair[side] or 0 for pair in both.values()) for side in (0, 1))
    share = reported / planned if planned > 0 else math.nan
    return ToDate(max(both, default=""), planned, reported, reported - planned, share, financial_rag(share))


def _kpi(held: Mapping[str, str]) -> KpiLine | None:
    """The indicator in its row; what is no number is not compared."""
    if not held.get("kpi"):
        return None
    numbers = (words.kpi_number(held.get(role, "")) for role in ("kpi_baseline", "kpi_plan", "kpi_actual"))
    return line(held["kpi"], "", "", *(math.nan if value is None else value for value in numbers))
