"""The real published files load and say what they are known to say; the figures are the publishers' own.

Where two publications count the same thing (A&E by provider and by England, waits by ICB and by England, weighted
populations and their base), they are held against each other.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake, month_number
from evenhand.sources import Loaded, Options
from shared import DATA, needs_data

pytestmark = needs_data
BACKBONE, ACCESS, PRICES = (DATA / name for name in ("06_practice_backbone", "08_access_guardrails", "09_prices"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def load(lake: Lake, folder: Path, *names: str, options: Options | None = None) -> dict[str, Loaded]:
    """What each file gave, by its name."""
    return {done.file: done for done in sources.load(lake, [folder / name for name in names], options=options)}


def test_registers_points_and_deprivation(lake: Lake) -> None:
    years = ("2017-18", "2018-19", "2019-20", "2021-22", "2022-23")
    done = load(
        lake, BACKBONE, *(f"qof_achievement_{year}.csv.gz" for year in years), "practice_imd2019.csv.gz",
        "pcn_imd2019.csv.gz", *(f"qof_prevalence_1718_1819_{k}.csv.gz" for k in ("CardioVascular", "dependency",
                                                                               "mental")),
    )  # fmt: skip

    assert [done[f"qof_achievement_{year}.csv.gz"].rows for year in years] == [7100, 6873, 6720, 6470, 6378]
    assert done["practice_imd2019.csv.gz"].totals == {"organisations": 6437}
    assert (done["pcn_imd2019.csv.gz"].rows, done["pcn_imd2019.csv.gz"].totals["organisations"]) == (1265, 1264)
    registers = lake.table("qof_register").to_pyarrow()
    march = registers.filter(pc.equal(registers["month"], month_number("2019-03")))
    assert len(set(march["register"].to_pylist())) == 17
    shares = {}
    for register in ("HYP", "CHD", "AF"):
        part = march.filter(pc.equal(march["register"], register))
        shares[register] = pc.sum(part["patients"]).as_py() / pc.sum(part["list_size"]).as_py()
    # NHS Digital, QOF 2018-19: hypertension 14.0%, coronary heart disease 3.1%, atrial fibrillation 2.0%
    assert {name: round(100 * share, 1) for name, share in shares.items()} == {"HYP": 14.0, "CHD": 3.1, "AF": 2.0}


def test_weighted_populations_add_up_to_the_population(lake: Lake) -> None:
    years = ("2023_2024", "2024_2025", "2025_2026")
    names = [f"icb_allocation_practice_weighted_pop_{year}.csv.gz" for year in years]
    done = load(lake, BACKBONE, *names)

    assert [done[name].months for name in names] == [("2023-04",), ("2024-04",), ("2025-04",)]
    for name in names:
        assert done[name].totals["prescribing"] == pytest.approx(done[name].totals["population"], rel=1e-9)
        assert done[name].note == ""


def test_payments_add_up_to_the_published_totals(lake: Lake) -> None:
    done = load(lake, BACKBONE, "nhs_payments_gp_2018-19.csv.gz", "nhs_payments_gp_2022-23.csv.gz",
                "gpsoc_marketshare_2018-01.csv.gz")  # fmt: skip

    payments = [round(loaded.totals["payments"] / 1e6, 1) for loaded in list(done.values())[:2]]
    assert payments == [9261.4, 10230.1]  # £ million
    assert done["gpsoc_marketshare_2018-01.csv.gz"].rows == 7386


def test_attendances_by_provider_are_the_attendances_of_england(lake: Lake) -> None:
    load(lake, ACCESS, "ae_attendances_provider_2016-04_to_2019-03.csv.gz", "ae_england_timeseries_2010-08_to_2019.xls")

    series = lake.table("national_series")
    england = {row["month"]: row["value"] for row in
               series.filter(series.item == "activity/a_e_attendances/total_attendances").to_pyarrow().to_pylist()}
    ae = lake.table("ae")
    providers = ae.group_by("month").aggregate(attendances=ae.attendances.sum()).to_pyarrow().to_pylist()
    close = [abs(row["attendances"] / england[row["month"]] - 1) for row in providers]
    assert len(close) == 36
    assert max(close) < 0.005  # later revisions of either
    assert england[month_number("2019-03")] > 2_150_000


def test_waits_by_icb_and_of_england_agree(lake: Lake) -> None:
    load(lake, ACCESS, "rtt_icb_specialty_2022-10_to_2025-03.csv.gz", "rtt_national_2022-10_to_2025-03.csv",
         "rtt_england_timeseries_2007-04_to_2023-08.xlsx")  # fmt: skip

    table = lake.table("rtt_summary").to_pyarrow().to_pylist()
    england = {row["month"]: row for row in table if row["level"] == "nation"}
    dental = {row["month"]: 0 for row in table}
    for row in table:
        dental[row["month"]] += row["pathways"] if row["treatment_function"] == "C_140" else 0
    assert [dental[month_number(month)] for month in ("2023-03", "2023-05")] == [830, 298_561]
    assert len(england) == 29
    assert month_number("2023-04") not in england
    series = lake.table("national_series")
    total = {row["month"]: row["value"] for row in series.filter(
        series.item == "incomplete_rtt_pathways/total_waiting_mil").to_pyarrow().to_pylist()}  # fmt: skip
    assert len(total) > 180
    for month in set(total) & set(england):
        assert england[month]["pathways"] == pytest.approx(total[month], rel=0.02)  # one is later revised
    by_icb = sum(row["pathways"] for row in table if row["level"] == "icb" and row["month"] == month_number("2025-03"))
    # what NHS England commissions itself is of no ICB: a fiftieth
    assert 0.97 < by_icb / england[month_number("2025-03")]["pathways"] < 1


def test_appointments_of_a_merged_place_are_all_counted(lake: Lake) -> None:
    folder = ACCESS / "gp_appointments_2019-03_on"
    names = ("Regional_CSV_Dorset.csv.gz", "Regional_CSV_BedsLutonMK.csv.gz", "Regional_CSV_ShropsTelfordWrekin.csv.gz")
    done = load(lake, folder, *names)
    load(lake, ACCESS, "gp_appointments_coverage_2023-02_to_2025.csv.gz")

    assert [(done[name].rows, len(done[name].months)) for name in names[:1]] == [(5638, 30)]
    assert done[names[1]].rows < 7994  # rows of three CCGs under one code
    table = lake.table("appointments").to_pyarrow()
    assert pc.sum(table["appointments"]).as_py() == sum(loaded.totals["appointments"] for loaded in done.values())
    assert lake.table("appointments_coverage").count().to_pyarrow().as_py() == 3180


def test_prices_concessions_and_codes(lake: Lake) -> None:
    done = load(
        lake, PRICES, "price_concessions_pc_df.csv.gz", "price_concessions_ncso_dates.csv.gz",
        "price_concessions_ncso_df.csv.gz", "price_concessions_cost_nhs_england_2022-06-01.csv",
        "price_concessions_cost_nhs_england_2022-07-01.csv", "drug_tariff_price_changes_2025-12_to_2026-01.csv.gz",
        "tariff_category_2016-09.csv.gz", "formulation_swaps.csv.gz", "bnf_code_mapping_changes.csv.gz",
        "adqs_2017-06.csv.gz",
    )  # fmt: skip

    rows = [loaded.rows for loaded in done.values()]
    assert rows == [4656, 6828, 6341, 105, 92, 1061, 2452, 677, 2996, 33_700]
    assert (done["price_concessions_pc_df.csv.gz"].months[0], done["price_concessions_pc_df.csv.gz"].months[-1]) == (
        "2014-08", "2022-09")  # fmt: skip
    assert lake.table("concession_month").month.max().to_pyarrow().as_py() == month_number("2023-11")
    july = done["price_concessions_cost_nhs_england_2022-07-01.csv"].totals
    assert round(july["extra_cost"] / 1e6, 2) == 20.66  # £ million
    adq = {row["bnf_code"]: row["adq"] for row in lake.table("adq").to_pyarrow().to_pylist()}
    assert len(adq) == 5822


def test_the_hierarchy_of_codes(lake: Lake) -> None:
    done = load(lake, PRICES, "bnf_hierarchy_2020-02.zip")

    (loaded,) = done.values()
    assert (loaded.rows, loaded.totals["chemicals"], loaded.months) == (81_655, 4_550, ("2020-02",))
    bnf = lake.table("bnf")
    sertraline = bnf.filter(bnf.code == "0403030Q0").to_pyarrow().to_pylist()
    assert [(row["level"], row["name"], row["parent"]) for row in sertraline] == [
        ("chemical", "Sertraline Hydrochloride", "0403030")]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "options", "codes"),
    [
        ("02_ccg_measures_pre2020/libre_ccg_month.csv.gz", Options(code_column="pct_id"), 191),
        ("02_ccg_measures_pre2020/statin_intensity_ccg.csv.gz", Options(code_column="pct_id"), 195),
        ("02_ccg_measures_pre2020/dementia_drugs_ccg_month.csv.gz",
         Options(code_column="pct", numerator_column="items", denominator_column="dementia_register"), 188),
        ("02_ccg_measures_pre2020/trimethoprim_nitrofurantoin_ccg_month.csv.gz",
         Options(month_column="period", code_column="pct", numerator_column="trimethoprim_items",
                 denominator_column="all_items"), 210),
        ("03_warranted_change_desogestrel/national_num_den.csv", Options(), 1),
        ("01_sicbl_measures/golden_percentiles_2018-05_to_2023-05/opioidome.csv.gz", Options(code_column="pct_id"),
         106),
    ],
)  # fmt: skip
def test_every_indicator_table_becomes_a_panel(lake: Lake, file: str, options: Options, codes: int) -> None:
    from dataclasses import replace

    (done,) = sources.load(lake, DATA / file, "indicator", options=replace(options, level="ccg", measure="x"))

    assert done.totals["codes"] == codes


NOT_PUBLISHED = {
    "03_warranted_change_desogestrel/r_output.csv.gz": "the answers of a change-detection study",
    "03_warranted_change_desogestrel/practice_covariates.csv.gz": "a study's practices with their covariates",
    "04_rct_low_priority_ccg/randomisation_group.csv": "a trial's allocation",
    "05_rct_antibiotic_feedback/practice_allocations.csv": "a trial's allocation",
    "07_practice_prescribing/price_per_unit_savings_ccgs-2016-09-01.csv.gz": "the answers of a study of prices",
    "07_practice_prescribing/sertraline_practice_2022-01_to_2024-12.parquet": "an extract of some presentations",
    "10_polis_votes/vtaiwan.uberx/votes.csv.gz": "votes, which `evenhand decide tally` reads",
    "11_surveys/apha_cpd_survey_2022.csv.gz": "answers of a survey",
}


@pytest.mark.parametrize("file", NOT_PUBLISHED)
def test_what_is_no_publication_is_refused_and_told_what_it_is(file: str) -> None:
    with pytest.raises(InputError, match=NOT_PUBLISHED[file]) as refusal:
        sources.recognise(DATA / file)
    assert "\n" not in str(refusal.value)
