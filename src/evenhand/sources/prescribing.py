"""Prescribing: the English Prescribing Dataset, every layout since 2014, one practice-level file a month.

NHSBSA Open Data Portal, `EPD_YYYYMM` to 202506 and `EPD_SNOMED_YYYYMM` since; METHODS D.4. In July 2025
BNF_CHEMICAL_SUBSTANCE changed from a code to a name under the same heading, so columns are told apart by the
whole layout and the chemical is checked against the presentation's own code.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ..errors import InputError
from ..lake import Origin, Transaction, month_number
from . import prescribing_checks as checks
from .prescribing_keys import codes, mentioned, number_codes
from .prescribing_sums import reconcile, sums, write
from .scan import Scan, literal
from .source import Loaded, Options, Source, lacking, outcome
from .unpack import NotForTheLake, Unpacked, plain_name

_COMMON = (
    "YEAR_MONTH", "REGIONAL_OFFICE_NAME", "REGIONAL_OFFICE_CODE", "ICB_NAME|STP_NAME|AREA_TEAM_NAME",
    "ICB_CODE|STP_CODE|AREA_TEAM_CODE", "PCO_NAME", "PCO_CODE", "PRACTICE_NAME", "PRACTICE_CODE",
    "BNF_CHEMICAL_SUBSTANCE", "QUANTITY", "ITEMS", "TOTAL_QUANTITY", "NIC", "ACTUAL_COST", "UNIDENTIFIED",
)  # fmt: skip
_UNTIL_2025_06 = (*_COMMON, "CHEMICAL_SUBSTANCE_BNF_DESCR", "BNF_CODE", "BNF_DESCRIPTION")
_SINCE_2025_07 = (
    *_COMMON, "BNF_CHEMICAL_SUBSTANCE_CODE", "BNF_PRESENTATION_CODE", "BNF_PRESENTATION_NAME", "SNOMED_CODE",
)  # fmt: skip
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

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return tuple(value for name, value in vars(self).items() if name != "name")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """The columns that a file lacks to be a month of prescribing; an extract without costs is refused by name."""
    if file.column("bnf_code") and file.column("practice") and file.column("items") and not file.column("actual_cost"):
        raise NotForTheLake(
            f"{file.name}: an extract of some presentations without costs ({', '.join(file.columns)}), not a month of "
            "prescribing; load the EPD file of the month"
        )
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
        if file.kind == "csv":
            scan.settle(where.columns, transaction.beside("settled"))
        month = checks.one_month(scan, where)
        counted = checks.counted(scan, where)
        codes(scan, where)
        counted |= checks.units(scan, where, counted["rows"])
        checks.canary(scan, counted)
        number_codes(scan, transaction, file)
        held = transaction.lake.snapshot("prescribing", month)
        if held is not None and held.sha256 != file.sha256 and not options.replace:
            _cover(transaction, scan, file, month)
        organisation, membership = mentioned(scan, where, month)
        kept = sums(scan, where, counted.pop("rows"), exact=counted.pop("inexact") == 0)
    reconcile(file, kept, counted)
    paths = write(kept, month_number(month), transaction.beside("month"), transaction.beside("bands"))
    origin = Origin(file.label, file.sha256, kept.rows, counted, _fingerprint(file, where), SOURCE.name)
    snapshot = transaction.stage(
        "prescribing", month,
        {"prescribing": paths[0], "prescribing_band": paths[1], "organisation": organisation, "membership": membership},
        origin,
    )  # fmt: skip
    return outcome(SOURCE, file, [held], [snapshot])


def _is_new(file: Unpacked) -> bool:
    return file.column("BNF_CHEMICAL_SUBSTANCE_CODE", "BNF_PRESENTATION_CODE") is not None


def _fingerprint(file: Unpacked, where: Layout) -> str:
    columns = ",".join(sorted(plain_name(column) for column in file.columns))
    return f"{where.name}; {len(file.columns)} columns {hashlib.sha256(columns.encode()).hexdigest()[:12]}"


def _cover(transaction: Transaction, scan: Scan, file: Unpacked, month: str) -> None:
    """A later release of a month may not silently drop practices."""
    snapshot = transaction.lake.snapshot("prescribing", month)
    part = snapshot.part("prescribing") if snapshot else None
    if part is None or not (transaction.lake.path / part.path).exists():
        return
    held, still = scan.one(
        f"SELECT count(*), count(n.practice_id) FROM (SELECT DISTINCT practice_id FROM read_parquet("
        f"{literal(str(transaction.lake.path / part.path))})) h LEFT JOIN (SELECT DISTINCT practice_id FROM "
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
