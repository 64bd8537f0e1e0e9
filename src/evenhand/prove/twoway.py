"""Plain two-way fixed effects: coefficients with the errors of fixest, for comparison and never for a saving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from ..errors import InputError
from .absorb import blocks, equations
from .panel_table import Table
from .regression import fit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Errors = Literal["CR1", "CR2", "CR3", "CR0", "two-way", "HC1", "iid"]

MOST = 50_000_000  # numbers of a design that CR2 and CR3 hold at once, 400 MB


@dataclass(frozen=True, eq=False)
class Coefficients:
    """beta (p,), covariance (p, p), degrees of freedom of each (p,), and those left over in the whole model."""

    beta: Floats
    covariance: Floats
    df: Floats
    df_resid: float

    def wald(self, columns: NDArray[np.int64]) -> tuple[float, float, float, float]:
        """Whether some coefficients are all 0: F, p, and its two degrees of freedom, as fixest's wald has it."""
        part = self.beta[columns]
        f = float(part @ np.linalg.solve(self.covariance[np.ix_(columns, columns)], part)) / len(part)
        return f, float(fdtrc(len(part), self.df_resid, f)), float(len(part)), self.df_resid


def two_way(table: Table, x: Floats | Bools, *, errors: Errors = "CR1", trends: bool = False) -> Coefficients:
    """Regress y on x (N, T, p) with effects for units and periods, and for each unit's own line if `trends`.

    Errors: CR1 by cluster, x G/(G-1) x (n-1)/(n-K), t(G-1), where K leaves out effects that lie within clusters; CR0
    the same without the factors; CR2 and CR3 with Satterthwaite's degrees of freedom; two-way by cluster and
    period; HC1; iid.

    Raises
    ------
    InputError
        If a column cannot be told from the effects, or the design is too large for CR2 and CR3.

    Source: Cameron, Gelbach and Miller (2011), JBES 29:238; small-sample factors as documented by fixest 0.12.
    """
    normal, p = equations(table, x, trends=trends), x.shape[2]
    bread, beta = np.linalg.inv(normal.matrix), normal.beta
    n, groups = int(table.seen.sum()), table.clusters
    units, periods = len(table.units), table.y.shape[1]
    left = float(n - p - units - periods + 1 - (units - 1) * trends)
    if left < 1:
        raise InputError(f"{n} values for {n - int(left)} coefficients; need more values, or fewer columns")
    if errors in ("CR2", "CR3"):
        return _reduced(table, x, trends, errors, left)
    meat, factor, df = np.zeros_like(bread), 1.0, float(groups - 1)
    nested = p + periods + units * trends  # the effects of units lie within clusters, their slopes count
    if errors in ("CR1", "CR0"):
        scores = normal.scores()
        meat = scores.T @ scores
        factor = groups / (groups - 1) * (n - 1) / (n - nested) if errors == "CR1" else 1.0
    else:
        by_cluster, by_period, by_both, squares = _meats(table, x, beta, trends)
        if errors == "two-way":
            least = min(groups, periods)
            meat, factor = by_cluster + by_period - by_both, least / (least - 1) * (n - 1) / (n - p - 1)
            df = float(least - 1)
        elif errors == "HC1":
            single = _singles(table, x, beta, trends)
            meat, factor, df = single, n / left, left
        else:
            meat, factor, df = normal.matrix * squares / left, 1.0, left
    covariance = factor * (bread @ meat @ bread)[-p:, -p:]
    return Coefficients(beta[-p:], covariance, np.full(p, df), left)


def _meats(table: Table, x: Floats | Bools, beta: Floats, trends: bool) -> tuple[Floats, Floats, Floats, float]:
    """Sums of squared scores by cluster, by period and by both, and the weighted sum of squared residuals."""
    periods, k = table.y.shape[1], len(beta)
    both, squares = np.zeros((table.clusters, periods, k)), 0.0
    for rows, z, y, w in blocks(table, x, trends=trends):
        residual = y - z @ beta
        np.add.at(both, table.cluster[rows], z * (w * residual)[:, :, None])
        squares += float(np.sum(w * residual**2))
    return (_outer(both.sum(axis=1)), _outer(both.sum(axis=0)), _outer(both.reshape(-1, k)), squares)


def _singles(table: Table, x: Floats | Bools, beta: Floats, trends: bool) -> Floats:
    meat = np.zeros((len(beta), len(beta)))
    for _, z, y, w in blocks(table, x, trends=trends):
        meat += _outer((z * (w * (y - z @ beta))[:, :, None]).reshape(-1, len(beta)))
    return meat


def _outer(scores: Floats) -> Floats:
    return np.asarray(scores.T @ scores)


def _reduced(table: Table, x: Floats | Bools, trends: bool, errors: Errors, left: float) -> Coefficients:
    """CR2 or CR3, unit effects taken out first: they lie within clusters (Pustejovsky and Tipton 2018, theorem 2)."""
    p = x.shape[2]
    if int(table.seen.sum()) * (table.y.shape[1] + p) > MOST:
        raise InputError(f"{errors} holds the whole design at once, and this panel is too large for it; take CR1, "
                         "which with so many clusters says the same")  # fmt: skip
    parts = list(blocks(table, x, trends=trends))
    seen = table.seen
    root = np.sqrt(table.w[seen])
    design = np.concatenate([z[seen[rows]] for rows, z, _, _ in parts])
    y = np.concatenate([y[seen[rows]] for rows, _, y, _ in parts])
    labels = np.repeat(table.cluster, seen.sum(axis=1)).astype(str).tolist()
    assert errors in ("CR2", "CR3")
    found = fit(y * root, design * root[:, None], clusters=labels, errors="CR2" if errors == "CR2" else "CR3")
    return Coefficients(found.beta[-p:], np.diag(found.se[-p:] ** 2), found.df[-p:], left)
