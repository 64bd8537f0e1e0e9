"""Indicator: a table of month, code, numerator and denominator, from anywhere.

OpenPrescribing, Fingertips or a trust's own. Each extract is a version of its measure and none replaces another:
history is recast to the organisations and definitions of the day of the extract.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..lake import EPOCH, Origin, Transaction, month_of
from .scan import FIRST, LAST
from .source import Loaded, Options, Source, outcome
from .unpack import Unpacked

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")
_MOST = 1e15  # our rule


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """The default columns; other names are given as options of `evenhand indicator`."""
    missing = tuple(c for c in ("month", "code", "numerator", "denominator") if file.column(c) is None)
    return None if len(missing) > 1 else missing


def lacks_named(file: Unpacked, options: Options) -> tuple[str, ...]:
    """Which of the columns that the user names are not there."""
    return tuple(c for c in _columns(options) if c not in file.columns and file.column(c) is None)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one extract of one measure at one level, and stage it as a version."""
    missing = lacks_named(file, options)
    if missing:
        raise InputError(f"{file.name}: no column {missing[0]!r}; the file has: {', '.join(file.columns[:12])}")
    level = _word("--level", (options.level or "").lower(), "the level of the codes, as sicbl or practice")
    measure = _word("--measure", options.measure or _stem(file.label), "a measure's id")
    month, code, *sides = (c if c in file.columns else file.column(c) or "" for c in _columns(options))
    given = table.read(file.path, name=file.name)
    dates = given.dates(month, day_first=options.day_first).astype("datetime64[M]")
    for row in np.flatnonzero((dates < np.datetime64(FIRST)) | (dates > np.datetime64(LAST)))[:1]:
        raise given.refuse(int(row), month, given.text(month)[row], f"a month from {FIRST} to {LAST}")
    months = (dates - EPOCH).astype(np.int16)
    codes = given.text(code)
    _once(given, months, codes, month, code)
    numerator, denominator = (_numbers(given, side) for side in sides)
    content = pa.table({"month": months, "code": codes, "numerator": numerator, "denominator": denominator})
    content = content.sort_by([("month", "ascending"), ("code", "ascending")])
    version = _word("--version", options.version or _span(transaction, file, content, measure, level), "a label")
    return _stage(transaction, file, options, content, measure, version, level)


def _numbers(given: table.Table, column: str) -> pa.Array:
    """Finite numbers; an empty cell is missing."""
    found = given.numbers(column)
    wrong = np.flatnonzero(np.isinf(found) | (np.abs(found) > _MOST))
    if len(wrong):
        raise given.refuse(int(wrong[0]), column, given.columns[column][wrong[0]], "a finite number or an empty cell")
    return pa.array(found, mask=np.isnan(found))


def _stage(
    transaction: Transaction, file: Unpacked, options: Options, content: pa.Table, measure: str, version: str,
    level: str,
) -> Loaded:  # fmt: skip
    key = f"{measure}/{version}/{level}"
    held = transaction.lake.snapshot("indicator", key)
    for name, value in (("measure", measure), ("version", version), ("level", level)):
        content = content.append_column(name, pa.repeat(pa.scalar(value), content.num_rows))
    note = "; ".join(filter(None, (options.note, _revision(transaction, content, measure, version, level))))
    origin = Origin(
        file.label, file.sha256, content.num_rows, _totals(content), ",".join(file.columns)[:200], SOURCE.name,
        held.note if held is not None else note,
    )  # fmt: skip
    snapshot = transaction.stage("indicator", key, {"indicator": content}, origin)
    if held is not None and snapshot is not held:
        raise InputError(
            f"{file.name}: version {version!r} of {measure} at {level} is held from another file ({held.file}, sha256 "
            f"{held.sha256[:12]}); give this extract a --version of its own"
        )
    return outcome(SOURCE, file, [held], [snapshot], note=note)


def _once(given: table.Table, months: NDArray[np.int16], codes: list[str], month: str, code: str) -> None:
    seen: dict[tuple[int, str], int] = {}
    for row, key in enumerate(zip(months.tolist(), codes, strict=True)):
        if not key[1]:
            raise given.refuse(row, code, "", "an organisation's code")
        if key in seen:
            raise InputError(
                f"{given.name}: row {row + 2}: {key[1]!r} was already given for this {month} in row {seen[key] + 2}; "
                f"each {month} and {code} must be given once"
            )
        seen[key] = row


def _span(transaction: Transaction, file: Unpacked, content: pa.Table, measure: str, level: str) -> str:
    """A version's label if none is given: its first and last month, and its sha256 too if that label is taken. The same
    rows from another file, zipped perhaps, are the version that has them."""
    months = content["month"].to_numpy()
    label = f"{month_of(int(months.min()))}_to_{month_of(int(months.max()))}"
    taken = [s for s in transaction.known("indicator")
             if s.key.startswith(f"{measure}/{label}") and s.key.endswith(f"/{level}")]  # fmt: skip
    for held in taken:
        rows = transaction.read(held, "indicator").select(content.column_names)
        if held.sha256 == file.sha256 or rows.cast(content.schema).equals(content):
            return held.key.split("/")[1]
    return f"{label}_{file.sha256[:8]}" if any(s.key.split("/")[1] == label for s in taken) else label


def _revision(transaction: Transaction, content: pa.Table, measure: str, version: str, level: str) -> str:
    """How this extract differs from the latest other version, where both have a month and a code."""
    others = [s for s in transaction.known("indicator")
              if s.key.startswith(f"{measure}/") and s.key.endswith(f"/{level}") and s.key.split("/")[1] != version]
    if not others:
        return ""
    other, rows = others[-1].key.split("/")[1], transaction.read(others[-1], "indicator")
    before = {(m, c): n for m, c, n in _cells(rows)}
    both = [(before[m, c], n) for m, c, n in _cells(content) if (m, c) in before]
    pairs = [(a, b) for a, b in both if a is not None and b is not None]
    changed = sum(a != b for a, b in pairs)
    sizes = [abs(b - a) / abs(a) for a, b in pairs if a]
    median = f", by a median {100 * float(np.median(sizes)):.2g}%" if sizes else ""
    return f"{len(pairs):,} cells are also in version {other}; the numerator of {changed:,} differs{median}"


def _cells(content: pa.Table) -> Any:
    return zip(*(content[name].to_pylist() for name in ("month", "code", "numerator")), strict=True)


def _totals(content: pa.Table) -> dict[str, Any]:
    added = {name: math.fsum(pc.drop_null(content[name]).to_pylist()) for name in ("numerator", "denominator")}
    codes, months = (pc.count_distinct(content[name]).as_py() for name in ("code", "month"))
    return {**added, "codes": codes, "months": months}


def _columns(options: Options) -> tuple[str, str, str, str]:
    return options.month_column, options.code_column, options.numerator_column, options.denominator_column


def _stem(label: str) -> str:
    name = Path(label).name
    for ending in (".gz", ".csv", ".txt", ".parquet"):
        name = name.removesuffix(ending)
    return name


def _word(option: str, value: str, what: str) -> str:
    if not _WORD.fullmatch(value):
        raise InputError(f"{option}: expected {what}, in letters, digits and . _ + -; found {value!r}")
    return value


SOURCE = Source(
    name="indicator",
    title="A numerator/denominator table from anywhere: month, code, numerator, denominator",
    tables=("indicator",),
    lacks=lacks,
    stage=stage,
    names_columns=True,
)
