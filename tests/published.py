"""Small files in the published formats, for tests of the sources: every number can be added up by eye."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]

OLD = (
    "YEAR_MONTH", "REGIONAL_OFFICE_NAME", "REGIONAL_OFFICE_CODE", "ICB_NAME", "ICB_CODE", "PCO_NAME", "PCO_CODE",
    "PRACTICE_NAME", "PRACTICE_CODE", "ADDRESS_1", "ADDRESS_2", "ADDRESS_3", "ADDRESS_4", "POSTCODE",
    "BNF_CHEMICAL_SUBSTANCE", "CHEMICAL_SUBSTANCE_BNF_DESCR", "BNF_CODE", "BNF_DESCRIPTION", "BNF_CHAPTER_PLUS_CODE",
    "QUANTITY", "ITEMS", "TOTAL_QUANTITY", "ADQUSAGE", "NIC", "ACTUAL_COST", "UNIDENTIFIED",
)  # fmt: skip
NEW = (
    *OLD[:14], "BNF_CHEMICAL_SUBSTANCE_CODE", "BNF_CHEMICAL_SUBSTANCE", "BNF_PRESENTATION_CODE",
    "BNF_PRESENTATION_NAME", "BNF_CHAPTER_PLUS_CODE", "QUANTITY", "ITEMS", "TOTAL_QUANTITY", "ADQ_USAGE", "NIC",
    "ACTUAL_COST", "UNIDENTIFIED", "SNOMED_CODE",
)  # fmt: skip
SERTRALINE, METFORMIN = "0403030Q0AAAAAA", "0601022B0AAABAB"


def prescription(
    month: str, practice: str, code: str, items: int, quantity: float, cost: float, *, pco: str = "16C00",
    unidentified: str = "N",
) -> Row:  # fmt: skip
    """One row of prescribing under its meaning; `prescribing_columns` gives it a layout's names."""
    return {
        "month": month, "practice": practice, "code": code, "items": items, "quantity": quantity,
        "cost": cost, "pco": pco, "unidentified": unidentified,
    }  # fmt: skip


def month_of_prescribing(month: str = "201709") -> list[Row]:
    """Two practices, two presentations: 15 items, £14.50; a row that repeats, a correction, an unknown code."""
    return [
        prescription(month, "A00001", SERTRALINE, 4, 28, 4.0),
        prescription(month, "A00001", SERTRALINE, 1, 28, 1.0),
        prescription(month, "A00001", SERTRALINE, 2, 56, 3.5),
        prescription(month, "A00001", METFORMIN, 5, 84, 5.0),
        prescription(month, "B00002", METFORMIN, -1, 84, -1.0),
        prescription(month, "B00002", "9999999Z0ZZZZZZ", 4, 10, 2.0),
    ]


def prescribing_columns(rows: Iterable[Row], layout: str = "icb") -> list[Row]:
    """Rows in a published layout: icb, stp, area_team (all until 2025-06) or snomed (since 2025-07)."""
    found = []
    for row in rows:
        new = layout == "snomed"
        middle = {"stp": "STP", "area_team": "AREA_TEAM"}.get(layout, "ICB")
        cells: Row = {
            "YEAR_MONTH": row["month"], "REGIONAL_OFFICE_NAME": "NORTH", "REGIONAL_OFFICE_CODE": "Y63",
            f"{middle}_NAME": "NORTH EAST", f"{middle}_CODE": "QHM", "PCO_NAME": f"PLACE {row['pco'][:3]}",
            "PCO_CODE": row["pco"], "PRACTICE_NAME": f"PRACTICE {row['practice']}", "PRACTICE_CODE": row["practice"],
            "ADDRESS_1": "", "ADDRESS_2": "", "ADDRESS_3": "", "ADDRESS_4": "", "POSTCODE": "",
            "BNF_CHAPTER_PLUS_CODE": "01: X", "QUANTITY": row["quantity"], "ITEMS": row["items"],
            "TOTAL_QUANTITY": row["quantity"] * row["items"], "NIC": round(row["cost"] / 0.93, 2),
            "ACTUAL_COST": row["cost"], "UNIDENTIFIED": row["unidentified"],
        }  # fmt: skip
        if new:
            cells |= {
                "BNF_CHEMICAL_SUBSTANCE_CODE": row["code"][:9], "BNF_CHEMICAL_SUBSTANCE": "A name, no code",
                "BNF_PRESENTATION_CODE": row["code"], "BNF_PRESENTATION_NAME": f"Café {row['code']}",
                "ADQ_USAGE": 0, "SNOMED_CODE": "322236009",
            }  # fmt: skip
        else:
            cells |= {
                "BNF_CHEMICAL_SUBSTANCE": row["code"][:9], "CHEMICAL_SUBSTANCE_BNF_DESCR": "A name",
                "BNF_CODE": row["code"], "BNF_DESCRIPTION": f"Café {row['code']}", "ADQUSAGE": 0,
            }  # fmt: skip
        order = [c.replace("ICB_", f"{middle}_") if c.startswith("ICB_") else c for c in (NEW if new else OLD)]
        found.append({column: cells[column] for column in order})
    return found


def write_csv(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8", columns: Sequence[str] = ()) -> Path:
    """Write rows, in the order of `columns` if they are given."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(columns or rows[0]), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def prescribing_file(path: Path, month: str = "201709", layout: str = "icb", rows: Sequence[Row] = ()) -> Path:
    """A month of prescribing as a CSV file."""
    return write_csv(path, prescribing_columns(rows or month_of_prescribing(month), layout))


def list_sizes(month: str = "01SEP2017", practices: Sequence[str] = ("A00001", "B00002")) -> list[Row]:
    """Five-year bands: each practice has 10 women of 0-4, 20 men of 95 and over, 30 people in all."""
    rows = []
    for practice in practices:
        for sex, band, patients in (("ALL", "ALL", 30), ("FEMALE", "0_4", 10), ("FEMALE", "ALL", 10),
                                    ("MALE", "95+", 20), ("MALE", "ALL", 20)):  # fmt: skip
            rows.append({
                "PUBLICATION": "GP_PRAC_PAT_LIST", "EXTRACT_DATE": month, "ORG_TYPE": "GP", "ORG_CODE": practice,
                "ONS_CODE": "", "POSTCODE": "", "SEX": sex, "AGE_GROUP_5": band, "NUMBER_OF_PATIENTS": patients,
            })  # fmt: skip
    return rows


def rtt_extract(period: str = "RTT-January-2026", *, weeks: int = 52, total_rows: bool = True) -> list[Row]:
    """Two specialties of one provider: 6 + 4 incomplete pathways (7 within 18 weeks), 2 completed, 3 new periods."""
    def row(part: str, specialty: str, waits: dict[int, int], unknown: int | str = "", total: int | None = None) -> Row:
        bands = {f"Gt {w:02d} To {w + 1:02d} Weeks SUM 1": waits.get(w, "") for w in range(weeks)}
        bands[f"Gt {weeks} Weeks SUM 1"] = waits.get(weeks, "")
        known = sum(waits.values())
        return {
            "Period": period, "Provider Parent Org Code": "QHM", "Provider Parent Name": "NORTH EAST",
            "Provider Org Code": "RXX", "Provider Org Name": "A TRUST", "Commissioner Parent Org Code": "QHM",
            "Commissioner Parent Name": "NORTH EAST", "Commissioner Org Code": "16C",
            "Commissioner Org Name": "PLACE", "RTT Part Type": part, "RTT Part Description": "",
            "Treatment Function Code": specialty, "Treatment Function Name": "", **bands,
            "Total": known if part.startswith("Part_1") else "", "Patients with unknown clock start date": unknown,
            "Total All": total if total is not None else known + int(unknown or 0),
        }  # fmt: skip

    rows = [
        row("Part_2", "C_100", {0: 3, 17: 2, 18: 1}), row("Part_2", "C_101", {5: 2, weeks: 2}),
        row("Part_2A", "C_100", {17: 1}), row("Part_1A", "C_100", {3: 1}, unknown=1),
        row("Part_3", "C_100", {}, total=3),
    ]  # fmt: skip
    if total_rows:
        rows += [
            row("Part_2", "C_999", {0: 3, 5: 2, 17: 2, 18: 1, weeks: 2}), row("Part_2A", "C_999", {17: 1}),
            row("Part_1A", "C_999", {3: 1}, unknown=1), row("Part_3", "C_999", {}, total=3),
        ]  # fmt: skip
    return rows


def bytes_of(folder: Path) -> dict[str, str]:
    """Every file under a folder and the sha256 of what it holds."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*")) if file.is_file()
    }  # fmt: skip
