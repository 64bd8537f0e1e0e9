"""The header of a savings tracker: which row it is, and what each heading stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import InputError, did_you_mean
from . import tracker_words as words

HEADER_WITHIN = 40  # rows that a title block may take before the header


@dataclass
class Column:
    """One column that was understood: where it stands, what it is for, which month, in which unit."""

    place: int
    heading: str
    role: str
    month: str | None
    unit: str


@dataclass
class Asked:
    """What the user says of the sheet. roles: role -> heading; unit: of every amount whose heading names none.
    months: what columns of months are of, where no heading says."""

    roles: Mapping[str, str] = field(default_factory=dict)
    unit: str = "pounds"
    year: str | None = None
    header_row: int | None = None
    months: str | None = None
    ignore_totals: bool = False


def header_of(grid: Sequence[Sequence[str]], where: str, asked: Asked) -> tuple[int, list[Column]]:
    """The first row that names a scheme and an amount; headings above it over several columns say which amount."""
    rows = range(min(len(grid), HEADER_WITHIN)) if asked.header_row is None else (asked.header_row - 1,)
    nearly = None
    for row in rows:
        if not 0 <= row < len(grid):
            raise InputError(f"{where}: has {len(grid)} rows, so none is row {row + 1}")
        columns, wrong = _columns(grid, row, where, asked)
        roles = {column.role for column in columns}
        if "scheme" in roles and (roles & set(words.AMOUNTS) or wrong):
            if wrong:  # a title block may hold a month too: only a header must be understood wholly
                raise wrong[0]
            return row, _once(columns, asked, where, row)
        nearly = nearly or (row if "scheme" in roles else None)
    found = "" if nearly is None else f"; row {nearly + 1} names schemes and no plan, actual or forecast"
    raise InputError(f"{where}: no header found{found}; expected a row with a scheme's name and a plan, actual or "
                     "forecast, or name them with --scheme, --plan, --actual, --forecast")  # fmt: skip


def _columns(
    grid: Sequence[Sequence[str]], row: int, where: str, asked: Asked
) -> tuple[list[Column], list[InputError]]:  # fmt: skip
    """The columns of a row read as a header, and what in it cannot be understood."""
    headings = [" ".join(cell.split()) for cell in grid[row]]
    if len({h for h in headings if h}) < 2:
        return [], []  # a title over the whole width
    named = {heading: role for role, heading in asked.roles.items()}
    above = _groups(grid, row)
    columns: list[Column] = []
    wrong: list[InputError] = []
    for place, heading in enumerate(headings):
        role, month = named.get(heading) or words.role_of(heading), None
        if heading and role is None:
            role, month = words.split_heading(heading, asked.year)
            if role is None and (found := words.month_of(heading, asked.year)) is not None:
                role, month = above[place] or asked.months, found
                if role is None:
                    wrong.append(InputError(
                        f"{where}: row {row + 1}, {heading!r}: a month that does not say what it is of; expected "
                        "'plan', 'actual' or 'forecast' beside or above it, or --months"
                    ))  # fmt: skip
        if month == "":
            wrong.append(InputError(
                f"{where}: row {row + 1}, {heading!r}: a month without its year; give it, such as --year 2025-26"
            ))  # fmt: skip
        if role and (month or role not in {c.role for c in columns if not c.month} or role in words.AMOUNTS):
            unit = words.unit_of(heading) or words.unit_of(_above(grid, row, place)) or asked.unit
            columns.append(Column(place, heading, role, month, unit))
    if asked.header_row is not None or {"scheme"} & {c.role for c in columns}:
        for heading in asked.roles.values():
            if heading not in headings:
                hint = did_you_mean(heading, [h for h in headings if h])
                there = ", ".join(h for h in headings if h)
                wrong.append(InputError(f"{where}: row {row + 1}: no heading {heading!r}{hint}; there are: {there}"))
    return columns, wrong


def _once(columns: list[Column], asked: Asked, where: str, row: int) -> list[Column]:
    """Each amount of a month, and each yearly amount, in one column; the one that was asked for wins."""
    named = set(asked.roles.values())
    found: dict[tuple[str, str | None], Column] = {}
    for column in columns:
        key = (column.role, column.month)
        if key in found and column.heading not in named:
            if found[key].heading in named:
                continue
            what = column.role + (f" of {column.month}" if column.month else "")
            raise InputError(f"{where}: row {row + 1}: both {found[key].heading!r} and {column.heading!r} read as the "
                             f"{what}; name the right one with --{column.role}")  # fmt: skip
        found[key] = column
    return list(found.values())


def _groups(grid: Sequence[Sequence[str]], row: int) -> list[str | None]:
    """The amount that the nearest heading above stands for, column by column: it holds until the next one."""
    width = len(grid[row])
    for above in range(row - 1, max(row - 4, -1), -1):
        roles = [words.role_of(cell) if cell.strip() else None for cell in grid[above]]
        if any(role in words.AMOUNTS for role in roles):
            held: list[str | None] = []
            for place in range(width):
                cell = grid[above][place].strip() if place < len(grid[above]) else ""
                role = words.role_of(cell) if cell else (held[-1] if held else None)
                held.append(role if role in words.AMOUNTS else None)
            return held
    return [None] * width


def _above(grid: Sequence[Sequence[str]], row: int, place: int) -> str:
    """What stands above a heading, within the title block: a unit is often written there."""
    cells = [grid[above][at] for above in range(max(row - 3, 0), row) for at in (place, 0) if at < len(grid[above])]
    return " ".join(cells)
