"""`evenhand load`, `sources` and `indicator` do what the library does, and say so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.lake import Lake
from published import bytes_of, list_sizes, prescribing_file, write_csv


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_load_says_what_it_did_and_twice_changes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file, lake = prescribing_file(tmp_path / "epd.csv"), tmp_path / "lake"

    code, out, _ = run(capsys, "load", file, "--lake", lake, "--json")
    before = bytes_of(lake)
    again = run(capsys, "load", file, "--lake", lake, "--json")

    first = json.loads(out)["loaded"][0]
    assert (code, first["state"], first["rows"], first["totals"]["items"]) == (0, "loaded", 6, 15)
    assert (again[0], json.loads(again[1])["loaded"][0]["state"]) == (0, "unchanged")
    assert bytes_of(lake) == before


def test_a_refused_first_load_leaves_no_lake(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")

    code, out, err = run(capsys, "load", tmp_path / "bad.csv", "--lake", tmp_path / "lake")

    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert not (tmp_path / "lake").exists()


def test_a_refused_first_load_leaves_a_folder_as_it_was(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "mine.txt").write_text("keep")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")

    run(capsys, "load", tmp_path / "bad.csv", "--lake", tmp_path / "lake")

    assert [file.name for file in (tmp_path / "lake").iterdir()] == ["mine.txt"]


def test_sources_says_what_is_known_and_what_is_held(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run(capsys, "load", write_csv(tmp_path / "list.csv", list_sizes()), "--lake", tmp_path / "lake")

    code, out, _ = run(capsys, "sources", "--lake", tmp_path / "lake", "--json")

    told = json.loads(out)
    held = told["lake"][0]
    assert code == 0
    assert {"prescribing", "rtt", "list_size", "indicator"} <= {known["source"] for known in told["sources"]}
    assert (held["key"], held["rows"], held["totals"]["patients"]) == ("2017-09/five_year", 10, 60)
    assert (len(held["sha256"]), held["file"], held["loaded_at"][:2]) == (64, "list.csv", "20")


def test_tables_are_shown_without_flags(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lake = tmp_path / "lake"

    shown = [run(capsys, "load", prescribing_file(tmp_path / "epd.csv"), "--lake", lake)[1],
             run(capsys, "sources", "--lake", lake)[1], run(capsys, "sources")[1]]  # fmt: skip

    assert [word in text for word, text in zip(("epd.csv", "2017-09", "rtt"), shown, strict=True)] == [True] * 3


def test_indicator_takes_columns_of_any_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", [{"period": "01/02/2024", "area": "06N", "events": 3, "people": 9}])

    code, out, err = run(
        capsys, "indicator", file, "--measure", "falls", "--level", "sicbl", "--lake", tmp_path / "lake", "--month",
        "period", "--code", "area", "--numerator", "events", "--denominator", "people", "--day-first", "--json",
    )  # fmt: skip

    assert (code, err) == (0, "")
    assert json.loads(out)["loaded"][0]["keys"] == ["indicator/falls/2024-02_to_2024-02/sicbl"]
    assert Lake.open(tmp_path / "lake").table("indicator").to_pyarrow()["numerator"].to_pylist() == [3.0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--measure", "falls"], "--level"), (["--measure", "a b", "--level", "sicbl"], "--measure"),
        (["--measure", "falls", "--level", "sicbl", "--code", "area"], "no column 'area'"),
    ],
)  # fmt: skip
def test_indicator_refuses_what_is_not_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], message: str
) -> None:
    file = write_csv(
        tmp_path / "x.csv", [{"month": "2024-02", "code": "06N", "numerator": 3, "denominator": 9}]
    )

    code, out, err = run(capsys, "indicator", file, "--lake", tmp_path / "lake", *words)

    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert message in err


@pytest.mark.parametrize("month", ["2999-01", "9999-12-01", "1960-04"])
def test_an_indicator_of_a_month_in_which_nothing_is_published_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, month: str
) -> None:
    rows = [{"month": m, "code": "06N", "numerator": 3, "denominator": 9} for m in ("2024-02", month)]
    file = write_csv(tmp_path / "x.csv", rows)

    code, _, err = run(capsys, "indicator", file, "--measure", "falls", "--level", "sicbl", "--lake", tmp_path / "lake")

    assert code == 2
    assert f"row 3, column 'month': expected a month from 1990-01 to 2099-12, found '{month}'" in err
    assert not (tmp_path / "lake").exists()
