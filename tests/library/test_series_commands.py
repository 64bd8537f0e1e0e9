"""`evenhand prove series` as a user meets it: other names, other files, other orders, one line where it refuses."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from evenhand.cli.main import main

Capture = pytest.CaptureFixture[str]
START = ("--start", "2022-01-01")


def told(capsys: Capture, *words: object) -> Any:
    assert main(["prove", "series", *(str(word) for word in words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *words: object) -> str:
    assert main(["prove", "series", *(str(word) for word in words)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def series_of(n: int = 72, step: float = -30.0, seed: int = 1) -> list[dict[str, object]]:
    """Items over patients, and a control that knows no step."""
    rng = np.random.default_rng(seed)
    dates = (np.datetime64("2019-01") + np.arange(n)).astype("datetime64[D]")
    shared = rng.normal(0, 4, n)
    items = 300 + shared + rng.normal(0, 3, n) + step * (np.arange(n) >= 36)
    return [
        {"date": str(day), "value": round(i), "patients": 1000 + k % 7, "other": round(300 + s, 3)}
        for k, (day, i, s) in enumerate(zip(dates, items, shared, strict=True))
    ]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "items.csv", series_of())


def test_the_answer_has_the_keys_that_others_build_on(file: Path, capsys: Capture) -> None:
    found = told(capsys, file, *START)
    assert found["level"]["low"] < -30 < found["level"]["high"]
    assert set(found["slope"]) >= {"estimate", "se", "low", "high", "p"}
    assert len(found["counterfactual"]) == 36
    first = found["counterfactual"][0]
    assert first["date"] == "2022-01-01"
    assert set(first) >= {"observed", "fitted", "counterfactual", "low", "high"}
    total = sum(month["fitted"] - month["counterfactual"] for month in found["counterfactual"])
    assert found["cumulative"]["estimate"] == pytest.approx(total)
    assert found["cumulative"]["low"] < total < found["cumulative"]["high"]
    assert (found["confidence"], found["indicative"], found["errors"]) == (0.95, False, "ar1")


def test_shuffled_rows_other_names_and_other_kinds_of_file_are_one_answer(
    tmp_path: Path, file: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = told(capsys, file, *START, "--denominator", "patients")
    rows = series_of()
    mixed = [{"when": r["date"], "items": r["value"], "list": r["patients"]} for r in rows]
    np.random.default_rng(0).shuffle(mixed)
    renamed = write(tmp_path / "renamed.csv", mixed)
    words = (*START, "--date", "when", "--value", "items", "--denominator", "list")
    raw = renamed.read_bytes()
    packed, columnar = tmp_path / "r.csv.gz", tmp_path / "r.parquet"
    packed.write_bytes(gzip.compress(raw))
    pq.write_table(pacsv.read_csv(renamed), columnar)
    for given in (renamed, packed, columnar):
        assert told(capsys, given, *words) == wanted
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert told(capsys, "-", *words) == wanted


def test_day_first_dates_are_read_when_said_and_refused_when_not(tmp_path: Path, file: Path, capsys: Capture) -> None:
    rows = [{**r, "date": "/".join(reversed(str(r["date"]).split("-")))} for r in series_of()]
    british = write(tmp_path / "british.csv", rows)
    assert "--day-first" in refused(capsys, british, *START)
    assert told(capsys, british, *START, "--day-first") == told(capsys, file, *START)


def test_a_column_called_y_is_the_value_when_there_is_no_value(tmp_path: Path, file: Path, capsys: Capture) -> None:
    other = write(tmp_path / "y.csv", [{"date": r["date"], "y": r["value"]} for r in series_of()])
    assert told(capsys, other, *START) == told(capsys, file, *START)


def test_a_control_column_and_a_control_file_are_one_answer(tmp_path: Path, file: Path, capsys: Capture) -> None:
    controls = [{"date": r["date"], "value": r["other"]} for r in series_of()]
    apart = write(tmp_path / "control.csv", controls[::-1])
    by_column = told(capsys, file, *START, "--control", "other")
    assert told(capsys, file, *START, "--control", apart) == by_column
    alone = told(capsys, file, *START)
    assert by_column["level"]["se"] < alone["level"]["se"]
    short = write(tmp_path / "short.csv", controls[:20] + controls[22:])
    assert told(capsys, file, *START, "--control", short)["missing"] == ["2020-09-01", "2020-10-01"]


def test_a_rate_carries_its_rate_ratio_and_what_was_counted(file: Path, capsys: Capture) -> None:
    found = told(capsys, file, *START, "--denominator", "patients")
    assert found["counts"]["level"]["ratio"] == pytest.approx(0.9, abs=0.03)
    assert found["cumulative_numerator"]["estimate"] == pytest.approx(1003 * found["cumulative"]["estimate"], rel=0.01)
    counted = told(capsys, file, *START, "--denominator", "patients", "--family", "quasipoisson")
    assert counted["level"]["ratio"] == pytest.approx(found["counts"]["level"]["ratio"], abs=0.02)
    assert counted["cumulative"]["estimate"] == pytest.approx(found["cumulative"]["estimate"], rel=0.05)


def test_a_blank_and_an_absent_month_are_one_answer_and_are_said(tmp_path: Path, capsys: Capture) -> None:
    rows = series_of()
    blank = write(tmp_path / "blank.csv", [{**r, "value": "" if i == 10 else r["value"]} for i, r in enumerate(rows)])
    absent = write(tmp_path / "absent.csv", rows[:10] + rows[11:])
    found = told(capsys, blank, *START)
    assert found == told(capsys, absent, *START)
    assert found["missing"] == ["2019-11-01"]
    assert main(["prove", "series", str(absent), *START]) == 0
    assert "keeps its place" in capsys.readouterr().err


def test_a_short_series_says_indicative_and_why_in_both_faces(tmp_path: Path, capsys: Capture) -> None:
    short = write(tmp_path / "short.csv", series_of(50))
    assert "50 months" in told(capsys, short, *START)["reasons"][0]
    assert main(["prove", "series", str(short), *START]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Indicative, moves no saving: 50 months" in shown
    assert "36 before and 14 after" in shown
    assert "Durbin-Watson" in shown


@pytest.mark.parametrize("kind", ["svg", "png", "pdf", "html", "csv", "json", "parquet"])
def test_a_chart_or_a_table_is_written_by_its_ending(kind: str, tmp_path: Path, file: Path, capsys: Capture) -> None:
    out = tmp_path / f"out.{kind}"
    assert main(["prove", "series", str(file), *START, "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    made = out.read_bytes()
    assert made.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "html": b"<!doctype", "csv": b"date,obs",
                            "json": b'{"level"', "parquet": b"PAR1"}[kind])  # fmt: skip
    if kind == "svg":
        assert "Without it (counterfactual)" in made.decode()
    if kind == "csv":
        assert made.decode().count("\n") == 73


def test_every_unit_is_judged_and_before_and_after_stands_beside_regression_to_the_mean(
    tmp_path: Path, capsys: Capture
) -> None:
    rows = [{"practice": f"0{u}", **r} for u in range(9) for r in series_of(seed=u)]
    rows += [{"practice": "late", **r} for r in series_of()[40:]]
    mixed = write(tmp_path / "units.csv", [rows[i] for i in np.random.default_rng(0).permutation(len(rows))])
    found = told(capsys, mixed, *START, "--unit", "practice", "--denominator", "patients")
    by_name = {row["unit"]: row for row in found["units"]}
    one = told(capsys, write(tmp_path / "one.csv", series_of(seed=3)), *START, "--denominator", "patients")
    assert by_name["03"]["level"] == one["level"]
    assert "leaves no dates" in by_name["late"]["refused"]
    assert found["all"]["level"]["low"] < -0.03 < found["all"]["level"]["high"]
    naive = found["before_after"]
    assert (naive["units"], naive["chosen"]) == (9, 3)
    assert naive["regression_to_the_mean"] > 0
    assert main(["prove", "series", str(mixed), *START, "--unit", "practice", "--out", str(tmp_path / "u.svg")]) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "2030-01-01"], "leaves no dates on one side"),
        (["--start", "soon"], "--start"),
        (["--start", "03/04/2022"], "--day-first"),
        ([*START, "--value", "vale"], "did you mean 'value'"),
        ([*START, "--denominator", "list"], "no column 'list'"),
        ([*START, "--control", "nothing.csv"], "expected a column of"),
        ([*START, "--control-denominator", "patients"], "belongs to --control"),
        ([*START, "--control", "value"], "the control is the series itself"),
        ([*START, "--lags", "3"], "belongs to --errors newey-west"),
        ([*START, "--confidence", "95"], "expected a share"),
        ([*START, "--season", "week"], "invalid choice"),
        ([*START, "--family", "poisson", "--errors", "ar1"], "expected quasipoisson"),
        ([*START, "--unit", "patients", "--control", "other"], "leave --unit out"),
        ([], "--start"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words: list[str], said: str, file: Path, capsys: Capture) -> None:
    assert said in refused(capsys, file, *words)


def test_a_date_given_twice_is_refused_with_nothing_written(tmp_path: Path, capsys: Capture) -> None:
    rows = series_of()
    twice, out = write(tmp_path / "twice.csv", [*rows, rows[5]]), tmp_path / "out.csv"
    assert "2019-06-01 is given twice" in refused(capsys, twice, *START, "--out", out)
    assert not out.exists()
    units = write(tmp_path / "units.csv", [{"unit": "A", **r} for r in [*rows, rows[5]]])
    assert "each date once for 'A'" in refused(capsys, units, *START, "--unit", "unit")


def test_an_empty_file_and_one_of_words_are_refused(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert "empty" in refused(capsys, tmp_path / "empty.csv", *START)
    words = write(tmp_path / "words.csv", [{"date": "2022-01-01", "value": "many"}])
    assert "expected a number" in refused(capsys, words, *START)
