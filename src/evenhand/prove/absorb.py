"""Least squares with an effect for each unit and each period, also when the panel is unbalanced, weighted or large.

Unit effects (and, if asked, each unit's own straight line) are taken out unit by unit; period effects stay as columns.
So the equations are as small as the number of periods, and can be split by cluster: which gives sandwich errors and
the leave-one-cluster-out jackknife exactly, without fitting again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .panel_table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BLOCK = 256  # units at a time, or a whole cluster: 256 x 72 months x 90 columns are 13 MB
KEPT = 25_000_000  # numbers of the equations by cluster that are kept, 200 MB; beyond it they are made again
SINGULAR = 1e-9  # a column whose part of its own is below this share of it says nothing new: beyond rounding


@dataclass(frozen=True, eq=False)
class Equations:
    """The normal equations, matrix (k, k) and right (k,); `parts` gives them again, some clusters at a time.

    The first columns are periods (all but the first; with trends, but the first and last), then those of x.
    """

    matrix: Floats
    right: Floats
    clusters: int
    parts: Callable[[], Iterable[tuple[slice, Floats, Floats]]]

    @property
    def beta(self) -> Floats:
        """The coefficients (k,)."""
        return np.asarray(np.linalg.solve(self.matrix, self.right))

    def scores(self) -> Floats:
        """Each cluster's score (G, k) at the solution: they sum to nothing."""
        out, beta = np.empty((self.clusters, len(self.right))), self.beta
        for where, matrix, right in self.parts():
            out[where] = right - matrix @ beta
        return out

    def left_out(self) -> Floats:
        """The coefficients without each cluster (G, k); NaN where they are then not to be known."""
        out = np.full((self.clusters, len(self.right)), np.nan)
        scale = np.sqrt(np.diag(self.matrix))
        for where, matrix, right in self.parts():
            rest = self.matrix - matrix
            known = np.linalg.eigvalsh(rest / np.outer(scale, scale))[:, 0] > SINGULAR
            if known.any():
                out[np.arange(where.start, where.stop)[known]] = np.linalg.solve(
                    rest[known], (self.right - right[known])[:, :, None])[:, :, 0]  # fmt: skip
        return out


def equations(table: Table, x: Floats | Bools | None = None, *, trends: bool = False) -> Equations:
    """Build the normal equations of y on periods and x (N, T, p) within units.

    Raises
    ------
    InputError
        If the effects cannot be told apart: periods that no unit joins, or a column that repeats others.
    """
    def parts() -> Iterator[tuple[slice, Floats, Floats]]:
        for rows, z, y, w in blocks(table, x, trends=trends):
            weighted = z * w[:, :, None]
            heads = np.flatnonzero(np.diff(table.cluster[rows], prepend=-1))
            first = int(table.cluster[rows][0])
            yield (slice(first, first + len(heads)),
                   np.add.reduceat(np.matmul(weighted.transpose(0, 2, 1), z), heads, axis=0),
                   np.add.reduceat(np.matmul(y[:, None, :], weighted)[:, 0], heads, axis=0))  # fmt: skip

    periods = table.y.shape[1] - 1 - trends
    k = periods + (0 if x is None else x.shape[2])
    kept = list(parts()) if table.clusters * k * k <= KEPT else None
    whole, right = np.zeros((k, k)), np.zeros(k)
    for _, matrix, side in kept if kept is not None else parts():
        whole += matrix.sum(axis=0)
        right += side.sum(axis=0)
    _known(whole, periods)
    return Equations(whole, right, table.clusters, parts if kept is None else lambda: kept)


def blocks(
    table: Table, x: Floats | Bools | None = None, *, trends: bool = False
) -> Iterator[tuple[slice, Floats, Floats, Floats]]:
    """Whole clusters, some units at a time: which units; columns (n, T, k) and y (n, T) with the units' own effects
    taken out; weights."""
    months = table.y.shape[1]
    for rows in _some(table.cluster):
        w, y = table.w[rows], np.where(table.seen[rows], table.y[rows], 0.0)
        z = np.broadcast_to(np.eye(months)[:, 1:months - trends], (len(w), months, months - 1 - trends))
        if x is not None:
            z = np.concatenate([z, x[rows]], axis=2)
        basis = own(w, table.periods, trends)
        both = np.concatenate([z, y[:, :, None]], axis=2)
        for q in basis:
            both = both - q[:, :, None] * np.matmul((w * q)[:, None, :], both)
        both = both * table.seen[rows][:, :, None]
        yield rows, both[:, :, :-1], both[:, :, -1], w


def own(w: Floats, periods: Ints, trends: bool) -> list[Floats]:
    """What a unit may have of its own, a constant and perhaps a line: orthonormal under its weights, each (N, T)."""
    basis: list[Floats] = []
    time = (periods - periods.mean()) / max(float(np.ptp(periods)), 1.0)
    for power in range(2 if trends else 1):
        q = np.broadcast_to(time**power, w.shape).astype(np.float64)
        for earlier in basis:
            q = q - earlier * np.sum(w * q * earlier, axis=1, keepdims=True)
        size = np.sqrt(np.sum(w * q**2, axis=1, keepdims=True))
        basis.append(np.divide(q, size, out=np.zeros_like(q), where=size > SINGULAR))
    return basis


def _some(cluster: Ints) -> Iterator[slice]:
    ends = np.r_[np.flatnonzero(np.diff(cluster)) + 1, len(cluster)]
    first = 0
    for end, after in zip(ends, [*ends[1:], None], strict=True):
        if after is None or after - first > BLOCK:
            yield slice(first, int(end))
            first = int(end)


def _known(matrix: Floats, periods: int) -> None:
    scale = np.sqrt(np.maximum(np.diag(matrix), 0))
    if (scale > 0).all():
        unit = matrix / np.outer(scale, scale)
        if np.linalg.eigvalsh(unit)[0] > SINGULAR:
            return
    part = matrix[:periods, :periods]
    size = np.sqrt(np.maximum(np.diag(part), 0))
    if (size == 0).any() or np.linalg.eigvalsh(part / np.outer(size, size))[0] <= SINGULAR:
        raise InputError("no unit joins all the periods that are needed (each has some of its own), so they cannot be "
                         "compared; give a file in which units are seen throughout")  # fmt: skip
    raise InputError("the effect cannot be told from unit and period effects (no unit is untreated "
                     "while others are treated, or nothing changes within a unit)")  # fmt: skip
