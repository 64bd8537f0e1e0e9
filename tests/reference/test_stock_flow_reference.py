"""The stock and flow model of a waiting list against NHSRtt 0.4.1: shares learnt, and twelve months run forward.

Tolerances of params.json: 1e-9 for what is learnt, 1e-8 for what is projected.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from evenhand.prove import Flows, calibrate, project
from shared import ORACLE, needs_oracle

CASES = ORACLE / "rtt"


def table(file: Path, column: str) -> np.ndarray:
    """A column by period and months waited, or by whichever of the two there is."""
    with file.open() as text:
        rows = list(csv.DictReader(text))
    keys = [k for k in ("period_id", "months_waited_id") if k in rows[0]]
    at = [[int(row[k]) for row in rows] for k in keys]
    low = [min(places) for places in at]
    out = np.full([max(places) - first + 1 for places, first in zip(at, low, strict=True)], np.nan)
    for row in rows:
        out[tuple(int(row[k]) - first for k, first in zip(keys, low, strict=True))] = float(row[column])
    return out


@needs_oracle
@pytest.mark.parametrize("kept", ["negFALSE_m0FALSE", "negFALSE_m0TRUE", "negTRUE_m0TRUE"])
def test_shares_are_learnt_as_the_peer_learns_them(kept: str) -> None:
    folder = CASES / f"calibrate_{kept}"
    asked = json.loads((folder / "params.json").read_text())["args"]
    found = calibrate(
        table(folder / "referrals.csv", "referrals"), table(folder / "completes.csv", "treatments"),
        table(folder / "incompletes.csv", "incompletes"), negative=asked["allow_negative_params"],
        mend_first_month=asked["redistribute_m0_reneges"],
    )  # fmt: skip
    assert found.capacity == pytest.approx(table(folder / "expected.csv", "capacity_param"), rel=1e-9)
    assert found.renege == pytest.approx(table(folder / "expected.csv", "renege_param"), rel=1e-9)


@needs_oracle
def test_twelve_months_run_forward_as_the_peers_do() -> None:
    folder = CASES / "project_12_months_evenly"
    asked = json.loads((folder / "params.json").read_text())["args"]
    flows = Flows(table(folder / "params.csv", "capacity_param"), table(folder / "params.csv", "renege_param"))
    found = project(table(folder / "incompletes.csv", "incompletes"), np.array(asked["referrals"], dtype=float),
                    np.array(asked["capacity"], dtype=float), flows)  # fmt: skip
    for ours, theirs in ((found.treated, "calculated_treatments"), (found.reneges, "reneges"),
                         (found.incompletes, "incompletes")):  # fmt: skip
        assert ours == pytest.approx(table(folder / "expected.csv", theirs), rel=1e-8)
    assert found.incompletes[-1].sum() == pytest.approx(2436.004, abs=5e-4)
