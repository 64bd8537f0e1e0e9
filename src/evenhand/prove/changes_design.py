"""Indicators and blocks: the candidate breaks of a series, and how they are shared out for the search."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RATIO = 0.8  # gets: at most 0.8 candidates for each observation in one regression
TOLERANCE = 1e-7  # gets: a column is one too many when less than this share of it is new

SHAPES = ("trend", "step")


def indicators(n: int, shape: str) -> Floats:
    """The candidate breaks of a series of n: float64 (n, n - 1), one column for a break at each point but the first.

    A trend break is 1, 2, 3 ... from its point on, a step is 1 from its point on.

    >>> indicators(4, "trend").tolist()
    [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [2.0, 1.0, 0.0], [3.0, 2.0, 1.0]]
    """
    since = np.arange(n)[:, None] - np.arange(1, n)[None, :] + 1
    return np.clip(since, 0, None).astype(float) if shape == "trend" else (since > 0).astype(float)


def blocks(n: int, kept: int, largest: int) -> list[tuple[int, int]]:
    """How n - 1 candidates are shared out, as (first, past the last): as evenly as a ceiling allows, at least two.

    `kept` columns (the constant, the mark of missing months) stand in every block beside them.

    Source: Pretis, Reade and Sucarrat (2018), Journal of Statistical Software 86(3), section 4.

    >>> blocks(65, 1, 15)
    [(0, 13), (13, 26), (26, 39), (39, 52), (52, 64)]
    """
    candidates = n - 1
    wanted = max(2.0, candidates / (RATIO * candidates - kept), candidates / min(RATIO * n, largest))
    size = math.ceil(candidates / min(candidates, math.ceil(wanted)))
    return [(first, min(first + size, candidates)) for first in range(0, candidates, size)]


def orthonormal(columns: Floats, there: Flags) -> tuple[Floats, Floats, Flags]:
    """Many designs at once as orthonormal columns and the inverse of their triangle; columns that add nothing go.

    columns: float64 (D, n, K); there: bool (D, K), False for padding. Returns Q (D, n, K), with zeros for a column
    that is not there or repeats those before it; the inverse of R (D, K, K); and bool (D, K), the columns that stayed.
    """
    designs, _, width = columns.shape
    basis = np.zeros_like(columns)
    triangle = np.zeros((designs, width, width))
    stayed = there.copy()
    for j in range(width):
        column = columns[:, :, j].copy()
        length = np.sqrt((column**2).sum(axis=1))
        for _ in range(2 if j else 0):  # once more, as one pass leaves rounding behind
            along = np.einsum("dnk,dn->dk", basis[:, :, :j], column)
            column -= np.einsum("dnk,dk->dn", basis[:, :, :j], along)
            triangle[:, :j, j] += along
        left = np.sqrt((column**2).sum(axis=1))
        stayed[:, j] &= left >= TOLERANCE * length
        stayed[:, j] &= left > 0.0
        out = ~stayed[:, j]
        basis[:, :, j] = np.where(out[:, None], 0.0, column / np.where(left > 0.0, left, 1.0)[:, None])
        triangle[out, :j, j] = 0.0
        triangle[:, j, j] = np.where(out, 1.0, left)
    return basis, np.asarray(np.linalg.inv(triangle), dtype=np.float64), stayed
