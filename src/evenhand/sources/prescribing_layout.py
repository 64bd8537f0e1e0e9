"""The layouts of a prescribing file: which columns it must have, and which of them holds what, by name.

NHSBSA Open Data Portal; METHODS D.4. In July 2025 BNF_CHEMICAL_SUBSTANCE changed from a code to a name under the
same heading, so a file is told by its whole layout.
"""

from __future__ import annotations

from dataclasses import dataclass

from .source import lacking
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

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that hold numbers."""
        return (self.quantity, self.items, self.total_quantity, self.nic, self.actual_cost)


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


def _is_new(file: Unpacked) -> bool:
    return file.column("BNF_CHEMICAL_SUBSTANCE_CODE", "BNF_PRESENTATION_CODE") is not None
