"""Regress: how an answer goes with several things at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, stdtr, stdtrit

from ..errors import InputError
from ..records import Record
from .design import Design
from .known import Column
from .svy_adapter import Surveyed

MOST_STEPS, STILL = 100, 1e-12


@dataclass(frozen=True, eq=False)
class Coefficient(Record):
    """One coefficient, with its t interval and test."""

    term: str
    estimate: float
    se: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, eq=False)
class Regression(Record):
    """Coefficients of a linear or a logistic regression. n: answers with every column; df: the design's, less terms."""

    family: str
    n: int
    df: float
    coefficients: tuple[Coefficient, ...]
    level: float = 0.95


def regress(
    y: NDArray[np.float64],
    design: Design,
    on: Mapping[str, Column],
    *,
    share: bool = False,
    among: NDArray[np.bool_] | None = None,
    level: float = 0.95,
) -> Regression:
    """How does an answer go with each of these, the others held still?

    Parameters
    ----------
    y, design, among
        As in `estimate`.
    on
        column -> a number (NaN: none) or a label ('': none) for each row; labels are compared with their first by name.
    share
        y is 1 and 0: logistic regression, coefficients are log odds.

    Raises
    ------
    InputError
        If there are fewer answers than terms, a column is a sum of others, or the answers are separated by one.

    Source: R `survey::svyglm` (gaussian, quasibinomial); case api_strat_tests.
    """
    people = Surveyed(design, y)
    terms, X = _matrix(on, people.rows)
    answer = y[people.rows]
    inside = np.isfinite(answer) & np.isfinite(X).all(axis=1)
    if among is not None:
        inside &= np.asarray(among, dtype=bool)[people.rows]
    n = int(inside.sum())
    if n <= len(terms):
        raise InputError(f"{len(terms)} terms need more than {len(terms)} complete answers; found {n}")
    X, answer, w = np.where(inside[:, None], X, 0.0), np.where(inside, answer, 0.0), people.weights * inside
    if np.linalg.matrix_rank(X[inside]) < len(terms):
        raise InputError(f"one of {', '.join(terms)} is a sum of the others; leave it out")
    beta, fitted, slope = _logistic(X, answer, w) if share else _linear(X, answer, w)
    inverse = np.linalg.inv(X.T @ (X * (w * slope)[:, None]))
    V = people.together((X * (answer - fitted)[:, None] * inside[:, None]) @ inverse)
    df = people.df(inside) + 1 - len(terms)
    t = float(stdtrit(df, (1 + level) / 2)) if df > 0 else math.nan
    found = []
    for term, b, se in zip(terms, beta.tolist(), np.sqrt(np.diag(V)).tolist(), strict=True):
        p = float(2 * stdtr(df, -abs(b / se))) if df > 0 and se > 0 else math.nan
        found.append(Coefficient(term, b, se, b - t * se, b + t * se, p))
    return Regression("logistic" if share else "linear", n, df, tuple(found), level)


def _matrix(on: Mapping[str, Column], rows: NDArray[np.int64]) -> tuple[list[str], NDArray[np.float64]]:
    terms, columns = ["intercept"], [np.ones(len(rows))]
    for name, column in on.items():
        if isinstance(column, np.ndarray) and column.dtype.kind == "f":
            terms.append(name)
            columns.append(column[rows])
            continue
        labels = np.array([str(v) for v in column], dtype=object)[rows]
        there = sorted({label for label in labels if label})
        if len(there) < 2:
            raise InputError(f"column {name!r}: needs two values or more to compare; found {len(there)}")
        for label in there[1:]:
            terms.append(f"{name}={label}")
            columns.append(np.where(labels == "", np.nan, (labels == label).astype(float)))
    return terms, np.column_stack(columns)


Fit = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _linear(X: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> Fit:
    root = np.sqrt(w)
    beta = np.asarray(np.linalg.lstsq(X * root[:, None], y * root, rcond=None)[0], dtype=np.float64)
    return beta, X @ beta, np.ones(len(y))


def _logistic(X: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> Fit:
    """Iteratively reweighted least squares from no effect at all."""
    beta = np.zeros(X.shape[1])
    for _ in range(MOST_STEPS):
        fitted = expit(X @ beta)
        slope = fitted * (1 - fitted)
        try:
            step = np.linalg.solve(X.T @ (X * (w * slope)[:, None]), X.T @ (w * (y - fitted)))
        except np.linalg.LinAlgError:
            break
        beta = beta + step
        if float(np.abs(step).max()) < STILL * max(1.0, float(np.abs(beta).max())):
            fitted = expit(X @ beta)
            return beta, fitted, fitted * (1 - fitted)
    raise InputError("a column tells everybody who said yes from everybody who said no; leave it out or join groups")
