"""Calibrating, comparing and regressing: what linear.py does beside svy, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.listen import Design, association, difference, estimate, regress
from evenhand.listen.known import known
from evenhand.listen.svy_adapter import Surveyed
from evenhand.stats.calibration import calibrate


def survey(seed=7, rows=240):
    """A frame of strata, clusters and two raking columns, of which about half answered a yes or no."""
    rng = np.random.default_rng(seed)
    strata = rng.choice(["a", "b", "c"], rows)
    clusters = [f"{i % 40}" for i in range(rows)]
    job, region = rng.choice(["gp", "nurse"], rows).tolist(), rng.choice(["n", "s", "w"], rows).tolist()
    responded = rng.random(rows) < 0.6
    y = np.where(responded, (rng.random(rows) < 0.4).astype(float), np.nan)
    age = rng.normal(45, 9, rows)
    design = Design(rows, strata=strata.tolist(), clusters=clusters, responded=responded,
                    weights=rng.uniform(1, 3, rows))  # fmt: skip
    return design, y, job, region, age


def with_(design, **more):
    return Design(**{name: getattr(design, name) for name in ("rows", "strata", "clusters", "responded", "weights")}
                  | more)  # fmt: skip


@pytest.mark.parametrize("raked", [False, True])
def test_our_linearisation_gives_the_standard_error_of_svy(raked):
    design, y, job, region, _ = survey()
    people = Surveyed(with_(design, rake={"job": job, "region": region} if raked else {}), y)
    everyone = np.ones(len(people.rows), dtype=bool)
    theirs, w, answers = people.mean(everyone), people.weights, y[people.rows]
    adds = (answers - (w * answers).sum() / w.sum()) / w.sum()
    assert np.sqrt(people.together(adds[:, None])[0, 0]) == pytest.approx(theirs.se, rel=1e-9)
    assert people.df(everyone) == theirs.df


def test_calibrating_to_the_counts_of_one_column_is_raking_to_it():
    design, y, job, _, _ = survey()
    raked = estimate(y, with_(design, rake={"job": job}), share=True).group()
    met = estimate(y, with_(design, calibrate={"job": job}), share=True).group()
    assert met.estimate == pytest.approx(raked.estimate, rel=1e-9)
    assert met.df == raked.df
    # what the column explains is found with base weights when calibrating, without when raking, as R has it
    assert met.se == pytest.approx(raked.se, rel=0.01)


@given(st.sampled_from(["linear", "raking", "logit"]), st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_calibrated_weights_meet_every_total(distance, seed):
    rng = np.random.default_rng(seed)
    known_columns = np.column_stack([np.ones(80), rng.random(80) < 0.5, rng.normal(40, 5, 80)])
    weights = rng.uniform(1, 4, 80)
    totals = known_columns.T @ (weights * rng.uniform(0.9, 1.1, 80))
    found = calibrate(weights, known_columns, totals, distance=distance, bounds=(0.3, 3))
    assert known_columns.T @ found == pytest.approx(totals, rel=1e-8)
    if distance == "logit":
        assert ((found / weights > 0.3) & (found / weights < 3)).all()


def test_a_column_that_explains_the_answer_makes_it_surer():
    design, _, _, _, age = survey()
    y = np.where(design.responded, age * 2 + np.random.default_rng(1).normal(0, 1, design.rows), np.nan)
    plain, met = estimate(y, design).group(), estimate(y, with_(design, calibrate={"age": age})).group()
    assert met.se < plain.se / 4
    assert met.estimate == pytest.approx(2 * age.mean(), abs=0.5)


def test_a_ratio_to_one_is_a_mean_and_a_difference_that_of_two_means():
    design, y, job, region, age = survey()
    plan = with_(design, calibrate={"region": region, "age": age})
    mean = estimate(y, plan).group()
    ratio = estimate(y, plan, over=np.ones(len(y))).group()
    assert (ratio.estimate, ratio.se) == pytest.approx((mean.estimate, mean.se))
    gap = difference(y, plan, job)
    groups = {e.group: e.estimate for e in estimate(y, plan, by=job).estimates}
    assert gap.difference == pytest.approx(groups["nurse"] - groups["gp"])


def test_a_regression_on_one_group_is_the_difference_of_means():
    design, y, job, _, _ = survey()
    gap, fitted = difference(y, design, job), regress(y, design, {"job": job}).coefficients[1]
    assert (fitted.term, fitted.estimate, fitted.se) == ("job=nurse", pytest.approx(gap.difference),
                                                        pytest.approx(gap.se))  # fmt: skip


def test_chance_alone_is_called_a_difference_five_times_in_a_hundred():
    rng = np.random.default_rng(11)
    runs, found = 300, np.zeros(2)
    for _ in range(runs):
        job = rng.choice(["a", "b", "c"], 200).tolist()
        said = rng.choice(["yes", "no"], 200)
        found[0] += association(said.tolist(), Design(200), job).p < 0.05
        halves = ["x"] * 100 + ["y"] * 100
        found[1] += difference((said == "yes").astype(float), Design(200), halves).p < 0.05
    assert found / runs == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / runs))


ROWS = "who,heard,age\n" + "gp,yes,40\ngp,no,50\nnurse,yes,30\nnurse,no,35\n" * 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["estimate", "--calibrate", "who"], "--responded"),
        (["estimate", "--calibrate", "who", "--rake", "who", "--responded", "one"], "give one of them"),
        (["estimate", "--rake", "who", "--totals", "{totals}"], "'nurse', for which no total is given"),
        (["estimate", "--calibrate", "age", "--totals", "{totals}"], "no total is given for 'age'"),
        (["estimate", "--calibrate", "who", "--responded", "one", "--distance", "logit"], "--bounds"),
        (["estimate", "--ratio", "age"], "--value"),
        (["test", "--by", "who", "--first", "gpp"], "did you mean 'gp'"),
        (["test", "--by", "age"], "found 4"),
        (["regress", "--on", "who,who2"], "sum of the others"),
    ],
)
def test_a_fault_is_refused_in_one_line(words, said, tmp_path, capsys):
    lines = ROWS.splitlines()
    path, totals = tmp_path / "survey.csv", tmp_path / "totals.csv"
    path.write_text("\n".join([lines[0] + ",one,who2", *(f"{line},1,{line.split(',')[0]}" for line in lines[1:])]))
    totals.write_text("column,value,total\nwho,gp,100\n")
    options = [word.format(totals=totals) for word in words[1:]]
    assert main(["listen", words[0], str(path), "--question", "heard", "--value", "yes", *options, "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


def test_totals_of_two_populations_are_refused():
    columns = {"a": ["x", "y"] * 10, "b": ["u"] * 20}
    with pytest.raises(InputError, match="different populations"):
        known(columns, np.ones(20, dtype=bool), {"a": {"x": 60, "y": 40}, "b": {"u": 200}})


def test_the_output_says_where_an_interval_may_not_hold(tmp_path, capsys):
    path = tmp_path / "s.csv"
    path.write_text("g,heard,one\n" + "a,yes,1\na,no,1\n" * 100 + "b,yes,1\nb,no,1\n" * 20 + "c,no,1\n" * 190
                    + "c,yes,1\n" * 10)  # fmt: skip
    words = ["listen", "estimate", str(path), "--question", "heard", "--value", "yes", "--by", "g", "--json"]
    assert main([*words, "--responded", "one"]) == 0
    found = json.loads(capsys.readouterr().out)["cautions"]
    assert [caution.split(":")[0] for caution in found] == ["b", "c"]
    assert main(words) == 0  # no frame
    assert json.loads(capsys.readouterr().out)["cautions"][0].startswith("These are those who answered")


def test_what_is_published_has_no_small_group_and_no_interval_without_a_frame(tmp_path, capsys):
    path = tmp_path / "s.csv"
    path.write_text("g,heard\n" + "a,yes\na,no\n" * 20 + "b,yes\n" * 6 + "c,no\n" * 12)
    words = ["listen", "estimate", str(path), "--question", "heard", "--value", "yes", "--by", "g", "--json"]
    assert main([*words, "--publish"]) == 0
    rows = {row["group"]: row for row in json.loads(capsys.readouterr().out)["estimates"]}
    assert [rows[g]["n"] for g in "abc"] == [40, None, None]  # c goes with b, for else b could be worked out
    assert rows["b"]["estimate"] is None
    assert (rows["a"]["estimate"], rows["a"]["low"]) == (0.5, None)
