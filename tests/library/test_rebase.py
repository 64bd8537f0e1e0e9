"""Suggested rebases: the date of a level that lasted, seldom one of chance, none that is applied."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.stats.rebase import suggest_rebases
from evenhand.stats.shewhart import shewhart
from evenhand.stats.xmr import xmr


def linked(rng: np.random.Generator, points: int, link: float) -> np.ndarray:
    """White noise (link 0) or a series of which each point keeps `link` of the last; variance 1."""
    out = rng.standard_normal(points + 30)
    for i in range(1, len(out)):
        out[i] = link * out[i - 1] + np.sqrt(1 - link**2) * out[i]
    return out[30:]


@pytest.mark.parametrize(("link", "at_most"), [(0.0, 0.01), (0.3, 0.03), (0.5, 0.06)])
def test_chance_is_proposed_no_oftener_than_stated(link, at_most):
    rng = np.random.default_rng(31)
    found = [suggest_rebases(xmr(linked(rng, points, link))) for points in (24, 36, 60) for _ in range(100)]
    assert np.mean([bool(one) for one in found]) <= at_most


@pytest.mark.parametrize(
    ("size", "points", "at", "least"), [(2.0, 36, 24, 0.7), (3.0, 24, 14, 0.9), (3.0, 36, 18, 0.95)]
)
def test_a_level_that_lasted_is_found_on_its_date(size, points, at, least):
    rng = np.random.default_rng(32)
    hits = 0
    for _ in range(100):
        values = rng.standard_normal(points)
        values[at:] += size
        found = suggest_rebases(xmr(values))
        hits += len(found) == 1 and abs(found[0].position - at) <= 2 and found[0].direction == "up"
    assert hits / 100 >= least


def test_two_changes_are_two_dates_and_a_signed_one_is_not_proposed_again():
    rng = np.random.default_rng(33)
    values = rng.standard_normal(60) + np.repeat([0.0, 5, -1], 20)
    found = suggest_rebases(xmr(values))
    assert [(one.position, one.direction) for one in found] == [(20, "up"), (40, "down")]
    assert suggest_rebases(xmr(values, rebase_at=[one.position for one in found])) == ()


def test_it_says_what_it_saw_and_changes_nothing():
    values = np.concatenate([np.tile([5.0, 6, 4], 6), np.tile([9.0, 10, 11], 4)])
    chart = xmr(values)
    (one,) = suggest_rebases(chart)
    assert (one.mean_before, one.mean_after, one.points_before, one.points_after) == (5.0, 10.0, 18, 12)
    assert "12 points average 10 against 5 over the 18 before" in one.reason
    assert set(chart.phase.tolist()) == {0}


def test_a_level_that_did_not_last_a_drift_and_too_few_points_are_not_proposed():
    rng = np.random.default_rng(34)
    bump = rng.standard_normal(40)
    bump[14:23] += 4
    drift = rng.normal(0, 0.3, 40) + 0.2 * np.arange(40)
    late = np.concatenate([rng.standard_normal(30), rng.normal(6, 1, 7)])
    early = np.concatenate([rng.standard_normal(9), rng.normal(6, 1, 22)])
    for values in (bump, drift, late, early):
        assert suggest_rebases(xmr(values)) == ()


def test_gaps_and_points_left_out_do_not_count():
    values = np.concatenate([np.tile([5.0, 6, 4], 6), np.tile([9.0, 10, 11], 4)])
    holed = np.insert(values, 10, np.nan)
    (one,) = suggest_rebases(xmr(holed))
    assert one.position == 19
    (same,) = suggest_rebases(shewhart("i", np.insert(values, 10, 500.0), exclude_at=[10]))
    assert same.position == 19


def test_time_between_events_is_compared_where_it_is_nearly_normal():
    rng = np.random.default_rng(35)
    proposed = sum(bool(suggest_rebases(shewhart("t", rng.exponential(20, 40)))) for _ in range(100))
    assert proposed <= 2
    slower = np.concatenate([rng.exponential(5, 25), rng.exponential(200, 15)])
    (one,) = suggest_rebases(shewhart("t", slower, improves="increase"))
    assert abs(one.position - 25) <= 2


def test_two_levels_and_nothing_else_are_proposed_without_a_division_by_nothing():
    (one,) = suggest_rebases(xmr(np.repeat([1.0, 2.0], 15)))
    assert one.position == 15
    assert one.as_json()["strength"] is None
    assert suggest_rebases(xmr(np.full(40, 3.0))) == ()
