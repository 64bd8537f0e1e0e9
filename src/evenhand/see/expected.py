"""Expected: what a unit's numerator would be if only its patients, and not its decisions, were different."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError
from .cochran import between_units, weighted_fit
from .noise import Noise, family_of

Floats = NDArray[np.float64]


def expected(
    numerator: ArrayLike, denominator: ArrayLike, case_mix: ArrayLike, *, standard_error: ArrayLike | None = None
) -> Floats:
    """Expect each unit's numerator from its case-mix: what it would be at everybody's level, given its patients.

    The value is regressed on the case-mix columns, each unit weighted by its chance and by the variation between
    units that is left (Paule-Mandel), so that neither the large nor the small rule the line. Expected numerators add
    up to the observed ones. Compare observed with expected, as a ratio: 1 is what patients like these give.

    Parameters
    ----------
    numerator, denominator
        float64 (N,), positive denominators, one row a unit.
    case_mix
        float64 (N, K), what a unit cannot choose: shares of its patients by age, deprivation and the like. A
        missing cell counts as the mean of its column; a column that never varies tells nothing and is left out.
    standard_error
        Of each value (N,), where the numerator is no count; without it large units are believed by their size.

    Raises
    ------
    InputError
        If a denominator is not positive, or the units are fewer than case-mix columns and three.

    Source: Paule & Mandel (1982), J Res NBS 87:377, for the variance between units; indirect standardisation.

    >>> expected([10.0, 20, 30, 40, 50], [100.0] * 5, [0.0, 1, 2, 3, 4]).round(6).tolist()
    [10.0, 20.0, 30.0, 40.0, 50.0]
    """
    hits, base = (np.asarray(side, dtype=np.float64) for side in (numerator, denominator))
    if not (base > 0).all():
        raise InputError(f"expected: row {int(np.flatnonzero(~(base > 0))[0]) + 1} has no denominator above 0")
    columns = _columns(case_mix, len(hits))
    if len(hits) < columns.shape[1] + 3:
        raise InputError(f"expected: {columns.shape[1] + 3} units or more are needed, found {len(hits)}")
    design = np.column_stack([np.ones(len(hits)), columns])
    value = hits / base
    variance = sampling_variance(hits, base, standard_error)
    between = between_units(value, variance, design, len(value) - design.shape[1])
    _, beta, _ = weighted_fit(value, variance + between, design)
    foreseen = np.maximum(design @ beta, 1e-9 * abs(float(value.mean())) + 1e-300) * base
    return np.asarray(foreseen * (hits.sum() / foreseen.sum()))


def sampling_variance(hits: Floats, base: Floats, standard_error: ArrayLike | None = None) -> Floats:
    """The variance of each value hits / base (N,) if chance alone moved it from a level that all share.

    Of a numerator that is no count, and without standard errors, it is known by size alone: the variance of all
    values, more for the small and less for the large.
    """
    if standard_error is not None:
        return np.asarray(standard_error, dtype=np.float64) ** 2
    family = family_of(hits, base, "auto", False)
    if family == "normal" or not hits.sum() > 0 or (family == "binomial" and hits.sum() >= base.sum()):
        return np.asarray(float((hits / base).var() or 1.0) * base.mean() / base)
    return Noise(family, hits, base).variance()


def _columns(case_mix: ArrayLike, rows: int) -> Floats:
    """Standardised columns that vary, missing cells at the mean, none that repeats the others."""
    given = np.asarray(case_mix, dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    if len(given) != rows:
        raise InputError(f"expected: case-mix has {len(given)} rows, the units {rows}")
    kept: list[Floats] = []
    for column in given.T:
        if not np.isfinite(column).any():
            continue
        filled = np.where(np.isfinite(column), column, np.nanmean(column))
        if filled.std() > 1e-12 * max(1.0, float(np.abs(filled).max())):
            trial = [*kept, (filled - filled.mean()) / filled.std()]
            if np.linalg.matrix_rank(np.column_stack(trial)) == len(trial):
                kept = trial
    return np.column_stack(kept) if kept else np.zeros((rows, 0))
