"""Every open shrinkage case: lme4's glmer (nAGQ = 1) and lmer, metafor, Marshall's moments.

Tolerance: the cases' own tolerance_abs_logscale (0.001), and 0.0002 for sd and shares: lme4 stops its inner loop at
1e-7 of the penalised deviance, which moves sd by up to 0.00015 here; at its parameters our likelihood is never higher.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.see import shrink, shrink_known, shrink_moments, shrink_rows
from evenhand.see.shrink_normal import between_variance
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle
FOLDER = ORACLE / "shrinkage"
CASES = sorted(
    p.parent.name for p in FOLDER.glob("*/expected_headline.json") if "glmer" in (p.parent / "params.json").read_text()
)
RELATIVE = 2e-4
CLOSE = {"ae_type2_breaches_binomial", "ccg_highdose_opioid_binomial", "ccg_opioid_items_poisson",
         "medpar_deaths_binomial_laplace"}  # fmt: skip


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", CASES)
def test_intercept_spread_and_every_unit_are_the_peers(name):
    said = json.loads((FOLDER / name / "params.json").read_text())
    headline = json.loads((FOLDER / name / "expected_headline.json").read_text())
    rows = _rows(FOLDER / name / "input.csv")
    expected = {row["unit"]: row for row in _rows(FOLDER / name / "expected.csv")}
    found = shrink([r["unit"] for r in rows], [float(r["x"]) for r in rows], [float(r["n"]) for r in rows],
                   family="poisson" if "poisson" in said["model"] else "binomial")  # fmt: skip

    def peer(column):
        return np.array([float(expected[unit][column]) for unit in found.units])

    absolute = float(said["tolerance_abs_logscale"])
    assert found.intercept == pytest.approx(headline["intercept"], abs=absolute)
    np.testing.assert_allclose(found.mode, peer("u_mode"), atol=absolute)
    relative = 5e-5 if name in CLOSE else RELATIVE
    assert found.sd_unit == pytest.approx(headline["sd_unit"], rel=relative)
    np.testing.assert_allclose(found.conditional_sd, peer("u_cond_sd"), rtol=relative)
    np.testing.assert_allclose(found.raw, peer("raw"), rtol=1e-12)
    np.testing.assert_allclose(found.shrunken, peer("shrunk"), rtol=relative)
    np.testing.assert_allclose(found.low, peer("low95"), rtol=1.5 * relative)
    np.testing.assert_allclose(found.high, peer("high95"), rtol=1.5 * relative)


def test_known_variances_give_the_peers_spread_and_units():
    folder = FOLDER / "medpar_sr_metafor"
    rows = _rows(folder / "input.csv")
    x, n = (np.array([float(row[name]) for row in rows]) for name in ("x", "n"))
    for peer in _rows(folder / "expected_tau2_methods.csv"):
        if peer["method"] in ("DL", "PM", "REML", "ML"):
            found = between_variance(np.log(x / n), 1 / n, method=peer["method"].lower())
            close = 1e-4 if peer["method"] == "PM" else 1e-7  # the peer's own loop stops early: oracle README 3
            np.testing.assert_allclose(found, [float(peer[name]) for name in ("tau2", "mu", "se")], rtol=close)
    shrunk = shrink_known([row["unit"] for row in rows], np.log(x / n), 1 / np.sqrt(n))
    expected = {row["unit"]: row for row in _rows(folder / "expected.csv")}
    for ours, column in ((shrunk.shrunken, "blup"), (shrunk.conditional_sd, "blup_se"), (shrunk.low, "pi_low"),
                         (shrunk.high, "pi_high")):  # fmt: skip
        np.testing.assert_allclose(ours, [float(expected[unit][column]) for unit in shrunk.units], rtol=1e-7)


def test_repeated_rows_give_the_peers_intercepts():
    folder = FOLDER / "sleepstudy_lmer_intercepts"
    rows, headline = _rows(folder / "input.csv"), json.loads((folder / "expected_headline.json").read_text())
    found = shrink_rows([row["unit"] for row in rows], [float(row["y"]) for row in rows])
    assert found.intercept == pytest.approx(headline["intercept"], rel=1e-5)
    assert found.sd_unit == pytest.approx(headline["sd_unit"], rel=1e-5)
    expected = {row["unit"]: row for row in _rows(folder / "expected.csv")}
    for ours, column in ((found.shrunken, "blup"), (found.mode, "u"), (found.conditional_sd, "cond_sd")):
        np.testing.assert_allclose(ours, [float(expected[unit][column]) for unit in found.units], rtol=1e-5)


def test_moments_give_marshalls_rates():
    folder = FOLDER / "marshall_eb_poisson_ccg"
    rows = _rows(folder / "input.csv")
    found = shrink_moments([row["unit"] for row in rows], [float(row["x"]) for row in rows],
                           [float(row["n"]) for row in rows])  # fmt: skip
    expected = {row["unit"]: row for row in _rows(folder / "expected.csv")}
    for ours, column in ((found.shrunken, "eb"), (found.weight, "weight")):
        np.testing.assert_allclose(ours, [float(expected[unit][column]) for unit in found.units], rtol=1e-10)
