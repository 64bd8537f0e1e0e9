"""Calibration: the smallest change of weights that makes their totals those that are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..errors import InputError

DISTANCES = ("linear", "raking", "logit")
MOST_STEPS = 200
MET = 1e-10  # of the size of a total: Newton's method ends well below it, a system without a solution never does
THIN = 0.3  # share of cells that are not 0: below it a sparse matrix is quicker (59 columns of 4 margins: 20 times)
Floats = NDArray[np.float64]


def calibrate(
    weights: Floats,
    known: Floats,
    totals: Floats,
    *,
    distance: str = "raking",
    bounds: tuple[float, float] = (0.0, np.inf),
) -> Floats:
    """Which weights, as near as may be to these, have the known totals?

    Parameters
    ----------
    weights
        Base weights (rows,), above 0.
    known, totals
        What is known of each row (rows, K), columns of 1 and 0 for categories, and the sum of each over the
        population (K,). Columns that repeat one another are allowed if their totals agree.
    distance
        linear: the shortest least-squares change, which may end below 0; raking: multiplicative, always above 0;
        logit: new over old stays between `bounds`.

    Raises
    ------
    InputError
        If no such weights exist, or bounds do not hold 1.

    Source: Deville, Sarndal and Sautory (1993), JASA 88:1013; checked against R `survey::calibrate`.

    >>> calibrate(np.ones(4), np.array([[1.0, 0], [1, 0], [1, 0], [0, 1]]), np.array([4.0, 4.0]))
    array([1.33333333, 1.33333333, 1.33333333, 4.        ])
    """
    change, slope = _distance(distance, bounds)
    scale = np.maximum(np.abs(known).max(axis=0), 1e-300)  # columns of one size make the steps safe
    X, T = thin(known / scale), totals / scale
    near = MET * np.maximum(np.abs(T), abs(X).T @ weights)
    coefficients = np.zeros(X.shape[1])
    missing = T - X.T @ weights
    for _ in range(MOST_STEPS):
        if (np.abs(missing) <= near).all():
            break
        step = np.linalg.lstsq(gram(X, weights * slope(X @ coefficients)), missing, rcond=1e-12)[0]
        coefficients, missing, moved = _step(coefficients, step, missing, lambda c: T - X.T @ (weights * change(X @ c)))
        if not moved:
            break
    if not (np.abs(missing) <= 1e3 * near).all():
        worst = int(np.argmax(np.abs(missing) / np.maximum(near, 1e-300)))
        raise InputError(
            f"no weights by {distance} distance have these totals (total {worst + 1} of {len(T)} stays at "
            f"{(T - missing)[worst] * scale[worst]:g}, not {totals[worst]:g}); leave one out or widen the bounds"
        )
    return np.asarray(weights * change(X @ coefficients))


def thin(X: Floats) -> Any:
    """The same matrix, sparse where most of it is 0, as columns of 1 and 0 for categories are."""
    return csr_array(X) if np.count_nonzero(X) < THIN * X.size else X


def gram(X: Any, weights: Floats) -> Floats:
    """X' W X of a matrix (rows, K), sparse or not, and weights (rows,)."""
    if isinstance(X, csr_array):
        return np.asarray((X.T @ X.multiply(weights[:, None]).tocsr()).toarray())
    return np.asarray(X.T @ (X * weights[:, None]))


def _step(
    start: Floats, step: Floats, missing: Floats, left: Callable[[Floats], Floats]
) -> tuple[Floats, Floats, bool]:
    """Newton's step, halved until it comes nearer."""
    size = float(np.abs(missing).max())
    for halves in range(30):
        tried = start + step / 2**halves
        rest = left(tried)
        if np.isfinite(rest).all() and float(np.abs(rest).max()) < size:
            return tried, rest, True
    return start, missing, False


def _distance(
    name: str, bounds: tuple[float, float]
) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """New over old weight as a function of the linear score, and its derivative."""
    if name == "linear":
        return lambda u: 1 + u, np.ones_like
    if name == "raking":
        # 700: exp() of more is no number
        return lambda u: np.exp(np.minimum(u, 700.0)), lambda u: np.exp(np.minimum(u, 700.0))
    if name != "logit":
        raise InputError(f"no distance {name!r}; there are: {', '.join(DISTANCES)}")
    low, high = bounds
    if not (0 <= low < 1 < high < np.inf):
        raise InputError(f"need bounds on both sides of 1, as 0.5,2; got {low:g},{high:g}")
    pace = (high - low) / ((1 - low) * (high - 1))

    def rising(u: Floats) -> Floats:
        return np.asarray(np.exp(np.clip(pace * u, -700, 700)))

    def change(u: Floats) -> Floats:
        e = rising(u)
        return (low * (high - 1) + high * (1 - low) * e) / ((high - 1) + (1 - low) * e)

    def slope(u: Floats) -> Floats:
        e = rising(u)
        return pace * (high - low) * (high - 1) * (1 - low) * e / ((high - 1) + (1 - low) * e) ** 2

    return change, slope
