"""Every open XmR case of the oracle, at its own tolerance; where the peer is wrong, what is right instead."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.stats.xmr import xmr
from evenhand.stats.xmr_rules import shift, shift_ends, trend, trend_ends, two_of_three, two_of_three_windows
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle
FOLDER = ORACLE / "xmr_spc"
CASES = sorted(p.name for p in FOLDER.glob("*") if (p / "expected.csv").exists()) if FOLDER.is_dir() else []


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _number(text):
    return float(text) if text not in ("", "NA", "NaN") else np.nan


def _facets(rows, column):
    found = {}
    for row in rows:
        found.setdefault(row[column] if column else "no facet", []).append(row)
    return found


def _charts(case, rules="plotthedots"):
    """facet -> our chart, and the peer's rows of it."""
    folder = FOLDER / case
    said = json.loads((folder / "params.json").read_text())
    args = said["args"]
    for facet, rows in _facets(_rows(folder / "input.csv"), said["facet_field"]).items():
        rows = sorted(rows, key=lambda row: row["date"])
        rebase, target = args.get("rebase", []), args.get("target", np.nan)
        rebase = rebase.get(facet, []) if isinstance(rebase, dict) else rebase
        target = target.get(facet, np.nan) if isinstance(target, dict) else target
        yield (
            facet,
            xmr(
                np.array([_number(row["y"]) for row in rows]), improves=args["improvement_direction"], target=target,
                rebase_at=[i for i, row in enumerate(rows) if row["date"] in rebase],
                fix_after=args.get("fix_after_n_points"), screening=args.get("screen_outliers", True), rules=rules,
            ),
            float(said["tolerance_rel"]),
        )  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_points_limits_labels_and_types_are_the_peers(case):
    expected = _facets(_rows(FOLDER / case / "expected.csv"), "facet")
    for facet, chart, tolerance in _charts(case):
        rows = expected[facet]
        for name, column in (("mean", chart.mean), ("lpl", chart.lower), ("upl", chart.upper)):
            if case == "edge_constant" and name != "mean":
                continue  # the peer gives NaN; see the test below
            peer = [_number(row[name]) for row in rows]
            np.testing.assert_allclose(column, peer, rtol=tolerance, atol=0, err_msg=f"{facet} {name}")
        assert [label or "Common Cause" for label in chart.special_cause] == [r["special_cause_type"] for r in rows]
        assert list(chart.point_type) == [row["point_type"] for row in rows]
        assert chart.phase.tolist() == [int(row["rebase_group"]) for row in rows]
        assert chart.trial.tolist() == [row["short_group_warning"] == "TRUE" for row in rows]


@pytest.mark.parametrize("case", CASES)
def test_icons_are_the_peers_but_none_is_claimed_without_a_target(case):
    icons = {(row["facet"], row["kind"]): row["icon"] for row in _rows(FOLDER / case / "expected_icons.csv")}
    for facet, chart, _ in _charts(case):
        assert chart.variation == icons[facet, "variation"]
        peer = icons.get((facet, "assurance"))
        if np.isnan(chart.target):
            assert chart.assurance is None  # the peer says "inconsistent" if another facet has a target
        elif case != "edge_constant":
            assert chart.assurance == peer


def test_a_constant_series_has_limits_at_its_mean_and_passes_its_own_target():
    ((_, chart, _),) = _charts("edge_constant")
    assert (chart.lower == 5).all()
    assert (chart.upper == 5).all()
    assert chart.assurance == "pass"


@pytest.mark.parametrize("case", [c for c in CASES if (FOLDER / c / "derived_mdc2023.csv").exists()])
def test_the_rules_of_2023_let_a_point_beyond_the_limit_count_towards_two_of_three(case):
    expected = _facets(_rows(FOLDER / case / "derived_mdc2023.csv"), "facet")
    for facet, chart, _ in _charts(case, rules="mdc2023"):
        labels = [label or "Common Cause" for label in chart.special_cause]
        assert labels == [row["special_cause_type"] for row in expected[facet]]
        assert list(chart.point_type) == [row["point_type"] for row in expected[facet]]


def test_each_rule_flags_what_the_peers_own_unit_tests_expect():
    tests = json.loads((FOLDER / "rule_helpers" / "expected.json").read_text())["tests"]
    for one in tests:
        given, name = one["input"], one["fn"]
        side = np.array(given.get("sign", []))
        values = np.array(given.get("y", []), dtype=float)
        close = np.array(given.get("close", [])) * side if "close" in given else side
        found = {
            "part_of_seven(one_side)": lambda side=side: np.abs(shift(side)),
            "seven_point_one_side_mean": lambda side=side: np.abs(shift_ends(side)),
            "part_of_seven(trend)": lambda values=values: np.abs(trend(values)),
            "seven_point_trend": lambda values=values: trend_ends(values),
            "part_of_two_in_three": lambda side=side, close=close: np.abs(two_of_three(side, close)),
            "two_in_three": lambda side=side, close=close: two_of_three_windows(side, close),
        }[name]()
        assert found.tolist() == one["expected"], one
    assert len(tests) == 46
