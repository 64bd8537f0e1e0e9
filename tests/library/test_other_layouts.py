"""A publication that has changed its layout is read in each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand import sources
from evenhand.lake import Lake

OTHER_LAYOUTS = {
    "scmd since July 2026": (
        "scmd", "YEAR_MONTH,ODS_CODE,VMP_SNOMED_CODE,VMP_PRODUCT_NAME,VMP_UDFS_UNIT_OF_MEASURE_IDENTIFIER,"
        "VMP_UDFS_UNIT_OF_MEASURE_NAME,TOTAL_QUANTITY_IN_VMP_UDFS_UNIT_OF_MEASURE,INDICATIVE_COST,"
        "VMP_UNIT_DOSE_UNIT_OF_MEASURE_NAME,TOTAL_QUANTITY_IN_VMP_UNIT_DOSE_UNIT_OF_MEASURE\n"
        "2026-07,RXX,322236009,X,1,mg,25,12.4,tablet,1\n", {"quantity": 25.0}),
    "appointments by practice": (
        "appointments", "APPOINTMENT_MONTH_START_DATE,GP_CODE,SUB_ICB_LOCATION_CODE,HCP_TYPE,APPT_MODE,"
        "NATIONAL_CATEGORY,TIME_BETWEEN_BOOK_AND_APPT,COUNT_OF_APPOINTMENTS,APPT_STATUS\n"
        "01FEB2026,A81001,16C,Other Practice staff,Home Visit,Unmapped,Unknown / Data Quality,4,DNA\n",
        {"appointments": 4}),
    "points of 2017-18": (
        "qof_points", "Practice code,All ages,Achievement score (max. 559),Max. QOF points available (total points for "
        "indicators where register exists)\nB82007,9431,559,559\n", {"points": 559.0}),
    "waits of England": (
        "rtt_summary", "Period,Treatment Function Code,Total number of incomplete pathways,Total within 18 weeks,"
        "% within 18 weeks,Average (median) waiting time (in weeks),92nd percentile waiting time (in weeks),"
        "Total 52 plus weeks\n2022-10,C_999,1000,600,0.6,13.8,46.5,7\n", {"pathways": 1000}),
    "attendances before booked appointments": (
        "ae", "Period,Org Code,Org name,Number of A&E attendances Type 1,Number of A&E attendances Type 2,Number of "
        "A&E attendances Other A&E Department,Number of attendances over 4hrs Type 1,Number of attendances over 4hrs "
        "Type 2,Number of attendances over 4hrs Other A&E Department,Patients who have waited 4-12 hs from DTA to "
        "admission,Patients who have waited 12+ hrs from DTA to admission\n"
        'MSitAE-APRIL-2019,RXX,T,"1,000",-,20,100,-,0,3,0\n', {"attendances": 1020, "over_4_hours": 100}),
    "what was dispensed under concession": (
        "concession_costs", "month,bnf_name,bnf_code,quantity,normal_nic_per_unit,predicted_nic_per_unit\n"
        "2017-01-01 00:00:00+00:00,Valsartan,0205052V0AAAAAA,100,0.1,0.15\n", {"usual_cost": 10.0}),
}  # fmt: skip


@pytest.mark.parametrize("layout", OTHER_LAYOUTS)
def test_other_layouts_of_a_publication_are_read_too(tmp_path: Path, layout: str) -> None:
    name, text, totals = OTHER_LAYOUTS[layout]
    (tmp_path / "QOF 2017-18.csv").write_text(text)

    (done,) = sources.load(Lake.create(tmp_path / "lake"), tmp_path / "QOF 2017-18.csv")

    assert done.source == name
    assert totals.items() <= done.totals.items()
