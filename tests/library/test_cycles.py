"""PDSA cycles: the prediction comes first, what came is read from the chart's own noise, nothing before the end."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.change.cycles import Cycle, study
from evenhand.change.moved import moved, noise, suggested_size
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.stats.xmr import xmr

MONTHS = (np.datetime64("2025-01") + np.arange(16)).astype("datetime64[D]")
SERIES = np.array([30.0, 31, 29, 30, 32, 30, 29, 31, 30, 24, 23, 25, 24, 25, 24, 25])


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def tried(expected: float = float("nan"), *, starts: str = "2025-10-01", ends: str = "2025-12-31", idea: str = "Calls",
          decision: str | None = None) -> Cycle:  # fmt: skip
    return Cycle(idea, "To 24, because they asked for it", day(starts), day(ends), expected, decision)


def asked(*cycles: Cycle, improves: str = "decrease", series=SERIES):
    return study(MONTHS, xmr(series, improves=improves), cycles)


def test_what_came_is_the_mean_of_the_cycles_months_worked_by_hand():
    (found,) = asked(tried(24.0))
    # before 2,2... ranges: 1 2 1 2 2 1 2 1 before, 2 and 2 within, 1 1 1 after: 19/13, none screened
    sigma = (1 + 2 + 1 + 2 + 2 + 1 + 2 + 1 + 1 + 2 + 1 + 1 + 1) / 13 / 1.128
    assert found.came.value == pytest.approx((24 + 23 + 25) / 3)
    assert found.usual.value == pytest.approx(SERIES[:9].mean())
    assert found.came.se == pytest.approx(sigma / np.sqrt(3))
    assert (found.outcome, found.way) == ("as_predicted", "better")


def test_the_same_step_is_short_of_a_bold_prediction_and_beyond_a_shy_one():
    outcomes = [asked(tried(expected))[0].outcome for expected in (18.0, 24.0, 29.0, float("nan"))]
    assert outcomes == ["short", "as_predicted", "beyond", "no_number"]


def test_where_neither_way_is_better_nothing_is_short():
    assert [asked(tried(x), improves="neutral")[0].outcome for x in (18.0, 29.0)] == ["higher", "lower"]


def test_a_cycle_that_has_not_ended_is_not_read():
    (found,) = asked(tried(24.0, starts="2026-03-01", ends="2026-05-31"))
    assert (found.outcome, found.signals, np.isnan(found.came.value)) == ("running", (), True)


def test_a_month_that_a_cycle_touches_is_its_month():
    (found,) = asked(tried(starts="2025-10-20", ends="2025-12-02"))
    assert [str(MONTHS[i])[:7] for i in found.inside] == ["2025-10", "2025-11", "2025-12"]


def test_a_signal_in_its_months_is_told_in_plain_english():
    (found,) = asked(tried(24.0))
    assert any("seven points in a row below the usual level" in s.words or "lower limit" in s.words
               for s in found.signals)  # fmt: skip
    assert all(s.point_type == "special_cause_improvement" for s in found.signals)
    assert "CL" not in found.sentence


def test_two_cycles_at_once_are_told_apart_by_nobody():
    one, two = asked(tried(), tried(idea="Letters", starts="2025-12-15", ends="2026-01-31"))
    assert (one.overlaps, two.overlaps) == (("Letters",), ("Calls",))


def test_a_cycle_outside_the_series_finds_no_data():
    assert asked(tried(starts="2020-01-01", ends="2020-03-01"))[0].outcome == "no_data"


def test_three_points_are_too_few_to_tell():
    found = study(MONTHS[:3], xmr(SERIES[:3]), [tried(30.0, starts="2025-03-01", ends="2025-03-31")])[0]
    assert (found.outcome, found.way) == ("cannot_tell", None)


def test_a_series_that_never_changes_keeps_its_value_for_certain():
    found = study(MONTHS, xmr(np.full(16, 5.0)), [tried(5.0)])[0]
    assert (found.outcome, found.came.low, found.came.high, found.way) == ("as_predicted", 5.0, 5.0, "same")


def test_weeks_and_numbered_points_belong_as_months_do():
    weeks = np.datetime64("2025-01-06") + 7 * np.arange(16)
    (found,) = study(weeks, xmr(SERIES), [tried(starts="2025-01-15", ends="2025-01-27")])
    assert found.inside.tolist() == [1, 2, 3]
    (found,) = study(np.arange(16), xmr(SERIES), [Cycle("Calls", "24", 9, 11)])
    assert found.inside.tolist() == [9, 10, 11]


@pytest.mark.parametrize(("change", "says"), [
    ({"prediction": " "}, "its prediction is blank"), ({"idea": ""}, "its idea is blank"),
    ({"ends": day("2025-01-01")}, "before it starts"), ({"decision": "adapted"}, "did you mean 'adapt'"),
])  # fmt: skip
def test_a_cycle_without_its_parts_is_refused(change, says):
    given = {"idea": "Calls", "prediction": "24", "starts": day("2025-10-01"), "ends": day("2025-12-31")} | change
    with pytest.raises(InputError, match=says):
        asked(Cycle(**given))


def test_a_cycle_is_given_once():
    with pytest.raises(InputError, match="each cycle once"):
        asked(tried(), tried())


def test_the_interval_of_a_change_covers_as_often_as_it_claims():
    rng = np.random.default_rng(5)
    after = np.arange(18) >= 12
    found = [moved(rng.normal(10, 1, 18) - 0.7 * after, after).change for _ in range(1500)]
    covered = np.mean([one.low <= -0.7 <= one.high for one in found])
    assert 0.93 < covered < 0.975


def test_only_noise_is_called_a_change_one_time_in_twenty():
    rng = np.random.default_rng(6)
    after = np.arange(20) >= 12
    said = [moved(rng.normal(0, 1, 20), after, improves="increase").way for _ in range(1000)]
    assert 0.02 < np.mean([way != "same" for way in said]) < 0.08


def test_a_step_is_none_of_the_noise():
    flat = np.array([1.0, 2, 1, 2, 1, 2])
    assert noise(flat, flat + 50) == noise(flat, flat)


def test_gaps_count_for_nothing():
    series = SERIES.copy()
    series[[2, 11]] = np.nan
    found = moved(series, np.arange(16) >= 9, improves="decrease")
    assert (found.points_before, found.points_after, found.way) == (8, 6, "better")


def test_a_moment_cannot_come_and_go():
    with pytest.raises(InputError, match="no and then yes"):
        moved(SERIES, np.arange(16) % 2 == 0)


def test_a_promise_is_sized_only_where_there_is_a_way_to_go():
    sizes = [suggested_size(0.3, q, improves=way) for q, way in
             ((0.2, "decrease"), (0.2, "increase"), (0.2, "neutral"), (float("nan"), "decrease"))]  # fmt: skip
    assert sizes[0] == -0.05
    assert np.isnan(sizes[1:]).all()


HEAD = "idea,prediction,starts,ends,expected,decision\n"
ROW = "Calls,To 24,2025-10,2025-12,24,adopt\n"


@pytest.fixture
def series(tmp_path):
    file = tmp_path / "series.csv"
    rows = [f"{str(m)[:7]},{v:g}" for m, v in zip(MONTHS, SERIES, strict=True)]
    file.write_text("date,y\n" + "\n".join(rows[::-1]) + "\n")
    return file


@pytest.fixture
def cycles(tmp_path):
    file = tmp_path / "cycles.csv"
    file.write_text(HEAD + ROW)
    return file


def run(capsys, *words: object) -> dict:
    main(["change", "pdsa", *map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def test_the_command_gives_points_icons_and_each_cycle(series, cycles, capsys):
    found = run(capsys, series, "--cycles", cycles, "--improves", "decrease")
    (cycle,) = found["cycles"]
    assert (len(found["points"]), found["icons"][0]["variation"]) == (16, "improvement_low")
    assert (cycle["points"], cycle["came"], cycle["ends"]) == (3, 24.0, "2025-12-31")
    assert (cycle["outcome"], cycle["signal"], cycle["decision"]) == ("as_predicted", True, "adopt")
    assert found["points"] == _spc(series, capsys)


def _spc(series, capsys) -> list:
    main(["see", "spc", str(series), "--improves", "decrease", "--json"])
    return json.loads(capsys.readouterr().out)["points"]


def test_other_column_names_gzip_and_parquet_say_the_same(series, cycles, tmp_path, capsys):
    plain = run(capsys, series, "--cycles", cycles)
    zipped = tmp_path / "cycles.csv.gz"
    text = cycles.read_text().replace("idea,prediction,starts,ends,expected,decision", "what,guess,a,z,n,act")
    zipped.write_bytes(gzip.compress(text.encode()))
    columnar = tmp_path / "series.parquet"
    pq.write_table(pa.table({"m": [str(m) for m in MONTHS], "v": SERIES}), columnar)
    other = run(capsys, columnar, "--date", "m", "--value", "v", "--cycles", zipped, "--idea", "what", "--prediction",
                "guess", "--starts", "a", "--ends", "z", "--expected", "n", "--decision", "act")  # fmt: skip
    assert other == plain


def test_cycles_of_several_groups_go_to_their_own_charts(tmp_path, capsys):
    both, cycles = tmp_path / "both.csv", tmp_path / "cycles.csv"
    rows = [f"{g},{str(m)[:7]},{v + k}" for k, g in ((0, "001"), (50, "002"))
            for m, v in zip(MONTHS, SERIES, strict=True)]  # fmt: skip
    both.write_text("unit,date,y\n" + "\n".join(rows) + "\n")
    cycles.write_text("unit," + HEAD + "002," + ROW + "001," + ROW)
    found = run(capsys, both, "--group", "unit", "--cycles", cycles)
    assert [(c["group"], c["came"]) for c in found["cycles"]] == [("001", 24.0), ("002", 74.0)]


def test_an_expected_value_and_a_decision_need_not_be_there(series, tmp_path, capsys):
    cycles = tmp_path / "cycles.csv"
    cycles.write_text("idea,prediction,starts,ends\nCalls,Fewer,2025-10,2025-12\n")
    (cycle,) = run(capsys, series, "--cycles", cycles)["cycles"]
    assert (cycle["outcome"], cycle["expected"], cycle["decision"]) == ("no_number", None, None)


def test_the_picture_marks_starts_and_predictions(series, cycles, tmp_path):
    picture = tmp_path / "chart.svg"
    main(["change", "pdsa", str(series), "--cycles", str(cycles), "--out", str(picture)])
    assert "thick bars: what was predicted" in picture.read_text().replace("\n", " ")


@pytest.mark.parametrize(("text", "says"), [
    (HEAD + "Calls,,2025-10,2025-12,24,\n", "prediction is blank"),
    (HEAD + "Calls,To 24,2025-12,2025-10,24,\n", "before it starts"),
    (HEAD + "Calls,To 24,03/04/2025,2025-12,24,\n", "day-first"),
    (HEAD + "Calls,To 24,2025-10,2025-12,many,\n", "a number"),
    (HEAD + "Calls,To 24,2025-10,2025-12,24,keep\n", "no decision 'keep'"),
    (HEAD + ROW + ROW, "each cycle once"),
    (HEAD, "no rows"), ("", "empty"),
    ("idea,prediction,starts\nCalls,To 24,2025-10\n", "no column 'ends'"),
])  # fmt: skip
def test_a_file_that_cannot_be_right_is_refused_in_one_line_and_nothing_written(series, tmp_path, capsys, text, says):
    cycles, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    cycles.write_text(text)
    code = main(["change", "pdsa", str(series), "--cycles", str(cycles), "--out", str(out)])
    told = capsys.readouterr().err.strip()
    assert (code, told.count("\n"), says in told, out.exists()) == (2, 0, True, False), told
