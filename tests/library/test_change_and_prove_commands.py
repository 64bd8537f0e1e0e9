"""`evenhand change` and `evenhand prove` as a user meets them: answers, refusals in one line, nothing half written."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from evenhand.cli.main import main

Capture = pytest.CaptureFixture[str]


def told(capsys: Capture, *words: object) -> Any:
    """What a command prints as JSON; it must end well."""
    assert main([str(word) for word in (*words, "--json")]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *words: object) -> str:
    """The one line with which a command refuses."""
    assert main([str(word) for word in words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


@pytest.fixture
def practices(tmp_path: Path) -> Path:
    file = tmp_path / "practices.csv"
    rows = [f"{i:05d},N{i // 4},{'north' if i < 20 else 'south'}" for i in range(48)]
    file.write_text("\n".join(["code,pcn,region", *rows]))
    return file


@pytest.fixture
def wave(tmp_path: Path) -> Path:
    rng, file = np.random.default_rng(1), tmp_path / "wave.csv"
    rows = []
    for i in range(60):
        base = rng.normal(50, 8)
        arm = ("con", "letter", "visit")[i % 3]
        after = 10 + 0.7 * base + {"con": 0, "letter": -2, "visit": -5}[arm] + rng.normal(0, 1)
        rows.append(f"{i:03d},{arm},{base:.6f},{after:.6f},{'rural' if i % 4 else 'town'},N{i // 3 // 4 * 3 + i % 3}")
    file.write_text("\n".join(["unit,arm,baseline,outcome,place,pcn", *rows]))
    return file


@pytest.fixture
def months(tmp_path: Path) -> Path:
    rng, file = np.random.default_rng(2), tmp_path / "months.csv"
    rows = [
        f"S{u},{np.datetime64('2024-01') + m}-01,{60 + u + 3 * math.sin(m) + rng.normal(0, 0.2):.6f},{int(u < 4)}"
        for u in range(10) for m in range(24)
    ]  # fmt: skip
    file.write_text("\n".join(["unit,date,value,treated", *rows]))
    return file


# --- change randomise -------------------------------------------------------------------------------------------------


def test_randomise_writes_each_unit_with_its_code_untouched_and_prints_balance_and_seal(
    practices: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "allocation.csv"
    found = told(capsys, "change", "randomise", practices, "--unit", "code", "--arms", "a,b,control", "--strata",
                 "region", "--seed", 5, "--out", out)  # fmt: skip
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["code"] for row in rows] == [f"{i:05d}" for i in range(48)]
    assert found["arms"] == [{"arm": arm, "n": 16} for arm in ("a", "b", "control")]
    even = {("north", 6), ("north", 7), ("south", 9), ("south", 10)}
    assert {(b["stratum"], b["units"]) for b in found["balance"]} <= even
    assert (found["seed"], len(found["seal"])) == (5, 64)


def test_randomise_twice_with_one_seed_writes_the_same_bytes(practices: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["change", "randomise", practices, "--unit", "code", "--arms", "a,control", "--seed", 5, "--out"]
    first, second = (told(capsys, *words, tmp_path / name) for name in ("1.csv", "2.csv"))
    assert first == second
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_randomise_by_cluster_keeps_a_pcn_together(practices: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "allocation.json"
    told(capsys, "change", "randomise", practices, "--unit", "code", "--arms", "a,control", "--cluster", "pcn",
         "--ratio", "1:2", "--seed", 1, "--out", out)  # fmt: skip
    arms: dict[str, set[str]] = {}
    for row in json.loads(out.read_text()):
        arms.setdefault(row["pcn"], set()).add(row["arm"])
    assert sorted(next(iter(one)) for one in arms.values()) == ["a"] * 4 + ["control"] * 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--arms", "control"], "two or more arms"),
        (["--arms", "a,control", "--strata", "regoin"], "did you mean 'region'"),
        (["--arms", "a,control", "--ratio", "1:x"], "--ratio"),
        (["--arms", "a,control", "--seed", "-1"], "--seed"),
        (["--arms", "a,control", "--cluster", "region", "--strata", "pcn"], "must lie in one stratum"),
        (["--arms", "a,control", "--unit", "pcn"], "was already given in row 2"),
    ],
)
def test_randomise_refuses_and_writes_nothing(
    words: list[str], said: str, practices: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = tmp_path / "allocation.csv"
    line = refused(capsys, "change", "randomise", practices, "--unit", "code", "--seed", 1, *words, "--out", out)
    assert said in line
    assert not out.exists()


# --- change funnel and power ------------------------------------------------------------------------------------------


def test_the_funnel_reads_other_column_names_and_gzip(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "events.csv.gz"
    rows = ["who,what,step,at", "007,m,reached,2025-04-01", "007,m,viewed,2025-04-02", "08,m,reached,2025-04-01"]
    file.write_bytes(gzip.compress("\n".join(rows).encode()))
    names = ["--person", "who", "--content", "what", "--stage", "step", "--time", "at"]
    found = told(capsys, "change", "funnel", file, *names)
    assert [(s["stage"], s["people"]) for s in found["stages"][:3]] == [("reached", 2), ("viewed", 1), ("completed", 0)]
    assert found["stages"][0]["of_previous"] is None
    assert (found["reported"], found["verified"], found["self_report_gap"]) == (0, 0, 0)


def test_the_funnel_names_the_row_of_a_stage_that_is_none(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "events.csv"
    file.write_text("person,content,stage,time\nA,m,reached,2025-02-02\nA,m,view,2025-02-01\n")
    line = refused(capsys, "change", "funnel", file)
    assert "events.csv: row 3, column 'stage': expected one of reached, viewed" in line
    assert "did you mean 'viewed'?, found 'view'" in line


def test_the_funnel_refuses_a_date_that_could_be_two(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "events.csv"
    file.write_text("person,content,stage,time\na,m,reached,03/04/2025\n")
    assert "--day-first" in refused(capsys, "change", "funnel", file)
    assert told(capsys, "change", "funnel", file, "--day-first")["stages"][0]["people"] == 1


def test_power_says_what_a_wave_would_see(capsys: Capture) -> None:
    words = ["change", "power", "--clusters", 64, "--size", 100, "--baseline", 0.5]
    assert told(capsys, *words, "--icc", 0.02, "--effect", -0.06)["power"] == pytest.approx(0.784, abs=5e-4)
    assert told(capsys, *words, "--icc", 0.02)["power"] is None
    assert "icc" in refused(capsys, *words, "--icc", 2)


# --- prove trial ------------------------------------------------------------------------------------------------------


def test_a_trial_of_several_arms_says_each_effect_in_the_promised_words(wave: Path, capsys: Capture) -> None:
    found = told(capsys, "prove", "trial", wave)
    assert [e["arm"] for e in found["effects"]] == ["letter", "visit"]
    assert [e["effect"] for e in found["effects"]] == pytest.approx([-2, -5], abs=1)
    assert {"arm", "effect", "se", "low", "high", "p"} <= found["effects"][0].keys()
    assert [a["arm"] for a in found["arms"]] == ["con", "letter", "visit"]
    assert {"n", "arms", "effects", "naive_change"} <= found.keys()


def test_a_unit_without_a_words_covariate_is_missing_as_one_without_a_number(wave: Path, capsys: Capture) -> None:
    text = wave.read_text()
    for blank in ("", "NA", "n/a"):
        wave.write_text(text.replace(",rural,", f",{blank},", 1))
        found = told(capsys, "prove", "trial", wave, "--covariates", "place")
        assert (found["n"], found["missing"]) == (59, 1)
    wave.write_text(text.replace(",rural,", ",none,"))  # a word as others
    assert told(capsys, "prove", "trial", wave, "--covariates", "place")["missing"] == 0


@pytest.mark.parametrize("words", [[], ["--clusters", "pcn"], ["--covariates", "place"], ["--control", "visit"]])
def test_a_trial_is_the_same_from_csv_gzip_parquet_and_standard_input(
    words: list[str], wave: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, parquet = tmp_path / "wave.csv.gz", tmp_path / "wave.parquet"
    packed.write_bytes(gzip.compress(wave.read_bytes()))
    pq.write_table(pacsv.read_csv(wave), parquet)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(wave.read_bytes())))
    first = told(capsys, "prove", "trial", wave, *words)
    for other in (packed, parquet, "-"):
        assert told(capsys, "prove", "trial", other, *words) == first


@pytest.mark.parametrize(
    ("old", "new", "words", "said"),
    [
        ("001,letter", "000,letter", [], "unit='000' was already given in row 2"),
        ("001,letter", ",letter", [], "row 3, column 'unit'"),
        ("001,letter", "001,", [], "row 3, column 'arm'"),
        ("con", "usual", [], "name the control with --control"),
        ("", "", ["--control", "nobody"], "'nobody' is not in the file"),
        ("", "", ["--covariates", "plaec"], "did you mean 'place'"),
        ("", "", ["--covariates", "place", "outcome"], "measured before launch"),
        ("", "", ["--outcome", "baseline"], "expected two columns"),
        ("", "", ["--outcome", "place"], "expected a number, found 'town'"),
        ("", "", ["--baseline", "nothing"], "no column 'nothing'"),
        ("", "", ["--clusters", "arm"], "need at least 2 clusters"),
    ],
)
def test_a_trial_refuses_what_it_cannot_compare(
    old: str, new: str, words: list[str], said: str, wave: Path, capsys: Capture
) -> None:
    wave.write_text(wave.read_text().replace(old, new) if old else wave.read_text())
    line = refused(capsys, "prove", "trial", wave, *words)
    assert said in line
    assert "wave.csv" in line or words


def test_an_empty_file_is_refused(tmp_path: Path, capsys: Capture) -> None:
    for text in ("", "unit,arm,baseline,outcome\n"):
        (tmp_path / "empty.csv").write_text(text)
        assert "empty.csv" in refused(capsys, "prove", "trial", tmp_path / "empty.csv")


# --- prove guardrail --------------------------------------------------------------------------------------------------


def test_a_guardrail_that_held_passes(months: Path, capsys: Capture) -> None:
    found = told(capsys, "prove", "guardrail", months, "--start", "2025-01-01", "--margin", 1, "--harm", "down")
    assert found["verdict"] == "pass"
    assert found["bound"] < found["effect"]


def test_a_blank_month_is_not_assessed_and_its_numbers_are_null(months: Path, capsys: Capture) -> None:
    lines = months.read_text().splitlines()
    lines[20] = lines[20].rsplit(",", 2)[0] + ",,1"
    months.write_text("\n".join(lines))
    found = told(capsys, "prove", "guardrail", months, "--start", "2025-01-01", "--margin", 1, "--harm", "down")
    assert (found["verdict"], found["effect"], found["bound"]) == ("not_assessed", None, None)
    assert "S0 has no value for 2025-08" in found["reason"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "01/02/2025", "--margin", "1"], "--start: expected a date that can be read one way"),
        (["--start", "2025-01-01", "--margin", "0"], "margin: expected a number above 0"),
        (["--start", "2025-01-01", "--margin", "1", "--treated", "unit"], "expected 1 or 0"),
    ],
)
def test_a_guardrail_refuses_what_is_not_clear(words: list[str], said: str, months: Path, capsys: Capture) -> None:
    assert said in refused(capsys, "prove", "guardrail", months, *words, "--harm", "up")


def test_a_month_given_twice_is_refused(months: Path, capsys: Capture) -> None:
    months.write_text(months.read_text() + "\nS0,2024-01-31,60,1")
    line = refused(capsys, "prove", "guardrail", months, "--start", "2025-01-01", "--margin", 1, "--harm", "up")
    assert "has 2024-01 twice" in line


# --- prove waits ------------------------------------------------------------------------------------------------------

BANDS = [f"Gt {w:02d} To {w + 1:02d} Weeks SUM 1" for w in range(104)] + ["Gt 104 Weeks SUM 1"]
HEADER = ["Period", "Provider Org Code", "Commissioner Parent Org Code", "Commissioner Org Code", "RTT Part Type",
          "Treatment Function Code", *BANDS, "Total", "Total All"]  # fmt: skip


def extract(tmp_path: Path, rows: list[tuple[str, str, str, str, str, dict[int, int]]], above: str = "") -> Path:
    lines = [",".join(HEADER)]
    for provider, parent, commissioner, part, function, weeks in rows:
        bands = [str(weeks.get(w, "")) for w in range(105)]
        total = str(sum(weeks.values()))
        lines.append(",".join(["RTT-May-2025", provider, parent, commissioner, part, function, *bands, "", total]))
    file = tmp_path / "rtt.csv"
    file.write_text(above + "\n".join(lines))
    return file


TWO_TRUSTS = [
    ("0A1", "Q1", "01A", "Part_2", "C_100", {3: 10}),
    ("0A1", "Q1", "01A", "Part_2", "C_101", {30: 10}),
    ("0A1", "Q1", "01A", "Part_2", "C_999", {3: 10, 30: 10}),
    ("0A1", "Q1", "01A", "Part_1A", "C_999", {3: 999}),
    ("0B1", "", "NONC", "Part_2", "C_100", {104: 5}),  # no total row here: its functions are summed
]


def test_waits_count_each_incomplete_pathway_once(tmp_path: Path, capsys: Capture) -> None:
    found = told(capsys, "prove", "waits", extract(tmp_path, TWO_TRUSTS))
    assert [(r["code"], r["pathways"], r["within_18_weeks"]) for r in found["rows"]] == [("0A1", 20, 10), ("0B1", 5, 0)]
    assert (found["rows"][1]["p92_weeks"], found["rows"][1]["p92_open"]) == (None, True)
    assert found["total"]["pathways"] == 25


def test_waits_without_a_parent_stay_in_the_total_under_no_name(tmp_path: Path, capsys: Capture) -> None:
    found = told(capsys, "prove", "waits", extract(tmp_path, TWO_TRUSTS), "--level", "icb")
    assert [(r["code"], r["pathways"]) for r in found["rows"]] == [("Q1", 20), (None, 5)]


def test_waits_read_an_older_file_with_lines_above_its_header(tmp_path: Path, capsys: Capture) -> None:
    found = told(capsys, "prove", "waits", extract(tmp_path, TWO_TRUSTS, "RTT full extract\n\n"))
    assert found["total"]["pathways"] == 25


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: [*rows, rows[0]], "is given twice"),
        (lambda rows: [*rows[:2], (*rows[2][:5], {3: 10}), *rows[3:]], "C_999 holds 10 pathways and the other"),
        (lambda rows: rows[3:4], "no incomplete pathways"),
    ],
)
def test_waits_refuse_a_file_that_contradicts_itself(change, said: str, tmp_path: Path, capsys: Capture) -> None:
    assert said in refused(capsys, "prove", "waits", extract(tmp_path, change(TWO_TRUSTS)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0A1,Q1,01A,Part_2,C_100,,,,10,", "0A1,Q1,01A,Part_2,C_100,,,,ten,", "Gt 03 To 04"),
        ("0A1,Q1,01A,Part_2,C_100,,,,10,", "0A1,Q1,01A,Part_2,C_100,,,,11,", "the bands hold 11 pathways"),
        ("Gt 20 To 21 Weeks SUM 1,", "Gt 20 To 22 Weeks,", "bands of one week"),
        ("RTT-May-2025,0B1", "RTT-June-2025,0B1", "holds 2 months"),
        ("Treatment Function Code", "Function", "no column 'Treatment Function Code'"),
        ("Provider Org Code", "Provider", "the file can give: commissioner, icb, specialty"),
    ],
)
def test_waits_refuse_a_file_that_cannot_be_read(
    old: str, new: str, said: str, tmp_path: Path, capsys: Capture
) -> None:
    file = extract(tmp_path, TWO_TRUSTS)
    file.write_text(file.read_text().replace(old, new))
    assert said in refused(capsys, "prove", "waits", file)


# --- prove rtm, register ----------------------------------------------------------------------------------------------


def test_rtm_says_what_falls_back_by_itself(capsys: Capture) -> None:
    found = told(capsys, "prove", "rtm", "--mean", 60, "--sd-between", 0, "--sd-within", 15, "--months", 1, "--cut", 80)
    assert found["regression_to_the_mean"] == pytest.approx(26.97, abs=0.01)
    assert "months" in refused(capsys, "prove", "rtm", "--mean", 0, "--sd-between", 1, "--sd-within", 1, "--months", 0,
                               "--cut", 1)  # fmt: skip


SCHEME = """
id: a_scheme
title: A scheme
pathway: diabetes
aim: Six points lower by September
measure: diabetes_dpp4_cost
level: practice
area: D1
start: 2025-04
baseline: {from: 2024-10, to: 2025-03}
follow_up: {from: 2025-04, to: 2025-09}
allocation: allocation.csv
cluster: pcn
planned_effect: -0.06
planned_saving_pounds: 1000
money: {pounds_per_unit: 20, price_month: 2025-09, price_source: Drug Tariff, origin: clinical_decision,
        recurrent: true, saving_class: cash_releasing}
guardrails: [{measure: wait_within_18_weeks, level: sicbl, margin: 0.01, harm: down, treated: [A], controls: [B, C]}]
letters: {quality: q, innovation: i, productivity: p, prevention: p}
"""


def test_a_design_is_registered_by_the_hash_of_what_decides_it(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "scheme.yaml"
    file.write_text(SCHEME)
    first = told(capsys, "prove", "register", "--scheme", file)
    assert first["design"] == "randomised by pcn, ANCOVA on baseline weighted by volume, CR3 errors"
    file.write_text(SCHEME.replace("title: A scheme", "title: Another name"))
    assert told(capsys, "prove", "register", "--scheme", file) == first
    file.write_text(SCHEME.replace("2025-09}", "2025-10}"))
    assert told(capsys, "prove", "register", "--scheme", file)["registered"] != first["registered"]


def test_a_design_that_can_judge_nothing_is_refused_with_its_scheme(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "scheme.yaml"
    file.write_text(SCHEME.replace("planned_effect: -0.06", "planned_effect: 0"))
    assert "planned_effect" in refused(capsys, "prove", "register", "--scheme", file)
    file.write_text(SCHEME.replace("planned_effect", "planed_effect"))
    line = refused(capsys, "prove", "register", "--scheme", file)
    assert "scheme.yaml:14: unknown key 'planed_effect'; did you mean" in line
