"""The Polis way of finding groups, written anew from its published formulas (ENGAGEMENT.md B1) to compare with.

Dense, as it is run: mean-imputed matrix, two principal components, projections scaled by votes given, k-means into up
to 100 base clusters and then 2 to 5 groups by silhouette. There is always more than one group. For comparison only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

FEWEST, TOP_UP, BASE, MOST = 7, 15, 100, 5  # B1.6 and B1.7


def polis_groups(
    person: NDArray, statement: NDArray, value: NDArray, people: int, statements: int
) -> NDArray[np.int64]:
    """The group of each person, -1 for those with too few votes: votes are 1, -1 and 0 for pass, one a cell."""
    matrix = np.full((people, statements), np.nan)
    matrix[person, statement] = value
    seen = ~np.isnan(matrix)
    total, n = np.nansum(matrix, axis=0), seen.sum(axis=0)
    centre = np.where(n > 0, total / np.maximum(n, 1), 0.0)
    residual = np.where(seen, matrix - centre, 0.0)
    _, directions = np.linalg.eigh(residual.T @ residual)
    cast = seen.sum(axis=1)
    points = (residual @ directions[:, -2:]) * np.sqrt(statements / np.maximum(cast, 1))[:, None]
    inside = cast >= min(FEWEST, statements)
    if inside.sum() < TOP_UP:
        inside[np.argsort(-cast, kind="stable")[:TOP_UP]] = True
    group = np.full(people, -1)
    group[inside] = _clusters(points[inside])
    return group


def _clusters(points: NDArray) -> NDArray[np.int64]:
    distinct = np.unique(points, axis=0)
    base = KMeans(min(BASE, len(distinct)), n_init=1, random_state=0).fit(points)
    centres, weight = base.cluster_centers_, np.bincount(base.labels_)
    best = (-2.0, np.zeros(len(centres), dtype=int))
    for k in range(2, min(MOST, 2 + len(centres) // 12) + 1):
        labels = KMeans(k, n_init=3, random_state=0).fit(centres, sample_weight=weight).labels_
        if len(np.unique(labels)) > 1:
            best = max(best, (float(silhouette_score(centres, labels)), labels), key=lambda found: found[0])
    return np.asarray(best[1][base.labels_], dtype=np.int64)


def group_chances(
    group: NDArray, person: NDArray, statement: NDArray, agree: NDArray, share: NDArray, *, pseudo: float = 6.0
) -> NDArray[np.float64]:
    """The chance of agree in each group (rows) on each statement, pulled to everyone's share by six pseudo-votes.

    The same shrinkage as our own classes have, so that only the groups are compared. Row -1 is everyone's share.
    """
    groups, statements = int(group.max()) + 1, len(share)
    rows = np.tile(share, (groups + 1, 1))
    for k in range(groups):
        mine = group[person] == k
        agreed = np.bincount(statement[mine], agree[mine], minlength=statements)
        cast = np.bincount(statement[mine], minlength=statements)
        rows[k] = (agreed + pseudo * share) / (cast + pseudo)
    return rows
