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


def covariance(
    scores: Floats,
    *,
    strata: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
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
    stratum = _codes(strata, rows)
    unit = np.arange(rows) if clusters is None else _codes([f"{s} {c}" for s, c in zip(stratum, clusters, strict=True)])
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


def degrees(strata: Sequence[str] | None, clusters: Sequence[str] | None, inside: NDArray[np.bool_]) -> float:
    """Degrees of freedom of a domain: clusters with a row in it minus strata with a row in it."""
    stratum = _codes(strata, len(inside))
    unit = np.arange(len(inside)) if clusters is None else _codes(
        [f"{s} {c}" for s, c in zip(stratum, clusters, strict=True)]
    )  # fmt: skip
    return float(len(np.unique(unit[inside])) - len(np.unique(stratum[inside])))


def unexplained(scores: Floats, known: Floats, weights: Floats) -> Floats:
    """What of each column of scores (rows, K) the known columns (rows, J) cannot explain, by weighted least squares."""
    X = thin(known / np.maximum(np.abs(known).max(axis=0), 1e-300))  # columns of one size make the small system safe
    found = np.linalg.lstsq(gram(X, weights), X.T @ (weights[:, None] * scores), rcond=1e-11)[0]
    return np.asarray(scores - X @ found)


def _codes(labels: Sequence[str] | None, rows: int = 0) -> NDArray[np.int64]:
    if labels is None:
        return np.zeros(rows, dtype=np.int64)
    return np.unique(np.asarray(labels, dtype=object).astype(str), return_inverse=True)[1].reshape(-1)
