"""Every open funnel case of the oracle; where its index says that the peer is wrong (CQC, RC limits), what is right."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.see import funnel
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle
FOLDER = ORACLE / "funnel"
KIND = {"SR": "ratio", "PR": "proportion", "RC": "rate"}
CASES = sorted(p.name for p in FOLDER.glob("*")) if FOLDER.is_dir() else []
LIMITS_WRONG = {"ae_admissions_rc", "medpar_sr_cqc_od99"}  # docs/decisions/0040
NAMES = {"lower_95": ("LCL95", "OD95LCL"), "upper_95": ("UCL95", "OD95UCL"),
         "lower_998": ("LCL99", "OD99LCL"), "upper_998": ("UCL99", "OD99UCL")}  # fmt: skip


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _case(name):
    said = json.loads((FOLDER / name / "params.json").read_text())
    args, rows = said["args"], _rows(FOLDER / name / "input.csv")
    found = funnel(
        [row["group"] for row in rows], [float(row["numerator"]) for row in rows],
        [float(row["denominator"]) for row in rows], kind=KIND[args["data_type"]],
        method=args.get("sr_method", "SHMI").lower(), overdispersion=args.get("draw_adjusted", True),
        trim=args.get("trim_by", 0.1), limit=99.8 if args["limit"] == 99 else 95,
        multiplier=args.get("multiplier", 1), rounding=args.get("SHMI_rounding", True),
    )  # fmt: skip
    return found, json.loads((FOLDER / name / "expected_headline.json").read_text()), float(said["tolerance_rel"])


def _peer(name, column, units):
    rows = {row["group"]: row[column] for row in _rows(FOLDER / name / "expected.csv")}
    return [float(rows[unit]) if rows[unit] not in ("", "NA") else np.nan for unit in units]


@pytest.mark.parametrize("name", CASES)
def test_target_phi_tau2_and_z_are_the_peers(name):
    found, headline, tolerance = _case(name)
    assert found.target == pytest.approx(headline["target"], rel=tolerance)
    assert found.tau2 == pytest.approx(headline["tau2"], rel=tolerance)
    if headline["phi"] != 0:  # asked for plain limits, the peer says 0; ours still says how much there is
        assert found.phi == pytest.approx(headline["phi"], rel=tolerance)
    np.testing.assert_allclose(found.z, _peer(name, "Uzscore", found.units), rtol=tolerance)


@pytest.mark.parametrize("name", [case for case in CASES if case not in LIMITS_WRONG])
def test_limits_drawn_and_outliers_are_the_peers(name):
    found, headline, tolerance = _case(name)
    assert found.adjusted == headline["drawn_adjusted"]
    for ours, (plain, wide) in NAMES.items():
        peer = _peer(name, wide if found.adjusted else plain, found.units)
        np.testing.assert_allclose(getattr(found.limits, ours), peer, rtol=tolerance, err_msg=ours)
    outliers = [unit for unit, outlier in zip(found.units, found.outlier, strict=True) if outlier]
    assert sorted(outliers) == sorted(headline["outliers"])


def test_cqc_limits_are_the_peers_squared_back():
    found, _, tolerance = _case("medpar_sr_cqc_od99")
    for ours, (_, wide) in NAMES.items():
        root = np.array(_peer("medpar_sr_cqc_od99", wide, found.units))
        np.testing.assert_allclose(getattr(found.limits, ours), np.maximum(root, 0) ** 2, rtol=tolerance)


def test_a_rates_limits_hold_the_same_units_as_its_z_scores():
    found, headline, _ = _case("ae_admissions_rc")
    beyond = {u for u, z in zip(found.units, found.z_adjusted, strict=True) if abs(z) > 3.090232}
    assert beyond == {u for u, o in zip(found.units, found.outlier, strict=True) if o}
    assert len(beyond) == headline["n_outliers"]  # at these sizes (hundreds of admissions) the two agree
