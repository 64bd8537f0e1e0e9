"""Appointments and A&E of the synthetic NHS: published as they are published, found again, and harmed by nothing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from evenhand import measures, sources
from evenhand.lake import Lake
from evenhand.measures.guardrails import library
from evenhand.story import watching
from evenhand.story.judge import read_scheme
from evenhand.story.sight import level_of
from evenhand.synthetic import Demonstration, appointments, emergency, fill, make
from evenhand.synthetic.calendar import calendar
from evenhand.synthetic.organisations import nation
from evenhand.synthetic.published_appointments import appointments_file
from shared import SHARED, needs_data

SEED = 7
WHEN = calendar(12)
TWO_WEEKS, FOUR_HOURS = "gp_appointments_two_weeks", "ae_within_four_hours"
SCHEMES = ("diabetes_dpp4", "null_strips", "harmful")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return make(tmp_path_factory.mktemp("demo"), practices=64, months=12, seed=SEED)


def rows_of(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    else:
        text = path.read_text()
    return list(csv.DictReader(io.StringIO(text)))


def published(made: Demonstration, folder: str, name: str) -> list[dict[str, str]]:
    return rows_of(made.folder / "published" / folder / name)


# --- appointments -----------------------------------------------------------------------------------------------------


def test_a_combination_stands_once_and_bands_are_spelled_as_published(made: Demonstration) -> None:
    rows = published(made, "appointments", "Practice_Level_Crosstab_Mar_26.zip")
    keys = [tuple(value for name, value in row.items() if name != "COUNT_OF_APPOINTMENTS") for row in rows]
    assert len(set(keys)) == len(keys) > 64 * 100
    assert {row["APPOINTMENT_MONTH_START_DATE"] for row in rows} == {"01MAR2026"}
    assert {row["TIME_BETWEEN_BOOK_AND_APPT"] for row in rows} == set(appointments.WAITS)
    assert {"8  to 14 Days", "Unknown / Data Issue"} <= set(appointments.WAITS)
    assert {row["APPT_STATUS"] for row in rows} == {"Attended", "DNA", "Unknown"}
    assert all(int(row["COUNT_OF_APPOINTMENTS"]) > 0 for row in rows)


def test_an_older_month_is_named_as_older_releases_name_it_and_loads_alike(tmp_path: Path) -> None:
    when, lake = calendar(60), Lake.create(tmp_path / "lake")
    world = nation(32, when, SEED)
    found = appointments.month(world, when, appointments.books(world, when, SEED), 12, SEED)
    file = appointments_file(tmp_path, world, when, found, 12, "csv.gz")
    assert {row["APPOINTMENT_MONTH"] for row in rows_of(file)} == {"APR2022"}
    (done,) = sources.load(lake, file)
    assert (done.months, done.totals["appointments"]) == (("2022-04",), found.counts.sum())


def test_a_national_month_in_parquet_loads_as_its_csv_does(made: Demonstration, tmp_path: Path) -> None:
    found = appointments.month(made.world, made.when, made.plan.books, 11, SEED)
    file = appointments_file(tmp_path, made.world, made.when, found, 11, "parquet")
    held = []
    for name, given in (("a", file), ("b", made.folder / "published/appointments/Practice_Level_Crosstab_Mar_26.zip")):
        lake = Lake.create(tmp_path / name)
        sources.load(lake, given)
        held.append(lake.table("appointments").to_pyarrow())
    assert held[0].equals(held[1])


def test_some_practice_months_are_not_there_and_some_practices_map_no_category() -> None:
    world = nation(512, WHEN, SEED)
    books = appointments.books(world, WHEN, SEED)
    lost = (world.patients > 0) & ~books.included
    assert 0.002 < lost.mean() < 0.007
    t = int(np.flatnonzero(lost.any(axis=0))[0])
    found = appointments.month(world, WHEN, books, t, SEED)
    assert not set(found.practice) & set(np.flatnonzero(lost[:, t]))
    assert not set(found.practice) & set(np.flatnonzero(world.patients[:, t] == 0))
    without = books.unmapped[found.practice]
    assert set(found.category[without]) == {appointments.UNMAPPED}
    assert len(set(found.category[~without])) == len(appointments.CATEGORIES)


def test_each_practice_comes_to_its_own_share_within_two_weeks() -> None:
    world = nation(128, WHEN, SEED)
    books = appointments.books(world, WHEN, SEED)
    found = appointments.month(world, WHEN, books, 3, SEED)
    every = np.bincount(found.practice, found.counts.sum(axis=1), 128)
    soon = np.bincount(found.practice, found.counts.sum(axis=1) * (found.wait < appointments.WITHIN), 128)
    busy = every > 1000
    gap = (soon[busy] / every[busy] - books.share[busy, 3]) / np.sqrt(0.15 / every[busy])
    assert abs(gap.mean()) < 0.6  # of its standard error; 0.0005 of waits are unknown, and clipped kinds move a little
    assert gap.std() < 1.5
    assert 0.40 < every.sum() / world.patients[:, 3].sum() < 0.56
    later = found.counts[found.wait == 6].sum(axis=0)
    same_day = found.counts[found.wait == 0].sum(axis=0)
    assert later[1] / later.sum() > 3 * same_day[1] / same_day.sum()  # what is booked far ahead is missed more often


# --- A&E --------------------------------------------------------------------------------------------------------------


def test_the_total_row_is_the_sum_and_a_department_that_is_not_there_has_a_dash(made: Demonstration) -> None:
    *rows, total = published(made, "emergency", "Monthly-AE-March-2026.csv")
    assert [row["Org Code"] for row in rows] == list(made.world.trusts)
    assert {row["Period"] for row in rows} == {"MSitAE-MARCH-2026"}
    for name in list(total)[4:]:
        assert int(total[name]) == sum(int(row[name]) for row in rows if row[name] != "-")
    offers = emergency.departments(made.world)
    for kind, name in enumerate(("Type 1", "Type 2", "Other A&E Department")):
        assert [row[f"A&E attendances {name}"] != "-" for row in rows] == offers[:, kind].tolist()
    assert offers.any(axis=0).all()
    assert not offers.all(axis=0)[:2].any()


def test_nobody_waits_or_is_admitted_who_did_not_come(made: Demonstration) -> None:
    share = emergency.true_share(made.world, made.when, SEED)
    found = emergency.month(made.world, made.when, share, 5, SEED)
    assert np.all(found.over_4_hours <= found.attendances)
    assert np.all(found.admitted <= found.attendances.sum(axis=2))
    assert np.all(found.waited_4_to_12 + found.waited_12 <= found.admitted.sum(axis=1))
    assert not found.attendances[~found.offers].any()
    major = found.offers[:, 0]
    within = 1 - found.over_4_hours[major, 0].sum(axis=1) / found.attendances[major, 0].sum(axis=1)
    assert within == pytest.approx(share[major, 5], abs=0.03)  # a department of 8,000 has an error of half a point


# --- what was planted, and what is found ------------------------------------------------------------------------------


def test_the_truth_says_that_nothing_was_planted_and_what_each_place_is_like(made: Demonstration) -> None:
    told = json.loads((made.folder / "truth" / "truth.json").read_text())["access"]
    assert {name: one["planted_effect"] for name, one in told.items()} == {TWO_WEEKS: 0, FOUR_HOURS: 0}
    practices, trusts = (rows_of(made.folder / "truth" / f"{name}.csv") for name in ("appointments", "emergency"))
    assert len(practices) == 64
    lost = sum(int(row["months_not_included"]) for row in practices)
    assert lost == told[TWO_WEEKS]["practice_months_not_included"]
    assert len(trusts) == 12 * emergency.departments(made.world)[:, 0].sum()


def test_the_lake_of_the_demonstration_holds_the_shares_that_the_truth_names(demo_lake: Path) -> None:
    lake = Lake.open(demo_lake)
    panel = measures.panel(lake, TWO_WEEKS, "practice")
    true = {row["practice"]: float(row["within_two_weeks_after"])
            for row in rows_of(demo_lake / "truth" / "appointments.csv")}  # fmt: skip
    soon, every = (np.nansum(side[:, -6:], axis=1) for side in (panel.numerator, panel.denominator))
    gaps = np.array([soon[row] / every[row] - true[code] for row, code in enumerate(panel.organisations)
                     if every[row] > 6_000])  # fmt: skip
    assert abs(gaps.mean()) < 0.004
    assert gaps.std() < 0.012
    rates = measures.panel(lake, "gp_appointments_per_patient", "nation").value
    assert np.all((rates > 350) & (rates < 600))
    hours = measures.panel(lake, FOUR_HOURS, "icb")
    assert len(hours.organisations) == 4
    assert np.all((hours.value > 0.5) & (hours.value < 0.95))
    assert np.all(measures.panel(lake, "ae_admitted", "provider").value > 0.1)


def test_access_is_watched_beside_every_scheme_and_nothing_of_it_is_at_risk(
    demo_lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = tuple(one for one in library() if one.measure in (TWO_WEEKS, FOUR_HOURS, "ae_admitted"))
    monkeypatch.setattr(watching, "library", lambda: access)
    lake = Lake.open(demo_lake)
    for scheme in SCHEMES:
        found = watching.watch(lake, read_scheme(demo_lake / "schemes" / f"{scheme}.yaml"))
        watched = {one.measure: one for one in found.guardrails}
        assert (watched[TWO_WEEKS].by, watched[TWO_WEEKS].level) == ("drawn", "practice")
        assert {(watched[name].by, watched[name].level) for name in (FOUR_HOURS, "ae_admitted")} == {("matched", "icb")}
        assert watched[TWO_WEEKS].says.verdict == "pass"
        assert {one.says.verdict for one in watched.values()} <= {"pass", "inconclusive"}
        assert found.without == ()


# --- months without rows ----------------------------------------------------------------------------------------------


def test_months_without_rows_keep_their_panels_of_access_when_another_month_is_loaded(tmp_path: Path) -> None:
    size = {"practices": 32, "months": 12, "seed": 5}
    filled = fill(make(tmp_path / "demo", rows=0, **size))
    other = make(tmp_path / "other", rows=1, **size)
    lake, every = filled.lake, measures.for_lake(filled.lake)
    assert level_of(lake, every[TWO_WEEKS]) == "practice"
    before = {name: measures.panel(lake, name, "nation") for name in (TWO_WEEKS, FOUR_HOURS)}
    assert all(len(panel.months) == 12 for panel in before.values())
    sources.load(lake, [file for file in other.published if "Crosstab" in file.name or "Monthly-AE" in file.name])
    built = measures.build(lake)
    assert built.months == ("2026-03",)
    for name, panel in before.items():
        now = measures.panel(lake, name, "nation")
        assert np.array_equal(now.numerator, panel.numerator)
        assert np.array_equal(now.denominator, panel.denominator)
    assert all(measures.kept(lake, str(month), every) for month in filled.panels)


@needs_data
def test_columns_are_those_of_the_published_files_of_access(made: Demonstration) -> None:
    columns = {name.split(" (")[0]: value for name, value in
               json.loads((SHARED / "methods" / "columns.json").read_text()).items()}  # fmt: skip
    practice = published(made, "appointments", "Practice_Level_Crosstab_Mar_26.zip")
    assert list(practice[0]) == columns["GPAD practice crosstab"]
    assert list(published(made, "emergency", "Monthly-AE-March-2026.csv")[0]) == columns["A&E monthly CSV"]
