"""Formulation swaps: presentations of one medicine in two forms, tablet or capsule, that may stand for each other.

OpenPrescribing's list, seven columns. Not every pair is equivalent: `Really equivalent?` says so, and a blank says
nothing.
"""

from __future__ import annotations

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_CELLS = (
    Cell("code", "Code"), Cell("name", "Name", missing=True), Cell("form", "Formulation", missing=True),
    Cell("alternative", "Alternative code"), Cell("alternative_name", "Alternative name", missing=True),
    Cell("alternative_form", "Alternative formulation", missing=True),
    Cell("equivalent", "Really equivalent?", "flag", missing=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("Alternative code|Really equivalent?",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read all pairs."""
    with Scan(file, transaction.beside("spill").parent) as scan:
        rows = read(scan, _CELLS, key=("code", "alternative"), same_again=True)
        counted = scan.one("SELECT count(*) FROM raw")[0]
    again = counted - rows.num_rows
    return keep(
        transaction, SOURCE, file, "current", {"formulation_swap": fill("formulation_swap", rows)},
        counted=counted, layout=f"{len(file.columns)} columns", options=options,
        note=f"{again} rows that say the same again were read once" if again else "",
        totals={"pairs": rows.num_rows, "equivalent": sum(v is True for v in rows["equivalent"].to_pylist())},
    )  # fmt: skip


SOURCE = Source(
    name="formulation_swaps",
    title="Presentations in other forms of the same medicine (OpenPrescribing)",
    tables=("formulation_swap",),
    lacks=lacks,
    stage=stage,
)
