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
from evenhand.listen.counted import COUNTED
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
    """The options that ask for one row of an expected table."""
    if quantity.startswith("ratio"):
        above, below = quantity.removeprefix("ratio:").split("/")
        return ["--question", above, "--ratio", below]
    if quantity == "mean stype==E:api00":
        return ["--question", "api00", "--among", "stype=E"]
    kind, column = quantity.split(":")
    if column.startswith("awards"):
        words = ["--question", "awards", "--value", column.removeprefix("awards")]
    else:
        words = ["--question", column]
    return words + ["--total"] * (kind == "total")


@pytest.mark.parametrize("case", DESIGNS)
def test_means_totals_shares_ratios_and_domains_equal_r(case, listen):
    tolerance = params(case)["tolerance_rel"]
    compared = 0
    for row in table(case):
        words = asked(row["quantity"])
        found = listen("estimate", SURVEY / case / "input.csv", *words, *DESIGNS[case])["estimates"][0]
        pairs = {"estimate": "estimate", "se": "se", "df": "df", "deff": "deff"}
        if "--value" not in words or "--total" in words:  # this table gives shares a t interval
            pairs |= {"low": "ci_low", "high": "ci_high"}
        for ours, theirs in pairs.items():
            if row[theirs]:
                assert found[ours] == pytest.approx(float(row[theirs]), rel=tolerance), (row["quantity"], ours)
                compared += 1
    assert compared >= 45


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
    for ours, theirs in (("logit", "xlogit"), ("beta", "beta"), ("asin", "asin"), ("mean", "mean")):
        found = listen("estimate", SURVEY / case / "input.csv", "--question", question, "--value", "Yes",
                       "--interval", ours, *design)["estimates"][0]  # fmt: skip
        for end in ("low", "high"):
            assert found[end] == pytest.approx(float(expected[theirs][end]), rel=params(case)["tolerance_rel"])
    # R reads its likelihood limits off a spline through about a dozen points of the profile; ours are solved
    found = listen("estimate", SURVEY / case / "input.csv", "--question", question, "--value", "Yes",
                   "--interval", "likelihood", *design)["estimates"][0]  # fmt: skip
    for end in ("low", "high"):
        assert found[end] == pytest.approx(float(expected["likelihood"][end]), rel=5e-6)


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


@pytest.mark.parametrize("row", ["linear_stype", "raking_stype", "linear_stype_api99", "raking_stype_api99",
                                 "logit_stype_api99"])  # fmt: skip
@pytest.mark.parametrize("quantity", ["mean:api00", "total:enroll"])
def test_calibrating_to_counts_and_sums_equals_r_with_its_standard_error(row, quantity, listen, tmp_path):
    case = "api_clus1_calibrate"
    given = params(case)["totals"]
    lines = [f"stype,H,{given['stypeH']}", f"stype,M,{given['stypeM']}",
             f"stype,E,{given['N'] - given['stypeH'] - given['stypeM']}", f"api99,,{given['api99']}"]  # fmt: skip
    (tmp_path / "totals.csv").write_text("column,value,total\n" + "\n".join(lines) + "\n")
    distance, _, columns = row.partition("_")
    bounds = ["--bounds", "0.6,1.6"] if distance == "logit" else []  # the case does not say; its weights end there
    kind, question = quantity.split(":")
    result = listen("estimate", SURVEY / case / "input.csv", "--question", question, "--calibrate",
                    columns.replace("_", ","), "--distance", distance, *bounds, "--totals", tmp_path / "totals.csv",
                    *DESIGNS["api_clus1_basic"], *["--total"] * (kind == "total"))  # fmt: skip
    expected = next(r for r in table(case, "expected_estimates.csv") if (r["cal"], r["quantity"]) == (row, quantity))
    for ours, theirs in (("estimate", "estimate"), ("se", "se"), ("low", "ci_low"), ("high", "ci_high"), ("df", "df")):
        near = pytest.approx(float(expected[theirs]), rel=params(case)["tolerance_rel"])
        assert result["estimates"][0][ours] == near, ours
    assert result["population"] == given["N"]
    weights = [float(r[f"w_{row}"]) for r in table(case)]
    # R stops its search at 1e-7 of a total, so that its logit weights are known to 2e-7 only
    near = 5e-7 if distance == "logit" else params(case)["tolerance_rel"]
    assert result["weights"]["min"] == pytest.approx(min(weights), rel=near)
    assert result["weights"]["max"] == pytest.approx(max(weights), rel=near)


def test_comparing_two_groups_and_a_table_equals_svyttest_and_svychisq(listen):
    case = "api_strat_tests"
    expected, near = json.loads((SURVEY / case / "expected.json").read_text()), {"rel": params(case)["tolerance_rel"]}
    words = [SURVEY / case / "input.csv", *DESIGNS["api_strat_basic"]]
    found, theirs = listen("test", *words, "--question", "api00", "--by", "awards"), expected["svyttest"]
    for ours in ("difference", "t", "df", "p"):
        assert found[ours] == pytest.approx(theirs[ours], **near), ours
    assert [found["low"], found["high"]] == pytest.approx(theirs["ci"], **near)
    found, theirs = listen("test", *words, "--question", "stype", "--by", "awards", "--table"), expected["svychisq_F"]
    for ours, key in (("f", "F"), ("df1", "ndf"), ("df2", "ddf"), ("p", "p")):
        assert found[ours] == pytest.approx(theirs[key], **near), ours
    theirs = expected["svychisq_Wald"]
    assert found["wald_f"] == pytest.approx(theirs["F"][0][0], **near)
    assert found["wald_p"] == pytest.approx(np.ravel(theirs["p"])[0], **near)
    assert (found["wald_df1"], found["wald_df2"]) == (theirs["ndf"], theirs["ddf"])


def test_regressions_equal_svyglm(listen):
    case = "api_strat_tests"
    expected, near = json.loads((SURVEY / case / "expected.json").read_text()), params(case)["tolerance_rel"]
    words = [SURVEY / case / "input.csv", *DESIGNS["api_strat_basic"]]
    names = {"(Intercept)": "intercept", "factor(yr.rnd)Yes": "yr.rnd=Yes", "stypeH": "stype=H", "stypeM": "stype=M"}
    cases = (
        ("svyglm_gaussian", ["--question", "api00", "--on", "ell,meals,yr.rnd"], near),
        # R's logistic fit stops a step early, so that its standard errors are known to 2e-6 only
        ("svyglm_quasibinomial", ["--question", "awards", "--value", "Yes", "--on", "meals,stype"], 3e-6),
    )
    for key, options, se in cases:
        found = {c["term"]: c for c in listen("regress", *words, *options)["coefficients"]}
        assert len(found) == len(expected[key]["coef"])
        for term, value in expected[key]["coef"].items():
            assert found[names.get(term, term)]["estimate"] == pytest.approx(value, rel=near), term
            assert found[names.get(term, term)]["se"] == pytest.approx(expected[key]["se"][term], rel=se), term


def test_the_log_odds_of_two_waves_equal_svyglm(listen, tmp_path):
    case = "two_wave_weighted"
    expected = json.loads((SURVEY / case / "expected.json").read_text())
    rows = table(case, "input.csv")
    path = tmp_path / "waves.csv"  # its design has strata within waves
    path.write_text("wave,cell,pw,aw\n" + "".join(f"w{r['wave']},{r['wave']}{r['stype']},{r['pw']},{r['aw']}\n"
                                                   for r in rows))  # fmt: skip
    found = listen("regress", path, "--question", "aw", "--value", 1, "--on", "wave", "--strata", "cell",
                   "--weights", "pw")["coefficients"][1]  # fmt: skip
    near = params(case)["tolerance_rel"]
    assert found["estimate"] == pytest.approx(expected["logit_log_odds_ratio"], rel=near)
    assert found["se"] == pytest.approx(expected["se_log_odds_ratio"], rel=3e-6)  # as above


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


def test_a_published_share_has_every_textbook_interval(listen):
    for row in table("qipp_survey_simple"):
        for kind in COUNTED:
            found = listen("share", row["x"], row["n"], "--interval", kind)
            for end in ("low", "high"):
                assert found[end] == pytest.approx(float(row[f"{kind}_{end}"]), rel=1e-9, abs=1e-15), (row, kind)


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
