"""Known answers on real NHS statistics: OpenPrescribing's own values and percentiles, spend, cost per patient."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from evenhand import sources
from evenhand.lake import Lake
from evenhand.measures import Counted, adhoc, catalogue, load_all, panel, unit_prices
from evenhand.stats.ranks import percent_rank
from shared import DATA, needs_data
from tiny_lake import TinyLake

pytestmark = [needs_data, pytest.mark.shared]
GOLDEN = DATA / "01_sicbl_measures" / "golden_percentiles_2018-05_to_2023-05"
TOLERANCE = 1e-9  # both sides are doubles of the same ratio
PRACTICES = DATA / "07_practice_prescribing"


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["lpzomnibus", "opioidome", "ktt9_cephalosporins"])
def test_values_and_percentiles_are_openprescribings_own(name: str, tmp_path: Path) -> None:
    rows = read(GOLDEN / f"{name}.csv.gz")
    tiny = TinyLake(tmp_path).indicated(
        name, "golden", "sicbl",
        [(r["month"][:7], r["pct_id"], float(r["numerator"] or "nan"), float(r["denominator"] or "nan")) for r in rows],
    )  # fmt: skip
    found = panel(tiny.lake, name, "sicbl")
    ranks = np.column_stack([percent_rank(found.value[:, t]) for t in range(len(found.months))])
    column = {str(month): t for t, month in enumerate(found.months)}
    differences = [
        (abs(found.value[i, t] - float(r["calc_value"])), abs(ranks[i, t] - float(r["percentile"])))
        for r in rows if r["calc_value"] and r["percentile"]
        for i, t in [(found.row(r["pct_id"]), column[r["month"][:7]])]
    ]  # fmt: skip
    assert len(differences) > 6000
    assert max(d[0] for d in differences) <= TOLERANCE
    assert max(d[1] for d in differences) <= TOLERANCE


def test_low_priority_spend_was_143_4_million_in_2018_and_114_6_in_2019(tmp_path: Path) -> None:
    rows = read(DATA / "01_sicbl_measures" / "2018-01_to_2023-01" / "lpzomnibus.csv.gz")
    tiny = TinyLake(tmp_path).indicated(
        "lpzomnibus", "2023", "sicbl",
        [(r["month"][:7], r["code"], float(r["numerator"]), float(r["denominator"])) for r in rows],
    )  # fmt: skip
    nation = panel(tiny.lake, "low_priority_spend", "nation")
    spent = {y: nation.between(f"{y}-01", f"{y}-12").numerator.sum() / 1e6 for y in (2018, 2019)}
    assert (round(spent[2018], 1), round(spent[2019], 1)) == (143.4, 114.6)


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake.create(tmp_path_factory.mktemp("four"))
    sources.load(lake, [PRACTICES / f"epd_2017{m}_4practices.csv.gz" for m in ("09", "10")])
    sources.load(lake, [PRACTICES / f"list_size_2017_{m}_quin_age_sample.csv" for m in ("09", "10")])
    return lake


def test_prescribing_costs_a_patient_what_is_known(four: Lake) -> None:
    costs = panel(four, "prescribing_cost", "practice")
    assert [(round(c.min(), 2), round(c.max(), 2)) for c in costs.value.T] == [(11.03, 11.95), (11.56, 13.22)]


def test_measures_of_four_practices_are_what_a_reader_of_the_file_counts(four: Lake) -> None:
    found = panel(four, "diabetes_dpp4_cost", "practice")
    with gzip.open(PRACTICES / "epd_201709_4practices.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    top = ("0601023AA", "0601023AC", "0601023AE", "0601023AK")
    for i, practice in enumerate(found.organisations):
        mine = [r for r in rows if r["PRACTICE_CODE"] == practice]
        hits = sum(int(r["ITEMS"]) for r in mine if r["BNF_CODE"].startswith(top))
        every = sum(int(r["ITEMS"]) for r in mine if r["BNF_CODE"].startswith((*top, "0601023X0")))
        assert (found.numerator[i, 0], found.denominator[i, 0]) == (hits, every)


def test_a_strip_in_2017_cost_about_what_the_tariff_said(four: Lake) -> None:
    prices = unit_prices(four, "diabetes_test_strips", "2017-09")
    # Drug Tariff of 2017: the usual pack of 50 at 9.95 to 9.99 pounds, the dear ones near 16; less about 7% discount.
    assert 0.15 < prices.replacement < 0.20 < prices.numerator < 0.32


@pytest.mark.parametrize("name", ["mh_benzodiazepines", "pain_gabapentinoids"])
def test_daily_quantities_written_into_a_measure_are_those_of_the_published_file(four: Lake, name: str) -> None:
    measure = load_all()[name]
    held = catalogue.read(four.table("presentation"))
    meant = {held.codes[i] for i in np.flatnonzero(held.matches(measure.numerator))}
    assert len(meant) > 5
    found = panel(four, name, "practice")
    with gzip.open(PRACTICES / "epd_201709_4practices.csv.gz", "rt", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["BNF_CODE"] in meant]
    for i, practice in enumerate(found.organisations):
        published = sum(float(r["ADQUSAGE"]) for r in rows if r["PRACTICE_CODE"] == practice)
        assert found.numerator[i, 0] == pytest.approx(published, rel=1e-5)


def test_amoxicillin_of_march_2024_is_openprescribings_denominator_in_every_place_that_did_not_move(
    tmp_path: Path,
) -> None:
    table = pq.read_table(PRACTICES / "amoxicillin_practice_2024-03.parquet").to_pylist()
    rows = [(r["practice"], r["bnf_code"], r["items"], r["quantity"], 0.0) for r in table if r["month"].month == 3]
    tiny = TinyLake(tmp_path / "lake").prescribed("2024-03", rows)
    sources.load(tiny.lake, DATA / "06_practice_backbone" / "practices_2026.parquet")
    capsules = load_all()["antibiotics_amoxicillin_course"].denominator
    found = adhoc(tiny.lake, capsules, Counted(sum="items", bnf=("0501013B0",)), "sicbl")
    published = {
        r["code"]: float(r["denominator"] or 0)
        for r in read(DATA / "01_sicbl_measures" / "2019-12_to_2024-12" / "amox_500_15_caps.csv.gz")
        if r["month"].startswith("2024-03")
    }
    mine = dict(zip(found.organisations, found.numerator[:, 0], strict=True))
    assert sum(published.values()) == sum(mine.values()) == 476_666
    # three sub-ICB locations gained or lost practices between that extract and the memberships of 2026
    assert len([code for code, items in published.items() if mine.get(code) != items]) == 3


def test_missed_appointments_and_four_hours_are_what_a_reader_of_the_files_counts(tmp_path: Path) -> None:
    lake = Lake.create(tmp_path / "lake")
    access = DATA / "08_access_guardrails"
    dorset = next((access / "gp_appointments_2019-03_on").glob("*Dorset*"))
    emergency = access / "ae_attendances_provider_2016-04_to_2019-03.csv.gz"
    sources.load(lake, [dorset, emergency])
    missed = panel(lake, "gp_appointments_missed", "sicbl").between("2020-01", "2020-01")
    with gzip.open(dorset, "rt", encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["Appointment_Month"].upper() == "JAN2020"]
    whole = sum(int(r["COUNT_OF_APPOINTMENTS"]) for r in rows)
    dna = sum(int(r["COUNT_OF_APPOINTMENTS"]) for r in rows if r["APPT_STATUS"].strip().upper() == "DNA")
    assert whole > 100_000
    assert (missed.numerator.sum(), missed.denominator.sum()) == (dna, whole)
    attended = read(emergency)
    hours = panel(lake, "ae_within_four_hours", "nation").between("2017-01", "2017-01")
    month = [r for r in attended if r["period"].startswith("2017-01")]
    everybody, late = (sum(float(r[c]) for r in month) for c in ("attendances", "breaches"))
    assert (hours.numerator[0, 0], hours.denominator[0, 0]) == (everybody - late, everybody)
