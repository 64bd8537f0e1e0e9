"""The latest icon, and the latest labels, of many series at once are those of each one's chart."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.stats import xmr_latest
from evenhand.stats.xmr import xmr
from evenhand.stats.xmr_latest import causes, latest


def series(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = [rng.normal(10, 1, (60, 15))]
    drift = rng.normal(0, 1, (60, 15)) + np.linspace(0, 6, 15) * rng.choice([-1, 0, 1], (60, 1))
    late = rng.normal(0, 1, (60, 15))
    late[:, -7:] += rng.choice([-1.2, 1.2], (60, 1))
    late[:20, -3:] += 1.5
    counts = rng.poisson(0.5, (60, 15)).astype(float)
    gaps = rng.normal(5, 1, (30, 15))
    gaps[rng.random((30, 15)) < 0.15] = np.nan
    constant = np.repeat(rng.integers(0, 3, (5, 1)), 15, axis=1).astype(float)
    return np.vstack([*rows, drift, late, counts, gaps, constant, np.full((1, 15), np.nan)])


@pytest.mark.parametrize("improves", ["increase", "decrease", "neutral"])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_says_what_each_chart_says(seed, improves):
    rows = series(seed)
    one_by_one = tuple(
        xmr(row, improves=improves).variation if np.isfinite(row).sum() >= 12 else None for row in rows
    )
    found = latest(rows, improves=improves)
    assert found == one_by_one
    assert len({word for word in found if word}) >= 3  # the series show more than one kind of signal


def test_few_points_say_nothing():
    assert latest(np.ones((2, 5)) * [[1.0], [2.0]]) == (None, None)
    assert latest(np.zeros((0, 20))) == ()


@pytest.mark.parametrize("last", [1, 3, 9])
def test_the_last_labels_are_those_of_each_chart(monkeypatch, last):
    """Short series too, where the rules reach back to the first point; few of them are drawn."""
    drawn = []
    monkeypatch.setattr(xmr_latest, "xmr", lambda row: drawn.append(row) or xmr(row))
    said = set()
    for points in (3, last + 6, 15, 15, 15):
        rows = series(len(said))[:, :points]
        rows[::9, 1:] += np.cumsum(np.ones(points - 1)) * np.array([[1.0]])  # trends that turn
        rows[::9, points // 2 :] = 2 * rows[::9, points // 2 - 1 : points // 2] - rows[::9, points // 2 :]
        whole = np.isfinite(rows).all(axis=1)
        one_by_one = tuple(xmr(row).special_cause[-last:] for row in rows)
        drawn.clear()
        assert causes(rows, last) == one_by_one
        assert points < last + 6 or len(drawn) < whole.sum() / 4 + (~whole).sum()
        said |= {label for labels in one_by_one for label in labels}
    assert len(said) == 9  # every rule both ways, and none
