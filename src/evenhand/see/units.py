"""Units: one numerator and one denominator for each place, rows of a place summed first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError

Floats = NDArray[np.float64]


def summed(units: Sequence[str], *columns: ArrayLike) -> tuple[tuple[str, ...], list[Floats]]:
    """Units in order of first appearance, and each column summed over a unit's rows; NaN if one is missing.

    Raises
    ------
    InputError
        If there are no rows, or the columns are not as long as the units.
    """
    if len(units) == 0:
        raise InputError("no units; expected at least one row")
    position: dict[str, int] = {}
    row_of = np.array([position.setdefault(unit, len(position)) for unit in units])
    sums = []
    for column in columns:
        values = np.asarray(column, dtype=np.float64)
        if values.shape != row_of.shape:
            raise InputError(f"expected {len(units)} numbers, one a row, found {len(values)}")
        sums.append(np.bincount(row_of, weights=values, minlength=len(position)).astype(np.float64))
    return tuple(position), sums


def check_counts(units: tuple[str, ...], numerator: Floats, denominator: Floats, *, share: bool) -> None:
    """Refuse what no count can be: below 0, infinite, or (a share) more hits than the denominator."""
    for name, column in (("numerator", numerator), ("denominator", denominator)):
        wrong = np.flatnonzero((column < 0) | np.isinf(column))
        if len(wrong):
            raise InputError(f"unit {units[wrong[0]]!r}: expected a {name} of 0 or more, found {column[wrong[0]]:g}")
    if share and (over := np.flatnonzero(numerator > denominator)).size:
        unit, n, d = units[over[0]], numerator[over[0]], denominator[over[0]]
        raise InputError(f"unit {unit!r}: a share needs a numerator of at most its denominator, found {n:g} of {d:g}")


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """numerator / denominator; NaN where there is no denominator."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)


def weighted(units: Sequence[str], values: ArrayLike, denominator: ArrayLike, what: str) -> Floats:
    """One number a unit, float64 (N,): its rows' mean, weighted by their denominators; `values` may be one number.

    Raises
    ------
    InputError
        If a value is missing; `what` is how the sentence calls it.
    """
    rows = np.broadcast_to(np.asarray(values, dtype=np.float64), (len(units),))
    if not np.isfinite(rows).all():
        raise InputError(f"unit {units[int(np.flatnonzero(~np.isfinite(rows))[0])]!r}: {what} is missing")
    weight = np.nan_to_num(np.asarray(denominator, dtype=np.float64))
    _, (top, bottom, plain, count) = summed(units, rows * weight, weight, rows, np.ones(len(units)))
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), plain / count)


def columns(units: Sequence[str], case_mix: ArrayLike, denominator: ArrayLike) -> Floats:
    """Case-mix of each unit, float64 (N, K), from its rows' (rows, K) or (rows,); as `weighted`."""
    given = np.asarray(case_mix, dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    return np.column_stack([weighted(units, column, denominator, "case-mix") for column in given.T])
