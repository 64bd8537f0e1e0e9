"""Shares (Wilson) and rates (exact below 10, then Byar) as PHEindicatormethods has them; run limits as qicharts2."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.see import rates
from evenhand.stats.byar import count_limits
from evenhand.stats.runs import crossings_limit, longest_run_limit
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle
CASES = [("proportion", "ae_breach_95_998"), ("proportion", "edge_values"), 
         ("rate", "ccg_opioid_items_per_1000"), ("rate", "edge_values")]  # fmt: skip


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_limits_are_the_peers(kind, case):
    folder = ORACLE / kind / case
    said = json.loads((folder / "params.json").read_text())
    expected = _rows(folder / "expected.csv")
    times = said["args"].get("multiplier", 100_000 if kind == "rate" else 1)
    rows = [str(i) for i in range(len(expected))]
    x, n = ([float(row[said["args"][name]]) for row in expected] for name in ("x", "n"))
    found = rates(rows, x, n, kind=kind, levels=(0.95, 0.998))
    compared = 0
    for level, name in enumerate(("95_0", "99_8")):
        for side, ours in (("lower", found.low), ("upper", found.high)):
            column = f"{side}{name}cl"
            if column in expected[0]:
                compared += 1
                peer = [float(row[column]) for row in expected]
                np.testing.assert_allclose(ours[level] * times, peer, rtol=said["tolerance_rel"], atol=1e-12)
    assert compared >= 2


def test_byars_limits_are_the_published_ones_from_ten_events():
    folder = ORACLE / "rate" / "byars_table"
    expected = _rows(folder / "expected.csv")
    tolerance = json.loads((folder / "params.json").read_text())["tolerance_rel"]
    for level, name in ((0.9, "900"), (0.95, "950"), (0.998, "998")):
        low, high = count_limits([float(row["x"]) for row in expected], level=level)
        np.testing.assert_allclose(low, [float(row[f"lower_{name}"]) for row in expected], rtol=tolerance)
        np.testing.assert_allclose(high, [float(row[f"upper_{name}"]) for row in expected], rtol=tolerance)


def test_run_limits_are_the_peers_for_every_number_of_points_to_200():
    folder = ORACLE / "shewhart_runs" / "anhoej_limits_table"
    (path,) = folder.glob("expected*.csv")
    for row in _rows(path):
        useful = int(row["n_useful"])
        assert longest_run_limit(useful) == int(row["longest_run_max"])
        assert crossings_limit(useful) == int(float(row["n_crossings_min"]))
