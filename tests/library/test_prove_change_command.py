"""`evenhand prove change` as a user meets it: files of every shape give one answer, and a wrong one is refused."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from evenhand.cli.main import main

Capture = pytest.CaptureFixture[str]

MONTHS = [f"{2019 + m // 12}-{m % 12 + 1:02d}-01" for m in range(48)]


def told(capsys: Capture, *words: object) -> Any:
    assert main(["prove", "change", *map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *words: object) -> str:
    assert main(["prove", "change", *map(str, words)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def series() -> dict[str, list[float]]:
    """Two practices fall from month 25, one does not; their codes lead with zeros."""
    rng = np.random.default_rng(20)
    fall = 0.8 - 0.4 * np.clip((np.arange(48) - 23) / 6, 0, 1)
    return {
        "0071": (fall + rng.normal(0, 0.02, 48)).round(6).tolist(),
        "0072": (0.6 + rng.normal(0, 0.02, 48)).round(6).tolist(),
        "0099": (fall + rng.normal(0, 0.02, 48)).round(6).tolist(),
    }


def write(file: Path, rows: list[list[object]]) -> Path:
    with file.open("w", newline="") as out:
        csv.writer(out).writerows(rows)
    return file


@pytest.fixture
def long(tmp_path: Path) -> Path:
    rows = [[u, m, v] for u, values in series().items() for m, v in zip(MONTHS, values, strict=True)]
    return write(tmp_path / "long.csv", [["unit", "date", "value"], *rows])


def test_a_long_file_says_when_how_fast_and_how_much(long, capsys):
    found = told(capsys, long)
    assert [unit["unit"] for unit in found["units"]] == ["0071", "0072", "0099"]
    assert [unit["changed"] for unit in found["units"]] == [True, False, True]
    first = found["units"][0]
    assert first["start"] in ("2020-12-01", "2021-01-01", "2021-02-01")
    assert first["size"] == pytest.approx(0.4, abs=0.03)
    assert first["size_share"] == pytest.approx(0.5, abs=0.04)
    assert found["units"][2]["slope_per_month"] == pytest.approx(-0.4 / 6, rel=0.2)
    assert found["quartiles"]["size"][1] == pytest.approx(0.4, abs=0.03)
    assert found["units"][1]["start"] is None


def units(found: dict[str, Any]) -> dict[str, Any]:
    return {unit["unit"]: unit for unit in found["units"]}


def test_every_layout_gives_the_same_answer(long, tmp_path, capsys, monkeypatch):
    given, wanted = series(), units(told(capsys, long))
    rng = np.random.default_rng(3)
    lines = long.read_text().splitlines()
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text("\n".join([lines[0], *rng.permutation(lines[1:])]))
    columns = write(tmp_path / "columns.csv", [
        ["month", *(f"ratio_quantity.{u}" for u in given)],
        *([m, *(v[i] for v in given.values())] for i, m in reversed(list(enumerate(MONTHS)))),
    ])  # fmt: skip
    seconds = write(tmp_path / "seconds.csv", [
        ["month", *given],
        *([int(np.datetime64(m, "s").astype(int)), *(v[i] for v in given.values())] for i, m in enumerate(MONTHS)),
    ])  # fmt: skip
    rows = write(tmp_path / "rows.csv", [["code", *MONTHS], *([u, *v] for u, v in given.items())])
    parts = write(tmp_path / "parts.csv", [
        ["practice", "mon", "top", "bottom"],
        *([u, m, round(v * 1e6), 10**6] for u, values in given.items() for m, v in zip(MONTHS, values, strict=True)),
    ])  # fmt: skip
    packed = tmp_path / "long.csv.gz"
    packed.write_bytes(gzip.compress(long.read_bytes()))
    parquet = tmp_path / "long.parquet"
    text = pacsv.ConvertOptions(column_types={"unit": "string"})
    pq.write_table(pacsv.read_csv(long, convert_options=text), parquet)
    for words in (
        [shuffled], [columns], [seconds], [rows], [packed], [parquet],
        [parts, "--unit", "practice", "--date", "mon", "--numerator", "top", "--denominator", "bottom"],
    ):  # fmt: skip
        assert units(told(capsys, *words)) == wanted, words
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(long.read_bytes())))
    assert units(told(capsys, "-")) == wanted


def test_files_are_put_together(long, tmp_path, capsys):
    wanted = units(told(capsys, long))
    lines = long.read_text().splitlines()
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("\n".join([lines[0], *lines[1:49]]))
    two.write_text("\n".join([lines[0], *lines[49:]]))
    assert units(told(capsys, one, two)) == wanted


def test_points_may_be_plain_numbers(long, tmp_path, capsys):
    rows = [[u, t + 1, v] for u, values in series().items() for t, v in enumerate(values)]
    file = write(tmp_path / "t.csv", [["name", "t", "y"], *rows])
    found, wanted = told(capsys, file), told(capsys, long)
    assert [unit["start"] for unit in found["units"]] == [unit["start_index"] for unit in wanted["units"]]
    assert told(capsys, file, "--expected", "40")["changed"] == 0
    assert "whole number" in refused(capsys, file, "--expected", "2020-01-01")


def test_expected_and_direction_are_asked(long, capsys):
    assert told(capsys, long, "--expected", "2020-06")["changed"] == 2
    assert told(capsys, long, "--expected", "2022-01")["changed"] == 0
    assert told(capsys, long, "--direction", "up")["changed"] == 0


def test_missing_months_and_units_that_say_nothing(long, tmp_path, capsys):
    # one month gone for all, one blank, a unit with three values, one without any, one that never moves
    rows = [line.split(",") for line in long.read_text().splitlines()]
    rows = [row for row in rows if row[1] != "2019-06-01"]
    rows[5][2] = "NA"
    rows += [["few", m, "0.5"] for m in MONTHS[:3]] + [["none", m, ""] for m in MONTHS]
    rows += [["same", m, "0.25"] for m in MONTHS]
    found = units(told(capsys, write(tmp_path / "gaps.csv", rows)))
    assert [found[u]["changed"] for u in ("0071", "0072", "0099", "few", "none", "same")] == [
        True, False, True, None, None, None]  # fmt: skip
    assert (found["0071"]["months"], found["0071"]["missing"]) == (46, 2)
    assert "at least 12" in found["few"]["reason"]
    assert found["none"]["reason"] == "no month has a value"


def test_nothing_over_nothing_is_missing(tmp_path, capsys):
    rows = [["A", m, 3, 0 if i == 4 else 6] for i, m in enumerate(MONTHS)]
    file = write(tmp_path / "parts.csv", [["unit", "month", "numerator", "denominator"], *rows])
    unit, = told(capsys, file)["units"]
    assert (unit["missing"], unit["reason"]) == (1, "the same in every month")


def test_a_series_alone_needs_no_unit(long, tmp_path, capsys):
    values = series()["0099"]
    parts = [[m, round(v * 1e6), 10**6] for m, v in zip(MONTHS, values, strict=True)]
    file = write(tmp_path / "alone.csv", [["month", "numerator", "denominator"], *parts])
    unit, = told(capsys, file)["units"]
    assert unit == units(told(capsys, long))["0099"] | {"unit": "all"}


def test_a_name_beside_the_code_is_left_out(long, tmp_path, capsys):
    rows = [[u, f"Practice {u}", *v] for u, v in series().items()]
    file = write(tmp_path / "rows.csv", [["code", "name", *MONTHS], *rows])
    assert units(told(capsys, file)) == units(told(capsys, long))


def test_two_runs_are_alike_to_the_byte(long, tmp_path):
    for name in ("one.json", "two.json"):
        assert main(["prove", "change", str(long), "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_tables_and_charts_are_written_by_extension(long, tmp_path, capsys):
    for name in ("table.csv", "table.parquet", "many.svg"):
        assert main(["prove", "change", str(long), "--out", str(tmp_path / name)]) == 0
    assert main(["prove", "change", str(long), "--only", "0071", "--out", str(tmp_path / "one.svg")]) == 0
    assert main(["prove", "change", str(long), "--only", "0072", "--out", str(tmp_path / "flat.svg")]) == 0
    rows = list(csv.DictReader((tmp_path / "table.csv").read_text().splitlines()))
    assert [row["unit"] for row in rows] == ["0071", "0072", "0099"]
    assert pq.read_table(tmp_path / "table.parquet").column("unit").to_pylist() == ["0071", "0072", "0099"]
    assert "2 of 3 units changed" in (tmp_path / "many.svg").read_text()
    assert "0071: from 20" in (tmp_path / "one.svg").read_text()
    assert "no change found" in (tmp_path / "flat.svg").read_text()
    assert capsys.readouterr().out == ""


def test_the_terminal_shows_a_table(long, capsys):
    assert main(["prove", "change", str(long)]) == 0
    out, err = capsys.readouterr()
    assert "2 of 3 changed" in out
    assert err == ""


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("", [], "the file is empty"),
        ("unit,date,value\n", [], "no rows"),
        ("unit,date,value\nA,03/04/2024,1\n", [], "--day-first"),
        ("unit,date,value\nA,2024-01-01,1\nA,2024-01-01,2\n", [], "row 3"),
        ("unit,date,value\nA,2024-01-01,x\n", [], "row 2, column 'value'"),
        ("unit,date,value\n,2024-01-01,1\n", [], "row 2, column 'unit'"),
        ("unit,date,value\nA,2024-13-01,1\n", [], "row 2, column 'date'"),
        ("unit,date,price\nA,2024-01-01,1\n", [], "no column 'numerator'"),
        ("unit,date,value\nA,2024-01-01,1\n", ["--value", "price"], "no column 'price'"),
        ("unit,date,value\nA,2024-01-01,1\n", ["--only", "B"], "no unit 'B'"),
        ("unit,date,value\nA,2024-01-01,1\n", ["--expected", "2025-01-01"], "no month lies after"),
        ("unit,date,value\nA,2024-01-01,1\n", ["--p", "0.7"], "0 < p < 0.5"),
        ("unit,date,value\nA,2024-01-01,1\nA,2024-01-02,1\nA,2024-06-30,1\n", [], "not evenly spaced"),
        ("a,b,c\n1,2,3\n", [], "neither long"),
        ("month\n2024-01-01\n", [], "no column beside"),
        ("month,A\n2024-01-01,x\n", [], "column 'A'"),
        ("month,A\n2024-01-01,1\n2024-01-01,2\n", [], "row 3"),
        ("code,2024-01-01,total\nA,1,2\n", [], "column 'total'"),
        ("unit,date,numerator,denominator\nA,2024-01-01,1,-2\n", [], "0 or more"),
        ("unit,date,value\nA,2024-01-01,inf\n", [], "finite"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_in_one_line(text, more, said, tmp_path, capsys):
    file = tmp_path / "wrong.csv"
    file.write_text(text)
    assert said in refused(capsys, file, *more)


def test_dates_and_numbers_are_not_mixed(long, tmp_path, capsys):
    other = write(tmp_path / "t.csv", [["unit", "date", "value"], ["B", 1, 0.5]])
    assert "plain numbers" in refused(capsys, long, other)


def test_a_unit_given_twice_over_two_files_is_refused(long, capsys):
    assert "two values" in refused(capsys, long, long)


def test_nothing_is_written_by_a_refusal(long, tmp_path, capsys):
    refused(capsys, long, "--expected", "2099-01", "--out", tmp_path / "never.csv")
    assert not (tmp_path / "never.csv").exists()


def numbered(tmp_path: Path, points: Any) -> Path:
    rows = [[u, p, v] for u, values in series().items() for p, v in zip(points, values, strict=True)]
    return write(tmp_path / "numbered.csv", [["unit", "date", "value"], *rows])


def test_days_that_a_spreadsheet_counted_are_refused_and_not_taken_for_points(tmp_path, capsys):
    days = [int(np.datetime64(month, "D").astype(int)) + 25569 for month in MONTHS]  # 43466 is 1 January 2019
    said = refused(capsys, numbered(tmp_path, days))
    assert "43466, 43497 ... 44896 leave out more points than they name" in said
    assert "dates as YYYY-MM-DD" in said


def test_every_second_year_is_a_step(tmp_path, capsys):
    one = told(capsys, numbered(tmp_path, range(1, 49)))
    two = told(capsys, numbered(tmp_path, range(1900, 1996, 2)))
    for plain, wide in zip(one["units"], two["units"], strict=True):
        assert (wide["months"], wide["missing"]) == (48, 0)
        assert wide["size"] == plain["size"]
        assert wide["slope_per_month"] == plain["slope_per_month"]
        assert wide["start_index"] == plain["start_index"]
        assert wide["start"] == (None if plain["start"] is None else 1898 + 2 * plain["start"])


def test_a_mistyped_year_is_refused(tmp_path, capsys):
    said = refused(capsys, numbered(tmp_path, [*MONTHS[:-1], "2922-12-01"]))
    assert "numbered.csv: the dates run from 2019-01-01 to 2922-12-01" in said
    assert "is a year mistyped" in said
