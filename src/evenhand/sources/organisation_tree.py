"""A user's own organisations: localities, federations, trust, specialty, ward, team, or anything else.

Columns code, name, level, parent and, if wanted, start and end (first and last month). A code stands in several
rows if it has several parents, of other levels or at other times. What it says is believed before any register.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import InputError
from ..lake import Transaction
from .organisation_rows import Rows, latest, month_in, stage_rows
from .organisations import OWN
from .scan import Scan
from .source import Loaded, Options, Source, lacking
from .unpack import Unpacked

_NEEDED = ("code", "name", "level", "parent")
_LEVEL = re.compile(r"[a-z][a-z0-9_]*")
_Period = tuple[int, int, int]


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return lacking(file, _NEEDED, alike=0.75)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read the tree; refused if a code has two levels, two parents of one level at once, or is above itself."""
    optional = [file.column(name) for name in ("start", "end")]
    columns = [file.column(name) or "" for name in _NEEDED]
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.header_once()
        cells = [f"coalesce({scan.text(c)}, '')" if c else "''" for c in (*columns, *optional)]
        found = scan.rows(f"SELECT {', '.join(cells)} FROM raw")
    rows, months, ties = Rows(file), [], []
    for number, (code, name, level, parent, start, end) in enumerate(found, start=2):
        if not code or not _LEVEL.fullmatch(level.lower()):
            column, cell = (columns[0], code) if not code else (columns[2], level)
            right = "a code" if not code else "a level in small letters, as 'locality'"
            raise InputError(f"{file.name}: row {number}, column {column!r}: expected {right}, found {cell!r}")
        first, last = month_in(file, number, "start", start), month_in(file, number, "end", end)
        if first is not None and last is not None and last < first:
            raise InputError(f"{file.name}: row {number}: ends ({end}) before it starts ({start})")
        months += [first, last]
        rows.add(code, name, level.lower())
        rows.tie(code, parent, first, last)
        ties.append((number, code, parent, first, last))
    _one_parent_at_a_time(rows, ties)
    _no_circle(rows)
    unknown = sorted({parent for _, parent, _, _ in rows.ties} - set(rows.organisations))
    note = f"parents not in this file: {', '.join(unknown[:20])}" if unknown else ""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(file.label).name.split(".")[0]) or "tree"
    return stage_rows(
        transaction, SOURCE, f"organisation_tree/{stem}", rows, rank=OWN, as_of=latest(months), counted=len(found),
        layout=f"{len(file.columns)} columns", options=options, note=note,
    )  # fmt: skip


def _one_parent_at_a_time(rows: Rows, ties: list[tuple[int, str, str, int | None, int | None]]) -> None:
    periods: dict[tuple[str, str], list[_Period]] = {}
    for number, code, parent, first, last in ties:
        if not parent:
            continue
        level = rows.organisations.get(parent, ("", f"of {parent}"))[1]
        begin, end = -99999 if first is None else first, 99999 if last is None else last
        for other, other_begin, other_end in periods.setdefault((code, level), []):
            if begin <= other_end and other_begin <= end:
                raise InputError(
                    f"{rows.file.name}: row {number}: {code!r} already has a parent of level {level!r} at that time "
                    f"in row {other}; give both a start and an end"
                )
        periods[code, level].append((number, begin, end))


def _no_circle(rows: Rows) -> None:
    above: dict[str, set[str]] = {}
    for child, parent, _, _ in rows.ties:
        above.setdefault(child, set()).add(parent)
    for code in above:
        seen, front = set(), set(above[code])
        while front:
            if code in front:
                raise InputError(f"{rows.file.name}: {code!r} is above itself")
            seen |= front
            front = {p for c in front for p in above.get(c, ())} - seen


SOURCE = Source(
    name="organisation_tree",
    title="Your own organisations: code, name, level, parent[, start, end]",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
