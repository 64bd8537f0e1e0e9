"""Linearisation: the covariance of survey figures from what each respondent adds to them.

`svy` gives means, totals and their standard errors (svy_adapter.py). This file is for what it has no door to:
weights calibrated to sums of numbers, and figures that vary together, as tests and regressions need them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..stats.calibration import gram, thin

Floats = NDArray[np.float64]
Labels = Sequence[str] | NDArray[np.int64]


def covariance(
    scores: Floats,
    *,
    strata: Labels | None = None,
    clusters: Labels | None = None,
    population: Floats | None = None,
) -> Floats:
    """How do K weighted totals vary together from sample to sample?

    Parameters
    ----------
    scores
        float64 (rows, K): weight times what the row adds to each figure; 0 for rows outside a domain, never left out.
    strata, clusters
        Labels (rows,); a cluster's label counts within its stratum. None: one stratum, every row a cluster.
    population
        Clusters of the row's stratum in the population (rows,); None: many.

    Returns float64 (K, K).

    Raises
    ------
    InputError
        If a stratum has one cluster, so that its spread cannot be known.

    Source: Taylor linearisation with clusters drawn with replacement, times 1 - n/N: Binder (1983), Int Stat Rev
    51:279; R `survey::svyrecvar`.

    >>> covariance(np.array([[1.0], [0.0], [1.0], [0.0]]))   # 4 x the variance of 1, 0, 1, 0
    array([[1.33333333]])
    """
    rows, figures = scores.shape
    stratum = codes(strata, rows)
    unit = np.arange(rows) if clusters is None else _units(stratum, clusters)
    first = np.unique(unit, return_index=True)[1]  # a row of each cluster
    totals = np.zeros((len(first), figures))
    np.add.at(totals, unit, scores)
    of = stratum[first]
    many = np.bincount(of, minlength=int(stratum.max()) + 1)
    if (many == 1).any():
        raise InputError(
            "a stratum has answers from one cluster (or person) only, so its spread cannot be known; "
            "join it with a neighbouring stratum"
        )
    means = np.zeros((len(many), figures))
    np.add.at(means, of, totals)
    away = totals - (means / many[:, None])[of]
    left = 1.0 if population is None else 1 - many[of] / np.asarray(population)[first]
    weight = many[of] / (many[of] - 1) * left
    return np.asarray((away * weight[:, None]).T @ away)


def degrees(strata: Labels | None, clusters: Labels | None, inside: NDArray[np.bool_]) -> float:
    """Degrees of freedom of a domain: clusters with a row in it minus strata with a row in it."""
    stratum = codes(strata, len(inside))
    unit = np.arange(len(inside)) if clusters is None else _units(stratum, clusters)
    return float(len(np.unique(unit[inside])) - len(np.unique(stratum[inside])))


def unexplained(scores: Floats, known: Floats, weights: Floats) -> Floats:
    """What of each column of scores (rows, K) the known columns (rows, J) cannot explain, by weighted least squares."""
    X = thin(known / np.maximum(np.abs(known).max(axis=0), 1e-300))  # columns of one size make the small system safe
    found = np.linalg.lstsq(gram(X, weights), X.T @ (weights[:, None] * scores), rcond=1e-11)[0]
    return np.asarray(scores - X @ found)


def codes(labels: Labels | None, rows: int = 0) -> NDArray[np.int64]:
    """Labels as whole numbers from 0; whole numbers as they are; no labels as 0 for all."""
    if labels is None:
        return np.zeros(rows, dtype=np.int64)
    if isinstance(labels, np.ndarray) and labels.dtype.kind == "i":
        return labels
    return np.unique(np.asarray(labels, dtype=object).astype(str), return_inverse=True)[1].reshape(-1)


def _units(stratum: NDArray[np.int64], clusters: Labels) -> NDArray[np.int64]:
    """Clusters within their stratum, numbered from 0."""
    cluster = codes(clusters)
    return np.asarray(np.unique(stratum * (int(cluster.max()) + 1) + cluster, return_inverse=True)[1].reshape(-1))
