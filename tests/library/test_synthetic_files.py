"""The synthetic NHS keeps the publishers' formats, invents every organisation, and is the same for the same seed."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import shutil
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from evenhand.errors import InputError
from evenhand.synthetic import Demonstration, make
from evenhand.synthetic.medicines import medicines
from shared import DATA, SHARED, needs_data

PRACTICES, MONTHS, SEED = 32, 12, 7


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return make(tmp_path_factory.mktemp("demo"), practices=PRACTICES, months=MONTHS, seed=SEED)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(path))))


def text_of(path: Path) -> str:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.read(archive.namelist()[0]).decode()
    return (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()


def named(made: Demonstration, start: str) -> list[Path]:
    return [path for path in made.published if path.name.startswith(start)]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others(made: Demonstration, tmp_path: Path) -> None:
    again = make(tmp_path / "again", practices=PRACTICES, months=MONTHS, seed=SEED)
    other = make(tmp_path / "other", practices=PRACTICES, months=MONTHS, seed=SEED + 1)
    assert digests(again.folder) == digests(made.folder)
    same = {name for name, digest in digests(other.folder).items() if digest == digests(made.folder)[name]}
    assert same == {"people/plan_organisations.csv", "people/plan_versions.csv", "people/signatures.csv",
                    "people/statements.csv", "truth/statements.csv"}  # fmt: skip


def test_a_run_cut_short_is_finished_by_running_it_again(made: Demonstration, tmp_path: Path) -> None:
    folder, whole = tmp_path / "demo", digests(made.folder)
    shutil.copytree(made.folder, folder)
    victim = folder / "published" / "prescribing" / "EPD_202505.csv.gz"
    victim.with_name(f".{victim.name}.new").write_bytes(victim.read_bytes()[:999])
    victim.unlink()
    (folder / "truth" / "truth.json").unlink()
    make(folder, practices=PRACTICES, months=MONTHS, seed=SEED)
    assert digests(folder) == whole


def test_both_layouts_of_prescribing_are_written_and_the_codes_stay_where_they_were(made: Demonstration) -> None:
    before, after = named(made, "EPD_2025")[-1], named(made, "EPD_SNOMED_2025")[0]
    assert (before.name, after.name) == ("EPD_202506.csv.gz", "EPD_SNOMED_202507.csv.gz")
    old = {row["BNF_CHEMICAL_SUBSTANCE"]: row["CHEMICAL_SUBSTANCE_BNF_DESCR"] for row in rows_of(before)}
    new = {row["BNF_CHEMICAL_SUBSTANCE_CODE"]: row["BNF_CHEMICAL_SUBSTANCE"] for row in rows_of(after)}
    assert old["0601023X0"] == new["0601023X0"] == "Sitagliptin"
    assert all(code[:6].isdigit() for code in (*old, *new))


def test_every_amount_follows_from_its_quantity(made: Demonstration) -> None:
    rows = rows_of(named(made, "EPD_2025")[0])
    number = {name: np.array([float(row[name]) for row in rows])
              for name in ("QUANTITY", "ITEMS", "TOTAL_QUANTITY", "NIC", "ACTUAL_COST")}  # fmt: skip
    assert np.array_equal(number["QUANTITY"] * number["ITEMS"], number["TOTAL_QUANTITY"])
    assert np.all(np.sign(number["NIC"]) == np.sign(number["ITEMS"]))
    assert number["ACTUAL_COST"].sum() < number["NIC"].sum()


def test_prescribing_is_skewed_like_the_real_thing(made: Demonstration) -> None:
    rows = rows_of(named(made, "EPD_SNOMED_")[0])
    items = np.array([int(row["ITEMS"]) for row in rows])
    known = np.array([row["UNIDENTIFIED"] == "N" for row in rows])
    assert (items < 0).sum() == 3  # a few corrections take items back
    assert {row["PRACTICE_CODE"] for row in rows if row["UNIDENTIFIED"] == "Y"} >= {"-", "DEMO-S0298"}
    assert items[known].max() > 40 * np.median(items[known])
    assert any(row["BNF_PRESENTATION_CODE"].startswith("0403030Q0") for row in rows)  # the canary: METHODS D.4
    codes = [code for code, has in zip(made.world.practices, made.world.patients[:, -1] > 0, strict=True) if has]
    diabetic = {row["PRACTICE_CODE"] for row in rows if row["BNF_PRESENTATION_CODE"].startswith("0601")}
    assert set(codes) - diabetic == {made.world.practices[made.world.without_diabetes]}


def test_list_sizes_add_up_and_a_closed_practice_is_not_there(made: Demonstration) -> None:
    rows = rows_of(named(made, "gp-reg-pat-prac-quin-age")[-1])
    total = {row["ORG_CODE"]: int(row["NUMBER_OF_PATIENTS"]) for row in rows if row["SEX"] == "ALL"}
    by_band = dict.fromkeys(total, 0)
    for row in rows:
        if row["SEX"] != "ALL" and row["AGE_GROUP_5"] != "ALL":
            by_band[row["ORG_CODE"]] += int(row["NUMBER_OF_PATIENTS"])
    all_ages = {row["CODE"]: int(row["NUMBER_OF_PATIENTS"]) for row in rows_of(named(made, "gp-reg-pat-prac-all")[-1])}
    assert total == by_band == all_ages
    closed, _, heir = made.world.closed
    assert made.world.practices[closed] not in total
    assert total[made.world.practices[heir]] > made.world.patients[heir, 0]


def test_the_registers_date_the_closed_and_the_moved_practice(made: Demonstration) -> None:
    register = list(csv.reader(io.StringIO(text_of(named(made, "epraccur")[0]))))
    partners = list(load_workbook(named(made, "ePCN")[0])["PCN Core Partner Details"].iter_rows(values_only=True))
    assert [(row[0], row[11]) for row in register if row[12] == "C"] == [("DEMO-P0025", "20250831")]
    ties = [(row[4], row[8], row[9]) for row in partners if row[0] == made.world.practices[made.world.moved[0]]]
    assert ties == [("DEMO-N032", "20190701", "20250531"), ("DEMO-N031", "20250601", None)]


def test_total_rows_of_waits_equal_the_rest(made: Demonstration) -> None:
    rows = rows_of(named(made, "20260331-RTT")[0])
    sums: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        key = (row["Provider Org Code"], row["Commissioner Org Code"], row["RTT Part Type"])
        there = sums.setdefault(key, [0, 0])
        there[row["Treatment Function Code"] == "C_999"] += int(row["Total All"])
    assert all(rest == total for rest, total in sums.values())
    assert {key[1] for key in sums} == {"NONC", *made.world.sicbls}


def test_blank_cells_of_waits_are_blank_as_published(made: Demonstration) -> None:
    band, total, unknown = "Gt 00 To 01 Weeks SUM 1", "Total", "Patients with unknown clock start date"
    rows = rows_of(named(made, "20260331-RTT")[0])
    blank = {
        part: {tuple(row[column] == "" for column in (band, total, unknown)) for row in rows
               if row["RTT Part Type"] == part}
        for part in ("Part_1A", "Part_1B", "Part_2", "Part_2A", "Part_3")
    }  # fmt: skip
    assert blank == {
        "Part_1A": {(False, False, False)}, "Part_1B": {(False, False, False)}, "Part_2": {(False, True, True)},
        "Part_2A": {(False, True, True)}, "Part_3": {(True, True, True)},
    }  # fmt: skip


def test_no_code_or_name_can_be_mistaken_for_a_real_one(made: Demonstration) -> None:
    world = made.world
    codes = (*world.practices, *world.pcns, *world.sicbls, *world.icbs, *world.regions, *world.trusts)
    names = (*world.practice_names, *world.pcn_names, *world.sicbl_names, *world.icb_names, *world.region_names,
             *world.trust_names)  # fmt: skip
    assert len(set(codes)) == len(codes)
    assert all("DEMO" in code and "-" in code for code in codes)
    assert all(name.startswith("Demonstration ") for name in names)


def test_names_of_practices_are_their_own_at_the_largest_size() -> None:
    from evenhand.synthetic.calendar import calendar
    from evenhand.synthetic.organisations import nation

    world = nation(2048, calendar(12), 3)
    assert len(set(world.practice_names)) == 2048
    assert len(set(world.pcn_names)) == len(world.pcns)


@needs_data
def test_columns_are_those_of_the_published_files(made: Demonstration) -> None:
    published = json.loads((SHARED / "methods" / "columns.json").read_text())
    columns = {name.split(" (")[0]: tuple(value) for name, value in published.items()}

    def header(start: str) -> tuple[str, ...]:
        return tuple(text_of(named(made, start)[0]).split("\n", 1)[0].split(","))

    assert header("EPD_2") == columns["EPD"]
    assert header("EPD_SNOMED_2") == columns["EPD_SNOMED"]
    assert header("gp-reg-pat-prac-all") == columns["gp-reg-pat-prac-all"]
    assert header("gp-reg-pat-prac-quin-age") == columns["gp-reg-pat-prac-quin-age"]
    assert header("gp-reg-pat-prac-map") == columns["gp-reg-pat-prac-map"]
    assert header("2026") == columns["RTT full CSV"]


@needs_data
def test_real_files_have_the_same_columns_and_the_same_kinds_of_row(made: Demonstration) -> None:
    with zipfile.ZipFile(DATA / "08_access_guardrails" / "rtt_full_extract_2026-01.zip") as archive:
        real = archive.open(archive.namelist()[0]).readline().decode("utf-8-sig").strip()
    assert text_of(named(made, "2026")[0]).split("\n", 1)[0] == real
    with gzip.open(DATA / "06_practice_backbone" / "epraccur_2023.csv.gz", "rt", encoding="latin-1") as file:
        register = next(csv.reader(file))
    ours = next(csv.reader(io.StringIO(text_of(named(made, "epraccur")[0]))))
    assert (len(ours), ours[13], ours[25]) == (len(register), register[13], register[25])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know a style of the real one
        theirs = load_workbook(DATA / "06_practice_backbone" / "ePCN_2023.xlsx")
    for sheet in load_workbook(named(made, "ePCN")[0]):
        assert [c.value for c in next(sheet.iter_rows())] == [c.value for c in next(theirs[sheet.title].iter_rows())]
    sample = rows_of(DATA / "07_practice_prescribing" / "list_size_2017_10_quin_age_sample.csv")
    mine = rows_of(named(made, "gp-reg-pat-prac-quin-age")[0])
    assert [(row["SEX"], row["AGE_GROUP_5"]) for row in mine[:43]] == [
        (row["SEX"], row["AGE_GROUP_5"]) for row in sample[:43]
    ]


@needs_data
def test_every_medicine_has_a_real_code_and_name() -> None:
    with zipfile.ZipFile(DATA / "09_prices" / "bnf_hierarchy_2020-02.zip") as archive:
        text = io.TextIOWrapper(archive.open(archive.namelist()[0]), encoding="utf-8")
        real = {row["BNF Presentation Code"]: row["BNF Presentation"].replace(",", " ") for row in csv.DictReader(text)}
    stock = medicines(np.array(["2026-03"], dtype="datetime64[M]"), 1)
    assert {code: real.get(code) for code in stock.codes} == dict(zip(stock.codes, stock.names, strict=True))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"practices": 31}, "--practices 31: expected 32 to 8192"),
        ({"practices": 8193}, "--practices 8193: expected 32 to 8192"),
        ({"months": 11}, "--months 11: expected 12 to 60"),
        ({"months": 61}, "--months 61: expected 12 to 60"),
        ({"seed": -1}, "--seed -1: expected a whole number from 0 upwards"),
    ],
)
def test_settings_out_of_range_are_refused_and_nothing_is_written(
    settings: dict[str, int], words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as refused:
        make(tmp_path / "demo", **settings)
    assert str(refused.value) == words
    assert not (tmp_path / "demo").exists()


def test_a_lake_that_is_no_demonstration_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "lake.json").write_text("{}")
    with pytest.raises(InputError, match="holds a lake that is no demonstration"):
        make(tmp_path, practices=PRACTICES, months=MONTHS)
    assert [path.name for path in tmp_path.iterdir()] == ["lake.json"]


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(InputError, match="is not empty"):
        make(tmp_path, practices=PRACTICES, months=MONTHS)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_demonstration_of_other_settings_is_refused(made: Demonstration) -> None:
    before = digests(made.folder)
    with pytest.raises(InputError, match=f"holds a demonstration with .*practices {PRACTICES}"):
        make(made.folder, practices=PRACTICES + 1, months=MONTHS, seed=SEED)
    assert digests(made.folder) == before
