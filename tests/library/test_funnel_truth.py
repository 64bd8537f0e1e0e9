"""Planted behaviour is found again: the funnel's shares, the self-report gap and the forecast, within their intervals.

Few runs here; benchmarks/funnel_truth.py runs the same at full size, and this file drives its functions.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

RUNS, PEOPLE = 40, 600
# of 40 runs a 95% interval holds the truth in 34 or more but for three in a thousand (binomial)
FEWEST = 34


@pytest.fixture(scope="module")
def truth() -> ModuleType:
    """The benchmark, as a module."""
    file = Path(__file__).resolve().parents[2] / "benchmarks" / "funnel_truth.py"
    spec = importlib.util.spec_from_file_location("funnel_truth", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["funnel_truth"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_the_planted_shares_and_the_self_report_gap_are_within_their_intervals(truth):
    planted, rng = truth.Truth(), np.random.default_rng(7)
    runs = [truth.held(truth.measured(rng, PEOPLE, planted), planted) for _ in range(RUNS)]
    held = {stage: sum(run[stage][0] for run in runs) for stage in truth.STAGES[1:]}
    assert min(held.values()) >= FEWEST, held


def test_people_who_boast_widen_the_gap_by_as_much_as_was_planted(truth):
    rng = np.random.default_rng(8)
    for boasts in (0.0, 0.3, 0.9):
        planted = truth.Truth(boasts=boasts)
        gap = np.mean([1 - truth.held(truth.measured(rng, PEOPLE, planted), planted)["verified"][1] for _ in range(12)])
        assert gap == pytest.approx(1 - planted.honest, abs=0.06)


def test_a_small_change_is_seldom_seen_so_the_gap_is_then_too_wide(truth):
    """What the data cannot show is no lie: the gap is people's words and the data's power together."""
    rng, planted = np.random.default_rng(9), truth.Truth(size=0.8, boasts=0.0)
    gap = np.mean([1 - truth.held(truth.measured(rng, PEOPLE, planted), planted)["verified"][1] for _ in range(8)])
    assert planted.honest == 1
    assert gap > 0.2


def test_the_forecast_of_spread_holds_what_came(truth):
    rng = np.random.default_rng(10)
    assert sum(truth.forecast(rng, 2 * PEOPLE, truth.Truth(), seed) for seed in (1, 2, 3)) >= 2


def test_no_share_is_found_where_nobody_went_on(truth):
    found = truth.measured(np.random.default_rng(11), 50, truth.Truth(shares=(0.0, 0.5, 0.5, 0.5)))
    assert [stage.people for stage in found.stages][1:] == [0] * 6
    assert math.isnan(found.stages[2].of_previous)
