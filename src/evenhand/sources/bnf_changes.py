"""BNF code changes: presentations whose code was replaced, old and new, in every month's move put together.

Two columns, old_code and new_code (OpenPrescribing's mapping of NHSBSA's yearly changes). A code may change again:
`latest` follows it to its end. A code that comes back to itself is refused.
"""

from __future__ import annotations

from ..errors import InputError
from ..lake import Lake, Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (Cell("old_code", "old_code"), Cell("new_code", "new_code"))


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS) if len(file.columns) < 4 else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read all changes."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        for cell in _CELLS:
            column = cell.column(file) or ""
            bad = f"NOT regexp_matches({scan.text(column)}, '^[0-9]{{2}}[0-9A-Z]{{9,14}}$')"  # one is published with 16
            scan.check(column, f"coalesce({bad}, true)", "a presentation's BNF code of 11 to 15 characters")
        rows = read(scan, _CELLS, key=("old_code",))
    pairs = dict(zip(rows["old_code"].to_pylist(), rows["new_code"].to_pylist(), strict=True))
    for code in pairs:
        _end(code, pairs, file.name)
    return keep(
        transaction, SOURCE, file, "current", {"bnf_change": fill("bnf_change", rows)}, counted=rows.num_rows,
        layout="old_code, new_code", options=options, totals={"changes": rows.num_rows},
    )  # fmt: skip


def latest(lake: Lake) -> dict[str, str]:
    """Every replaced code and the one that now stands for it, chains followed; empty if nothing is loaded."""
    rows = lake.table("bnf_change").to_pyarrow()
    pairs = dict(zip(rows["old_code"].to_pylist(), rows["new_code"].to_pylist(), strict=True))
    return {code: _end(code, pairs, "the lake's BNF changes") for code in pairs}


def _end(code: str, pairs: dict[str, str], name: str) -> str:
    seen = [code]
    while seen[-1] in pairs:
        if pairs[seen[-1]] in seen:
            raise InputError(f"{name}: {code} changes back to {pairs[seen[-1]]}; a code must end somewhere")
        seen.append(pairs[seen[-1]])
    return seen[-1]


SOURCE = Source(
    name="bnf_changes",
    title="BNF codes that were replaced (OpenPrescribing's mapping of NHSBSA's changes)",
    tables=("bnf_change",),
    lacks=lacks,
    stage=stage,
)
