"""`evenhand account forecast` and `score`, as scripts call them."""

from __future__ import annotations

import gzip
import json

import pytest

from evenhand.cli.main import main

TABLE = """scheme,state,planned,confirmed,estimate,se,start
switch,confirmed,100000,90000,,,
inhalers,evidenced,60000,,55000,10000,
gliptins,In flight,80000,,,,2025-10
"""


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "schemes.csv"
    file.write_text(TABLE)
    return file


def run(capsys, *words):
    code = main(["account", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_gives_the_same_for_csv_yaml_and_other_names(table, tmp_path, capsys):
    wanted = run(capsys, "forecast", table, "--target", 150000, "--by", "2026-03-31", "--json")[1]
    told = json.loads(wanted)
    assert {"median", "low_90", "high_90", "probability", "by_scheme", "drivers"} <= told.keys()
    plan = tmp_path / "schemes.yaml"
    plan.write_text("""schemes:
- {scheme: switch, state: confirmed, planned: 100000, confirmed: 90000}
- {scheme: inhalers, state: evidenced, planned: 60000, estimate: 55000, se: 10000}
- {scheme: gliptins, state: in flight, planned: 80000, start: 2025-10}
""")
    assert run(capsys, "forecast", plan, "--target", 150000, "--by", "2026-03", "--json")[1] == wanted
    other = tmp_path / "other.csv.gz"
    other.write_bytes(gzip.compress(TABLE.replace("scheme,state,planned", "project,stage,plan").encode()))
    assert run(capsys, "forecast", other, "--target", 150000, "--by", "2026-03-31", "--scheme", "project", "--state",
               "stage", "--planned", "plan", "--json")[1] == wanted  # fmt: skip


def test_a_forecast_is_archived_once_and_scored_when_the_truth_is_there(table, tmp_path, capsys):
    kept, came = tmp_path / "kept.jsonl", tmp_path / "came.csv"
    words = ("forecast", table, "--target", 150000, "--by", "2026-03-31", "--archive", kept, "--json", "--name")
    assert run(capsys, *words, "early", "--made", "2025-10-01")[0] == 0
    assert run(capsys, *words, "late", "--made", "2026-01-01")[0] == 0
    code, out, err = run(capsys, *words, "early", "--made", "2025-10-01")
    assert (code, out, "each is made once" in err) == (2, "", True)
    came.write_text("forecast,truth\nearly,140000\n")
    told = json.loads(run(capsys, "score", kept, "--truth", came, "--json")[1])
    assert (told["n"], told["waiting_for_truth"], told["coverage_90"]) == (1, ["late"], 1.0)
    kept.write_text(kept.read_text().replace('"probability": 0.', '"probability": 0.9', 1))
    code, out, err = run(capsys, "score", kept, "--truth", came, "--json")
    assert (code, out) == (2, "")
    assert "was changed after it was made" in err


def test_an_archive_with_a_line_taken_out_is_refused(table, tmp_path, capsys):
    kept, came = tmp_path / "kept.jsonl", tmp_path / "came.csv"
    for name in ("a", "b"):
        run(capsys, "forecast", table, "--target", 1, "--by", "2026-03", "--archive", kept, "--name", name, "--made",
            "2025-10-01")  # fmt: skip
    kept.write_text(kept.read_text().splitlines()[1] + "\n")
    came.write_text("forecast,truth\nb,1\n")
    assert "does not follow the line before" in run(capsys, "score", kept, "--truth", came)[2]


def test_forecasts_in_a_plain_table_are_scored_too(tmp_path, capsys):
    file, came = tmp_path / "made.csv", tmp_path / "came.csv"
    file.write_text("forecast,median,low_90,high_90,probability,target\na,10,5,15,0.7,9\nb,20,15,25,0.2,24\n")
    came.write_text("forecast,truth\nb,30\na,11\n")
    told = json.loads(run(capsys, "score", file, "--truth", came, "--json")[1])
    assert told["coverage_90"] == 0.5
    assert told["brier"] == pytest.approx((0.3**2 + 0.8**2) / 2)


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        ("scheme,state,planned\na,begun,1\n", [], "expected a state (idea"),
        ("scheme,state,planned\na,planed,1\n", [], "did you mean 'planned'"),
        ("scheme,state,planned\na,planned,x\n", [], "expected a number, found 'x'"),
        ("scheme,state,planned\na,planned,\n", [], "scheme 'a': expected planned pounds"),
        ("scheme,state,planned\na,planned,1\na,idea,1\n", [], "already given in row 2"),
        ("scheme,state,planned,start\na,planned,1,03/04/2025\n", [], "a date that can be read one way"),
        ("scheme,state\na,planned\n", [], "no column 'planned'"),
        ("scheme,state,planned\na,planned,1\n", ["--se", "error"], "no column 'error'"),
        ("scheme,state,planned\na,planned,1\n", ["--draws", "5"], "expected 100 or more"),
        ("scheme,state,planned\na,planned,1\n", ["--seed", "-1"], "0 or more"),
        ("scheme,state,planned\na,planned,1\n", ["--shared-risk", "0.6,0.6"], "below 1 together"),
        ("scheme,state,planned\na,planned,1\n", ["--unseen", "0.2"], "expected 3 numbers"),
        ("scheme,state,planned\na,planned,1\n", ["--archive", "x.jsonl"], "expected --made TIME"),
        ("scheme,state,planned\na,planned,1\n", ["--archive", "x", "--made", "2027-01-01"], "a moment before"),
        ("scheme,state,planned\n", [], "has a header but no rows"),
    ],
)
def test_a_wrong_forecast_is_refused_in_one_line(text, words, says, tmp_path, capsys):
    file = tmp_path / "wrong.csv"
    file.write_text(text)
    code, out, err = run(capsys, "forecast", file, "--target", 1, "--by", "2026-03-31", *words, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("schemes:\n- {scheme: a, state: planned, plannd: 1}\n", "2: unknown key 'plannd'; did you mean 'planned'"),
        ("schemes: none\n", "a list of schemes"),
        ("schemes:\n- {scheme: a, state: planned, planned: [1]}\n", "a single value"),
    ],
)
def test_a_wrong_yaml_is_refused_with_its_line(text, says, tmp_path, capsys):
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    _, out, err = run(capsys, "forecast", file, "--target", 1, "--by", "2026-03-31")
    assert out == ""
    assert says in err


def test_the_chart_says_in_words_how_likely_the_target_is(table, tmp_path, capsys):
    picture = tmp_path / "forecast.svg"
    code, _, _ = run(capsys, "forecast", table, "--target", 150000, "--by", "2026-03-31", "--out", picture)
    assert code == 0
    assert "target £150k is reached with probability" in picture.read_text()


def test_a_table_with_quantiles_is_scored_by_them_and_a_broken_one_is_refused(tmp_path, capsys):
    header, came = "forecast,median,low_90,high_90,quantiles\n", tmp_path / "came.csv"
    came.write_text("forecast,truth\na,3\n")
    file = tmp_path / "made.csv"
    file.write_text(header + "a,2,1,3,1;2;3\n")
    told = json.loads(run(capsys, "score", file, "--truth", came, "--json")[1])
    assert told["crps"] == pytest.approx(2 / 3 * (0.25 * 2 + 0.5 * 1))  # twice the mean pinball loss, by hand
    for cell in ("1;3;2", "1;two;3", "1;nan"):
        file.write_text(header + f"a,2,1,3,{cell}\n")
        code, out, err = run(capsys, "score", file, "--truth", came, "--json")
        assert (code, out, "quantiles" in err and "least up" in err) == (2, "", True)


def test_a_file_that_cannot_be_scored_is_named(tmp_path, capsys):
    came, file, cut = (tmp_path / name for name in ("came.csv", "made.csv", "cut.csv.gz"))
    came.write_text("forecast,truth\na,3\n")
    file.write_text("forecast,median,low_90,high_90\na,2,3,1\n")
    cut.write_bytes(gzip.compress(b"forecast,median\n" * 200)[:40])
    for wrong in (file, cut):
        code, out, err = run(capsys, "score", wrong, "--truth", came, "--json")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(f"evenhand: {wrong}: ")
    words = ("forecast", tmp_path / "schemes.csv", "--target", 5, "--by", "2026-03", "--made", "2026-01-01")
    (tmp_path / "schemes.csv").write_text(TABLE)
    code, out, err = run(capsys, *words, "--archive", cut, "--json")
    assert (code, out, "not a forecast" in err) == (2, "", True)
