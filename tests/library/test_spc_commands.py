"""`evenhand see spc` and `see icons` on every kind of chart, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.cli.spc_charts import CHARTS, IMPROVES
from evenhand.stats.chart_icons import IMPROVES as LIBRARY_IMPROVES
from evenhand.stats.shewhart import KINDS

Capture = pytest.CaptureFixture[str]
MONTHS = np.arange("2023-01", "2025-01", dtype="datetime64[M]")


def told(capsys: Capture, *words: object) -> Any:
    assert main(["see", *(str(word) for word in words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *words: object) -> str:
    assert main(["see", *(str(word) for word in words)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def written(folder: Path, header: str, rows: list[str]) -> Path:
    path = folder / "given.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.fixture
def counts(tmp_path: Path) -> Path:
    """Two years of months for wards 01 and 02: hits of all, newest first; ward 02 rises after 14 months."""
    rng = np.random.default_rng(12)
    rows = [f"{ward},{month},{rng.binomial(n, 0.2 + 0.3 * (ward == '02' and i >= 14))},{n}"
            for i, month in reversed(list(enumerate(MONTHS))) for ward in ("02", "01")
            for n in [int(rng.integers(90, 300))]]  # fmt: skip
    return written(tmp_path, "ward,month,hits,all", rows)


COLUMNS = ("--date", "month", "--value", "hits", "--group", "ward")


def test_the_command_line_knows_the_charts_that_the_library_draws():
    assert tuple(KINDS) == CHARTS
    assert IMPROVES == LIBRARY_IMPROVES


@pytest.mark.parametrize("chart", [chart for chart in CHARTS if chart not in ("xbar", "s")])
def test_every_chart_is_told_in_the_same_keys_and_drawn_with_its_name(capsys, counts, tmp_path, chart):
    options = ["--denominator", "all"] if KINDS[chart].needs in ("must", "may") else []
    picture = tmp_path / "chart.svg"
    found = told(capsys, "spc", counts, *COLUMNS, "--chart", chart, *options, "--out", picture)
    keys = ["group", "date", "value", "mean", "lower", "upper", "target", "special_cause", "point_type", "phase"]
    assert list(found["points"][0]) == keys
    assert [icon["group"] for icon in found["icons"]] == ["02", "01"]
    assert [(run["group"], run["phase"]) for run in found["runs"]] == [("02", 0), ("01", 0)]
    assert all((point["upper"] is None) == (chart == "run") for point in found["points"])
    from evenhand.charts.spc import NAMES

    assert f">{NAMES[chart]} chart, NHS plot-the-dots rules;" in picture.read_text().replace("&apos;", "'")


def test_rows_of_one_date_are_a_subgroup_of_its_own_size(capsys, tmp_path):
    rows = [f"{month},{i % 3 + j}" for i, month in enumerate(MONTHS) for j in range(2 + i % 4)] + [f"{MONTHS[3]},"]
    path = written(tmp_path, "date,y", list(np.random.default_rng(1).permutation(rows)))
    found = told(capsys, "spc", path, "--chart", "xbar")
    assert len(found["points"]) == 24
    assert found["points"][3]["value"] == np.mean([0, 1, 2, 3, 4])
    widths = [point["upper"] - point["lower"] for point in found["points"][:4]]
    assert sorted(widths, reverse=True) == widths
    assert told(capsys, "spc", path, "--chart", "s")["points"][0]["value"] == pytest.approx(np.sqrt(0.5))


    single = written(tmp_path, "date,y", ["2024-01,3", "2024-02,4"])
    assert "needs several rows of one 'date', and each has one" in refused(capsys, "spc", single, "--chart", "s")


def test_a_group_of_which_nothing_is_known_is_drawn_empty(capsys, tmp_path):
    path = written(tmp_path, "date,y,g", ["2024-01-01,1,a", "2024-02-01,2,a", "2024-01-01,,b", "2024-02-01,NA,b"])
    picture = tmp_path / "two.svg"
    assert main(["see", "spc", str(path), "--group", "g", "--out", str(picture)]) == 0
    assert "NaN" not in picture.read_text()
    assert picture.read_text().count("<svg") == 3


def test_events_may_be_numbered_and_a_rebase_names_a_number(capsys, tmp_path):
    path = written(tmp_path, "event,days", [f"{i},{5 + i % 3}" for i in range(1, 31)])
    found = told(capsys, "spc", path, "--chart", "t", "--date", "event", "--value", "days", "--rebase", "16")
    assert [point["date"] for point in found["points"][:2]] == ["1", "2"]
    assert [point["phase"] for point in found["points"]] == [0] * 15 + [1] * 15
    assert "expected a number, as the file's rows have" in refused(
        capsys, "spc", path, "--date", "event", "--value", "days", "--rebase", "2024-01-01"
    )


def test_a_point_of_known_cause_is_drawn_and_moves_no_limit(capsys, tmp_path):
    rows = [f"{month},{500 if i == 5 else 10 + i % 3}" for i, month in enumerate(MONTHS)]
    path = written(tmp_path, "date,y", rows)
    found = told(capsys, "spc", path, "--exclude", "2023-06")
    assert (found["points"][5]["value"], found["points"][5]["point_type"]) == (500, None)
    assert found["points"][0]["upper"] < 20
    assert told(capsys, "spc", path)["points"][0]["mean"] > 30


def test_a_month_without_a_row_is_told_of(capsys, tmp_path):
    path = written(tmp_path, "date,y", [f"{month},{i % 3}" for i, month in enumerate(MONTHS) if i != 4])
    assert main(["see", "spc", str(path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert "no row for 2023-05-01; the next row follows the last" in err
    assert json.loads(out)["missing"] == [{"group": None, "dates": ["2023-05-01"]}]
    quarters = written(tmp_path, "date,y", [f"{month},1" for month in MONTHS[::3]])
    assert main(["see", "spc", str(quarters), "--json"]) == 0
    assert capsys.readouterr().err == ""


def test_a_multiplier_writes_a_rate_per_so_many(capsys, counts):
    one = told(capsys, "spc", counts, *COLUMNS, "--chart", "u", "--denominator", "all")
    many = told(capsys, "spc", counts, *COLUMNS, "--chart", "u", "--denominator", "all", "--multiplier", "1000")
    assert many["points"][0]["upper"] == pytest.approx(1000 * one["points"][0]["upper"])
    assert many["icons"] == one["icons"]


def test_a_suggested_rebase_is_named_with_its_reason_and_never_applied(capsys, counts):
    asked = (*COLUMNS, "--chart", "p", "--denominator", "all")
    plain, found = told(capsys, "spc", counts, *asked), told(capsys, "spc", counts, *asked, "--suggest-rebase")
    (one,) = found["suggested_rebases"]
    assert (one["group"], one["date"], one["direction"]) == ("02", "2024-03-01", "up")
    assert "standard errors apart (rule: 4)" in one["reason"]
    assert found["points"] == plain["points"]
    assert "suggested_rebases" not in plain


def test_a_boards_page_holds_measures_of_several_charts_with_words_beside_the_icons(capsys, tmp_path):
    rows = [f"{month},{name},{value},{n},{chart},{way},{goal}" for i, month in enumerate(MONTHS)
            for name, value, n, chart, way, goal in (
                ("Seen in time", 60 + i % 4, 100, "p", "increase", 0.95),
                ("Falls", 3 + i % 2 + 9 * (i > 20), 1, "c", "decrease", ""),
                ("Wait", 12 + i % 3, 1, "xmr", "decrease", 20))]  # fmt: skip
    path = written(tmp_path, "date,measure,y,n,kind,way,goal", rows)
    asked = ("icons", path, "--group", "measure", "--chart", "kind", "--denominator", "n", "--improves", "way",
             "--target", "goal")  # fmt: skip
    found = told(capsys, *asked)["icons"]
    assert [row["group"] for row in found] == ["Seen in time", "Falls", "Wait"]
    assert [row["chart"] for row in found] == ["p", "c", "xmr"]
    assert [row["variation"] for row in found] == ["common_cause", "concern_high", "common_cause"]
    assert [row["assurance_says"] for row in found] == ["Will miss the target", "No target", "Will meet the target"]
    for width in ("640", "320"):
        picture = tmp_path / "board.svg"
        assert main(["see", *map(str, asked), "--width", width, "--out", str(picture)]) == 0
        drawn = picture.read_text()
        for words in ("Seen in time", "high or rising", "Will", "plot-the-dots", ">F<", ">H<", ">P<", ">~<"):
            assert words in drawn
        assert f'width="{width}"' in drawn.split(">")[0]
    for name, begins in (("board.png", b"\x89PNG"), ("board.html", b"<!doctype html>")):
        assert main(["see", *map(str, asked), "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(begins)


def test_an_icon_speaks_of_the_newest_point_that_is_known_and_says_when_it_was(capsys, tmp_path):
    path = written(tmp_path, "date,y,g", [f"2024-{m:02d}-01,{m % 3 if m < 12 else ''},a" for m in range(1, 13)])
    (row,) = told(capsys, "icons", path, "--group", "g")["icons"]
    assert (row["date"], row["value"]) == ("2024-11-01", 2)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--chart", "p"), "--chart p divides each value; expected --denominator COL"),
        (("--chart", "c", "--denominator", "n"), "--chart c takes no --denominator"),
        (("--chart", "px"), "chart: expected one of xmr i ip"),
        (("--chart", "p", "--denominator", "n"), "row 3, column 'y': expected at most its denominator"),
        (("--chart", "c", "--value", "half"), "row 2, column 'half': expected a whole number, for chart c counts"),
        (("--chart", "u", "--denominator", "below"), "row 3, column 'below': expected a denominator of 0 or more"),
        (("--chart", "t", "--value", "below"), "row 3, column 'below': expected a number of 0 or more"),
        (("--multiplier", "0"), "--multiplier 0: expected a number above 0"),
        (("--width", "20"), "expected 300 to 4000 pixels, found '20'"),
        (("--exclude", "b=2024-01-01"), "--exclude b=2024-01-01: no group 'b'"),
    ],
)
def test_what_a_chart_cannot_hold_is_refused_by_row_and_column(capsys, tmp_path, options, says):
    path = written(tmp_path, "date,y,n,half,below", ["2024-01-01,1,5,0.5,3", "2024-02-01,9,5,1,-2"])
    picture = tmp_path / "none.svg"
    assert says in refused(capsys, "spc", path, *options, "--out", picture)
    assert not picture.exists()


def test_a_date_twice_is_refused_but_for_subgroups(capsys, tmp_path):
    path = written(tmp_path, "date,y", ["2024-01-01,1", "2024-01-01,2", "2024-02-01,4", "2024-02-01,2"])
    for chart in ("c", "t", "run"):
        assert "row 3, column 'date': 2024-01-01 was already given in row 2" in refused(
            capsys, "spc", path, "--chart", chart
        )
    assert len(told(capsys, "spc", path, "--chart", "xbar")["points"]) == 2
