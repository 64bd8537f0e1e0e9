"""By what was received, beside intention to treat: as treated, compliers, and p for several arms."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.prove import holm, received, trial

# unit  arm  received baseline outcome, drawn so that outcome = baseline, minus 4 in everybody who received the visit
DRAWN = """
        visit  visit   2      -2
        visit  visit   5       1
        visit  con     4       4
        visit  con     7       7
        con    con     3       3
        con    con     6       6
        con    con     1       1
        con    con     8       8
"""


def drawn() -> tuple[list[str], list[str], np.ndarray, np.ndarray]:
    rows = [line.split() for line in DRAWN.strip().splitlines()]
    return [r[0] for r in rows], [r[1] for r in rows], *(np.array([float(r[j]) for r in rows]) for j in (2, 3))


def choosing(rng: np.random.Generator, n: int = 200):
    """Half are invited; the keen take it up, and the keen would have fallen by 5 anyhow; the visit itself does -2."""
    arm = np.array(["visit", "con"])[rng.permutation(np.arange(n) % 2)]
    keen = rng.random(n) < 0.5
    took = np.where((arm == "visit") & keen, "visit", "con")
    baseline = rng.normal(50, 5, n)
    outcome = baseline - 5 * keen - 2 * (took == "visit") + rng.normal(0, 3, n)
    return arm.tolist(), took.tolist(), baseline, outcome


def test_who_takes_what_is_drawn_gets_the_whole_effect_and_the_draw_half_of_it() -> None:
    arm, took, baseline, outcome = drawn()
    beside = received(arm, took, baseline, outcome, control="con")
    assert beside.as_treated[0].effect == pytest.approx(-4)
    assert beside.compliers[0].effect == pytest.approx(-4)
    assert beside.taken == {"visit": {"visit": 2, "con": 2}, "con": {"visit": 0, "con": 4}}


def test_the_complier_average_is_the_draws_effect_over_its_pull() -> None:
    """With one arm and no covariate but the baseline: Wald's ratio of two trials, of the outcome and of the uptake."""
    arm, took, baseline, outcome = choosing(np.random.default_rng(1))
    uptake = np.array([float(t == "visit") for t in took])
    ratio = (trial(arm, baseline, outcome, control="con").effects[0].effect
             / trial(arm, baseline, uptake, control="con").effects[0].effect)  # fmt: skip
    assert received(arm, took, baseline, outcome, control="con").compliers[0].effect == pytest.approx(ratio, rel=1e-9)


def test_choosing_misleads_as_treated_and_not_the_compliers() -> None:
    rng, treated, held, rounds = np.random.default_rng(2), [], 0, 300
    for _ in range(rounds):
        beside = received(*choosing(rng), control="con")
        treated.append(beside.as_treated[0].effect)
        held += beside.compliers[0].low <= -2 <= beside.compliers[0].high
    assert np.mean(treated) < -4  # twice the truth and more: the keen fell anyhow
    assert held / rounds > 0.91  # 95% less three Monte-Carlo errors of 0.013


def test_clusters_of_one_unit_give_nearly_the_classical_interval() -> None:
    arm, took, baseline, outcome = choosing(np.random.default_rng(3), n=2000)
    plain = received(arm, took, baseline, outcome, control="con").compliers[0]
    by = received(arm, took, baseline, outcome, control="con", clusters=[str(i) for i in range(2000)]).compliers[0]
    assert (by.effect, by.df) == (pytest.approx(plain.effect), 1999)
    assert by.se == pytest.approx(plain.se, rel=0.1)


def test_as_treated_can_never_move_a_saving() -> None:
    beside = received(*choosing(np.random.default_rng(4)), control="con")
    assert not beside.as_treated[0].has_counterfactual


def test_a_draw_that_hardly_moved_anybody_is_said() -> None:
    arm, took, baseline, outcome = choosing(np.random.default_rng(5))
    took = [t if i % 20 == 0 else "con" for i, t in enumerate(took)]
    assert "not to be trusted" in received(arm, took, baseline, outcome, control="con").warning


@pytest.mark.parametrize(
    ("took", "said"),
    [(["letter"] + ["con"] * 7, "received 'letter', which is no arm"), (["con"] * 8, "nobody received 'visit'"),
     (["visit", "con", "con", "visit"] * 2, "moved nobody")],
)  # fmt: skip
def test_what_says_nothing_of_what_was_received_is_refused(took: list[str], said: str) -> None:
    arm, _, _, outcome = drawn()
    with pytest.raises(InputError, match=said):
        received(arm, took, np.array([1.0, 2, 3, 4, 1, 2, 3, 4]), outcome, control="con")


def test_holms_p_is_never_smaller_and_keeps_the_order() -> None:
    p = np.random.default_rng(6).random(7)
    adjusted = np.array(holm(p.tolist()))
    assert (adjusted >= p).all()
    assert (np.argsort(adjusted, kind="stable") == np.argsort(np.minimum(adjusted, 1), kind="stable")).all()
    assert holm([0.2, float("nan")])[0] == 0.2


def test_with_four_arms_that_do_nothing_holm_finds_one_in_at_most_one_trial_in_twenty() -> None:
    rng, rounds, found = np.random.default_rng(7), 400, 0
    for _ in range(rounds):
        arm = np.array(["con", "a", "b", "c"])[rng.permutation(np.arange(80) % 4)].tolist()
        effects = trial(arm, rng.normal(size=80), rng.normal(size=80), control="con").effects
        found += min(holm([e.p for e in effects])) < 0.05
    assert found / rounds < 0.05 + 3 * np.sqrt(0.05 * 0.95 / rounds)


def written(tmp_path: Path, rows: list[str]) -> str:
    file = tmp_path / "trial.csv"
    file.write_text("\n".join(["unit,arm,baseline,outcome,took,size", *rows]))
    return str(file)


def lines(rng: np.random.Generator, arms: tuple[str, ...] = ("a", "con", "b"), took=lambda arm, i: arm) -> list[str]:
    return [f"{i},{arms[i % len(arms)]},{rng.normal():.4f},{rng.normal():.4f},{took(arms[i % len(arms)], i)},{i + 1}"
            for i in range(30)]  # fmt: skip


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main(["prove", "trial", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_several_arms_have_holms_p_beside_the_plain_one(tmp_path, capsys) -> None:
    found = answer(capsys, written(tmp_path, lines(np.random.default_rng(8))))
    assert [e["arm"] for e in found["effects"]] == ["a", "b"]
    assert [e["p_holm"] for e in found["effects"]] == pytest.approx(list(holm([e["p"] for e in found["effects"]])))


def test_one_arm_and_no_received_leave_the_answer_as_it_was(tmp_path, capsys) -> None:
    found = answer(capsys, written(tmp_path, lines(np.random.default_rng(9), ("a", "con"))))
    assert set(found) == {"n", "arms", "effects", "naive_change", "missing", "clusters", "baseline_slope", "level"}
    assert set(found["effects"][0]) == {
        "arm", "effect", "se", "low", "high", "p", "df", "design", "has_counterfactual", "level",
    }  # fmt: skip


def test_received_reads_yes_and_no_or_an_arms_name_and_leaves_intention_to_treat_alone(tmp_path, capsys) -> None:
    file = written(tmp_path, lines(np.random.default_rng(10), took=lambda arm, i: "no" if i < 6 else "yes" if
                                   arm != "con" else "con"))  # fmt: skip
    plain, beside = answer(capsys, file), answer(capsys, file, "--received", "took")
    assert {k: v for k, v in beside.items() if k != "received"} == plain
    assert beside["received"]["taken"]["a"] == {"a": 8, "con": 2, "b": 0}


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        (lines(np.random.default_rng(1), took=lambda arm, i: "" if i == 3 else arm), ["--received", "took"], "row 5, "),
        (lines(np.random.default_rng(1), took=lambda arm, i: "yes"), ["--received", "took"], "1 or 0 where that says"),
        (lines(np.random.default_rng(1)), ["--received", "none"], "no column 'none'"),
        ([*lines(np.random.default_rng(1)), "x,a,1,1,a,-2"], ["--weights", "size"], "a weight of 0 or more"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_say_what_was_received_is_refused(rows, options, said, tmp_path, capsys) -> None:
    assert main(["prove", "trial", written(tmp_path, rows), *options, "--json"]) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n"), said in error) == ("", 1, True)


def test_the_trials_picture_shows_the_draw_first(tmp_path, capsys) -> None:
    file = written(tmp_path, lines(np.random.default_rng(11), ("a", "con"), lambda arm, i: "0" if i < 4 else "1" if
                                   arm == "a" else "0"))  # fmt: skip
    picture = tmp_path / "trial.svg"
    assert main(["prove", "trial", file, "--received", "took", "--out", str(picture)]) == 0
    text = picture.read_text()
    assert text.index("as allocated") < text.index("as treated")
