"""Successors: which organisation follows another when practices merge or close and ICBs are put together.

Two layouts: ODS `succ`, five cells without a header (code, successor, reason, date as 20260401, indicator), and a table
with the columns code, successor and date or month. On 1 April 2026 six new ICBs followed twelve: the ONS lookup of that
year gives the new memberships, this table who came from whom. An organisation may be split: it then has two successors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake, Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_COLUMNS = ("code", "successor", "reason", "date", "indicator")
_CELLS = (Cell("code", "code|old_code|predecessor"), Cell("successor", "successor|successor_code"),
          Cell("month", "date|month|effective_date|start", "month"))  # fmt: skip
_CODE, _DATE = re.compile(r"[A-Z0-9]{3,12}"), re.compile(r"(19|20)\d{6}")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking, or none where five cells without a header are codes and a date."""
    if file.kind == "csv" and file.top and all(map(_bare, file.top)):
        return ()
    return cells_lack(file, _CELLS, marks=("successor|successor_code",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read all successions; a code follows nobody that follows it."""
    bare = file.kind == "csv" and all(map(_bare, file.top))
    headed = replace(file, columns=_COLUMNS) if bare else file
    with Scan(headed, transaction.beside("spill").parent, columns=headed.columns, skip=0 if bare else 1) as scan:
        code, successor = (cell.column(headed) or "" for cell in _CELLS[:2])
        scan.check(successor, f"{scan.text(successor)} = {scan.text(code)}", "another code than the one it follows")
        rows = read(scan, _CELLS, key=("code", "successor"), day_first=options.day_first)
    pairs = list(zip(rows["code"].to_pylist(), rows["successor"].to_pylist(), strict=True))
    turning = _circle(pairs)
    if turning is not None:
        raise InputError(f"{file.name}: {turning} is followed, in the end, by itself")
    as_of = max(rows["month"].to_pylist())
    return keep(
        transaction, SOURCE, file, "ods" if bare else f"own/{re.sub('[^A-Za-z0-9._+-]', '_', file.label)}",
        {"successor": fill("successor", rows, as_of=as_of)}, counted=rows.num_rows, layout=f"{len(file.columns)} cells",
        options=options, totals={"successions": rows.num_rows, "organisations": len(set(rows["code"].to_pylist()))},
    )  # fmt: skip


def followed(lake: Lake, codes: Iterable[str]) -> NDArray[np.object_]:
    """Who stands for each code today: its last successor where it has one, itself where it has none or was split.

    Returns
    -------
    object (n,): codes, in the order given.
    """
    rows = lake.table("successor").to_pyarrow()
    after: dict[str, set[str]] = {}
    for code, successor in zip(rows["code"].to_pylist(), rows["successor"].to_pylist(), strict=True):
        after.setdefault(code, set()).add(successor)
    found = []
    for code in codes:
        seen = {code}
        while len(after.get(code, ())) == 1:
            (code,) = after[code]
            if code in seen:
                break
            seen.add(code)
        found.append(code)
    return np.array(found, dtype=object)


def _bare(row: tuple[str, ...]) -> bool:
    return len(row) in (4, 5) and all(map(_CODE.fullmatch, row[:2])) and _DATE.fullmatch(row[3]) is not None


def _circle(pairs: list[tuple[str, str]]) -> str | None:
    after: dict[str, list[str]] = {}
    for code, successor in pairs:
        after.setdefault(code, []).append(successor)
    done: set[str] = set()
    for start in after:
        stack: list[tuple[str, frozenset[str]]] = [(start, frozenset())]
        while stack:
            code, above = stack.pop()
            if code in above:
                return code
            if code not in done:
                stack += [(successor, above | {code}) for successor in after.get(code, ())]
        done.add(start)
    return None


SOURCE = Source(
    name="successors",
    title="Who follows whom: mergers, closures and successors of organisations (ODS succ, or your own)",
    tables=("successor",),
    lacks=lacks,
    stage=stage,
)
