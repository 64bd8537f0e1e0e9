"""LISTEN against R `survey` 4.4 (../shared/oracle/survey), through the command line.

Tolerances are those of each case's params.json; R's svyciprop takes its p from an iterative fit, so that its logit
limits are compared with its own `xlogit` row, which does not iterate.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.listen import Design, estimate
from evenhand.stats.wilson import wilson
from shared import ORACLE, needs_oracle

pytestmark = [needs_oracle, pytest.mark.shared]
SURVEY = ORACLE / "survey"

DESIGNS = {
    "api_srs_basic": ["--weights", "pw", "--population-size", "fpc"],
    "api_strat_basic": ["--weights", "pw", "--population-size", "fpc", "--strata", "stype"],
    "api_strat_nofpc": ["--weights", "pw", "--strata", "stype"],
    "api_clus1_basic": ["--weights", "pw", "--population-size", "fpc", "--clusters", "dnum"],
}


def table(case, name="expected.csv"):
    with open(SURVEY / case / name, newline="") as file:
        return list(csv.DictReader(file))


def params(case):
    return json.loads((SURVEY / case / "params.json").read_text())


@pytest.fixture
def listen(capsys):
    def call(*words):
        assert main(["listen", *map(str, words), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return call


def asked(quantity):
    """The options that ask for one row of an expected table; None for a ratio, which is not a command."""
    if quantity.startswith("ratio"):
        return None
    if quantity == "mean stype==E:api00":
        return ["--question", "api00", "--among", "stype=E"]
    kind, column = quantity.split(":")
    if column.startswith("awards"):
        words = ["--question", "awards", "--value", column.removeprefix("awards")]
    else:
        words = ["--question", column]
    return words + ["--total"] * (kind == "total")


@pytest.mark.parametrize("case", DESIGNS)
def test_means_totals_shares_and_domains_equal_r(case, listen):
    tolerance = params(case)["tolerance_rel"]
    compared = 0
    for row in table(case):
        words = asked(row["quantity"])
        if words is None:
            continue
        found = listen("estimate", SURVEY / case / "input.csv", *words, *DESIGNS[case])["estimates"][0]
        pairs = {"estimate": "estimate", "se": "se", "df": "df", "deff": "deff"}
        if "--value" not in words or "--total" in words:  # this table gives shares a t interval
            pairs |= {"low": "ci_low", "high": "ci_high"}
        for ours, theirs in pairs.items():
            if row[theirs]:
                assert found[ours] == pytest.approx(float(row[theirs]), rel=tolerance), (row["quantity"], ours)
                compared += 1
    assert compared >= 40


def test_a_population_size_without_weights_gives_the_weights(listen):
    case, words = "api_strat_basic", ["--question", "api00", "--strata", "stype", "--population-size", "fpc"]
    with_weights = listen("estimate", SURVEY / case / "input.csv", *words, "--weights", "pw")
    without = listen("estimate", SURVEY / case / "input.csv", *words)
    assert without["population"] == pytest.approx(6194)
    for key in ("estimate", "se", "deff"):  # pw in the file has nine digits
        assert without["estimates"][0][key] == pytest.approx(with_weights["estimates"][0][key], rel=1e-6)


def test_groups_are_domains_and_equal_svyby(listen):
    case, design = "api_strat_by_group", ["--by", "stype", *DESIGNS["api_strat_basic"]]
    tolerance = params(case)["tolerance_rel"]
    path = SURVEY / case / "input.csv"
    means = listen("estimate", path, "--question", "api00", *design)["estimates"]
    shares = listen("estimate", path, "--question", "awards", "--value", "Yes", *design)["estimates"]
    assert [row["group"] for row in means] == ["E", "M", "H"]  # first appearance in the file
    for row in table(case):
        mean, share = (next(g for g in rows if g["group"] == row["stype"]) for rows in (means, shares))
        assert mean["estimate"] == pytest.approx(float(row["mean_api00"]), rel=tolerance)
        assert mean["se"] == pytest.approx(float(row["se_api00"]), rel=tolerance)
        assert share["estimate"] == pytest.approx(float(row["p_awards"]), rel=tolerance)
        assert share["n"] == {"E": 100, "M": 50, "H": 50}[row["stype"]]


@pytest.mark.parametrize(
    ("case", "question", "design"),
    [
        ("api_clus1_ciprop_methods", "sch.wide", DESIGNS["api_clus1_basic"]),
        ("api_strat_ciprop_methods", "awards", DESIGNS["api_strat_basic"]),
    ],
)
def test_intervals_of_a_share_equal_svyciprop(case, question, design, listen):
    expected = {row["method"]: row for row in table(case)}
    for ours, theirs in (("logit", "xlogit"), ("beta", "beta")):
        found = listen("estimate", SURVEY / case / "input.csv", "--question", question, "--value", "Yes",
                       "--interval", ours, *design)["estimates"][0]  # fmt: skip
        for end in ("low", "high"):
            assert found[end] == pytest.approx(float(expected[theirs][end]), rel=params(case)["tolerance_rel"])


def frame(case, margins, rest, tmp_path):
    """The case's respondents, and as many who did not respond as bring each margin to its total."""
    rows = table(case, "input.csv")
    need = {c: [label for label, n in m.items() for _ in range(round(n) - sum(r[c] == label for r in rows))]
            for c, m in margins.items()}  # fmt: skip
    path = tmp_path / "frame.csv"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        columns = [*rows[0], "responded"]
        writer.writerow(columns)
        writer.writerows([*row.values(), 1] for row in rows)
        for i in range(len(next(iter(need.values())))):
            cells = {c: labels[i] for c, labels in need.items()} | rest | {"responded": 0}
            writer.writerow([cells.get(column, "") for column in columns])
    return path


def test_raking_equals_r_with_the_calibrated_standard_error(listen, tmp_path):
    case = "apha_survey_raked"
    margins = dict(params(case)["margins"])
    people = margins.pop("N")
    path = frame(case, {c: {k: v * people for k, v in m.items()} for c, m in margins.items()}, {}, tmp_path)
    tolerance = params(case)["tolerance_rel"]
    rows = {(r["weighting"], r["quantity"]): r for r in table(case, "expected_estimates.csv")}
    rake = ["--responded", "responded", "--rake", "gender,band,org"]
    for question in ("aware", "mgr_full", "infl"):
        raked = listen("estimate", path, "--question", question, *rake)
        row, found = rows["raked", f"mean:{question}"], raked["estimates"][0]
        for ours, theirs in (("estimate", "estimate"), ("se", "se"), ("low", "ci_low"), ("high", "ci_high"),
                             ("df", "df"), ("deff", "deff")):  # fmt: skip
            assert found[ours] == pytest.approx(float(row[theirs]), rel=tolerance), (question, ours)
        plain = listen("estimate", SURVEY / case / "input.csv", "--question", question)["estimates"][0]
        for ours, theirs in (("estimate", "estimate"), ("se", "se"), ("deff", "deff")):
            assert plain[ours] == pytest.approx(float(rows["none", f"mean:{question}"][theirs]), rel=tolerance)
    weights = np.array([float(row["w"]) for row in table(case)])
    kish = json.loads((SURVEY / case / "expected_kish.json").read_text())
    assert raked["kish_ess"] == pytest.approx(kish["n_eff"], rel=tolerance)
    assert raked["weights"]["min"] == pytest.approx(weights.min(), rel=tolerance)
    assert raked["weights"]["max"] == pytest.approx(weights.max(), rel=tolerance)
    assert (raked["n"], raked["population"]) == (225, 10000)
    assert raked["response_rate"] == pytest.approx(0.0225)
    share = listen("estimate", path, "--question", "aware", "--value", "1", *rake)["estimates"][0]
    row = rows["raked", "svyciprop logit aware"]
    assert (share["low"], share["high"]) == pytest.approx((float(row["ci_low"]), float(row["ci_high"])), rel=tolerance)


def test_raking_clusters_with_a_population_size_equals_r(listen, tmp_path):
    case, weight = "api_clus1_rake_poststratify", table("api_clus1_rake_poststratify", "input.csv")[0]["pw"]
    path = frame(case, params(case)["margins"], {"pw": weight}, tmp_path)
    rows = {(r["method"], r["quantity"]): r for r in table(case, "expected_estimates.csv")}
    for method, rake in (("raked", "stype,sch.wide"), ("poststratified", "stype")):
        for quantity, words in (("mean:api00", ["api00"]), ("total:enroll", ["enroll", "--total"])):
            found = listen("estimate", path, "--question", *words, "--responded", "responded", "--rake", rake,
                           *DESIGNS["api_clus1_basic"])["estimates"][0]  # fmt: skip
            for ours, theirs in (("estimate", "estimate"), ("se", "se"), ("low", "ci_low"), ("high", "ci_high")):
                expected = float(rows[method, quantity][theirs])
                assert found[ours] == pytest.approx(expected, rel=params(case)["tolerance_rel"]), (method, ours)


def test_raking_to_one_margin_equals_calibration_to_it(listen, tmp_path):
    case = "api_clus1_calibrate"
    totals = params(case)["totals"]
    margin = {"H": totals["stypeH"], "M": totals["stypeM"], "E": totals["N"] - totals["stypeH"] - totals["stypeM"]}
    path = frame(case, {"stype": margin}, {"pw": table(case, "input.csv")[0]["pw"]}, tmp_path)
    rows = {(r["cal"], r["quantity"]): r for r in table(case, "expected_estimates.csv")}
    found = listen("estimate", path, "--question", "api00", "--responded", "responded", "--rake", "stype",
                   *DESIGNS["api_clus1_basic"])["estimates"][0]  # fmt: skip
    row = rows["raking_stype", "mean:api00"]
    assert found["estimate"] == pytest.approx(float(row["estimate"]), rel=params(case)["tolerance_rel"])
    assert found["se"] == pytest.approx(float(row["se"]), rel=params(case)["tolerance_rel"])


def test_a_change_between_two_waves_equals_svyttest(listen):
    case = "two_wave_weighted"
    expected = json.loads((SURVEY / case / "expected.json").read_text())
    found = listen("change", SURVEY / case / "input.csv", "--question", "aw", "--value", 1, "--wave", "wave",
                   "--strata", "stype", "--weights", "pw")  # fmt: skip
    near = {"rel": params(case)["tolerance_rel"]}
    assert [w["estimate"] for w in found["waves"]] == pytest.approx([expected["p_wave1"], expected["p_wave2"]], **near)
    assert [w["se"] for w in found["waves"]] == pytest.approx([expected["se1"], expected["se2"]], **near)
    assert found["change"] == pytest.approx(expected["difference"], **near)
    assert found["se"] == pytest.approx(expected["se_difference"], **near)
    test = expected["svyttest"]
    assert (found["p"], found["df"]) == pytest.approx((test["p"], test["df"]), **near)
    assert [found["low"], found["high"]] == pytest.approx(test["ci"], **near)


def test_the_survey_of_2010_has_the_published_wilson_interval():
    for row in table("qipp_survey_simple"):
        hits, n = int(row["x"]), int(row["n"])
        y = np.r_[np.ones(hits), np.zeros(n - hits)]
        found = estimate(y, Design(n), share=True, interval="wilson").group()
        for end in ("low", "high"):
            expected = float(row[f"wilson_{end}"])
            assert getattr(found, end) == pytest.approx(expected, rel=1e-9, abs=1e-15), (hits, end)
            assert getattr(wilson(hits, n), end) == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert f"{found.low:.3f}" == "0.994"
