"""Compare: do groups answer differently, or could that be chance?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr, stdtrit

from ..errors import InputError, did_you_mean
from ..records import Record
from .design import Design
from .svy_adapter import Surveyed


@dataclass(frozen=True, eq=False)
class Difference(Record):
    """Group `last` minus group `first`, with a t test. df: clusters minus strata minus one."""

    first: str
    last: str
    difference: float
    se: float
    low: float
    high: float
    t: float
    df: float
    p: float
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class Association(Record):
    """A table of two questions, tested for independence.

    rows, columns: labels; shares: float64 (R, C), of everybody; counts: int64 (R, C), answers; f, df1, df2, p:
    Rao and Scott's second-order test; wald_f, wald_df1, wald_df2, wald_p: Wald's, for comparison.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    shares: NDArray[np.float64]
    counts: NDArray[np.int64]
    f: float
    df1: float
    df2: float
    p: float
    wald_f: float
    wald_df1: float
    wald_df2: float
    wald_p: float


def difference(
    y: NDArray[np.float64],
    design: Design,
    groups: Sequence[str],
    *,
    first: str | None = None,
    last: str | None = None,
    among: NDArray[np.bool_] | None = None,
    level: float = 0.95,
) -> Difference:
    """Do two groups differ in their mean (or share, with y 1 and 0)?

    Parameters
    ----------
    y, design, among
        As in `estimate`.
    groups
        A label (rows,) for each row, '' for none. Without `first` and `last` there must be two; they go by name.

    Raises
    ------
    InputError
        If there are not two groups, or one has no answer.

    Source: R `survey::svyttest`; case api_strat_tests.

    >>> y = np.array([1.0, 0, 0, 1] * 20 + [1.0, 1, 0, 1] * 20)
    >>> found = difference(y, Design(160), ["a"] * 80 + ["b"] * 80)
    >>> f"{found.difference:.2f} (p = {found.p:.3f})"
    '0.25 (p = 0.001)'
    """
    people = Surveyed(design, y, groups=groups)
    inside = _inside(among, people.rows) & np.isfinite(y[people.rows])
    labels = np.array([str(g) for g in groups], dtype=object)[people.rows]
    there = sorted({label for label in labels[inside] if label})
    if first is None and last is None and len(there) != 2:
        shown = ", ".join(there[:8]) or "none"
        raise InputError(f"a t test compares two groups; found {len(there)} ({shown}): name two with --first and "
                         "--last, or leave --value out to test the whole table")  # fmt: skip
    start, end = _named(first, there, 0), _named(last, there, -1)
    if start == end:
        raise InputError(f"need two different groups; both are {start!r}")
    inside &= (labels == start) | (labels == end)
    moved = people.difference(start, end, inside)
    df = moved.df - 1
    known = df > 0 and moved.se > 0
    t = moved.estimate / moved.se if known else math.nan
    half = float(stdtrit(df, (1 + level) / 2)) * moved.se if known else math.nan
    p = float(2 * stdtr(df, -abs(t))) if known else math.nan
    return Difference(
        start, end, moved.estimate, moved.se, moved.estimate - half, moved.estimate + half, t, df, p, level
    )


def association(
    answers: Sequence[str], design: Design, groups: Sequence[str], *, among: NDArray[np.bool_] | None = None
) -> Association:
    """Does what people answer depend on the group they are in?

    Parameters
    ----------
    answers, groups
        A label (rows,) for each row, '' for none; each needs two or more labels.

    Raises
    ------
    InputError
        If either has fewer than two labels.

    Source: Rao and Scott (1984), Ann Statist 12:46, second order; R `survey::svychisq` (F and Wald); case
    api_strat_tests.
    """
    people = Surveyed(design, np.zeros(design.rows))
    row, column = (np.array([str(v) for v in labels], dtype=object)[people.rows] for labels in (answers, groups))
    inside = _inside(among, people.rows) & (row != "") & (column != "")
    rows, columns = sorted(set(row[inside])), sorted(set(column[inside]))
    if len(rows) < 2 or len(columns) < 2:
        raise InputError(f"a table needs two answers and two groups; found {len(rows)} and {len(columns)}")
    cells = np.column_stack([inside & (row == r) & (column == c) for r in rows for c in columns]).astype(float)
    weight = float(people.weights[inside].sum())
    share = (people.weights[:, None] * cells).sum(axis=0) / weight
    V = people.together(np.where(inside[:, None], cells - share, 0.0) / weight)
    nu, n = people.df(inside), int(inside.sum())
    f, df1 = _rao_scott(share.reshape(len(rows), -1), V, n)
    wald, wald_df = _wald(share.reshape(len(rows), -1), V)
    return Association(
        tuple(rows), tuple(columns), share.reshape(len(rows), -1),
        cells.sum(axis=0).astype(np.int64).reshape(len(rows), -1), f, df1, df1 * nu, float(fdtrc(df1, df1 * nu, f)),
        wald, wald_df, nu, float(fdtrc(wald_df, nu, wald)),
    )  # fmt: skip


def _rao_scott(share: NDArray[np.float64], V: NDArray[np.float64], n: int) -> tuple[float, float]:
    """F and its first degrees of freedom: Pearson's statistic over the mean of the generalised design effects."""
    expected = np.outer(share.sum(axis=1), share.sum(axis=0))
    pearson = n * float(((share - expected) ** 2 / expected).sum())
    C = _interactions(*share.shape)
    inverse = np.where(share.ravel() > 0, 1 / np.where(share.ravel() > 0, share.ravel(), 1.0), 0.0)
    srs = C.T @ (C * (inverse / n)[:, None])
    design = (C * inverse[:, None]).T @ V @ (C * inverse[:, None])
    delta = np.linalg.solve(srs, design)
    trace = float(np.trace(delta))
    return pearson / trace, trace**2 / float(np.trace(delta @ delta))


def _wald(share: NDArray[np.float64], V: NDArray[np.float64]) -> tuple[float, float]:
    """F and its degrees of freedom from observed minus expected shares, the last row and column left out."""
    R, C = share.shape
    a, b = share.sum(axis=1), share.sum(axis=0)
    away, slope = [], []
    for i in range(R - 1):
        for j in range(C - 1):
            away.append(share[i, j] - a[i] * b[j])
            d = np.zeros((R, C))
            d[i, j] += 1
            d[i, :] -= b[j]
            d[:, j] -= a[i]
            slope.append(d.ravel())
    Y, A = np.array(away), np.array(slope)
    return float(Y @ np.linalg.solve(A @ V @ A.T, Y)) / len(Y), float(len(Y))


def _interactions(R: int, C: int) -> NDArray[np.float64]:
    """The interaction columns of a two-way table (R * C, (R-1)(C-1)), freed of rows and columns."""
    row, column = np.repeat(np.eye(R), C, axis=0), np.tile(np.eye(C), (R, 1))
    main = np.column_stack([np.ones(R * C), row[:, 1:], column[:, 1:]])
    both = np.column_stack([row[:, i] * column[:, j] for i in range(1, R) for j in range(1, C)])
    return np.asarray(both - main @ np.linalg.lstsq(main, both, rcond=None)[0])


def _inside(among: NDArray[np.bool_] | None, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    return np.ones(len(rows), dtype=bool) if among is None else np.asarray(among, dtype=bool)[rows]


def _named(asked: str | None, there: Sequence[str], default: int) -> str:
    if asked is not None and asked not in there:
        raise InputError(f"no answers of a group {asked!r}{did_you_mean(asked, there)}; there are: {', '.join(there)}")
    return asked if asked is not None else there[default]
