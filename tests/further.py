"""One small file of every further source, in its published shape: every number can be added up by eye."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake
from published import bytes_of

Cells = list[list[Any]]
BANDS = ["00 < 01 Week", *(f"{w:02d} < {w + 1:02d} Weeks" for w in range(1, 13)), "13+ Weeks"]
TESTS = ["Period", "Provider Parent Org Code", "Provider Parent Name", "Provider Org Code", "Provider Org Name",
         "Commissioner Parent Org Code", "Commissioner Parent Name", "Commissioner Org Code", "Commissioner Org Name",
         "Diagnostic Tests Sort Order", "Diagnostic Tests", *BANDS, "Total WL", "Waiting List Activity",
         "Planned Activity", "Unscheduled Activity", "Total Activity"]  # fmt: skip
AE = ["Period", "Org Code", "Parent Org", "Org name",
      *(f"A&E attendances {k}" for k in ("Type 1", "Type 2", "Other A&E Department")),
      *(f"A&E attendances Booked Appointments {k}" for k in ("Type 1", "Type 2", "Other Department")),
      *(f"Attendances over 4hrs {k}" for k in ("Type 1", "Type 2", "Other Department")),
      *(f"Attendances over 4hrs Booked Appointments {k}" for k in ("Type 1", "Type 2", "Other Department")),
      "Patients who have waited 4-12 hs from DTA to admission",
      "Patients who have waited 12+ hrs from DTA to admission",
      "Emergency admissions via A&E - Type 1", "Emergency admissions via A&E - Type 2",
      "Emergency admissions via A&E - Other A&E department", "Other emergency admissions"]  # fmt: skip
WEIGHTED = ["Practice_Code", "GP_Practice_Name", "Population", "G&A WP", "CS WP", "MH WP", "Mat WP", "Health Ineq WP",
            "Prescr WP", "Final WP", "Primary Medical Care WP", "Final PMC WP"]  # fmt: skip
HIERARCHY = [f"BNF {level}{code}" for level in ("Chapter", "Section", "Paragraph", "Subparagraph", "Chemical Substance",
                                                "Product", "Presentation") for code in ("", " Code")]  # fmt: skip
APPOINTED = ["CCG_CODE", "Appointment_Month", "APPT_STATUS", "HCP_TYPE", "APPT_MODE", "TIME_BETWEEN_BOOK_AND_APPT",
             "COUNT_OF_APPOINTMENTS"]  # fmt: skip
VMPP, VMP = "941211000001102", "322236009"


@dataclass(frozen=True)
class Small:
    """A small file. name: what it is called; cells: its header and rows; totals: what a load counts in it.

    spoilt: by fault, a cell (row as a person counts, column) and what stands there instead; swapped: two columns whose
    names, exchanged, cannot be right; headless: it has no header row.
    """

    name: str
    cells: Cells
    totals: dict[str, Any]
    spoilt: tuple[tuple[int, int, str], ...]
    swapped: tuple[int, int] | None
    delimiter: str = ","
    headless: bool = False

    def text(self, cells: Cells | None = None) -> str:
        """The file's text, or that of other cells in its shape."""
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(cells or self.cells)
        return out.getvalue()

    def write(self, folder: Path, cells: Cells | None = None) -> Path:
        """The file in a folder."""
        path = folder / self.name
        path.write_text(self.text(cells), encoding="utf-8")
        return path


def _bands(first: int) -> list[int]:
    return [first] + [0] * 12 + [1]


def _tests(test: str, bands: list[int]) -> list[Any]:
    return ["DM01-MARCH-2026", "QHM", "N", "RXX", "T", "QHM", "N", "16C", "P", 1, test, *bands, sum(bands), 4, 2, 1, 7]


def _ae(period: str, code: str, numbers: list[Any]) -> list[Any]:
    return [period, code, "NHS ENGLAND", f"NAME {code}", *numbers]


FILES: dict[str, Small] = {
    "deprivation": Small(
        "practice_imd2019.csv",
        [["practice_code", "practice_name", "imd_score", "imd_decile"], ["A1", "X", 34.5, 2], ["A2", "Y", 8.25, 9],
         ["U", "Unknown", 16.5, 7]], {"organisations": 2}, ((2, 2, "101"), (3, 3, "11"), (2, 2, "high")), (0, 2)),
    "qof_points": Small(
        "QOF 2019-20.csv",
        [["Practice code", "Practice name", "List size", "Achievement score (559 max)",
          "Total points for indicators where register exists. (Max QOF points available)"],
         ["A1", "X", 1000, 480.5, 559], ["A2", "Y", 2000, ":", 550]],
        {"practices": 2, "patients": 3000, "points": 480.5}, ((2, 3, "560"), (2, 2, "1.5")), (0, 2)),
    "qof_prevalence_wide": Small(
        "qof_1819.csv",
        [["practiceCode", "allAges_1718", "ages17plus_1718", "AF_N_1718", "AF_p_1718", "DM17p_N_1718"],
         ["A1", "7.389", "6.000", "118", "1,60", "407"], ["A2", "1.000", "900", "20", "2,00", "z"]],
        {"patients": 545}, ((2, 3, "many"), (2, 3, "2.118")), (0, 3), ";"),
    "qof_achievement": Small(
        "ACHIEVEMENT_LONDON_2425.csv",
        [["PRACTICE_CODE", "INDICATOR_CODE", "MEASURE", "VALUE"], ["A1", "AF006", "NUMERATOR", 3],
         ["A1", "AF006", "DENOMINATOR", 5], ["A1", "AF006", "PCAS", 1], ["A1", "AF006", "ACHIEVED_POINTS", 7.5]],
        {"numerator": 3, "denominator": 5, "points": 7.5}, ((2, 3, "6"), (2, 2, "NUMBER"), (3, 3, "-1")), (2, 3)),
    "qof_prevalence": Small(
        "PREVALENCE_2425.csv",
        [["PRACTICE_CODE", "GROUP_CODE", "REGISTER", "PATIENT_LIST_TYPE", "PRACTICE_LIST_SIZE"],
         ["A1", "AF", 9, "TOTAL", 100], ["A1", "DM", 7, "17OV", 80]],
        {"patients_on_registers": 16, "registers": 2}, ((2, 2, "101"), (3, 4, "")), (1, 2)),
    "qof_indicators": Small(
        "MAPPING_INDICATORS_2425.csv",
        [["INDICATOR_CODE", "INDICATOR_DESCRIPTION", "INDICATOR_POINT_VALUE", "GROUP_CODE", "GROUP_DESCRIPTION",
          "PATIENT_LIST_TYPE"], ["AF006", "Reviewed", 12, "AF", "Atrial fibrillation", "TOTAL"]],
        {"points": 12.0}, ((2, 2, "5000"),), (0, 2)),
    "practice_places": Small(
        "MAPPING_NHS_GEOGRAPHIES_2425.csv",
        [["PRACTICE_CODE", "PRACTICE_NAME", "PCN_ODS_CODE", "PCN_NAME", "ICB_ODS_CODE", "ICB_NAME", "REGION_ODS_CODE",
          "REGION_NAME"], ["A1", "X", "U1", "P", "QHM", "N", "Y63", "R"]],
        {"organisations": 5, "memberships": 4}, ((2, 0, ""),), None),
    "weighted_population": Small(
        "2025_2026.csv", [WEIGHTED, ["A1", "X", *([100.5] * 10)], ["A2", "Y", *([50] * 10)]],
        {"practices": 2, "population": 150.5, "prescribing": 150.5}, ((2, 8, "-1"), (2, 8, "x")), (0, 8)),
    "gp_payments": Small(
        "nhspaymentsgp-22-23-prac-csv.csv",
        [["Practice Code", "Contract Type", "Dispensing Practice", "Practice type", "Practice Rurality",
          "Average Number of Registered Patients", "Average Number of Weighted Patients", "Global Sum",
          "Total QOF Payments", "Total NHS Payments to General Practice"],
         ["A1", "GMS", "No", "GP practice", "Urban", 4000.25, 4500, 400, 50.5, 450.5],
         ["A2", "PMS", "Unknown", "GP practice", "Rural", 100, 90, 10, 0, 10]],
        {"practices": 2, "payments": 460.5}, ((2, 9, "500"), (2, 7, "lots")), (0, 9)),
    "gp_systems": Small(
        "gpsoc_2018-01.csv", [["ODS", "ODS name", "Principal Supplier", "Principal System"],
                              ["A1", "X", "TPP", "SystmOne"]], {"practices": 1}, ((2, 0, ""),), None),
    "appointments": Small(
        "Regional_CSV_X.csv",
        [APPOINTED, ["16C", "MAR2019", "Attended", "GP", "Face-to-Face", "15  to 21 Days", 14],
         ["16C", "MAR2019", "DNA", "Unknown", "Video/Online", "Unknown / Data Issue", 3]],
        {"appointments": 17}, ((2, 6, "many"), (2, 5, "3 weeks"), (2, 1, "soon")), (4, 6)),
    "appointments_coverage": Small(
        "coverage.csv",
        [["SUB_ICB_LOCATION_CODE", "Appointment_Month", "Included Practices", "Open Practices",
          "Patients registered at included practices", "Patients registered at open practices"],
         ["16C", "01FEB2023", 35, 36, 335363, 340000]],
        {"practices": 35, "patients": 335363}, ((2, 2, "37"), (2, 1, "03/04/2023")), (0, 2)),
    "ae": Small(
        "ae.csv",
        [AE, _ae("MSitAE-MARCH-2024", "RXX", [10, 2, 3, 0, 0, 1, 4, 0, 1, 0, 0, 0, 5, 6, 7, 0, 0, 8]),
         _ae("MSitAE-MARCH-2024", "RXY", [1, "-", 3, 0, 0, 1, 1, 0, 1, 0, 0, 0, 5, 6, 7, 0, 0, 8]),
         _ae("TOTAL", "TOTAL", [11, 2, 6, 0, 0, 2, 5, 0, 2, 0, 0, 0, 10, 12, 14, 0, 0, 16])],
        {"providers": 2, "attendances": 21, "over_4_hours": 7, "admissions": 14},
        ((2, 4, "11"), (2, 4, "-5"), (3, 0, "MSitAE-APRIL-2024")), None),
    "ae_long": Small(
        "ae_long.csv", [["period", "org_code", "type", "attendances", "breaches", "admissions"],
                        ["2017-03-01", "RF4", 1, 21289, 2879, 5060], ["2017-03-01", "RF4", "other", 2850, 6, 0]],
        {"attendances": 24139, "over_4_hours": 2885}, ((2, 4, "30000"), (2, 0, "03/04/2017"), (3, 2, "7")), (2, 3)),
    "dm01": Small(
        "dm01.csv", [TESTS, _tests("MRI", _bands(3)), _tests("CT", _bands(2)),
                     _tests("TOTAL", [5, *([0] * 12), 2])],
        {"waiting": 7, "over_6_weeks": 2, "over_13_weeks": 2}, ((2, 11, "4"), (4, 25, "8"), (2, 11, "0.5")), (3, 25)),
    "rtt_summary": Small(
        "rtt_icb.csv",
        [["Period", "ICB_Code", "TF_Code", "Incomplete_Pathways", "Within_18wks", "Pct_Within_18wks", "Median_Wait_Wks",
          "P92_Wait_Wks", "Waiters_52plus"], ["2022-10", "QE1", "C_100", 100, 60, 0.6, 13.2, 46.4, 7]],
        {"pathways": 100, "within_18_weeks": 60}, ((2, 4, "101"), (2, 3, "99999999999"), (2, 5, "0.7")), (2, 3)),
    "scmd": Small(
        "scmd_202401.csv",
        [["YEAR_MONTH", "ODS_CODE", "VMP_SNOMED_CODE", "VMP_PRODUCT_NAME", "UNIT_OF_MEASURE_IDENTIFIER",
          "UNIT_OF_MEASURE_NAME", "TOTAL_QUANITY_IN_VMP_UNIT", "INDICATIVE_COST"],
         ["202401", "RXX", VMP, "X", "1", "tablet", -3.5, ""], ["202401", "RXY", VMP, "X", "1", "tablet", 10, 5.5]],
        {"quantity": 6.5, "indicative_cost": 5.5},
        ((2, 2, "3.22E+08"), (2, 6, ""), (2, 0, "202413"), (3, 0, "210101")), (2, 6)),
    "pca": Small(
        "PCA_202401.csv",
        [["YEAR_MONTH", "ICB_CODE", "DISPENSER_ACCOUNT_TYPE", "BNF_PRESENTATION_CODE", "BNF_PRESENTATION_NAME",
          "SNOMED_CODE", "SUPPLIER_NAME", "UNIT_OF_MEASURE", "GENERIC_BNF_EQUIVALENT_CODE", "ITEMS", "TOTAL_QUANTITY",
          "NIC", "PHARMACY_ADVANCED_SERVICE"],
         ["202401", "QHM", "Pharmacy", "0403030Q0AAAAAA", "S", VMP, "", "tablet", "0403030Q0AAAAAA", 4, 112, 5.5, "N"],
         ["202401", "QHM", "Pharmacy", "0403030Q0AAAAAA", "S", VMP, "", "tablet", "0403030Q0AAAAAA", 1, 28, 1, "Y"]],
        {"items": 5, "nic": 6.5}, ((2, 9, "many"), (2, 11, "1e15")), (3, 9)),
    "drug_tariff": Small(
        "Part VIIIA Sept 20251.csv",
        [["Part VIIIA", "", "", "", "", "", ""], ["", "", "", "", "", "", ""],
         ["Medicine", "Pack Size", "", "VMP Snomed Code", "VMPP Snomed Code", "Drug Tariff Category", "Basic Price"],
         ["Abc 5mg tablets", 28, "tablet", VMP, VMPP, "Part VIIIA Category M", 123]],
        {"packs": 1, "price_pence": 123},
        ((4, 4, "9.41E+14"), (4, 6, "1.23"), (4, 6, ""), (4, 5, "£5"), (4, 5, "")), (4, 5)),
    "tariff_changes": Small(
        "changes.csv",
        [["date", "bnf_code", "nm", "vmpp", "tariff_category", "price_pence", "previous_price_pence", "previous_date"],
         ["2026-01-01", "0407010P0AAABAB", "Nefopam", VMPP, 11, 366, 413, "2025-12-01"],
         ["2026-01-01", "0301011R0AACDCD", "New", "43188511000001109", 3, 1625, "", ""]],
        {"price_pence": 1991, "previous_price_pence": 413}, ((2, 7, "2026-02-01"), (2, 5, "-1"), (2, 0, "01/12/2025")),
        (2, 5)),
    "tariff_categories": Small(
        "tariff.csv", [["Acetazolamide_Tab 250mg", "1106000B0AAACAC", "M", "2016-09-01"],
                       ["Aciclovir_Crm 5%", "1310030C0AAAAAA", "A", "2016-09-01"]],
        {"rows": 2}, ((2, 2, "12"), (2, 1, "short")), None, headless=True),
    "price_concessions": Small(
        "pc_df.csv",
        [["month", "name", "bnf_code", "vmpp_code", "pc_price_pence", "dt_price_pence", "qtyval"],
         ["2014-08-01", "Amiloride 5mg tablets", "0202030C0AAACAC", VMPP, 1950, 806, 28]],
        {"price_pence": 1950}, ((2, 4, "19.50"), (2, 0, "01/08/2014")), (1, 4)),
    "concession_months": Small(
        "ncso_dates.csv", [["vmpp", "month", "concession_bool"], [VMPP, "2020-08-01", 1], [VMPP, "2020-09-01", 0]],
        {"concessions": 1, "packs": 1}, ((2, 2, "perhaps"), (2, 1, "08/09/2020")), (1, 2)),
    "concession_costs": Small(
        "price-concessions-cost-nhs-england-2022-06-01.csv",
        [["BNF code", "Presentation", "Quantity", "Normally costs", "This month’s extra cost"],
         ["0304010W0AAALAL", "Promethazine", 3951003, 542122.5, 1511134.5]],
        {"quantity": 3951003.0, "extra_cost": 1511134.5}, ((2, 2, "-3"), (2, 4, "dear")), (1, 2)),
    "bnf_codes": Small(
        "20200201_BNF_Code_Information.csv",
        [HIERARCHY, ["Heart", "02", "Statins", "0212", "Statins", "021200", "Statins", "0212000", "Atorvastatin",
                     "0212000B0", "Atorvastatin", "0212000B0AA", "Atorvastatin_Tab 10mg", "0212000B0AAAAAA"]],
        {"presentations": 1, "chemicals": 1}, ((2, 13, "0403030Q0AAAAAA"), (2, 3, "")), (1, 2)),
    "bnf_changes": Small(
        "mapping.csv", [["old_code", "new_code"], ["0101010F0BDAAAU", "0101010F0BDABBE"]],
        {"changes": 1}, ((2, 1, "new"), (2, 1, "0101010F0BDAAAU")), None),
    "formulation_swaps": Small(
        "swaps.csv",
        [["Code", "Name", "Alternative code", "Formulation", "Alternative name", "Alternative formulation",
          "Really equivalent?"],
         ["0101010I0AAABAB", "Magnesium oxide caps", "0101010I0AAAEAE", "Cap", "Magnesium oxide tabs", "Tab", "Y"]],
        {"pairs": 1, "equivalent": 1}, ((2, 6, "Perhaps"), (2, 2, "")), (5, 6)),
    "adqs": Small(
        "adqs_2017-06.csv",
        [["BNF Code", "BNF Name", "ADQ Value", "ADQ Unit"], ["0101010C0AAACAC", "Alum Hydrox", 30, "ML "],
         ["0101010C0AAAAAA", "Alum Hydrox_Cap", "N/A", "N/A"]],
        {"presentations_listed": 2, "presentations_with_an_adq": 1}, ((2, 2, "0"), (2, 2, "some")), (1, 2)),
    "dmd_bnf": Small(
        "BNF Snomed Mapping data.csv",
        [["Presentation / Pack Level", "VMP / VMPP/ AMP / AMPP", "BNF Code", "BNF Name", "SNOMED Code"],
         ["Presentation", "VMP", "0403030Q0AAAAAA", "Sertraline 50mg tablets", VMP]],
        {"mapped": 1}, ((2, 4, "3.2E+08"), (2, 1, "VTM")), (2, 4)),
    "ods_pcn_partners": Small(
        "epcncorepartnerdetails.csv",
        [["A81001", "X", "16C", "P", "U89141", "PCN", "16C", "P", "20191001", "20230331", "Y"],
         ["A81001", "X", "16C", "P", "U89142", "PCN 2", "16C", "P", "20230401", "", "Y"]],
        {"organisations": 4, "memberships": 4}, ((2, 4, "X89141"), (1, 9, "20180101")), None, headless=True),
    "successors": Small(
        "mergers.csv", [["code", "successor", "date"], ["QX1", "QX9", "2026-04-01"], ["QX2", "QX9", "2026-04-01"]],
        {"successions": 2, "organisations": 2}, ((2, 1, "QX1"), (2, 2, "03/04/2026"), (2, 1, "")), (1, 2)),
    "organisation_names": Small(
        "regional_teams.csv", [["code", "name", "open_date", "close_date"], ["Y56", "LONDON", "2017-04-01", ""]],
        {"organisations": 1, "region": 1}, ((2, 0, ""), (2, 2, "03/04/2017")), None),
}  # fmt: skip

LOOKUP = {
    "UNIT_OF_MEASURE": {"258684004": "mg", "428673006": "tablet", "258773002": "ml"},
    "FORM": {"385055001": "Tablet"}, "ROUTE": {"26643006": "Oral"}, "ONT_FORM_ROUTE": {"0024": "tablet.oral"},
    "SUPPLIER": {"2046001000001104": "Example Pharma"}, "LICENSING_AUTHORITY": {"0001": "Medicines - MHRA/EMA"},
    "DT_PAYMENT_CATEGORY": {"0011": "Part VIIIA Category M"}, "AVAILABILITY_RESTRICTION": {"0001": "None"},
    "VIRTUAL_PRODUCT_PRES_STATUS": {"0001": "Valid as a prescribable product"},
}  # fmt: skip
RELEASE = {
    "vtm": [("VTM", {"VTMID": "777000001", "NM": "Examplol"})],
    "ingredient": [("ING", {"ISID": "387000001", "NM": "Examplol hydrochloride"}),
                   ("ING", {"ISID": "387000002", "NM": "Examplol"})],
    "vmp": [
        ("VMP", {"VPID": "322000001", "VTMID": "777000001", "NM": "Examplol 50mg tablets", "PRES_STATCD": "0001",
                 "UDFS": "1", "UDFS_UOMCD": "428673006", "UNIT_DOSE_UOMCD": "428673006"}),
        ("VPI", {"VPID": "322000001", "ISID": "387000001", "BS_SUBID": "387000002", "STRNT_NMRTR_VAL": "50",
                 "STRNT_NMRTR_UOMCD": "258684004"}),
        ("ONT", {"VPID": "322000001", "FORMCD": "0024"}), ("DFORM", {"VPID": "322000001", "FORMCD": "385055001"}),
        ("DROUTE", {"VPID": "322000001", "ROUTECD": "26643006"}),
    ],
    "amp": [("AMP", {"APID": "933000001", "VPID": "322000001", "NM": "Examplo 50mg tablets",
                     "DESC": "Examplo 50mg tablets (Example Pharma)", "SUPPCD": "2046001000001104",
                     "LIC_AUTHCD": "0001", "AVAIL_RESTRICTCD": "0001"})],
    "vmpp": [("VMPP", {"VPPID": "941000001", "VPID": "322000001", "NM": "Examplol 50mg tablets 28 tablet",
                       "QTYVAL": "28", "QTY_UOMCD": "428673006"}),
             ("DTINFO", {"VPPID": "941000001", "PAY_CATCD": "0011", "PRICE": "123"})],
    "ampp": [("AMPP", {"APPID": "955000001", "VPPID": "941000001", "APID": "933000001", "NM": "Examplo 28 tablet"}),
             ("PRICE_INFO", {"APPID": "955000001", "PRICE": "456"})],
}  # fmt: skip


def dmd_release(path: Path, release: dict[str, Any] | None = None, *, without: str = "", cut: str = "") -> Path:
    """A dm+d release as a zip of XML in the published shape; one file left out, or cut in the middle, if asked."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        lists = "".join(
            f"<{name}>" + "".join(f"<INFO><CD>{c}</CD><DESC>{d}</DESC></INFO>" for c, d in words.items()) + f"</{name}>"
            for name, words in LOOKUP.items()
        )
        texts = {"lookup": f"<LOOKUP>{lists}</LOOKUP>"}
        for kind, records in (release or RELEASE).items():
            body = "".join(f"<{tag}>" + "".join(f"<{k}>{v}</{k}>" for k, v in cells.items()) + f"</{tag}>"
                           for tag, cells in records)  # fmt: skip
            texts[kind] = f"<{kind.upper()}_FILE><SECTION>{body}</SECTION></{kind.upper()}_FILE>"
        for kind, text in texts.items():
            if kind != without:
                whole = f'<?xml version="1.0" encoding="utf-8"?>{text}'
                archive.writestr(f"f_{kind}2_3220626.xml", whole[: len(whole) // 2] if kind == cut else whole)
    return path


def dmd_supplement(path: Path) -> Path:
    """The dm+d supplement: BNF, ATC and DDD by VMP, in a zip within a zip."""
    text = ("<BNF_DETAILS><VMPS><VMP><VPID>322000001</VPID><BNF>0403030Q0AAAAAA</BNF><ATC>N06AB06</ATC><DDD>50</DDD>"
            "<DDD_UOMCD>258684004</DDD_UOMCD></VMP></VMPS><AMPS><AMP><APID>933000001</APID><BNF>0403030Q0BBAAAA</BNF>"
            "</AMP></AMPS></BNF_DETAILS>")  # fmt: skip
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("f_bnf1_0220626.xml", text)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("week262026-r2_3-BNF.zip", inner.getvalue())
    return path


def rows(lake: Lake, table: str) -> list[dict[str, object]]:
    """A table of the lake, a mapping a row."""
    found: list[dict[str, object]] = lake.table(table).to_pyarrow().to_pylist()
    return found


def refused(lake: Lake, path: Path) -> str:
    """The one line of a refusal, after which the lake is byte for byte as it was."""
    before = bytes_of(lake.path)
    with pytest.raises(InputError) as refusal:
        sources.load(lake, path)
    assert bytes_of(lake.path) == before
    assert "\n" not in str(refusal.value)
    return str(refusal.value)
