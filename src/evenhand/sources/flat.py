"""Flat: a published table whose rows are the lake's rows: which cell is which column, of what kind, checked and read.

A source says it in `Cell`s; this file checks every cell, holds keys unique, and reads the rows. What cannot be right
is refused with its row, as a person counts rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from ..errors import InputError
from ..lake import month_number
from .scan import Scan, literal, quoted
from .source import lacking
from .unpack import Unpacked, plain_name

_YES, _NO = ("y", "yes", "true", "t", "1"), ("n", "no", "false", "f", "0")
_SNOMED = "[0-9]{6,18}"  # SNOMED CT: identifiers have 6 to 18 digits
_SPELLINGS = 1_000  # our rule: no list of words has as many


@dataclass(frozen=True, eq=False)
class Cell:
    """One column of the lake and where a file says it.

    lake: the lake's column; said: the file's names for it, `A|B` for either; kind: text, snomed (a code of SNOMED CT),
    count (a whole number), number, flag (yes or no), word (one of `words`, by plain name) or month; least, most: its
    range; missing: it may be blank, or one of `blanks`; optional: the file may lack the column; decimal: the mark
    before decimals.
    """

    lake: str
    said: str
    kind: str = "text"
    most: float = 1e9
    least: float = 0
    missing: bool = False
    optional: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    blanks: tuple[str, ...] = ()
    decimal: str = "."

    def column(self, file: Unpacked) -> str | None:
        """The file's own spelling, or None."""
        return file.column(*self.said.split("|"))

    def text(self, scan: Scan, column: str) -> str:
        """The cell as text; NULL if it is missing."""
        found = scan.text(column)
        if self.blanks:
            found = f"CASE WHEN lower({found}) IN ({', '.join(map(literal, self.blanks))}) THEN NULL ELSE {found} END"
        if self.kind in ("count", "number") and self.decimal == ",":
            found = f"replace(replace({found}, '.', ''), ',', '.')"
        return found

    def value(self, scan: Scan, column: str) -> str:
        """The cell as the lake keeps it."""
        text = self.text(scan, column)
        if self.kind == "count":
            return f"CAST(TRY_CAST({text} AS DOUBLE) AS BIGINT)"
        if self.kind == "number":
            return f"TRY_CAST({text} AS DOUBLE)"
        if self.kind == "flag":
            return f"(lower({text}) IN ({', '.join(map(literal, _YES))}))"
        if self.kind == "word":
            known = {spelled: self.words[plain_name(spelled)] for spelled in self._spelled(scan, text)
                     if plain_name(spelled) in self.words}  # fmt: skip
            cases = " ".join(f"WHEN {literal(k)} THEN {literal(v)}" for k, v in known.items())
            return f"CASE {text} {cases} END" if cases else "CAST(NULL AS VARCHAR)"
        return text

    def wrong(self, scan: Scan, column: str) -> tuple[str, str]:
        """The condition that a cell cannot be right, and what would be."""
        text = self.text(scan, column)
        blank = "false" if self.missing else f"{text} IS NULL"
        if self.kind in ("count", "number"):
            number = f"TRY_CAST({text} AS DOUBLE)"
            whole = f" OR {number} <> round({number})" if self.kind == "count" else ""
            bad = f"coalesce(NOT isfinite({number}) OR {number} > {self.most} OR {number} < {self.least}{whole}, true)"
            what = "a whole number" if self.kind == "count" else "a number"
            right = f"{what}, {self.least:,.0f} to {self.most:,.0f}"
        elif self.kind == "flag":
            bad, right = f"lower({text}) NOT IN ({', '.join(map(literal, _YES + _NO))})", "yes or no"
        elif self.kind == "word":
            strange = [s for s in self._spelled(scan, text) if plain_name(s) not in self.words]
            bad = f"{text} IN ({', '.join(map(literal, strange))})" if strange else "false"
            right = f"one of {', '.join(dict.fromkeys(self.words.values()))}"
        elif self.kind == "snomed":  # also what a spreadsheet made of one: 9.41E+14
            bad, right = f"NOT regexp_full_match({text}, '{_SNOMED}')", "a SNOMED CT code: 6 to 18 digits"
        else:
            bad, right = "false", "a value, not a blank"
        return f"({blank} OR ({text} IS NOT NULL AND {bad}))", right

    def _spelled(self, scan: Scan, text: str) -> list[str]:
        """Every spelling in the column; of very many the first, for they are no words of a list."""
        return [s for (s,) in scan.rows(f"SELECT DISTINCT {text} FROM raw LIMIT {_SPELLINGS}") if s is not None]


def lacks(file: Unpacked, cells: Sequence[Cell], *, marks: Sequence[str] = (), alike: float = 0.6) -> \
        tuple[str, ...] | None:  # fmt: skip
    """Columns that a file lacks to be read with these cells; None if it has not even the `marks`, or too few."""
    if any(file.column(*mark.split("|")) is None for mark in marks):
        return None
    return lacking(file, tuple(cell.said for cell in cells if not cell.optional), alike=alike)


def read(
    scan: Scan, cells: Sequence[Cell], *, key: Sequence[str], where: str = "true", month: str | None = None,
    added: bool = False, same_again: bool = False, day_first: bool | None = None,
) -> pa.Table:  # fmt: skip
    """Every row as the lake keeps it, sorted by its key (lake columns), which is unique.

    where: rows to read; month: of the whole file, if no cell is its month; added: rows of one key are added up
    (a file finer than the lake), else a key given twice is refused; same_again: but a row that says the same as another
    is read once. An empty file is refused.
    """
    file = scan.file
    there = {cell: cell.column(file) for cell in cells}
    scan.hold()
    scan.header_once()
    if not scan.one(f"SELECT count(*) FROM raw WHERE {where}")[0]:
        raise InputError(f"{file.name}: has a header but no rows that can be used")
    _check(scan, {column: cell for cell, column in there.items() if column and cell.kind != "month"}, where)
    chosen = [f"{cell.value(scan, column)} AS {quoted(cell.lake)}" for cell, column in there.items()
              if column is not None and cell.kind != "month"]  # fmt: skip
    dated = next(((cell, column) for cell, column in there.items() if cell.kind == "month"), None)
    if dated is not None and dated[1] is not None:
        chosen.append(_months(scan, dated[1], day_first, where))
    elif month is not None:
        chosen.append(f"CAST({month_number(month)} AS SMALLINT) AS month")
    names = ["month", *key] if dated is not None or month is not None else list(key)
    scan.run(
        f"CREATE OR REPLACE TABLE rows AS SELECT * EXCLUDE (wanted) FROM (SELECT {', '.join(chosen)}, "
        f"row_number() OVER () AS row, ({where}) AS wanted FROM raw) WHERE wanted"
    )
    listed = ", ".join(map(quoted, names))
    if same_again:
        scan.run("CREATE OR REPLACE TABLE rows AS SELECT * EXCLUDE (row), min(row) AS row FROM rows GROUP BY ALL")
    if not added:
        _once(scan, names)
        return scan.arrow(f"SELECT * EXCLUDE (row) FROM rows ORDER BY {listed}")
    numbers = [cell for cell, column in there.items() if cell.kind in ("count", "number") and column is not None]
    sums = ", ".join(
        f"CAST(sum({quoted(c.lake)}) AS {'BIGINT' if c.kind == 'count' else 'DOUBLE'}) AS {quoted(c.lake)}"
        for c in numbers
    )
    return scan.arrow(f"SELECT {listed}, {sums} FROM rows GROUP BY {listed} ORDER BY {listed}")


def _check(scan: Scan, cells: Mapping[str, Cell], where: str) -> None:
    """Refuse the first column that holds what it should not; all are looked at in one pass."""
    wrong = {column: cell.wrong(scan, column) for column, cell in cells.items()}
    counts = ", ".join(f"count(*) FILTER (({where}) AND {condition})" for condition, _ in wrong.values())
    for many, (column, (condition, right)) in zip(scan.one(f"SELECT {counts} FROM raw"), wrong.items(), strict=True):
        if many:
            raise scan.refuse(column, f"({where}) AND {condition}", right)


def _months(scan: Scan, column: str, day_first: bool | None, where: str) -> str:
    spelled = scan.months(column, day_first=day_first, where=where)
    cases = " ".join(f"WHEN {literal(s)} THEN {month_number(m)}" for s, m in spelled.items())
    return f"CAST(CASE {scan.text(column)} {cases} END AS SMALLINT) AS month"


def _once(scan: Scan, names: Sequence[str]) -> None:
    listed = ", ".join(map(quoted, names))
    again = scan.rows(
        f"SELECT {listed}, min(row), max(row) AS second FROM rows GROUP BY {listed} HAVING count(*) > 1 "
        "ORDER BY second LIMIT 1"
    )
    if again:
        *values, first, second = again[0]
        shown = ", ".join(f"{n}={v!r}" for n, v in zip(names, values, strict=True) if n != "month")
        raise InputError(
            f"{scan.file.name}: row {second + scan.skip}: {shown} was already given in row {first + scan.skip}; "
            "each must be given once"
        )
