"""Estimating a survey: weights, groups as domains, raking, intervals, and what is refused or hidden."""

from __future__ import annotations

import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta as beta_distribution
from scipy.stats import t as t_distribution

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.listen import Design, estimate, hits, share_interval, suppress
from evenhand.stats.wilson import wilson


@pytest.fixture
def run(tmp_path, capsys):
    def call(text, *words, command="estimate"):
        (tmp_path / "survey.csv").write_text(text)
        code = main(["listen", command, f"{tmp_path}/survey.csv", *words, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


def rows(**groups):
    """A survey file: name=(people, yes) rows of `who,heard`."""
    lines = [f"{who},{'yes' if i < yes else 'no'}" for who, (n, yes) in groups.items() for i in range(n)]
    return "who,heard\n" + "\n".join(lines) + "\n"


def test_42_percent_of_600_doctors_had_not_heard_of_qipp(run):
    found = run(rows(doctor=(600, 252)), "--question", "heard", "--value", "yes", "--interval", "wilson")
    assert (found["n"], found["level"]) == (600, 0.95)
    assert found["estimates"][0]["estimate"] == pytest.approx(0.42)
    assert found["estimates"][0]["low"] == pytest.approx(0.3811, abs=5e-5)  # published: 38.1 to 46.0
    assert found["estimates"][0]["high"] == pytest.approx(0.4599, abs=5e-5)


def test_json_holds_what_the_interface_says(run):
    found = run(rows(gp=(20, 5), nurse=(12, 9)), "--question", "heard", "--value", "yes", "--by", "who")
    assert {"n", "population", "response_rate", "kish_ess", "weights", "estimates", "level"} <= found.keys()
    assert found["weights"] == {"min": 1, "max": 1, "sum": 32}
    assert found["response_rate"] is None
    assert [row["group"] for row in found["estimates"]] == ["gp", "nurse"]
    assert list(found["estimates"][0]) == ["group", "n", "estimate", "se", "low", "high", "df", "deff"]
    assert [row["estimate"] for row in found["unweighted"]] == pytest.approx([0.25, 0.75])
    assert found["has_frame"] is False


def test_among_is_a_domain_and_not_a_filter(run):
    # 20 of 40 strata-1 people and 4 of 40 strata-2 people are aware: by hand below, with every row in the variance.
    text = "stratum,aware,positive\n" + "".join(
        f"{s},{'yes' if i < aware else 'no'},{'yes' if i < positive else 'no' if i < aware else ''}\n"
        for s, aware, positive in (("1", 20, 5), ("2", 4, 3)) for i in range(40)
    )
    found = run(text, "--question", "positive", "--value", "yes", "--among", "aware=yes", "--strata", "stratum")
    domain = found["estimates"][0]
    share = 8 / 24
    variance = 0.0
    for aware, positive in ((20, 5), (4, 3)):
        scores = np.r_[[(1 - share) / 24] * positive, [-share / 24] * (aware - positive), [0.0] * (40 - aware)]
        variance += 40 / 39 * ((scores - scores.mean()) ** 2).sum()
    assert (domain["n"], domain["estimate"]) == (24, pytest.approx(share))
    assert domain["se"] == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_raking_meets_the_frame_and_moves_the_estimate():
    # 300 GPs and 100 consultants were asked; 30 and 50 answered, 6 and 40 of them yes.
    who = ["gp"] * 300 + ["consultant"] * 100
    responded = np.r_[np.ones(30), np.zeros(270), np.ones(50), np.zeros(50)].astype(bool)
    y = np.full(400, np.nan)
    y[:30], y[300:350] = np.r_[np.ones(6), np.zeros(24)], np.r_[np.ones(40), np.zeros(10)]
    found = estimate(y, Design(400, responded=responded, rake={"who": who}), share=True)
    assert found.group().estimate == pytest.approx(0.75 * 0.2 + 0.25 * 0.8)
    assert found.unweighted[0].estimate == pytest.approx(46 / 80)
    assert (found.weights.min, found.weights.max) == pytest.approx((2, 10))
    assert (found.population, found.response_rate) == (400, pytest.approx(0.2))
    assert found.kish_ess == pytest.approx(400**2 / (30 * 100 + 50 * 4))


def test_propensity_cells_do_by_themselves_what_raking_to_one_column_does():
    who = ["gp"] * 60 + ["nurse"] * 40
    responded = np.array([i % 3 == 0 for i in range(60)] + [i % 2 == 0 for i in range(40)])
    y = np.where(responded, np.array([i % 4 == 0 for i in range(100)], dtype=float), np.nan)
    cells = estimate(y, Design(100, responded=responded, propensity={"who": who}), share=True)
    raked = estimate(y, Design(100, responded=responded, rake={"who": who}), share=True)
    assert cells.group().estimate == pytest.approx(raked.group().estimate, rel=1e-12)
    assert cells.weights.sum == pytest.approx(100)


def test_propensity_cells_under_ten_are_joined():
    who = ["a"] * 30 + ["b"] * 8 + ["c"] * 6
    responded = np.array([i % 2 == 0 for i in range(44)])
    y = np.where(responded, 1.0, np.nan)
    y[0] = 0.0
    found = estimate(y, Design(44, responded=responded, propensity={"who": who}), share=True)
    assert found.weights.sum == pytest.approx(44)
    assert found.weights.min == found.weights.max == pytest.approx(2)


@pytest.mark.parametrize("raked", [False, True])
def test_the_95_percent_interval_holds_the_truth_as_often_as_it_says(raked):
    rng = np.random.default_rng(2010)
    draws, held = 300, 0
    who = np.array(["gp"] * 240 + ["nurse"] * 160)
    chance = np.where(who == "gp", 0.3, 0.7)  # truth: 0.46; nurses answer twice as often
    for _ in range(draws):
        responded = rng.random(400) < (np.where(who == "gp", 0.3, 0.6) if raked else 0.4)
        y = np.where(responded, rng.random(400) < chance, np.nan)
        rake = {"who": who.tolist()} if raked else {}
        group = estimate(y, Design(400, responded=responded, rake=rake), share=True).group()
        held += group.low <= 0.46 <= group.high
    assert held / draws == pytest.approx(0.95, abs=0.035)  # 2.7 standard errors of 300 draws


def test_without_raking_a_group_that_answers_less_biases_the_estimate():
    rng = np.random.default_rng(5)
    who = np.array(["gp"] * 2400 + ["nurse"] * 1600)
    responded = rng.random(4000) < np.where(who == "gp", 0.1, 0.6)
    y = np.where(responded, rng.random(4000) < np.where(who == "gp", 0.3, 0.7), np.nan)
    plain = estimate(y, Design(4000, responded=responded), share=True).group()
    raked = estimate(y, Design(4000, responded=responded, rake={"who": who.tolist()}), share=True).group()
    assert plain.low > 0.46
    assert raked.low < 0.46 < raked.high


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(1, 5)), min_size=4, max_size=30), st.floats(0.5, 40))
def test_scaling_all_weights_changes_no_share(people, scale):
    y = np.array([float(a) for a, _ in people])
    weights = np.array([float(w) for _, w in people])
    once, scaled = (estimate(y, Design(len(y), weights=w), share=True).group() for w in (weights, weights * scale))
    assert scaled.estimate == pytest.approx(once.estimate)
    assert scaled.se == pytest.approx(once.se, abs=1e-12)


def test_everyone_twice_as_two_clusters_is_no_surer_than_everyone_once():
    y = np.array([1.0, 0, 0, 1, 1, 0, 1, 1, 0, 1])
    once = estimate(y, Design(10), share=True).group()
    twice = estimate(np.tile(y, 2), Design(20, clusters=[str(i) for i in range(10)] * 2), share=True).group()
    assert twice.se == pytest.approx(once.se)
    assert twice.df == 9


@pytest.mark.parametrize("kind", ["wilson", "beta", "likelihood"])
def test_an_interval_at_0_or_1_still_says_how_little_is_known(kind):
    low, high = share_interval(0.0, 0.0, 30, 29, kind=kind)
    expected = {
        "wilson": wilson(0, 30).high,
        "beta": beta_distribution.ppf(0.975, 1, 30),
        "likelihood": 1 - math.exp(-(t_distribution.ppf(0.975, 29) ** 2) / 60),  # -2 n log(1 - q) = t^2
    }[kind]
    assert (low, high) == (0.0, pytest.approx(expected))
    assert share_interval(1.0, 0.0, 30, 29, kind=kind) == (pytest.approx(1 - expected), 1.0)
    assert all(math.isnan(end) for end in share_interval(1.0, 0.0, 30, 29, kind="logit"))


INSIDE = st.sampled_from(["logit", "wilson", "beta", "likelihood"])


@given(st.floats(0.02, 0.98), st.integers(12, 500), st.floats(0.5, 3), INSIDE)
def test_an_interval_holds_its_share_and_stays_between_0_and_1(share, n, deff, kind):
    se = math.sqrt(deff * share * (1 - share) / (n - 1))
    low, high = share_interval(share, se, n, n - 1, kind=kind)
    assert 0 <= low < share < high <= 1


def test_few_clusters_widen_the_interval():
    narrow, wide = (share_interval(0.4, 0.05, 200, df, kind="wilson") for df in (199, 5))
    assert wide[1] - wide[0] > 1.2 * (narrow[1] - narrow[0])


def test_totals_count_people():
    y = np.array([1.0] * 30 + [0.0] * 70)
    found = estimate(y, Design(100, weights=np.full(100, 12.0)), share=True, total=True)
    assert found.group().estimate == pytest.approx(360)
    assert found.statistic == "total"


def test_a_missing_answer_is_missing_and_not_a_no(run):
    found = run("who,heard\ngp,yes\ngp,\ngp,no\ngp,NA\n", "--question", "heard", "--value", "yes")
    assert (found["n"], found["estimates"][0]["n"], found["estimates"][0]["estimate"]) == (4, 2, 0.5)


def test_a_group_that_nobody_answered_in_is_null(run):
    found = run("who,heard\ngp,yes\ngp,no\ngp,no\nnurse,\n", "--question", "heard", "--value", "yes", "--by", "who")
    assert found["estimates"][1]["n"] == 0
    assert found["estimates"][1]["estimate"] is None


def test_one_option_of_many_is_found_in_its_cell(run):
    text = "q\na;b\nb\nc\n\n"
    found = run(text, "--question", "q", "--value", "b", "--multiple")
    assert found["estimates"][0]["estimate"] == pytest.approx(2 / 3)


def test_parquet_and_csv_give_the_same_answer(tmp_path, capsys):
    pq.write_table(pa.table({"q": [1.0, 0.0, None, 1.0]}), tmp_path / "s.parquet")
    (tmp_path / "s.csv").write_text("q,x\n1,a\n0,a\n,a\n1,a\n")
    shares = []
    for file in ("s.parquet", "s.csv"):
        assert main(["listen", "estimate", f"{tmp_path}/{file}", "--question", "q", "--value", "1", "--json"]) == 0
        shares.append(json.loads(capsys.readouterr().out)["estimates"])
    assert shares[0] == shares[1]
    assert hits(["01", "1"], "1").tolist() == [0, 1]


def test_a_small_group_is_hidden_and_cannot_be_worked_out():
    y = np.array([1.0, 0.0] * 45)
    who = ["gp"] * 50 + ["nurse"] * 31 + ["midwife"] * 9
    shown = suppress(estimate(y, Design(90), share=True, by=who))
    assert [(e.group, e.suppressed) for e in shown.estimates] == [("gp", False), ("nurse", True), ("midwife", True)]
    assert all(math.isnan(e.estimate) and math.isnan(e.high) for e in shown.estimates if e.suppressed)
    assert [e.n for e in shown.unweighted] == [50, None, None]


FILE = "who,where,heard,w,asked,pop\ngp,n,yes,1,1,9\ngp,s,no,2,1,9\nnurse,n,yes,1,0,9\nnurse,s,yes,1,1,9\n"


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        (FILE, ["--question", "herd", "--value", "yes"], "no column 'herd'; did you mean 'heard'?"),
        (FILE, ["--question", "heard", "--value", "Yes"], "did you mean 'yes'?"),
        (FILE, ["--question", "heard"], "row 2, column 'heard': expected a number"),
        (FILE, ["--question", "heard", "--value", "yes", "--among", "who"], "expected COL=V"),
        (FILE, ["--question", "heard", "--value", "yes", "--among", "who=vet"], "no row has who=vet"),
        (FILE, ["--question", "heard", "--value", "yes", "--rake", "who"], "--responded"),
        (FILE.replace("nurse,s,yes,1,1", "nurse,s,yes,1,0"),
         ["--question", "heard", "--value", "yes", "--responded", "asked", "--rake", "who"],
         "column 'who': 'nurse' has 2 rows and no respondent"),
        (FILE.replace("nurse,n", ",n"),
         ["--question", "heard", "--value", "yes", "--responded", "asked", "--rake", "who"], "row 4, column 'who'"),
        (FILE, ["--question", "heard", "--value", "yes", "--responded", "w"], "row 3, column 'w': expected 1 or 0"),
        (FILE.replace("no,2", "no,-2"), ["--question", "heard", "--value", "yes", "--weights", "w"], "row 3"),
        (FILE.replace("no,2", "no,"), ["--question", "heard", "--value", "yes", "--weights", "w"], "not a blank"),
        (FILE.replace("no,2,1,9", "no,2,1,8"), ["--question", "heard", "--value", "yes", "--population-size", "pop"],
         "row 3: population size: expected 9"),
        (FILE.replace(",9", ",3"), ["--question", "heard", "--value", "yes", "--population-size", "pop"],
         "expected at least the 4 sampled, found 3"),
        (FILE.replace("gp,s", "vet,s"), ["--question", "heard", "--value", "yes", "--strata", "who"], "one cluster"),
        (FILE.replace("gp,s", ",s"), ["--question", "heard", "--value", "yes", "--strata", "who"], "row 3, column"),
        (FILE, ["--question", "heard", "--value", "yes", "--level", "95"], "--level"),
        ("", ["--question", "heard"], "empty"),
        ("who,heard\ngp,\n", ["--question", "heard"], "nobody among those asked about answered"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_in_one_line_that_says_where(run, text, words, said):
    code, message = run(text, *words)
    assert code == 2
    assert message.count("\n") == 1
    assert said in message


def test_margins_that_no_weights_can_meet_are_refused():
    # a and c answer together always, b and d never with them: the two columns ask for different splits of them
    left, right = ["a"] * 10 + ["b"] * 30, ["c"] * 30 + ["d"] * 10
    responded = np.array([True] * 10 + [False] * 20 + [True] * 10)
    with pytest.raises(InputError, match="did not converge"):
        estimate(np.arange(40.0), Design(40, responded=responded, rake={"left": left, "right": right}))
