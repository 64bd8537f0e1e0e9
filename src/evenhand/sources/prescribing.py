"""Prescribing: the English Prescribing Dataset, every layout since 2014, one practice-level file a month.

NHSBSA Open Data Portal, `EPD_YYYYMM` to 202506 and `EPD_SNOMED_YYYYMM` since; METHODS D.4. In July 2025
BNF_CHEMICAL_SUBSTANCE changed from a code to a name under the same heading, so columns are told apart by the
whole layout and the chemical is checked against the presentation's own code.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..lake import ROW_GROUP, Origin, Transaction, month_number
from . import prescribing_checks as checks
from .prescribing_keys import mentioned, number_codes
from .scan import MILLION, Scan, literal, millionths, number_of, quoted, text_of
from .source import Loaded, Options, Source, lacking, outcome
from .unpack import Unpacked, plain_name

_COMMON = (
    "YEAR_MONTH", "REGIONAL_OFFICE_NAME", "REGIONAL_OFFICE_CODE", "ICB_NAME|STP_NAME|AREA_TEAM_NAME",
    "ICB_CODE|STP_CODE|AREA_TEAM_CODE", "PCO_NAME", "PCO_CODE", "PRACTICE_NAME", "PRACTICE_CODE",
    "BNF_CHEMICAL_SUBSTANCE", "QUANTITY", "ITEMS", "TOTAL_QUANTITY", "NIC", "ACTUAL_COST", "UNIDENTIFIED",
)  # fmt: skip
_UNTIL_2025_06 = (*_COMMON, "CHEMICAL_SUBSTANCE_BNF_DESCR", "BNF_CODE", "BNF_DESCRIPTION")
_SINCE_2025_07 = (
    *_COMMON, "BNF_CHEMICAL_SUBSTANCE_CODE", "BNF_PRESENTATION_CODE", "BNF_PRESENTATION_NAME", "SNOMED_CODE",
)  # fmt: skip
_SUMS = ("items", "quantity", "nic", "actual_cost")
_STAYING = 0.95  # our rule: a later release of a month holds at least this share of the practices held


@dataclass(frozen=True)
class Layout:
    """Which of the file's columns holds what."""

    name: str
    month: str
    region: str
    region_name: str
    parent: str
    parent_name: str
    pco: str
    pco_name: str
    practice: str
    practice_name: str
    chemical: str
    code: str
    presentation: str
    quantity: str
    items: str
    total_quantity: str
    nic: str
    actual_cost: str
    unidentified: str

    @property
    def parent_kind(self) -> str:
        """What stands between region and sub-ICB location: icb, stp or area_team."""
        return plain_name(self.parent).removesuffix("_code")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """The columns that a file lacks to be a month of prescribing."""
    if file.kind == "xlsx":
        return None
    return lacking(file, _SINCE_2025_07 if _is_new(file) else _UNTIL_2025_06)


def layout(file: Unpacked) -> Layout:
    """Where everything stands in this file, by name and never by position."""
    new = _is_new(file)

    def at(*names: str) -> str:
        return file.column(*names) or ""

    parent = at("ICB_CODE", "STP_CODE", "AREA_TEAM_CODE")
    return Layout(
        name=f"{'EPD_SNOMED since 2025-07' if new else 'EPD until 2025-06'}, {plain_name(parent)}",
        month=at("YEAR_MONTH"), region=at("REGIONAL_OFFICE_CODE"), region_name=at("REGIONAL_OFFICE_NAME"),
        parent=parent, parent_name=at("ICB_NAME", "STP_NAME", "AREA_TEAM_NAME"),
        pco=at("PCO_CODE"), pco_name=at("PCO_NAME"), practice=at("PRACTICE_CODE"), practice_name=at("PRACTICE_NAME"),
        chemical=at("BNF_CHEMICAL_SUBSTANCE_CODE") if new else at("BNF_CHEMICAL_SUBSTANCE"),
        code=at("BNF_PRESENTATION_CODE", "BNF_CODE"),
        presentation=at("BNF_PRESENTATION_NAME", "BNF_DESCRIPTION"),
        quantity=at("QUANTITY"), items=at("ITEMS"), total_quantity=at("TOTAL_QUANTITY"), nic=at("NIC"),
        actual_cost=at("ACTUAL_COST"), unidentified=at("UNIDENTIFIED"),
    )  # fmt: skip


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month, check it, sum it by presentation and practice, reconcile it, and stage it.

    Repeated practice-presentation rows, unknown BNF codes and negative corrections are normal: they load.
    """
    where = layout(file)
    with Scan(file, transaction.beside("spill").parent) as scan:
        month = checks.one_month(scan, where)
        _codes(scan, where)
        counted = checks.counted(scan, where)
        checks.canary(scan, counted)
        number_codes(scan, transaction, file)
        _sum(scan, where)
        key = month
        held = transaction.lake.snapshot("prescribing", key)
        if not options.replace and held is not None:
            _cover(transaction, scan, file, month)
        parts: dict[str, Any] = {
            "prescribing": _write(scan, transaction.beside("month"), _MONTH.format(month=month_number(month))),
            "prescribing_band": _write(scan, transaction.beside("bands"), _BANDS.format(month=month_number(month))),
        }
        _reconcile(scan, file, parts, counted)
        parts["organisation"], parts["membership"] = mentioned(scan, where, month)
    origin = Origin(
        file.label, file.sha256, counted["rows"], {k: v for k, v in counted.items() if k != "rows"},
        _fingerprint(file, where), SOURCE.name,
    )  # fmt: skip
    snapshot = transaction.stage("prescribing", key, parts, origin)
    return outcome(SOURCE, file, [held], [snapshot])


def _is_new(file: Unpacked) -> bool:
    return file.column("BNF_CHEMICAL_SUBSTANCE_CODE", "BNF_PRESENTATION_CODE") is not None


def _fingerprint(file: Unpacked, where: Layout) -> str:
    columns = ",".join(sorted(plain_name(column) for column in file.columns))
    return f"{where.name}; {len(file.columns)} columns {hashlib.sha256(columns.encode()).hexdigest()[:12]}"


def _codes(scan: Scan, where: Layout) -> None:
    """Every practice and presentation of the file once, with the names and parents beside it.

    A practice's own code where it has one. Unidentified prescribers have `-` or a code made from their sub-ICB
    location: they are kept as `-` and that location, so that totals above practices stay whole.
    """
    names = (where.practice_name, where.pco_name, where.parent, where.parent_name, where.region, where.region_name)
    said = ("practice_name", "pco_name", "parent", "parent_name", "region", "region_name")
    chosen = ", ".join(f"min({text_of(column)}) AS {name}" for column, name in zip(names, said, strict=True))
    scan.run(f"""
        CREATE TABLE source_practice AS
        SELECT *, CASE WHEN own = '-' THEN '-' || pco ELSE own END AS practice, own = '-' OR flagged AS unidentified
        FROM (
            SELECT *, nullif(trim(raw_practice), '') AS own, regexp_replace(trim(raw_pco), '^(...)00$', '\\1') AS pco
            FROM (
                SELECT {quoted(where.practice)} AS raw_practice, {quoted(where.pco)} AS raw_pco, {chosen},
                       bool_or(lower(coalesce({text_of(where.unidentified)}, 'n')) IN ('y', 'yes', 'true', '1'))
                       AS flagged FROM raw GROUP BY ALL
            )
        )
    """)
    scan.run(f"""
        CREATE TABLE source_presentation AS
        SELECT {quoted(where.code)} AS raw_code, nullif(trim(raw_code), '') AS bnf_code,
               min({text_of(where.presentation)}) AS name
        FROM raw GROUP BY ALL
    """)


def _sum(scan: Scan, where: Layout) -> None:
    scan.run(f"""
        CREATE TABLE band AS
        SELECT k.presentation_id, p.practice_id, {millionths(where.quantity)} AS each,
               CAST(sum(CAST({number_of(where.items)} AS BIGINT)) AS BIGINT) AS items,
               CAST(sum({millionths(where.total_quantity)}) AS BIGINT) AS quantity,
               CAST(sum({millionths(where.nic)}) AS BIGINT) AS nic,
               CAST(sum({millionths(where.actual_cost)}) AS BIGINT) AS actual_cost,
               count(*) AS rows
        FROM raw r
        JOIN practice_number p ON p.raw_practice = r.{quoted(where.practice)} AND p.raw_pco = r.{quoted(where.pco)}
        JOIN presentation_number k ON k.raw_code = r.{quoted(where.code)}
        GROUP BY ALL
    """)


_MONTH = f"""
    SELECT CAST({{month}} AS SMALLINT) AS month, practice_id, presentation_id, CAST(sum(items) AS BIGINT) AS items,
           sum(quantity) / {MILLION}.0::DOUBLE AS quantity, sum(actual_cost) / {MILLION}.0::DOUBLE AS actual_cost,
           sum(nic) / {MILLION}.0::DOUBLE AS nic
    FROM band GROUP BY presentation_id, practice_id ORDER BY presentation_id, practice_id
"""
_BANDS = f"""
    SELECT CAST({{month}} AS SMALLINT) AS month, practice_id, presentation_id,
           each / {MILLION}.0::DOUBLE AS quantity_per_item, items
    FROM band ORDER BY presentation_id, practice_id, quantity_per_item
"""


def _write(scan: Scan, path: Path, query: str) -> Path:
    scan.run(
        f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    return path


def _reconcile(scan: Scan, file: Unpacked, parts: dict[str, Any], counted: dict[str, Any]) -> None:
    """What is kept must add up to what the source holds: rows exactly, sums to a millionth of a row's rounding."""
    rows = scan.one("SELECT coalesce(sum(rows), 0) FROM band")[0]
    kept = scan.one(
        "SELECT " + ", ".join(f"sum({name})" for name in _SUMS)
        + f" FROM read_parquet({literal(str(parts['prescribing']))})"
    )  # fmt: skip
    bands = scan.one(f"SELECT sum(items) FROM read_parquet({literal(str(parts['prescribing_band']))})")[0]
    if rows != counted["rows"] or bands != counted["items"]:
        raise InputError(f"{file.name}: {counted['rows']:,} rows were read but {rows:,} would be kept; nothing loaded")
    for name, value in zip(_SUMS, kept, strict=True):
        if abs(value - counted[name]) > 1e-6 * max(1, counted["rows"]) + 1e-9 * abs(counted[name]):
            raise InputError(f"{file.name}: {name} adds up to {counted[name]} but {value} would be kept; nothing loaded")


def _cover(transaction: Transaction, scan: Scan, file: Unpacked, month: str) -> None:
    """A later release of a month may not silently drop practices."""
    part = transaction.lake.snapshot("prescribing", month)
    path = part.part("prescribing") if part else None
    if path is None:
        return
    held, still = scan.one(
        f"SELECT count(*), count(n.practice_id) FROM (SELECT DISTINCT practice_id FROM read_parquet("
        f"{literal(str(transaction.lake.path / path.path))})) h LEFT JOIN (SELECT DISTINCT practice_id FROM "
        "practice_number) n USING (practice_id)"
    )
    if still < _STAYING * held:
        raise InputError(
            f"{file.name}: {month} is held with {held:,} practices and this file has {still:,} of them; "
            "say --replace if it is meant to take that month's place"
        )


SOURCE = Source(
    name="prescribing",
    title="English Prescribing Dataset (NHSBSA), one month a file",
    tables=("prescribing", "prescribing_band", "practice_key", "presentation", "organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
