"""Weighted populations: what NHS England's allocations say each practice's patients need, by kind of care.

The allocation tool's practice table, 30 columns. `Prescr WP` is the official base of an indicative prescribing budget
(METHODS C.2). Every kind of need adds up to the whole population of England, and a file that does not says so.
The year stands in the file's name.
"""

from __future__ import annotations

import math

import pyarrow as pa

from ..lake import Transaction
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep, total, year_said
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_COMPONENTS = {
    "population": "pop 2022/23|Population|pop 2023/24|pop 2024/25|pop 2025/26", "general_acute": "G&A WP",
    "community": "CS WP", "mental_health": "MH WP", "maternity": "Mat WP", "health_inequalities": "Health Ineq WP",
    "prescribing": "Prescr WP", "overall": "Final WP", "primary_medical_care": "Primary Medical Care WP",
    "primary_medical_care_overall": "Final PMC WP",
}  # fmt: skip
_CELLS = (
    Cell("practice", "Practice_Code"),
    *(Cell(name, said, "number", most=1_000_000) for name, said in _COMPONENTS.items()),
)


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return cells_lack(file, _CELLS, marks=("Prescr WP|Final WP",))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one year, a row for each practice and kind of care."""
    month = year_said(file, options, ends=False)
    with Scan(file, transaction.beside("spill").parent) as scan:
        wide = read(scan, _CELLS, key=("practice",), month=month)
    parts = [
        wide.select(["month", "practice", name]).rename_columns(["month", "practice", "patients"])
        .append_column("component", pa.repeat(pa.scalar(name), wide.num_rows))
        for name in _COMPONENTS
    ]  # fmt: skip
    whole = fill("weighted_population", pa.concat_tables(parts))
    people = total(wide["population"])
    short = [name for name in _COMPONENTS if not math.isclose(total(wide[name]), people, rel_tol=1e-6)]
    note = f"{', '.join(short)} do not add up to the population, as they do for all of England" if short else ""
    totals = {"practices": wide.num_rows, **{n: total(wide[n]) for n in ("population", "prescribing", "overall")}}
    return keep(
        transaction, SOURCE, file, month, {"weighted_population": whole}, counted=wide.num_rows,
        layout=f"{len(file.columns)} columns", options=options, totals=totals, note=note,
    )  # fmt: skip


SOURCE = Source(
    name="weighted_population",
    title="Weighted populations of practices (NHS England allocations), one year a file",
    tables=("weighted_population",),
    lacks=lacks,
    stage=stage,
)
