"""A panel on any codes: typed, from a file in whatever layout, over patients of any kind, and out as a workbook."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.measures import asked_side
from tiny_lake import TinyLake

LIPIDS = ("0212000B0AAAAAA", "0212000B0AAABAB", "0212000Y0AAAAAA")


@pytest.fixture
def lake(tmp_path: Path) -> str:
    tiny = TinyLake(tmp_path / "lake").prescribed("2024-03", [
        ("A", LIPIDS[0], 3, 84, 9.0, 10.0), ("A", LIPIDS[2], 1, 28, 2.0, 3.0), ("B", LIPIDS[1], 5, 140, 7.0, 8.0),
    ])  # fmt: skip
    tiny.listed("2024-03", {"A": 2000, "B": 500})
    return str(tiny.lake.path)


def panel(lake: str, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, tuple[float, float]]:
    assert main(["panel", *words, "--level", "practice", "--lake", lake, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    return {row["organisation"]: (row["numerator"], row["denominator"]) for row in rows}


@pytest.mark.parametrize(("sum_of", "a"), [("items", 3), ("quantity", 84), ("cost", 9.0), ("nic", 10.0)])
def test_codes_with_commas_are_summed_as_asked(
    lake: str, capsys: pytest.CaptureFixture[str], sum_of: str, a: float
) -> None:
    found = panel(lake, capsys, "--numerator", "0212000B0", "--denominator", "patients", "--sum", sum_of)
    assert found["A"] == (a, 2.0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("codes.txt", "0212000B0AAAAAA  # ten milligrams\n\n0212000B0AAABAB\n"),
        ("codes.csv", "term,code\nTen,0212000B0AAAAAA\nTwenty,0212000B0AAABAB\nTwenty again,0212000B0AAABAB\n"),
        ("codes.csv.gz", "BNF_CODE\n0212000B0AAABAB\n0212000B0AAAAAA\n"),
    ],
)
def test_a_file_of_codes_is_read_in_any_layout(
    lake: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: str
) -> None:
    file = tmp_path / name
    file.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    found = panel(lake, capsys, "--numerator", str(file), "--denominator", "0212")
    assert found == {"A": (3, 4), "B": (5, 5)}


def test_a_measure_file_lends_its_denominator(lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    from evenhand.measures.library import DEFINITIONS

    file = DEFINITIONS / "measures" / "chd_statin_intensity.yaml"
    words = ["panel", "--numerator", "0212000Y0", "--denominator", str(file), "--level", "practice", "--lake", lake]
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(r["numerator"], r["denominator"]) for r in document["rows"]] == [(1, 4), (0, 5)]
    assert "0212000AA" in document["not_in_lake"]  # a list from a file may hold what nobody was prescribed


def test_patients_are_counted_by_one_or_more(lake: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["panel", "--numerator", "0212000Y0", "--denominator", "patients", "--level", "practice", "--lake", lake]
    assert main([*words, "--per", "0"]) == 2
    assert capsys.readouterr().err == "evenhand: --per 0: expected 1 patient or more\n"


def test_patients_can_be_said_more_closely() -> None:
    assert asked_side("patients,age:65+", name="denominator").age == "65+"
    assert asked_side("register:DM", name="denominator", per=1).on_register == "DM"
    assert asked_side("star_pu:statins_cost", name="denominator").star_pu == "statins_cost"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("patients,age:63+", "not an age range"), ("patients,height:tall", "not about patients"),
        ("O212", "not a BNF code"),
        ("~0212", "no code to count"), ("nowhere.txt", "cannot be read"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        asked_side(text, name="denominator")
    assert "\n" not in str(refused.value)


def test_a_file_without_codes_or_without_a_column_of_them_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("drug\nx\n")
    (tmp_path / "b.txt").write_text("# nothing\n")
    with pytest.raises(InputError, match="no column of codes"):
        asked_side(str(tmp_path / "a.csv"), name="numerator")
    with pytest.raises(InputError, match="holds no code"):
        asked_side(str(tmp_path / "b.txt"), name="numerator")


def test_a_code_that_nobody_knows_is_refused_and_nothing_is_written(lake: str, tmp_path: Path) -> None:
    out = tmp_path / "panel.xlsx"
    words = ["panel", "--numerator", "0212000B0,0999", "--denominator", "patients", "--level", "practice"]
    assert main([*words, "--lake", lake, "--out", str(out)]) == 2
    assert not out.exists()


def test_the_workbook_holds_the_rows_and_is_the_same_twice(lake: str, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    words = ["panel", "--numerator", "0212000B0", "--denominator", "patients", "--level", "practice", "--lake", lake]
    out = [tmp_path / name for name in ("one.xlsx", "two.xlsx")]
    for file in out:
        assert main([*words, "--out", str(file)]) == 0
    assert out[0].read_bytes() == out[1].read_bytes()
    rows = list(load_workbook(out[0]).active.values)
    assert rows[0] == ("organisation", "month", "numerator", "denominator", "value")
    assert rows[1] == ("A", "2024-03", 3, 2, 1.5)
