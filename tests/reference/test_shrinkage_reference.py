"""Shrinkage against lme4's glmer (nAGQ = 1), the oracle's binomial and Poisson cases.

Tolerance: the cases' own tolerance_abs_logscale (0.001), and 0.0002 for sd and shares: lme4 stops its inner loop at
1e-7 of the penalised deviance, which moves sd by up to 0.00015 here; at its parameters our likelihood is never higher.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.see import shrink
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
