"""`evenhand measures` and `evenhand panel`: what they print, what they refuse, and that a refusal writes nothing."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.measures.library import DEFINITIONS
from tiny_lake import TinyLake

SITA, LINA = "0601023X0AAAAAA", "0601023AEAAAAAA"
DPP4 = (DEFINITIONS / "measures" / "diabetes_dpp4_cost.yaml").read_text(encoding="utf-8")
LINE = 1 + DPP4[:DPP4.index("\ndirection:") + 1].count("\n")  # where it says which side is better


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One lake that nobody writes to."""
    return small_lake(tmp_path_factory.mktemp("command") / "lake")


def small_lake(folder: Path) -> str:
    tiny = TinyLake(folder)
    tiny.prescribed("2024-01", [("A", LINA, 4, 112, 120.0), ("A", SITA, 6, 168, 9.0), ("B", LINA, 1, 28, 31.0)])
    tiny.prescribed("2024-02", [("A", SITA, 5, 140, 8.0)])
    tiny.listed("2024-01", {"A": 2000})
    tiny.indicated("lpzomnibus", "2023", "sicbl", [("2023-01", "S", 7.0, 2.0)])
    return str(tiny.lake.path)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def run(*words: str) -> dict:
        assert main([*words, "--json"]) == 0, capsys.readouterr().err
        shown: dict = json.loads(capsys.readouterr().out)
        return shown

    return run


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_a_panel_is_a_document_of_rows(say, lake: str) -> None:
    shown = say("panel", "diabetes_dpp4_cost", "--level", "practice", "--lake", lake)
    assert shown["rows"] == [
        {"organisation": "A", "month": "2024-01", "numerator": 4.0, "denominator": 10.0, "value": 0.4},
        {"organisation": "A", "month": "2024-02", "numerator": 0.0, "denominator": 5.0, "value": 0.0},
        {"organisation": "B", "month": "2024-01", "numerator": 1.0, "denominator": 1.0, "value": 1.0},
    ]
    assert (shown["version"], shown["direction"], shown["demonstration"]) == (None, "lower", False)


def test_a_panel_says_which_version_of_an_indicator_was_read(say, lake: str) -> None:
    shown = say("panel", "low_priority_spend", "--level", "sicbl", "--lake", lake)
    assert shown["version"] == "2023"
    assert shown["rows"][0]["value"] == 3.5


def test_a_missing_number_is_null(say, lake: str) -> None:
    shown = say("panel", "diabetes_spend", "--level", "practice", "--to", "2024-01", "--lake", lake)
    assert shown["rows"][1] == {
        "organisation": "B", "month": "2024-01", "numerator": 31.0, "denominator": None, "value": None
    }  # fmt: skip


def test_codes_over_codes_and_over_patients(say, lake: str) -> None:
    over = ("--level", "nation", "--lake", lake, "--to", "2024-01")
    share = say("panel", "--numerator", "0601023AE", "--denominator", "0601023X0,0601023AE", *over)
    rate = say("panel", "--numerator", "all", "--denominator", "patients", "--sum", "cost", *over)
    assert share["rows"][0]["value"] == 5 / 11
    assert rate["rows"][0]["value"] == 129.0 / 2.0
    assert rate["unit"] == "cost per 1,000 patients"


def test_a_measure_file_needs_no_place_in_the_house(say, lake: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(_only_linagliptin(), encoding="utf-8")
    shown = say("panel", str(file), "--level", "nation", "--lake", lake)
    assert [row["value"] for row in shown["rows"]] == [5 / 11, 0.0]


def test_codes_over_the_denominator_of_a_measure_file(say, lake: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(_only_linagliptin().replace("    - 0601023AA\n    - 0601023AC\n", ""), encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace("    - 0601023AK\n", ""), encoding="utf-8")
    shown = say("panel", "--numerator", SITA, "--denominator", str(file), "--level", "nation", "--lake", lake)
    assert [row["value"] for row in shown["rows"]] == [6 / 11, 1.0]


def test_a_users_own_groups_come_from_a_file_and_stay_out_of_the_lake(say, lake: str, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("code,name,level,parent\nN,North,locality,\nA,,practice,N\nB,,practice,N\n", encoding="utf-8")
    before = sorted(os.listdir(f"{lake}/snapshots"))
    shown = say("panel", "diabetes_dpp4_cost", "--level", "locality", "--organisations", str(own), "--lake", lake)
    assert [(row["organisation"], row["value"]) for row in shown["rows"]] == [("N", 5 / 11), ("N", 0.0)]
    assert sorted(os.listdir(f"{lake}/snapshots")) == before


def test_a_table_goes_to_a_file_by_its_ending(lake: str, tmp_path: Path) -> None:
    out = tmp_path / "panel.csv"
    assert main(["panel", "diabetes_dpp4_cost", "--level", "nation", "--lake", lake, "--out", str(out)]) == 0
    with out.open(encoding="utf-8") as file:
        assert [(r["organisation"], r["month"], float(r["value"])) for r in csv.DictReader(file)] == [
            ("ENG", "2024-01", 5 / 11), ("ENG", "2024-02", 0.0)
        ]  # fmt: skip


@pytest.mark.parametrize("level", ["nation", "practice"])
def test_a_panel_is_drawn_as_lines(lake: str, tmp_path: Path, level: str) -> None:
    out = tmp_path / "panel.svg"
    assert main(["panel", "diabetes_dpp4_cost", "--level", level, "--lake", lake, "--out", str(out)]) == 0
    drawn = out.read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "Gliptins other than sitagliptin" in drawn


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["panel", "diabetes_dpp4_costs"], "did you mean 'diabetes_dpp4_cost'"),
        (["panel"], "say what to count"),
        (["panel", "x", "--numerator", "06"], "say what to count"),
        (["panel", "--numerator", "06"], "go together"),
        (["panel", "--numerator", "metformin", "--denominator", "06"], "--numerator: 'metformin' is not a BNF code"),
        (["panel", "--numerator", "06", "--denominator", "0777"], "denominator: no presentation in the lake has"),
        (["panel", "--numerator", "", "--denominator", "06"], "no code to count"),
        (["panel", "diabetes_dpp4_cost", "--from", "2024-13"], "expected YYYY-MM"),
        (["panel", "diabetes_dpp4_cost", "--from", "2025-01"], "the lake holds 2024-01 to 2024-02"),
        (["panel", "diabetes_dpp4_cost", "--version", "1"], "has no versions"),
        (["panel", "diabetes_dpp4_cost", "--organisation", "Z"], "--organisation Z: has no numbers"),
        (["panel", "nowhere.yaml"], "nowhere.yaml: cannot be read"),
    ],
)
def test_a_panel_that_cannot_be_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], lake: str, tmp_path: Path, words: list[str], says: str
) -> None:
    out = tmp_path / "out.csv"
    assert says in refused(capsys, *words, "--level", "practice", "--lake", lake, "--out", str(out))
    assert not out.exists()


def test_a_level_that_no_one_has_is_refused(capsys: pytest.CaptureFixture[str], lake: str) -> None:
    said = refused(capsys, "panel", "diabetes_dpp4_cost", "--level", "locality", "--lake", lake)
    assert "no organisations of level 'locality'" in said


def test_measures_are_listed_without_a_lake(say) -> None:
    listed = {row["measure"] for row in say("measures")["measures"]}
    assert {"diabetes_dpp4_cost", "wait_within_18_weeks", "low_priority_spend"} <= listed
    assert {row["measure"] for row in say("measures", "list")["measures"]} == listed


def test_show_reads_a_measure_aloud_with_its_example(capsys: pytest.CaptureFixture[str], lake: str) -> None:
    assert main(["measures", "show", "diabetes_dpp4_cost", "--lake", lake]) == 0
    said = capsys.readouterr().out
    for words in ("lower is better", "NICE guideline NG28", "Linagliptin 5mg tablets", "| 0.4",
                  "not tested in a clinical system", "not yet checked by a clinician", "numerator 1"):  # fmt: skip
        assert words in said


def test_show_gives_every_field_as_json(say, lake: str) -> None:
    shown = say("measures", "show", "diabetes_glp1")
    assert shown["numerator"]["not"]["name"] == ["Saxenda*", "Wegovy*"]
    assert say("measures", "show", "low_priority_spend", "--lake", lake)["versions"] == [
        {"version": "2023", "levels": ["sicbl"], "first": "2023-01", "last": "2023-01"}
    ]


def test_check_counts_the_examples_of_a_file_and_what_it_means_in_a_lake(say, lake: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(_only_linagliptin(), encoding="utf-8")
    row = say("measures", "check", str(tmp_path / "mine.yaml"), "--lake", lake)["measures"][0]
    assert (row["measure"], row["numerator"], row["denominator"]) == ("mine", 1, 2)
    assert row["not_in_this_lake"] == ["0601023AA", "0601023AC", "0601023AK"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("direction:", "directions:", f"mine.yaml:{LINE}: unknown key 'directions'; did you mean 'direction'?"),
        ("| 0.4\n", "| 0.5\n", "example: A: value is drawn as 0.5, but the engine counts 0.4"),
        ("id: mine", "id: diabetes_glp1", "already stands in"),
    ],
)
def test_check_refuses_with_file_and_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, says: str
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(DPP4.replace("id: diabetes_dpp4_cost", "id: mine").replace(old, new, 1), encoding="utf-8")
    assert says in refused(capsys, "measures", "check", str(file))


def test_build_tells_what_it_did_and_the_second_time_that_nothing_was_left(say, tmp_path: Path) -> None:
    lake = small_lake(tmp_path / "lake")
    first = say("measures", "build", "diabetes_dpp4_cost", "--lake", lake)
    again = say("measures", "build", "diabetes_dpp4_cost", "--lake", lake)
    assert (first["built"], again["built"]) == (["2024-01", "2024-02"], [])
    assert say("measures", "build", "--months", "2024-02..2024-09", "--lake", lake)["built"] == ["2024-02"]


def test_build_refuses_a_month_it_does_not_have(capsys: pytest.CaptureFixture[str], lake: str) -> None:
    before = sorted(os.listdir(lake))
    assert "the lake" in refused(capsys, "measures", "build", "--months", "2020-01", "--lake", lake)
    assert "say which lake" in refused(capsys, "measures", "build")
    assert sorted(os.listdir(lake)) == before


def _only_linagliptin() -> str:
    top = "    - 0601023AA   # vildagliptin\n    - 0601023AC   # saxagliptin\n    - 0601023AE   # linagliptin\n"
    text = DPP4.replace("id: diabetes_dpp4_cost", "id: mine")
    return text.replace(top + "    - 0601023AK   # alogliptin\n", "    - 0601023AE\n").replace(
        "|        40 |         100 | 0.4", "|        30 |         100 | 0.3"
    )
