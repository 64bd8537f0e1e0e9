"""Interrupted series as R has them: oracle/its, all seven cases (nlme, sandwich, lmtest, MASS).

Tolerances are those of each case's params.json: 1e-8 (1e-7 for the counts) for least squares with any errors, 1e-4 for
gls by REML, as nlme stops its search there. The one field not compared is NW_auto_bandwidth: we take no automatic lag.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.prove.counts import counts
from evenhand.prove.robust import least_squares, long_run
from evenhand.prove.segmented import columns
from evenhand.prove.series_window import window
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle

FOLDER = ORACLE / "its"
SEASONS = {"none": [], "month": ["--season", "month"], "harm1": ["--season", "harmonic", "--harmonics", 1],
           "harm2": ["--season", "harmonic", "--harmonics", 2]}  # fmt: skip
GAUSSIAN = (
    "ae_england_2018_04", "antibiotics_2013_month_dummies", "antibiotics_2013_none", "antibiotics_2015_qp_harm2",
    "anxiolytic_adq_england_2022", "cdi_hospital_intervention",
)  # fmt: skip
SHORT = ("ae_england_2018_04", "cdi_hospital_intervention")  # 36 months: the oracle goes to 3 lags there
COUNTS = "cdi_counts_offset"


def rows(case: str, file: str) -> list[dict[str, str]]:
    with (FOLDER / case / file).open() as opened:
        return list(csv.DictReader(opened))


@cache
def params(case: str) -> dict[str, Any]:
    return json.loads((FOLDER / case / "params.json").read_text())


def ours(term: str) -> str:
    """Our name of R's coefficient."""
    if term.startswith("factor(month)"):
        return f"month {term[13:]}"
    for wave, text in ((1, "2 * pi * t/12"), (2, "4 * pi * t/12")):
        term = term.replace(f"({text})", f" {wave}")
    return term


def told(capsys: pytest.CaptureFixture[str], case: str, *words: object) -> Any:
    asked = params(case)
    file = FOLDER / case / "input.csv"
    season = SEASONS[asked.get("season", "none")]
    assert main([str(w) for w in ("prove", "series", file, "--start", asked["intervention_start"], *season, *words,
                                  "--json")]) == 0  # fmt: skip
    return json.loads(capsys.readouterr().out)


def close(found: Any, wanted: object, tolerance: float) -> None:
    assert found == pytest.approx(float(wanted), rel=tolerance, abs=1e-12)


@pytest.mark.parametrize("case", GAUSSIAN)
def test_gls_by_reml_is_nlmes(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, case)
    expected = [row for row in rows(case, "expected_gls_ar1.csv") if row["method"] == "REML"]
    tolerance = params(case)["tolerance_gls_rel"]
    close(found["autocorrelation"]["phi"], expected[0]["phi"], tolerance)
    close(found["loglik"], expected[0]["loglik"], tolerance)
    for row in expected:
        term = found["terms"][ours(row["term"])]
        close(term["estimate"], row["estimate"], tolerance)
        close(term["se"], row["se"], tolerance)
    assert found["level"] == found["terms"]["post"]
    assert found["slope"] == found["terms"]["t_post"]


@pytest.mark.parametrize(
    ("case", "vcov", "words"),
    [
        (case, vcov, words)
        for case in GAUSSIAN
        for vcov, words in (
            ("ols", ["--errors", "model"]),
            ("HC1", ["--errors", "hc1"]),
            *((f"NW_lag{lag}_adjTRUE", ["--errors", "newey-west", "--lags", lag]) for lag in (0, 1, 3, 12)),
        )
        if vcov != "NW_lag12_adjTRUE" or case not in SHORT
    ],
)
def test_least_squares_has_rs_errors(case: str, vcov: str, words: list[object], capsys: Any) -> None:
    expected = [row for row in rows(case, "expected.csv") if row["vcov"] == vcov]
    assert expected
    found = told(capsys, case, *words)
    for row in expected:
        term = found["terms"][ours(row["term"])]
        for name, column in (("estimate", "estimate"), ("se", "se"), ("low", "ci_low"), ("high", "ci_high"),
                             ("p", "p")):  # fmt: skip
            close(term[name], row[column], params(case)["tolerance_rel"])
    assert found["indicative"]


@pytest.mark.parametrize("case", GAUSSIAN)
def test_newey_west_without_the_small_sample_factor_is_rs_too(case: str) -> None:
    """The command always multiplies by n/(n - k); here that is divided out again."""
    data = rows(case, "input.csv")
    seen = window(np.array([r["date"] for r in data], dtype="datetime64[D]"), np.array([float(r["y"]) for r in data]),
                  np.datetime64(params(case)["intervention_start"]), None, None, per_day=False)  # fmt: skip
    season = params(case)["season"]
    X, names = columns(
        seen.at, seen.first_after, season="harmonic" if season.startswith("harm") else season, months=seen.months,
        year=12.0, harmonics=int(season[-1]) if season.startswith("harm") else 0,
    )  # fmt: skip
    n, k = X.shape
    for lag in (0, 1, 3, 12):
        se = np.sqrt(np.diag(least_squares(seen.y, X, seen.at, lags=lag).cov) * (n - k) / n)
        for row in rows(case, "expected.csv"):
            if row["vcov"] == f"NW_lag{lag}_adjFALSE" or (lag == 0 and row["vcov"] == "HC0"):
                close(float(se[names.index(ours(row["term"]))]), row["se"], params(case)["tolerance_rel"])


@pytest.mark.parametrize("case", GAUSSIAN)
def test_effects_cumulative_and_diagnostics_are_rs(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, case, "--errors", "newey-west", "--lags", 3)
    tolerance = params(case)["tolerance_rel"]
    for row in rows(case, "expected_effects.csv"):
        month = found["counterfactual"][int(row["months_after"])]
        for name, column in (("fitted", "fitted"), ("counterfactual", "counterfactual"), ("effect", "effect"),
                             ("effect_low", "ci_low"), ("effect_high", "ci_high")):  # fmt: skip
            close(month[name], row[column], tolerance)
    expected = json.loads((FOLDER / case / "expected_diagnostics.json").read_text())
    leaning = found["autocorrelation"]
    for name, column in (
        ("durbin_watson", "dw"), ("breusch_godfrey_1", "bg1_LM"), ("breusch_godfrey_1_p", "bg1_p"),
        ("breusch_godfrey_12", "bg12_LM"), ("breusch_godfrey_12_p", "bg12_p"), ("ljung_box", "ljungbox12"),
    ):  # fmt: skip
        close(leaning[name], expected[column], tolerance)
    assert leaning["durbin_watson_p"] == pytest.approx(expected["dw_p"], abs=1e-7)  # R sums what we integrate
    assert leaning["acf"] == pytest.approx(expected["acf1_3"], rel=tolerance)
    for name, column in (("sigma", "sigma"), ("r_squared", "r2"), ("n", "n"), ("n_pre", "n_pre"),
                         ("n_post", "n_post")):  # fmt: skip
        close(found[name], expected[column], tolerance)
    close(found["cumulative"]["estimate"], expected["cumulative_effect"], tolerance)
    close(found["cumulative"]["se"], expected["cumulative_se"], tolerance)


def test_the_published_antibiotic_series_is_found_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Stata's itsa as published, to the four decimals that were printed."""
    found = told(capsys, "antibiotics_2013_month_dummies", "--errors", "newey-west", "--lags", 0)
    for row in rows("antibiotics_2013_month_dummies", "expected_published.csv"):
        term = found["terms"][ours(row["term"])]
        wanted = [float(row[name]) for name in ("published_coef", "published_low", "published_high")]
        assert [term[name] for name in ("estimate", "low", "high")] == pytest.approx(wanted, abs=6e-5)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("poisson", ["--family", "poisson"]),
        ("poisson_NW3_adjTRUE", ["--family", "poisson", "--errors", "newey-west", "--lags", 3]),
        ("quasipoisson", ["--family", "quasipoisson", "--errors", "model"]),
        ("negbin", ["--family", "negbin"]),
    ],
)
def test_count_models_with_an_offset_are_rs(model: str, words: list[object], capsys: Any) -> None:
    found = told(capsys, COUNTS, "--denominator", "n", *words)
    tolerance = params(COUNTS)["tolerance_negbin_rel" if model == "negbin" else "tolerance_rel"]
    for row in rows(COUNTS, "expected.csv"):
        if row["model"] == model:
            term = found["terms"][row["term"]]
            for name, column in (("estimate", "estimate"), ("se", "se"), ("low", "ci_low"), ("high", "ci_high"),
                                 ("p", "p")):  # fmt: skip
                close(term[name], row[column], tolerance)
            close(term["ratio"], row["exp_estimate"], tolerance)
    expected = json.loads((FOLDER / COUNTS / "expected_diagnostics.json").read_text())
    if model == "negbin":
        close(found["theta"], expected["theta"], 1e-3)  # a flat peak: R stops at 1e-4 of its step
    else:
        close(found["dispersion"], expected["pearson_dispersion"], tolerance)


def test_count_models_without_the_small_sample_factor_are_rs() -> None:
    data = rows(COUNTS, "input.csv")
    y, n = (np.array([float(r[name]) for r in data]) for name in ("y", "n"))
    seen = window(np.array([r["date"] for r in data], dtype="datetime64[D]"), y, np.datetime64("2014-11-01"), n, None,
                  per_day=False)  # fmt: skip
    X, names = columns(seen.at, seen.first_after, season="none", months=seen.months, year=12.0, harmonics=0)
    found = counts(y, X, seen.at, np.log(n), family="poisson")
    close(float(2 * np.sum(y * np.log(y / found.mean) - (y - found.mean))),
          json.loads((FOLDER / COUNTS / "expected_diagnostics.json").read_text())["deviance"], 1e-7)  # fmt: skip
    bread = np.linalg.inv(X.T @ (X * found.mean[:, None]))
    for lags, model in ((0, "poisson_HC0"), (3, "poisson_NW3_adjFALSE")):
        se = np.sqrt(np.diag(bread @ long_run(X * (y - found.mean)[:, None], seen.at, lags) @ bread))
        for row in rows(COUNTS, "expected.csv"):
            if row["model"] == model:
                close(float(se[names.index(row["term"])]), row["se"], params(COUNTS)["tolerance_rel"])


def test_the_ratio_stands_beside_a_rate(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, COUNTS, "--denominator", "n")
    assert found["counts"]["level"]["ratio"] == pytest.approx(0.518476696588494, rel=1e-7)
    assert found["counts"]["dispersion"] == pytest.approx(1.30127406826006, rel=1e-7)
