"""LISTEN's smaller commands: survey files listed and checked, change by group, every answer, charts that hide."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.listen import instruments


@pytest.fixture
def run(capsys):
    def call(*words):
        code = main(["listen", *map(str, words), "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


@pytest.fixture
def survey(tmp_path):
    """Two waves of 300 asked, every other answers; nurses move from 30% to 60%, GPs do not move; two midwives."""
    rng, path = np.random.default_rng(4), tmp_path / "survey.csv"
    lines = ["person,job,wave,responded,heard,agree,many"]
    for wave in (2025, 2026):
        for i in range(300):
            job = "midwife" if i < 2 else "nurse" if i % 3 else "gp"
            chance = 0.5 if job == "gp" else 0.3 if wave == 2025 else 0.6
            cells = ["yes" if i // 2 % 10 < 10 * chance else "no", str(rng.integers(1, 6)), "a;b"]
            lines.append(f"p{i},{job},{wave},{int(i % 2)}," + (",".join(cells) if i % 2 else ",,"))
    path.write_text("\n".join(lines) + "\n")
    return path


FRAME = ["--responded", "responded"]


def test_every_survey_is_listed_shown_and_checked(run):
    listed = run("instruments")["instruments"]
    assert [row["id"] for row in listed] == list(instruments())
    assert {f"barriers_and_ideas_{p}" for p in ("diabetes", "mental_health", "coronary_heart_disease", "cancer")} <= {
        row["id"] for row in listed
    }
    assert all(row["seconds"] <= 180 for row in listed)
    assert run("instruments", "check") == {"instruments": listed}
    shown = run("instruments", "show", "qipp_awareness_2010")[0]
    assert shown["questions"][1]["asked_if"] == {"heard_of_qipp": ["yes"]}


def test_a_survey_file_with_a_fault_is_refused_with_its_line(run, tmp_path):
    text = instruments()["qipp_awareness_2010"].read_text()
    (tmp_path / "mine.yaml").write_text(text.replace("type: single", "tipe: single", 1))
    code, err = run("instruments", "check", tmp_path)
    assert code == 2
    assert "mine.yaml:" in err
    assert "did you mean 'type'" in err


def test_change_by_group_says_who_moved(run, survey, tmp_path):
    found = run("change", survey, "--question", "heard", "--value", "yes", "--wave", "wave", "--person", "person",
                "--by", "job", *FRAME, "--out", tmp_path / "waves.svg")  # fmt: skip
    groups = {g["group"]: g for g in found["groups"]}
    assert groups["nurse"]["low"] > 0.2
    assert groups["gp"]["change"] == 0
    drawn = (tmp_path / "waves.svg").read_text()
    assert "nurse (n = " in drawn
    assert "midwife" not in drawn  # one answered in each wave: never drawn


def test_shares_of_every_answer_add_up_to_one_and_those_of_many_need_not(run, survey):
    one = run("answers", survey, "--question", "agree", "--order", "1;2;3;4;5", *FRAME)["answers"]
    assert [row["answer"] for row in one] == list("12345")
    assert sum(row["estimate"] for row in one) == pytest.approx(1)
    many = run("answers", survey, "--question", "many", "--multiple", *FRAME)["answers"]
    assert {row["answer"]: row["estimate"] for row in many} == {"a": 1, "b": 1}


def test_what_is_hidden_in_a_table_is_not_in_its_chart(run, survey, tmp_path):
    words = ["answers", survey, "--question", "heard", "--by", "job", *FRAME]
    run(*words, "--out", tmp_path / "groups.svg")
    drawn = (tmp_path / "groups.svg").read_text()
    assert "midwife" in drawn
    assert "not shown: too few" in drawn
    hidden = [row for row in run(*words, "--publish")["answers"] if row["n"] is None]
    assert {row["group"] for row in hidden} == {"midwife", "gp"}
    assert all(row["estimate"] is None for row in hidden)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["instruments", "show", "qipp_awarenes_2010"], "did you mean 'qipp_awareness_2010'"),
        (["share", "7", "5"], "hits=7"),
        (["answers", "{survey}", "--question", "agree", "--order", "1;2;3"], "is not in the order given"),
        (["power", "--margin", "0.05"], "--share is missing"),
        (["estimate", "{survey}", "--question", "heard", "--value", "yes", "--by", "job", "--among", "job=midwife",
          "--out", "{out}"], "fewer than 10"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_in_one_line_and_nothing_is_written(words, said, run, survey, tmp_path):
    out = tmp_path / "out.svg"
    code, err = run(*(word.format(survey=survey, out=out) for word in words))
    assert (code, err.count("\n")) == (2, 1)
    assert said in err
    assert not out.exists()
