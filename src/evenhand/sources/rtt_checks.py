"""What an RTT extract must hold before it is believed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from .rtt_layout import Layout
from .scan import Scan, quoted

PARTS = ("Part_1A", "Part_1B", "Part_2", "Part_2A", "Part_3")
TOTAL = "C_999"  # the treatment function that is the sum of the others
_MOST = 1e7  # our rule: the whole of England is under ten million
_KEYS = ("provider", "commissioner", "commissioner_parent", "part")


def cells(scan: Scan, where: Layout) -> None:
    """Every code is there, every band a whole number that is not negative (or blank)."""
    for name in ("Provider Org Code", "Commissioner Org Code", "Treatment Function Code"):
        scan.check(where.at(name), f"{scan.text(where.at(name))} IS NULL", "a code")
    part = where.at("RTT Part Type")
    listed = ", ".join(f"'{p.lower()}'" for p in PARTS)
    scan.check(part, f"coalesce(lower({scan.text(part)}) NOT IN ({listed}), true)", f"one of {', '.join(PARTS)}")
    numbers = [band.column for band in where.bands] + [
        c for c in (where.at("Total"), where.at("Patients with unknown clock start date")) if c
    ]
    wrong = {column: f"NOT coalesce({_counts(column)}, {quoted(column)} IS NULL)" for column in numbers}
    wrong[where.at("Total All")] = f"NOT coalesce({_counts(where.at('Total All'))}, false)"
    asked = ", ".join(f"count(*) FILTER ({condition})" for condition in wrong.values())
    for column, bad in zip(wrong, scan.one(f"SELECT {asked} FROM raw"), strict=True):
        if bad:
            raise scan.refuse(column, wrong[column], "a whole number of pathways")


def read(scan: Scan, where: Layout) -> None:
    """Leave the rows in table `extract`: b0, b1, ... are the bands, whole numbers held as doubles, which add fast."""

    def text(name: str) -> str:
        return scan.text(where.at(name)) if where.at(name) else "NULL"

    def count(column: str) -> str:
        return f"coalesce(TRY_CAST({quoted(column)} AS DOUBLE), 0)" if column else "CAST(0 AS DOUBLE)"

    bands = ", ".join(f"{count(band.column)} AS b{i}" for i, band in enumerate(where.bands))
    scan.run(f"""
        CREATE TABLE extract AS
        SELECT row_number() OVER () AS row, {text("Provider Org Code")} AS provider,
               {text("Provider Org Name")} AS provider_name, {text("Provider Parent Org Code")} AS provider_parent,
               {text("Provider Parent Name")} AS provider_parent_name,
               {text("Commissioner Org Code")} AS commissioner, {text("Commissioner Org Name")} AS commissioner_name,
               coalesce({text("Commissioner Parent Org Code")}, '') AS commissioner_parent,
               {text("Commissioner Parent Name")} AS commissioner_parent_name,
               'Part_' || upper(substr({text("RTT Part Type")}, 6)) AS part,
               {text("Treatment Function Code")} AS treatment_function,
               {count(where.at("Patients with unknown clock start date"))} AS unknown_start,
               {count(where.at("Total All"))} AS total_all, {bands}
        FROM raw
    """)


def once(scan: Scan, where: Layout) -> None:
    """One row a provider, commissioner, part and treatment function."""
    names = ", ".join((*_KEYS, "treatment_function"))
    again = scan.rows(
        f"SELECT list(row ORDER BY row)[1], list(row ORDER BY row)[2] AS second, {names} FROM extract GROUP BY {names} "
        "HAVING count(*) > 1 ORDER BY second LIMIT 1"
    )
    if again:
        first, second, *key = again[0]
        shown = ", ".join(str(part) for part in key if part)
        raise InputError(
            f"{scan.file.name}: row {second + scan.skip}: {shown} was already given in row {first + scan.skip}; "
            "each must be given once"
        )


def bands_make_totals(scan: Scan, where: Layout) -> None:
    """`Total All` is the sum of the bands and of unknown clock starts; new periods (Part_3) have no bands."""
    added = " + ".join(f"b{i}" for i in range(len(where.bands))) + " + unknown_start"
    wrong = scan.rows(
        f"SELECT row, {added}, total_all FROM extract WHERE {added} <> total_all "
        f"AND NOT (part = 'Part_3' AND {added} = 0) ORDER BY row LIMIT 1"
    )
    if wrong:
        row, bands, total = wrong[0]
        raise InputError(
            f"{scan.file.name}: row {row + scan.skip}: the bands add up to {bands:,.0f} but Total All is {total:,.0f}"
        )


def total_agrees(scan: Scan) -> bool:
    """Whether the file has C_999 rows; each must be the sum of the other treatment functions, band by band."""
    has_total, has_others = scan.one(
        f"SELECT coalesce(bool_or(treatment_function = '{TOTAL}'), false), "
        f"coalesce(bool_or(treatment_function <> '{TOTAL}'), false) FROM extract"
    )
    if not (has_total and has_others):
        return bool(has_total)
    columns = [c for (c,) in scan.rows(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = 'extract' AND (column_name = 'total_all' "
        "OR regexp_matches(column_name, '^b[0-9]+$')) ORDER BY column_index"
    )]  # fmt: skip
    keys = ", ".join(_KEYS)
    differ = " OR ".join(f"sum(sign * {c}) <> 0" for c in columns)
    wrong = scan.rows(
        f"SELECT {keys}, sum(total_all) FILTER (sign < 0), sum(total_all) FILTER (sign > 0) FROM "
        f"(SELECT *, CASE WHEN treatment_function = '{TOTAL}' THEN -1.0 ELSE 1.0 END AS sign FROM extract) "
        f"GROUP BY {keys} HAVING {differ} OR min(sign) = max(sign) ORDER BY {keys} LIMIT 1"
    )
    if wrong:
        *key, total, others = wrong[0]
        raise InputError(
            f"{scan.file.name}: {', '.join(k for k in key if k)}: {TOTAL} says {_said(total)} pathways and the other "
            f"treatment functions {_said(others)}, or their bands differ; they must agree"
        )
    scan.run(f"DELETE FROM extract WHERE treatment_function = '{TOTAL}'")
    return True


def counted(scan: Scan, where: Layout, has_total: bool) -> dict[str, Any]:
    """Rows of the source and its totals, C_999 left out where it repeats the others."""
    within = " + ".join(f"b{i}" for i, band in enumerate(where.bands) if band.weeks < 18)  # NHS Constitution: 18 weeks
    each = ", ".join(f"coalesce(sum(total_all) FILTER (part = '{part}'), 0)::BIGINT" for part in PARTS)
    found = scan.one(
        f"SELECT {each}, coalesce(sum({within}) FILTER (part = 'Part_2'), 0)::BIGINT, count(DISTINCT provider), "
        "count(DISTINCT commissioner) FROM extract"
    )
    names = ("completed_admitted", "completed_non_admitted", "incomplete", "incomplete_with_decision", "new_periods",
             "incomplete_within_18_weeks", "providers", "commissioners")  # fmt: skip
    return {"rows": scan.one("SELECT count(*) FROM raw")[0], **dict(zip(names, found, strict=True))}


def reconcile(scan: Scan, rtt: pa.Table, rtt_total: pa.Table, counted: dict[str, Any]) -> None:
    """What is kept adds up to what the source holds, in bands and in totals."""
    kept = [
        (rtt, "pathways", "Part_2", counted["incomplete"]),
        (rtt_total, "total_all", "Part_2", counted["incomplete"]),
        (rtt_total, "total_all", "Part_2A", counted["incomplete_with_decision"]),
        (rtt_total, "total_all", "Part_3", counted["new_periods"]),
    ]
    for table, column, part, expected in kept:
        total = pc.sum(table.filter(pc.field("part") == part)[column]).as_py() or 0
        if total != expected:
            raise InputError(f"{scan.file.name}: {part} adds up to {expected:,} but {total:,} would be kept")


def _counts(column: str) -> str:
    value = f"TRY_CAST({quoted(column)} AS DOUBLE)"
    return f"{value} >= 0 AND {value} <= {_MOST} AND {value} = floor({value})"


def _said(number: float | None) -> str:
    return "no" if number is None else f"{number:,.0f}"
