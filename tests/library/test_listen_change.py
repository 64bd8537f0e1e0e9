"""Did the answer move between two waves? People who answer twice make the change surer."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import ttest_rel

from evenhand.cli.main import main
from evenhand.listen import Design, change


@pytest.fixture
def run(tmp_path, capsys):
    def call(text, *words):
        (tmp_path / "s.csv").write_text(text)
        code = main(["listen", "change", f"{tmp_path}/s.csv", "--question", "q", "--wave", "wave", *words, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


def panel(seed, people=120, moved=0.15):
    """The same people twice: who said yes mostly says yes again."""
    rng = np.random.default_rng(seed)
    first = rng.random(people) < 0.4
    again = np.where(rng.random(people) < 0.8, first, rng.random(people) < 0.4) | (rng.random(people) < moved)
    return np.r_[first, again].astype(float), ["1"] * people + ["2"] * people, [str(i) for i in range(people)] * 2


def test_people_asked_twice_give_the_paired_answer():
    y, wave, person = panel(1)
    found = change(y, Design(len(y)), wave, person=person)
    paired = ttest_rel(y[120:], y[:120])
    assert found.change == pytest.approx(y[120:].mean() - y[:120].mean())
    # the same scores, summed by person: equal to the paired test but for one degree of freedom
    assert found.se == pytest.approx(abs(found.change / paired.statistic), rel=1e-9)
    assert found.se < 0.85 * change(y, Design(len(y)), wave).se


def test_separate_people_give_the_sum_of_the_two_variances():
    y, wave, _ = panel(2)
    found = change(y, Design(len(y)), wave)
    assert found.se == pytest.approx(np.hypot(found.waves[0].se, found.waves[1].se), rel=1e-12)
    assert found.df == 240 - 2 - 1


def test_the_interval_holds_the_truth_as_often_as_it_says():
    held = 0
    for seed in range(120):
        y, wave, person = panel(1000 + seed, people=80, moved=0.0)
        found = change(y, Design(len(y)), wave, person=person)
        held += found.low <= 0 <= found.high  # nothing moved
    assert held / 120 == pytest.approx(0.95, abs=0.05)


def test_waves_go_by_their_number_and_not_by_row(run):
    text = "q,wave\n1,wave 10\n1,wave 10\n0,wave 10\n0,wave 2\n0,wave 2\n1,wave 2\n"
    found = run(text, "--value", "1")
    assert [w["wave"] for w in found["waves"]] == ["wave 2", "wave 10"]
    assert found["change"] == pytest.approx(1 / 3)
    assert {"waves", "change", "se", "low", "high", "p"} <= found.keys()
    named = run(text, "--value", "1", "--first", "wave 10", "--last", "wave 2")
    assert named["change"] == pytest.approx(-1 / 3)


def test_each_wave_is_raked_to_its_own_frame():
    who = (["gp"] * 60 + ["nurse"] * 40) * 2
    responded = np.array(([True] * 20 + [False] * 40 + [True] * 20 + [False] * 20) * 2)
    answers = np.r_[np.ones(10), np.zeros(10), np.ones(20)]
    y = np.full(200, np.nan)
    y[responded] = np.r_[answers, np.ones(20), np.zeros(20)]
    found = change(y, Design(200, responded=responded, rake={"who": who}), ["1"] * 100 + ["2"] * 100)
    assert [w.estimate for w in found.waves] == pytest.approx([0.6 * 0.5 + 0.4, 0.6])


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("q,wave\n1,1\n0,1\n", [], "need two waves"),
        ("q,wave,who\n1,1,a\n0,1,a\n1,2,a\n", ["--person", "who"], "row 3: person 'a' is in wave '1' already"),
        ("q,wave,who\n1,1,\n0,2,a\n", ["--person", "who"], "row 2: expected a person"),
        ("q,wave\n1,1\n0,\n1,2\n", [], "row 3: expected a wave"),
        ("q,wave\n1,1\n0,1\n1,2\n0,2\n", ["--first", "3"], "no wave '3'"),
        ("q,wave\n1,1\n0,1\n1,2\n0,2\n", ["--first", "2"], "two different waves"),
        ("q,wave\n1,1\n0,1\n,2\n,2\n", [], "wave '2' has no answer"),
    ],
)
def test_a_fault_is_refused_in_one_line_that_says_where(run, text, words, said):
    code, message = run(text, *words)
    assert code == 2
    assert message.count("\n") == 1
    assert said in message
