"""What every source of list sizes leaves in the lake: a month's patients by practice, sex and band, added up."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..lake import TABLES, Origin, Snapshot, Transaction, month_number
from .source import Loaded, Options, Source, outcome
from .unpack import Unpacked

MOST = 1_000_000  # patients of one practice; our rule: the largest published has 119,509
_STAYING = 0.95  # our rule: a later release of a month holds at least this share of the practices held


def stage_month(
    transaction: Transaction, source: Source, file: Unpacked, month: str, flavour: str, rows: pa.Table, counted: int,
    options: Options,
) -> Loaded:  # fmt: skip
    """Stage one month (practice, sex, age_band, patients); every practice has an all/all row, which adds up."""
    held, new = stage_one(transaction, source, file, month, flavour, _with_totals(file, rows), counted, options)
    return outcome(source, file, [held], [new])


def stage_one(
    transaction: Transaction, source: Source, file: Unpacked, month: str, flavour: str, rows: pa.Table, counted: int,
    options: Options,
) -> tuple[Snapshot | None, Snapshot]:  # fmt: skip
    """The snapshot held before and the one that stands now."""
    key = f"{month}/{flavour}"
    held = transaction.lake.snapshot("list_size", key)
    constant = {"month": pa.scalar(month_number(month), pa.int16()), "flavour": pa.scalar(flavour)}
    for name, value in constant.items():
        rows = rows.append_column(name, pa.repeat(value, rows.num_rows))
    rows = rows.select(TABLES["list_size"].names).sort_by([(c, "ascending") for c in ("practice", "sex", "age_band")])
    totals = rows.filter((pc.field("sex") == "all") & (pc.field("age_band") == "all"))
    if held is not None and held.sha256 != file.sha256 and not options.replace:
        _cover(transaction, file, month, flavour, set(totals["practice"].to_pylist()))
    counts = {"patients": pc.sum(totals["patients"]).as_py(), "practices": totals.num_rows}
    origin = Origin(file.label, file.sha256, counted, counts, flavour, source.name, options.note)
    return held, transaction.stage("list_size", key, {"list_size": rows}, origin)


def _with_totals(file: Unpacked, rows: pa.Table) -> pa.Table:
    """Hold each published total against its parts; give the all/all row to practices that have only parts."""
    frame = rows.to_pydict()
    practices, place = np.unique(np.array(frame["practice"], dtype=object).astype(str), return_inverse=True)
    patients = np.array(frame["patients"], dtype=np.int64)
    sex, band = np.array(frame["sex"]), np.array(frame["age_band"])

    def added(which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        there = np.bincount(place[which], minlength=len(practices)) > 0
        return there, np.bincount(place[which], patients[which], minlength=len(practices)).astype(np.int64)

    has_total, total = added((sex == "all") & (band == "all"))
    checks = [("bands by sex", (sex != "all") & (band != "all")), ("sexes", (sex != "all") & (band == "all")),
              ("bands", (sex == "all") & (band != "all"))]  # fmt: skip
    for what, which in checks:
        there, parts = added(which)
        wrong = np.flatnonzero(has_total & there & (parts != total))
        if len(wrong):
            i = wrong[0]
            raise InputError(
                f"{file.name}: {practices[i]} has {total[i]:,} patients but its {what} add up to {parts[i]:,}"
            )
        total = np.where(has_total, total, np.where(there, parts, 0))
        missing = ~has_total & there
        if missing.any():
            rows = pa.concat_tables([rows, _all(practices[missing], total[missing], rows.schema)])
            has_total = has_total | missing
    return rows


def _all(practices: np.ndarray, patients: np.ndarray, schema: pa.Schema) -> pa.Table:
    n = len(practices)
    columns = {"practice": practices.tolist(), "sex": ["all"] * n, "age_band": ["all"] * n, "patients": patients}
    return pa.table(columns).select(schema.names).cast(schema)


def _cover(transaction: Transaction, file: Unpacked, month: str, flavour: str, practices: set[str]) -> None:
    table = transaction.lake.table("list_size")
    chosen = table.filter(table.month == month_number(month), table.flavour == flavour)
    held = set(chosen.select("practice").distinct().to_pyarrow()["practice"].to_pylist())
    if len(held & practices) < _STAYING * len(held):
        raise InputError(
            f"{file.name}: {month} is held with {len(held):,} practices and this file has {len(held & practices):,} of "
            "them; say --replace if it is meant to take that month's place"
        )
