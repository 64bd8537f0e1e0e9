"""`evenhand demo` leaves a lake that holds what its files say, and refuses what it must."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evenhand import measures
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.sources import organisations
from evenhand.synthetic import fill, make

# the settings of the demonstration that tests/conftest.py shares
CALLED = ["--practices", "256", "--months", "15"]
START = 9  # of its fifteen months, the campaigns run in the last six


@pytest.fixture(scope="module")
def told(demo_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the command says when it is run again on a finished demonstration."""
    folder = tmp_path_factory.mktemp("again") / "lake"
    shutil.copytree(demo_lake, folder)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["demo", "--lake", str(folder), *CALLED, "--json"]) == 0
    return json.loads(said.getvalue())


def counted(folder: Path, name: str, month: str, codes: tuple[str, ...]) -> dict[str, int]:
    """Items of each identified practice, added up from the published file by hand."""
    with gzip.open(folder / "published" / "prescribing" / name, "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["UNIDENTIFIED"] == "N"]
    items: dict[str, int] = {}
    for row in rows:
        assert row["YEAR_MONTH"] == month
        if row["BNF_PRESENTATION_CODE"].startswith(codes):
            items[row["PRACTICE_CODE"]] = items.get(row["PRACTICE_CODE"], 0) + int(row["ITEMS"])
    return items


def test_it_says_what_it_made_where_and_what_to_do_next(told: dict) -> None:
    assert (told["demonstration"], told["seed"], told["practices"]) == (True, 2010, 256)
    assert told["months"] == ["2025-01", "2026-03"]
    assert set(told["rows"]) == {"ods_practices", "ods_pcn", "prescribing", "list_size", "rtt", "appointments", "ae"}
    assert told["months_of_panels"] == 15
    assert told["schemes"] == ["diabetes_dpp4", "null_strips", "harmful"]
    assert told["next"][0] == f"evenhand flow --lake {told['lake']}"


def test_the_lake_is_marked_as_a_demonstration(demo_lake: Path) -> None:
    assert Lake.open(demo_lake).demonstration


def test_a_panel_holds_what_the_file_says(demo_lake: Path) -> None:
    lake = Lake.open(demo_lake)
    panel = measures.panel(lake, "diabetes_dpp4_cost", "practice", first="2026-03", last="2026-03")
    others = ("0601023AA", "0601023AC", "0601023AE", "0601023AK")
    dear = counted(demo_lake, "EPD_SNOMED_202603.csv.gz", "202603", others)
    every = counted(demo_lake, "EPD_SNOMED_202603.csv.gz", "202603", (*others, "0601023X0"))
    for row, practice in enumerate(panel.organisations):
        there = panel.denominator[row, 0]
        assert (0 if np.isnan(there) else there) == every.get(practice, 0)
        assert every.get(practice, 0) == 0 or panel.numerator[row, 0] == dear.get(practice, 0)


@pytest.mark.parametrize("measure", ["diabetes_dpp4_cost", "diabetes_metformin_mr", "diabetes_analogue_insulin",
                                     "diabetes_test_strips", "diabetes_needles"])  # fmt: skip
def test_the_measures_see_the_choices_that_were_planted(demo_lake: Path, measure: str) -> None:
    panel = measures.panel(Lake.open(demo_lake), measure, "practice")
    dear, every = (np.nansum(side[:, -6:], axis=1) for side in (panel.numerator, panel.denominator))
    seen = dear / np.maximum(every, 1)
    with (demo_lake / "truth" / "practices.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["measure"] == measure]
    true = {row["practice"]: float(row["share_after"]) for row in rows if float(row["items_last_12_months"]) > 250}
    gaps = [seen[panel.row(practice)] - share for practice, share in true.items()]
    assert len(gaps) > 15
    assert abs(np.mean(gaps)) < 0.03
    assert np.std(gaps) < 0.09


def test_the_tree_stands_and_the_moved_practice_has_two_networks(demo_lake: Path) -> None:
    tree = organisations.read(Lake.open(demo_lake))
    levels = {level: len(tree.at(level)) for level in ("practice", "pcn", "sicbl", "icb", "region")}
    assert levels == {"practice": 256, "pcn": 64, "sicbl": 16, "icb": 4, "region": 2}
    before, after = np.datetime64("2025-03", "M"), np.datetime64("2025-04", "M")
    assert tree.ancestor("DEMO-P0256", "pcn", before) == "DEMO-N064"
    assert tree.ancestor("DEMO-P0256", "pcn", after) == "DEMO-N063"
    assert len(tree.descendants("DEMO-I1", "practice", after)) == 64


def test_waits_of_the_harmed_board_fall(demo_lake: Path) -> None:
    panel = measures.panel(Lake.open(demo_lake), "wait_within_18_weeks", "icb")
    fall = panel.value[:, START:].mean(axis=1) - panel.value[:, :START].mean(axis=1)
    harmed = fall[panel.row("DEMO-I3")] - fall[panel.row("DEMO-I4")]
    assert harmed == pytest.approx(-0.02, abs=0.006)


def test_running_it_again_changes_nothing(told: dict, demo_lake: Path) -> None:
    def held(folder: Path) -> set[tuple[str, ...]]:
        return {(s.table, s.key, s.sha256, s.loaded_at) for s in Lake.open(folder).snapshots()}

    assert held(Path(told["lake"])) == held(demo_lake)
    for file in ("people/ledger.jsonl", "people/survey.csv", "published/prescribing/EPD_202501.csv.gz"):
        assert (Path(told["lake"]) / file).read_bytes() == (demo_lake / file).read_bytes()


@pytest.mark.parametrize("words", [["--practices", "3"], ["--months", "200"], ["--seed", "-4"]])
def test_a_refusal_is_one_line_and_leaves_nothing(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--lake", str(tmp_path / "new"), *words]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith(f"evenhand: {words[0]} {words[1]}: expected")
    assert not (tmp_path / "new").exists()


def test_a_lake_of_real_data_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Lake.create(tmp_path / "real")
    before = sorted(path.name for path in (tmp_path / "real").iterdir())
    assert main(["demo", "--lake", str(tmp_path / "real")]) == 2
    assert "holds a lake that is no demonstration" in capsys.readouterr().err
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == before


def test_a_lake_that_lost_its_mark_is_not_filled(tmp_path: Path) -> None:
    made = make(tmp_path / "demo", practices=32, months=12, seed=6)
    Lake.create(made.folder, demonstration=False)
    with pytest.raises(InputError, match="no demonstration"):
        fill(made)
