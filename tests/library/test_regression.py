"""Errors by cluster. Tolerance 1e-10: the same sums in another order."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtr

from evenhand.prove.regression import fit


def slow_cr1(y: np.ndarray, X: np.ndarray, clusters: list[str]) -> np.ndarray:
    """The sandwich, cluster by cluster, as a textbook writes it."""
    n, k = X.shape
    bread = np.linalg.inv(X.T @ X)
    e = y - X @ bread @ X.T @ y
    meat = np.zeros((k, k))
    for name in set(clusters):
        rows = [i for i, c in enumerate(clusters) if c == name]
        score = X[rows].T @ e[rows]
        meat += np.outer(score, score)
    g = len(set(clusters))
    return np.sqrt(np.diag(bread @ meat @ bread) * g / (g - 1) * (n - 1) / (n - k))


def slow_cr2(y: np.ndarray, X: np.ndarray, clusters: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Bell and McCaffrey with every matrix built whole."""
    n, k = X.shape
    bread = np.linalg.inv(X.T @ X)
    rest = np.eye(n) - X @ bread @ X.T
    e, names = rest @ y, sorted(set(clusters))
    variance, weights = np.zeros(k), np.zeros((k, len(names), n))
    for g, name in enumerate(names):
        rows = [i for i, c in enumerate(clusters) if c == name]
        values, vectors = np.linalg.eigh(rest[np.ix_(rows, rows)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        pull = root @ X[rows] @ bread
        variance += (pull.T @ e[rows]) ** 2
        weights[:, g] = (rest[:, rows] @ pull).T
    overlap = [w @ w.T for w in weights]
    return np.sqrt(variance), np.array([np.trace(o) ** 2 / np.sum(o * o) for o in overlap])


def made(seed: int, n: int = 40, groups: int = 9) -> tuple[np.ndarray, np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    X = np.column_stack([np.ones(n), rng.normal(size=n), rng.integers(0, 2, n)])
    return rng.normal(size=n), X, [f"c{g}" for g in rng.integers(0, groups, n)]


@pytest.mark.parametrize("seed", range(3))
def test_cr1_is_the_textbook_sandwich_with_g_minus_1_degrees_of_freedom(seed: int) -> None:
    y, X, clusters = made(seed)
    found = fit(y, X, clusters=clusters)
    assert found.se == pytest.approx(slow_cr1(y, X, clusters), rel=1e-10)
    assert set(found.df) == {len(set(clusters)) - 1}


@pytest.mark.parametrize("seed", range(3))
def test_cr2_is_bell_and_mccaffreys(seed: int) -> None:
    y, X, clusters = made(seed)
    se, df = slow_cr2(y, X, clusters)
    found = fit(y, X, clusters=clusters, errors="CR2")
    assert found.se == pytest.approx(se, rel=1e-10)
    assert found.df == pytest.approx(df, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_cr3_is_the_jackknife_that_leaves_one_cluster_out_at_a_time(seed: int) -> None:
    y, X, clusters = made(seed)
    found, names = fit(y, X, clusters=clusters, errors="CR3"), sorted(set(clusters))
    without = np.array([
        np.linalg.lstsq(X[rows], y[rows], rcond=None)[0]
        for rows in (np.array([c != name for c in clusters]) for name in names)
    ])  # fmt: skip
    spread = np.sum((without - found.beta) ** 2, axis=0) * (len(names) - 1) / len(names)
    assert found.se == pytest.approx(np.sqrt(spread), rel=1e-10)
    assert found.df == pytest.approx(slow_cr2(y, X, clusters)[1], rel=1e-9)


def test_cr2_of_two_arms_of_even_clusters_is_students_test_on_cluster_means() -> None:
    rng = np.random.default_rng(5)
    y, arm = rng.normal(size=48), np.repeat([0.0, 1.0], 24)
    clusters = [f"c{i // 4}" for i in range(48)]
    found = fit(y, np.column_stack([np.ones(48), arm]), clusters=clusters, errors="CR2")
    means = y.reshape(12, 4).mean(axis=1)
    pooled = np.sqrt((means[:6].var(ddof=1) + means[6:].var(ddof=1)) / 6)
    assert found.se[1] == pytest.approx(pooled, rel=1e-10)
    assert found.df[1] == pytest.approx(10, rel=1e-9)


def test_doubling_the_outcome_doubles_estimate_and_error() -> None:
    y, X, clusters = made(3)
    for errors in ("CR1", "CR2", "CR3"):
        one, two = (fit(scale * y, X, clusters=clusters, errors=errors) for scale in (1, 2))
        assert two.beta == pytest.approx(2 * one.beta)
        assert two.se == pytest.approx(2 * one.se)


def test_with_few_uneven_clusters_cr3_cries_wolf_no_more_often_than_it_says() -> None:
    rng, rounds, wolf = np.random.default_rng(8), 1000, {"CR1": 0, "CR2": 0, "CR3": 0}
    for _ in range(rounds):
        sizes = rng.permutation([2, 2, 3, 3, 4, 6, 8, 12])
        cluster = np.repeat(np.arange(8), sizes)
        arm = (rng.permutation(8) < 4).astype(float)[cluster]
        y = rng.normal(size=8)[cluster] * 0.5 + rng.normal(size=len(cluster))
        X = np.column_stack([np.ones(len(cluster)), arm])
        for errors in wolf:
            found = fit(y, X, clusters=[str(c) for c in cluster], errors=errors)
            wolf[errors] += bool(stdtr(found.df[1], found.beta[1] / found.se[1]) >= 0.95)
    assert wolf["CR3"] / rounds <= 0.05
    assert wolf["CR1"] > wolf["CR2"] > wolf["CR3"]  # CR1 does: the reason why the verdict does not use it


@pytest.mark.parametrize("clusters", [None, [str(i // 3) for i in range(30)]])
@pytest.mark.parametrize("errors", ["CR1", "CR2", "CR3"])
def test_the_unit_of_a_column_decides_nothing(clusters, errors):
    rng = np.random.default_rng(8)
    X = np.column_stack([np.ones(30), rng.normal(size=(30, 2))])
    y = X @ [1.0, 2.0, -1.0] + rng.normal(size=30)
    unit = np.array([1.0, 1e-12, 1e9])  # shares of shares beside pounds
    plain, other = (fit(y, X * one, clusters=clusters, errors=errors) for one in (np.ones(3), unit))
    assert other.beta * unit == pytest.approx(plain.beta, rel=1e-9)
    assert other.se * unit == pytest.approx(plain.se, rel=1e-9)
    assert other.df == pytest.approx(plain.df, rel=1e-9)


@pytest.mark.parametrize("clusters", [None, [str(i // 3) for i in range(30)]])
def test_values_on_the_line_have_no_error_and_no_p(clusters):
    X = np.column_stack([np.ones(30), np.arange(30) % 2, np.random.default_rng(2).normal(size=30)])
    found = fit(X @ [5.0, 0.0, 0.1], X, clusters=clusters)
    assert found.se.tolist() == [0.0, 0.0, 0.0]
    assert found.beta[1] == 0.0
    assert np.isnan(found.p(2))
    assert found.interval(1) == (0.0, 0.0)
