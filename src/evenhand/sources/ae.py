"""A&E attendances by provider in one month: NHS England's monthly CSV, one column a type of department.

METHODS D.3. Header spelling varies ("4-12 hs", "Booked  Appointments OtherDepartment", "Number of A&E attendances
Type 1"), so columns are known by what they speak of. `Period` reads `MSitAE-MARCH-2024`, `-` is missing. The row TOTAL
must be the sum of the providers, and is left out.
"""

from __future__ import annotations

import math
import re
from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES, Transaction, month_number
from .keep import keep
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked, plain_name

_MOST = 5_000_000  # our rule: England has about 2.4 million attendances a month
_SIDES = ("attendances", "over_4_hours", "admissions")
_WAITS = ("waited_4_to_12_hours", "waited_12_hours", "other_admissions")

_TOGETHER = (  # a release has each of these groups whole, or is older than it: a part would be a sum too small
    {("admissions", kind): f"Emergency admissions via A&E, {name}" for kind, name in
     (("1", "Type 1"), ("2", "Type 2"), ("other", "Other A&E department"))},
    {("waited_4_to_12_hours", ""): "Patients who have waited 4-12 hs", ("waited_12_hours", ""):
     "Patients who have waited 12+ hrs"},
    {(side, f"booked_{kind}"): f"A&E {side.replace('_', ' ')} booked appointments type {kind}"
     for side in ("attendances", "over_4_hours") for kind in ("1", "2", "other")},
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking: attendances and long waits of each type, the provider and the month."""
    found = set(_meaning(file).values())
    if ("attendances", "1") not in found and ("over_4_hours", "1") not in found:
        return None
    missing = [name for name in ("Period", "Org Code") if file.column(name) is None]
    for side in ("attendances", "over_4_hours"):
        missing += [f"A&E {side.replace('_', ' ')} type {kind}" for kind in ("1", "2", "other")
                    if (side, kind) not in found]  # fmt: skip
    return tuple(missing + [name for group in _TOGETHER for name in _half(group, found)])


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month, hold the total row against the providers, and stage one row a provider and type."""
    meaning = _meaning(file)
    if len(set(meaning.values())) < len(meaning):
        raise InputError(f"{file.name}: two columns say the same of one type of department")
    period, code = file.column("Period") or "", file.column("Org Code") or ""
    name = file.column("Org name") or code
    with Scan(file, transaction.beside("spill").parent) as scan:
        whole = " OR ".join(f"coalesce(upper({scan.text(c)}) = 'TOTAL', false)" for c in (period, code, name))
        for column in meaning:
            cell = f"CASE WHEN {scan.text(column)} = '-' THEN NULL ELSE replace({scan.text(column)}, ',', '') END"
            number = f"TRY_CAST({cell} AS DOUBLE)"
            bad = f"coalesce({number} < 0 OR {number} > {_MOST} OR {number} <> round({number}), true)"
            scan.check(column, f"{cell} IS NOT NULL AND {bad}", f"a whole number, at most {_MOST:,}, or -")
        month = _month(scan, period, whole)
        scan.check(code, f"{scan.text(code)} IS NULL AND NOT ({whole})", "a provider's code")
        cells = ", ".join(f"TRY_CAST(replace({scan.text(c)}, ',', '') AS BIGINT)" for c in meaning)
        providers = scan.rows(f"SELECT {scan.text(code)}, {cells} FROM raw WHERE NOT ({whole}) ORDER BY 1")
        printed = scan.rows(f"SELECT '', {cells} FROM raw WHERE {whole}")
        counted = scan.one("SELECT count(*) FROM raw")[0]
    _checked(file, providers, printed, list(meaning))
    parts = _parts(providers, list(meaning.values()), month_number(month))
    totals = {side: sum(row[side] or 0 for row in parts["ae"]) for side in _SIDES}
    tables = {t: pa.Table.from_pylist(rows, schema=TABLES[t]) for t, rows in parts.items() if rows}
    return keep(
        transaction, SOURCE, file, month, tables, counted=counted, layout=f"{len(file.columns)} columns",
        options=options, totals={"providers": len(providers), **totals},
    )  # fmt: skip


def _meaning(file: Unpacked) -> dict[str, tuple[str, str]]:
    """What each column of numbers speaks of: which side, and which type of department."""
    found = {}
    for column in file.columns:
        name = plain_name(column).replace("otherdepartment", "other_department")
        kind = "1" if "type_1" in name else "2" if "type_2" in name else "other" if "other_" in name else ""
        kind = f"booked_{kind}" if "booked" in name and kind else kind
        if re.search(r"4_?12_h", name):
            found[column] = ("waited_4_to_12_hours", "")
        elif re.search(r"12_h", name):
            found[column] = ("waited_12_hours", "")
        elif "admissions" in name:
            found[column] = ("other_admissions", "") if "via" not in name else ("admissions", kind)
        elif "attendances" in name and kind:
            found[column] = ("over_4_hours" if "4h" in name or "4_h" in name else "attendances", kind)
    return found


def _half(group: dict[tuple[str, str], str], found: set[tuple[str, str]]) -> list[str]:
    """The columns that a file lacks of a group that a release has whole or not at all."""
    lacking = [name for meaning, name in group.items() if meaning not in found]
    return lacking if len(lacking) < len(group) else []


def _month(scan: Scan, period: str, whole: str) -> str:
    months = sorted(set(scan.months(period, where=f"NOT ({whole})").values()))
    if len(months) > 1:
        raise InputError(f"{scan.file.name}: holds {len(months)} months ({months[0]} to {months[-1]}); expected one")
    return months[0]


def _checked(
    file: Unpacked, providers: list[tuple[Any, ...]], printed: list[tuple[Any, ...]], columns: list[str]
) -> None:
    seen: set[str] = set()
    for code, *_ in providers:
        if code in seen:
            raise InputError(f"{file.name}: provider {code!r} is given twice; each must be given once")
        seen.add(code)
    if len(printed) > 1:
        raise InputError(f"{file.name}: the row TOTAL is given {len(printed)} times; expected once, or not at all")
    for _, *said in printed:
        for place, column in enumerate(columns, start=1):
            added = sum(row[place] or 0 for row in providers)
            if said[place - 1] is not None and not math.isclose(said[place - 1], added):
                raise InputError(
                    f"{file.name}: column {column!r}: the row TOTAL says {said[place - 1]:,} and the providers add up "
                    f"to {added:,}"
                )


def _parts(
    providers: list[tuple[Any, ...]], meaning: list[tuple[str, str]], month: int
) -> dict[str, list[dict[str, Any]]]:
    """Rows of `ae` and `ae_wait`; a type of which nothing is said has no row."""
    kinds = sorted({kind for side, kind in meaning if side == "attendances"})
    found: dict[str, list[dict[str, Any]]] = {"ae": [], "ae_wait": []}
    for provider, *cells in providers:
        said = dict(zip(meaning, cells, strict=True))
        for kind in kinds:
            row = {side: said.get((side, kind)) for side in _SIDES}
            if any(value is not None for value in row.values()):
                found["ae"].append({"month": month, "provider": provider, "type": kind, **row})
        waits = {name: said.get((name, "")) for name in _WAITS}
        if any(value is not None for value in waits.values()):
            found["ae_wait"].append({"month": month, "provider": provider, **waits})
    return found


SOURCE = Source(
    name="ae",
    title="A&E attendances and emergency admissions by provider (NHS England), one month a file",
    tables=("ae", "ae_wait"),
    lacks=lacks,
    stage=stage,
)
