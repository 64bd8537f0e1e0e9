"""`evenhand prove panel`: files as people have them, and what is refused. The effect drawn is -2 from the start."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evenhand.cli.main import main

Capture = pytest.CaptureFixture[str]
STARTS = {"0A1": "2024-05", "0A2": "2024-08", "0A3": "2024-05", "0B1": "", "0B2": "NA", "0B3": "0", "0C1": "2024-08"}


def rows(start: Callable[[str], str] = lambda s: s, date: Callable[[str], str] = lambda m: m) -> list[str]:
    rng, out = np.random.default_rng(1), []
    for unit, (name, began) in enumerate(STARTS.items()):
        for k in range(12):
            month = f"2024-{k + 1:02d}"
            value = 50 + unit + 0.1 * k - 2 * ("2024" < began <= month) + rng.normal(0, 0.1)
            out.append(f"{name},{date(month)},{value:.6f},{start(began)}")
    return out


def write(tmp_path: Path, lines: list[str], header: str = "unit,date,value,treated_from") -> Path:
    file = tmp_path / "panel.csv"
    file.write_text("\n".join([header, *lines]) + "\n")
    return file


def answer(capsys: Capture, file: object, *words: str) -> dict:
    assert main(["prove", "panel", str(file), *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, file: object, *words: str) -> str:
    assert main(["prove", "panel", str(file), *words, "--json"]) == 2
    out, line = capsys.readouterr()
    assert (out, line.count("\n")) == ("", 1)
    return line


def test_the_answer_has_the_promised_keys_and_finds_what_was_drawn(tmp_path, capsys) -> None:
    found = answer(capsys, write(tmp_path, rows()))
    assert {"estimate", "se", "low", "high", "p"} <= set(found["att"])
    assert found["att"]["low"] < -2 < found["att"]["high"] < -1.5
    assert {"period", "estimate", "low", "high"} <= set(found["event"][0])
    assert [e["period"] for e in found["event"]] == [-1, 0, 1, 2, 3, 4, 5, 6, 7]
    assert 0 <= found["pretrend_p"] <= 1
    assert (found["units"], found["treated_units"], found["period_is"]) == (7, 4, "month")


@pytest.mark.parametrize("never", ["", "0", "NA", "inf", "never", "NaT", "null"])
def test_never_treated_may_be_written_in_many_ways(never: str, tmp_path, capsys) -> None:
    plain = answer(capsys, write(tmp_path, rows()))
    again = answer(capsys, write(tmp_path, rows(lambda s: s if s.startswith("2") else never)))
    assert again == plain


@pytest.mark.parametrize(
    ("start", "date", "words"),
    [
        (lambda s: s and f"{s}-15" if s.startswith("2") else s, lambda m: m, []),  # the month that holds the day
        (lambda s: f"17/{s[5:]}/2024" if s.startswith("2") else s, lambda m: f"31/{m[5:]}/2024", ["--day-first"]),
        (lambda s: s.replace("-", ""), lambda m: m.replace("-", ""), []),  # 202405
        (lambda s: f"{s.replace('-', '')}.0" if s.startswith("2") else s, lambda m: m.replace("-", ""), []),
        (lambda s: str(int(s[5:])) if s.startswith("2") else s, lambda m: str(int(m[5:])), []),  # counted on: 5
    ],
)
def test_dates_may_be_days_months_or_numbers(start, date, words, tmp_path, capsys) -> None:
    plain = answer(capsys, write(tmp_path, rows()))
    lines = rows(start, lambda m: date(m).replace("31/02", "28/02").replace("31/04", "30/04").replace("31/06", "30/06")
                 .replace("31/09", "30/09").replace("31/11", "30/11"))  # fmt: skip
    again = answer(capsys, write(tmp_path, lines), *words)
    assert (again["att"], again["event"]) == (plain["att"], plain["event"])


def test_quarters_are_counted_as_quarters_and_weeks_as_weeks(tmp_path, capsys) -> None:
    quarters = [line for line in rows() if int(line.split(",")[1][5:]) % 3 == 1]
    found = answer(capsys, write(tmp_path, quarters))
    assert (found["period_is"], [e["period"] for e in found["event"]][-1]) == ("3 months", 2)
    first = np.datetime64("2024-01-01")
    lines = rows(lambda s: str(first + 7 * (int(s[5:]) - 1)) if s.startswith("2") else s,
                 lambda m: str(first + 7 * (int(m[5:]) - 1)))  # fmt: skip
    assert answer(capsys, write(tmp_path, lines))["period_is"] == "7 days"


def test_gz_parquet_standard_input_and_shuffled_rows_give_the_same(tmp_path, capsys, monkeypatch) -> None:
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    lines = rows()
    plain = answer(capsys, write(tmp_path, [lines[i] for i in np.random.default_rng(2).permutation(len(lines))]))
    file = write(tmp_path, lines)
    whole = answer(capsys, file)
    assert whole["att"]["estimate"] == pytest.approx(plain["att"]["estimate"], rel=1e-9)
    (tmp_path / "panel.csv.gz").write_bytes(gzip.compress(file.read_bytes()))
    pq.write_table(pacsv.read_csv(file), tmp_path / "panel.parquet")
    assert answer(capsys, tmp_path / "panel.csv.gz") == whole
    assert answer(capsys, tmp_path / "panel.parquet")["att"] == whole["att"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    assert answer(capsys, "-") == whole


def test_columns_may_have_other_names_and_leading_zeros_stay(tmp_path, capsys) -> None:
    plain = answer(capsys, write(tmp_path, rows()), "--method", "event")
    file = write(tmp_path, [f"{line},100" for line in rows()], "practice,month,items,from,list")
    words = ["--unit", "practice", "--date", "month", "--value", "items", "--treated-from", "from", "--method", "event"]
    assert answer(capsys, file, *words) == plain
    assert answer(capsys, file, *words, "--denominator", "list")["att"]["estimate"] == pytest.approx(
        plain["att"]["estimate"] / 100)  # fmt: skip
    assert plain["groups"][0]["group"] == "2024-05"


def test_missing_values_and_months_are_counted_not_guessed(tmp_path, capsys) -> None:
    lines = rows()
    lines[3] = ",".join([*lines[3].split(",")[:2], "NA", lines[3].split(",")[3]])
    found = answer(capsys, write(tmp_path, [line for i, line in enumerate(lines) if i != 40]))
    assert (found["missing"], found["balanced"], found["n"]) == (1, False, len(lines) - 2)


def test_plain_two_way_effects_are_warned_of_in_both_ways_of_speaking(tmp_path, capsys) -> None:
    file = write(tmp_path, rows())
    assert "never for a saving" in answer(capsys, file, "--method", "twfe")["warning"]
    assert main(["prove", "panel", str(file), "--method", "twfe"]) == 0
    assert "never for a saving" in capsys.readouterr().err


def test_few_clusters_are_indicative(tmp_path, capsys) -> None:
    found = answer(capsys, write(tmp_path, rows()))
    assert found["indicative"] is True
    assert "7 clusters, 4 of them treated" in found["warning"]


@pytest.mark.parametrize("kind", ["svg", "html", "csv", "json"])
def test_out_writes_the_event_study(kind: str, tmp_path, capsys) -> None:
    target = tmp_path / f"event.{kind}"
    assert main(["prove", "panel", str(write(tmp_path, rows())), "--method", "event", "--out", str(target)]) == 0
    text = target.read_text()
    assert ("Effect by month since the start" in text) if kind in ("svg", "html") else ("-2" in text)


@pytest.mark.parametrize(
    ("lines", "words", "said"),
    [
        (rows(lambda s: "09/11/2018" if s.startswith("2") else s), [], "'treated_from': expected a date that can"),
        (rows(lambda s: "21/11/2018" if s.startswith("2") else s), ["--month-first"], "expected a date that exists"),
        (rows(date=lambda m: f"03/{m[5:]}/2024"), [], "column 'date': expected a date that can be read one way"),
        (rows(lambda s: "soon" if s.startswith("2") else s), [], "or a blank for never, found 'soon'"),
        (rows(lambda s: "2024-05" if s.startswith("2") else s, lambda m: m[5:]), [], "a whole number, as"),
        ([*rows(), rows()[5]], [], "unit '0A1' has one period twice"),
        ([*rows()[:-1], rows()[-1].replace("2024-08", "2024-09")], [], "treated from two different periods"),
        (rows(lambda s: ""), [], "no unit is treated within the file"),
        (rows()[:12], [], "one cluster is treated"),
        (rows()[:36], [], "clusters are untreated while others are treated"),
        ([line for line in rows() if ",2024-03," in line], [], "one period only"),
        (rows(), ["--value", "values"], "did you mean 'value'"),
        (rows(), ["--treated-from", "start"], "no column 'start'"),
        (rows(), ["--weights", "value", "--method", "event"], "weights go with method did2s"),
        (rows(), ["--covariates", "value"], "covariates go with method event"),
        (rows(), ["--level", "2"], "--level 2: expected"),
        ([rows()[0].replace("0A1", ""), *rows()[1:]], [], "row 2, column 'unit'"),
        ([], [], "has a header but no rows"),
        ([line.replace("-03,", "-03-11,").replace("-04,", "-03-30,") for line in rows()], [], "expected equal steps"),
    ],
)
def test_a_file_that_cannot_be_compared_is_refused(lines, words, said, tmp_path, capsys) -> None:
    assert said in refused(capsys, write(tmp_path, lines), *words)


def test_an_empty_file_is_refused(tmp_path, capsys) -> None:
    (tmp_path / "empty.csv").write_text("")
    assert "the file is empty" in refused(capsys, tmp_path / "empty.csv")


def test_a_constant_series_has_no_effect_and_no_p(tmp_path, capsys) -> None:
    lines = [",".join([*line.split(",")[:2], "5", line.split(",")[3]]) for line in rows()]
    found = answer(capsys, write(tmp_path, lines))
    assert found["att"]["estimate"] == pytest.approx(0, abs=1e-9)
    assert (found["att"]["p"], found["att"]["low"]) == (None, None)
