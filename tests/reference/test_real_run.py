"""The documented run on real NHS data (docs/how-to/run-on-nhs-data.md): load everything, then tell the story."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.lake import Lake
from evenhand.measures import versions
from shared import DATA, needs_data

pytestmark = needs_data
FILES = (
    "07_practice_prescribing/epd_201709_4practices.csv.gz", "07_practice_prescribing/epd_201710_4practices.csv.gz",
    "07_practice_prescribing/list_size_2017_09_quin_age_sample.csv",
    "07_practice_prescribing/list_size_2017_10_quin_age_sample.csv", "06_practice_backbone/epraccur_2023.csv.gz",
    "06_practice_backbone/icb_region_lookup.csv", "06_practice_backbone/practices_2026.parquet",
    "08_access_guardrails/rtt_full_extract_2026-01.zip",
)  # fmt: skip
EXTRACTS = {"2018-2023": "2018-01_to_2023-01", "2019-2024": "2019-12_to_2024-12"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Path:
    """Everything that the how-to names, loaded with its commands."""
    folder = tmp_path_factory.mktemp("real") / "lake"
    assert main(["load", *(str(DATA / file) for file in FILES), "--lake", str(folder), "--json"]) == 0
    for version, name in EXTRACTS.items():
        indicators = str(DATA / "01_sicbl_measures" / name)
        assert main(["load", indicators, "--as", "indicator", "--level", "sicbl", "--version", version,
                     "--lake", str(folder), "--json"]) == 0  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def story(lake, tmp_path_factory) -> dict:
    """`evenhand flow --json` on that lake."""
    file = tmp_path_factory.mktemp("story") / "story.json"
    assert main(["flow", "--lake", str(lake), "--out", str(file)]) == 0
    return json.loads(file.read_text())


def chapter(story: dict, step: str) -> dict:
    return next(c for c in story["chapters"] if c["step"] == step)


def test_waits_of_january_2026_are_as_nhs_england_published_them(story):
    said = " ".join(chapter(story, "see")["says"])
    assert "61.4% of 7,187,677 waits" in said
    assert "half wait less than 13.6 weeks, the 92nd percentile is 40.4 weeks" in said


def test_two_extracts_of_an_indicator_are_two_versions_and_neither_replaces_the_other(lake):
    held = {v.version: v for v in versions(Lake.open(lake), ("lpzomnibus",))}
    assert set(held) == set(EXTRACTS)


def test_the_story_says_which_extract_it_read(story):
    spend = chapter(story, "see")["numbers"]["low_priority_spend"]
    assert (spend["version"], spend["last"], spend["units"]) == ("2019-2024", "2024-12", 106)


def test_steps_without_data_say_so_and_what_to_do_next(story):
    silent = [c for c in story["chapters"] if not c["told"]]
    assert [c["step"] for c in silent] == ["listen", "decide", "change", "prove", "account"]
    assert all(c["next_step"] for c in silent)


def test_the_report_names_no_practice(lake, tmp_path):
    report = tmp_path / "report.html"
    assert main(["flow", "--lake", str(lake), "--out", str(report)]) == 0
    text = report.read_text().lower()
    for name in ("acorn practice", "dalton surgery", "colne valley", "l84073", "b85010", "b85054"):
        assert name not in text
    assert "demonstration" not in text


def test_loading_it_all_again_changes_nothing(lake, capsys):
    before = {file: file.read_bytes() for file in (lake / "snapshots").rglob("*") if file.is_file()}
    main(["load", *(str(DATA / file) for file in FILES[:4]), "--lake", str(lake), "--json"])
    assert {row["state"] for row in json.loads(capsys.readouterr().out.splitlines()[-1])["loaded"]} == {"unchanged"}
    assert {file: file.read_bytes() for file in (lake / "snapshots").rglob("*") if file.is_file()} == before
