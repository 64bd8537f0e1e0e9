"""`evenhand see` as a user meets it: answers, refusals in one line, nothing half written."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from evenhand.cli.main import main
from tiny_lake import TinyLake

Capture = pytest.CaptureFixture[str]


def told(capsys: Capture, *words: object) -> Any:
    """What a command prints as JSON; it must end well."""
    assert main(["see", *(str(word) for word in words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *words: object) -> str:
    """The one line with which a command refuses."""
    assert main(["see", *(str(word) for word in words)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def file(folder: Path, text: str, name: str = "given.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Two groups of 14 months, newest first; 'b' jumps in its last two."""
    rows = [f"{month}-01,{group},{value}"
            for i, month in reversed(list(enumerate(np.arange("2024-01", "2025-03", dtype="datetime64[M]"))))
            for group, value in (("b", 30 if i > 11 else i % 2), ("a", 10 + i % 2))]  # fmt: skip
    return file(tmp_path, "\n".join(["date,where,y", *rows]), "series.csv")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    size = rng.integers(80, 400, 60)
    top = rng.binomial(size, np.clip(rng.normal(0.3, 0.08, 60), 0, 1))
    rows = [f"{i:03d},{t},{n},{i % 7},{2 + i % 2}" for i, (t, n) in enumerate(zip(top, size, strict=True))]
    return file(tmp_path, "\n".join(["code,hits,all,old,price", *rows]), "units.csv")


UNITS = ("--unit", "code", "--numerator", "hits", "--denominator", "all")


def test_spc_sorts_dates_and_keeps_groups_as_they_came(capsys, series):
    found = told(capsys, "spc", series, "--group", "where", "--target", "a=12", "--improves", "decrease")
    assert [icon["group"] for icon in found["icons"]] == ["b", "a"]
    dates = [point["date"] for point in found["points"] if point["group"] == "b"]
    assert dates == sorted(dates)
    assert found["icons"][0] == {"group": "b", "variation": "concern_high", "assurance": None}
    assert found["icons"][1]["assurance"] == "inconsistent"
    keys = ["group", "date", "value", "mean", "lower", "upper", "target", "special_cause", "point_type", "phase"]
    assert list(found["points"][0]) == keys
    keys = ["group", "phase", "longest_run", "longest_max", "crossings", "crossings_min", "signal"]
    assert list(found["runs"][0]) == keys


def test_shuffled_rows_gzip_parquet_and_columns_of_another_name_give_the_same_answer(capsys, series, tmp_path):
    first = told(capsys, "spc", series, "--group", "where")
    lines = series.read_text().splitlines()
    order = np.random.default_rng(1).permutation(np.arange(2, len(lines)))
    shuffled = tmp_path / "shuffled.csv.gz"
    text = "\n".join(["when,where,rate", lines[1], *(lines[i] for i in order)])
    shuffled.write_bytes(gzip.compress(text.encode()))
    names = ("--group", "where", "--date", "when", "--value", "rate")
    assert told(capsys, "spc", shuffled, *names) == first
    parquet = tmp_path / "given.parquet"
    pq.write_table(pacsv.read_csv(series), parquet)
    assert told(capsys, "spc", parquet, "--group", "where") == first


def test_a_missing_value_is_a_gap_and_a_group_of_gaps_is_not_known(capsys, tmp_path):
    path = file(tmp_path, "date,y,g\n2024-01-01,1,a\n2024-02-01,,a\n2024-03-01,2,a\n2024-01-01,NA,b\n")
    found = told(capsys, "spc", path, "--group", "g")
    assert [point["value"] for point in found["points"]] == [1, None, 2, None]
    assert found["points"][1]["point_type"] is None
    assert found["icons"][1] == {"group": "b", "variation": None, "assurance": None}


def test_a_rebase_on_a_date_that_is_none_is_warned_of(capsys, series):
    assert main(["see", "spc", str(series), "--group", "where", "--rebase", "2024-07-15", "2024-08-01", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "warning: --rebase 2024-07-15 is no date of" in err
    assert {point["phase"] for point in json.loads(out)["points"]} == {0, 1}


def test_a_rebase_may_be_for_one_group_only(capsys, series):
    found = told(capsys, "spc", series, "--group", "where", "--rebase", "b=2025-01-01")
    assert {p["group"] for p in found["points"] if p["phase"] == 1} == {"b"}


def test_a_denominator_of_nothing_leaves_a_gap(capsys, tmp_path):
    path = file(tmp_path, "date,y,n\n2024-01-01,1,2\n2024-02-01,0,0\n2024-03-01,3,4\n")
    found = told(capsys, "spc", path, "--denominator", "n")
    assert [point["value"] for point in found["points"]] == [0.5, None, 0.75]


def test_icons_are_one_row_a_measure_with_its_own_direction_and_target(capsys, tmp_path):
    rows = [f"2024-{m:02d}-01,{g},{v},{way},{goal}" for m in range(1, 13)
            for g, v, way, goal in (("waits", 50 + m % 3, "increase", 92), ("falls", 3, "decrease", 4))]  # fmt: skip
    path = file(tmp_path, "\n".join(["date,measure,y,way,goal", *rows]))
    found = told(capsys, "icons", path, "--group", "measure", "--improves", "way", "--target", "goal")
    assert [(row["group"], row["assurance"]) for row in found["icons"]] == [("waits", "fail"), ("falls", "pass")]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("date,y\n2024-01-01,1\n2024-01-01,2\n", (), "row 3, column 'date': 2024-01-01 was already given in row 2"),
        ("date,y\n2024-01-01,1\n2024-02-01,low\n", (), "row 3, column 'y': expected a number, found 'low'"),
        ("date,y\n03/04/2024,1\n", (), "--day-first or --month-first"),
        ("date,value\n2024-01-01,1\n", (), "no column 'y'"),
        ("", (), "the file is empty"),
        ("date,y\n2024-01-01,1\n", ("--chart", "p"), "--chart p divides each value; expected --denominator COL"),
        ("date,y\n2024-01-01,1\n", ("--fix-after", "11"), "fix after: expected 12 points or more, found 11"),
        ("date,y\n2024-01-01,1\n", ("--improves", "up"), "improves: expected increase, decrease or neutral"),
        ("date,y\n2024-01-01,1\n", ("--target", "high"), "--target high: expected a number"),
        ("date,y\n2024-01-01,1\n", ("--rules", "western"), "rules: expected plotthedots or mdc2023"),
        ("date,y\n2024-01-01,1\n", ("--rebase", "soon"), "--rebase: expected a date as YYYY-MM-DD, found 'soon'"),
    ],
)
def test_what_no_chart_can_hold_is_refused_in_one_line(capsys, tmp_path, text, options, says):
    picture = tmp_path / "chart.svg"
    assert says in refused(capsys, "spc", file(tmp_path, text), *options, "--out", picture)
    assert not picture.exists()


def test_the_funnel_says_what_it_drew(capsys, units):
    found = told(capsys, "funnel", units, *UNITS, "--limit", "95", "--multiplier", "100")
    assert list(found) == ["target", "phi", "tau2", "units"]
    keys = ["unit", "value", "z", "z_adjusted", "lower_95", "upper_95", "lower_998", "upper_998", "outlier"]
    assert list(found["units"][0]) == keys
    assert found["units"][0]["unit"] == "000"
    assert 0 < found["target"] < 1 < found["units"][0]["value"]


def test_rows_of_a_unit_are_summed_and_a_missing_number_is_told_of(capsys, tmp_path):
    path = file(tmp_path, "unit,numerator,denominator\n007,1,10\nb,2,10\n007,3,10\nc,,10\n")
    assert main(["see", "funnel", str(path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert "a number is missing for c; left out" in err
    shown = json.loads(out)["units"]
    assert [(row["unit"], row["value"]) for row in shown] == [("007", 0.2), ("b", 0.2), ("c", None)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("unit,numerator,denominator\na,12,10\nb,1,10\n", "unit 'a': a share needs a numerator of at most"),
        ("unit,numerator,denominator\na,-1,10\nb,1,10\n", "row 2, column 'numerator': expected a number of 0 or more"),
        ("unit,numerator,denominator\na,1,10\n", "expected 2 or more with a denominator, found 1"),
        ("unit,numerator,denominator\n,1,10\n", "row 2, column 'unit': expected a value, not a blank"),
        ("unit,numerator\na,1\n", "no column 'denominator'"),
    ],
)
def test_what_no_comparison_can_hold_is_refused_in_one_line(capsys, tmp_path, text, says):
    assert says in refused(capsys, "funnel", file(tmp_path, text))
    assert says in refused(capsys, "shrink", file(tmp_path, text))


def test_shrink_tells_each_unit_raw_and_shrunken(capsys, units):
    found = told(capsys, "shrink", units, *UNITS)
    assert list(found) == ["intercept", "sd_unit", "level", "units"]
    assert list(found["units"][0]) == ["unit", "raw", "shrunken", "low", "high"]
    assert all(row["low"] < row["shrunken"] < row["high"] for row in found["units"])


def test_the_opportunity_is_the_same_for_the_same_seed_and_priced_by_number_or_column(capsys, units):
    ask = ("opportunity", units, *UNITS, "--draws", "60", "--seed", "9", "--unit-cost")
    first, second, priced = told(capsys, *ask, "2"), told(capsys, *ask, "2"), told(capsys, *ask, "price")
    assert first == second
    assert first["seed"] == 9
    assert list(first["total"]) == ["median", "low_90", "high_90", "naive"]
    assert list(first["variation"]) == ["observed", "chance", "case_mix", "unexplained", "systematic_component"]
    keys = ["unit", "value", "shrunken", "low", "high", "probability_above", "opportunity"]
    assert list(first["units"][0]) == keys
    assert first["total"]["median"] < priced["total"]["median"] < 1.5 * first["total"]["median"]
    assert first["total"]["median"] < first["total"]["naive"]
    assert told(capsys, *ask, "2", "--case-mix", "old")["total"] != first["total"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--unit-cost", "cost"), "--unit-cost cost: expected a number of pounds or a column"),
        (("--case-mix", "age"), "no column 'age'"),
        (("--draws", "5"), "draws: expected 20 or more, found 5"),
        (("--seed", "-1"), "--seed -1: expected 0 or more"),
        (("--unit-cost", "-5"), "--unit-cost -5: expected a finite number of pounds, 0 or more"),
    ],
)
def test_an_opportunity_that_cannot_be_asked_for_is_refused(capsys, units, options, says):
    assert says in refused(capsys, "opportunity", units, *UNITS, *options)


def test_months_that_can_be_read_two_ways_and_prices_below_nothing_are_refused(capsys, tmp_path):
    rows = [f"{u},{3 + u},50,0{m}/0{m + 1}/2024,{u - 1}" for u in range(4) for m in (1, 2)]
    path = file(tmp_path, "\n".join(["unit,numerator,denominator,month,price", *rows]) + "\n")
    assert "column 'month': expected a date that can be read one way" in refused(capsys, "opportunity", path)
    priced = refused(capsys, "opportunity", path, "--day-first", "--unit-cost", "price")
    assert "row 2, column 'price': expected pounds of 0 or more, found '-1'" in priced


def test_rates_have_limits_at_the_levels_asked_for(capsys, tmp_path):
    path = file(tmp_path, "area,numerator,denominator\nE1,1,1000\nE2,0,0\nE1,1,0\n")
    found = told(capsys, "rates", path, "--kind", "rate", "--by", "area", "--multiplier", "1000")
    assert [row["group"] for row in found["rows"]] == ["E1", "E2"]
    assert list(found["rows"][0]) == ["group", "value", "lower_95", "upper_95", "lower_998", "upper_998"]
    assert found["rows"][0]["upper_95"] == pytest.approx(7.2247, abs=1e-4)  # exact Poisson for 2 events
    assert found["rows"][1]["value"] is None
    assert "no column 'age'" in refused(capsys, "rates", path, "--kind", "dsr")


@pytest.mark.parametrize("command", ["spc", "funnel", "shrink", "opportunity"])
def test_a_picture_or_a_table_can_be_written(capsys, tmp_path, series, units, command):
    given = (series, "--group", "where") if command == "spc" else (units, *UNITS)
    for name, begins in (("out.svg", b"<svg"), ("out.csv", b"group," if command == "spc" else b"unit,")):
        out = tmp_path / f"{command}{name}"
        assert main(["see", command, *(str(g) for g in given), "--out", str(out)]) == 0
        assert out.read_bytes().startswith(begins)


def test_a_name_that_a_folder_has_is_refused_and_nothing_is_left(capsys, tmp_path, units):
    (tmp_path / "taken.csv").mkdir()
    before = sorted(tmp_path.iterdir())
    assert "taken.csv: cannot be written" in refused(capsys, "funnel", units, *UNITS, "--out", tmp_path / "taken.csv")
    assert sorted(tmp_path.iterdir()) == before


def test_units_that_are_all_or_nothing_are_warned_of(capsys, tmp_path):
    path = file(tmp_path, "unit,numerator,denominator\na,0,10\nb,10,10\n")
    assert main(["see", "shrink", str(path), "--json"]) == 0
    assert "units counted all or nothing" in capsys.readouterr().err


def test_peers_come_from_list_sizes(capsys, tmp_path):
    lake = TinyLake(tmp_path / "lake").listed("2024-01", {"P1": 1000, "P2": 1100, "P3": 9000})
    lake.belongs({"P1": "practice", "P2": "practice", "P3": "practice"}, [])
    found = told(capsys, "peers", "--level", "practice", "--organisation", "P1", "--lake", tmp_path / "lake")
    assert [peer["code"] for peer in found["peers"]] == ["P2", "P3"]
    assert found["features"] == ["log_list_size"]
    assert "no organisation 'P9'" in refused(
        capsys, "peers", "--level", "practice", "--organisation", "P9", "--lake", tmp_path / "lake"
    )
