"""How far chance alone may move the mean change of a few units against others: the error and its df."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

Floats = NDArray[np.float64]

SURPRISED = 0.95  # an F beyond this quantile: the treated vary more than their noise before can explain
YEAR = 12  # months before from which a unit's own noise may be read; one of them may be missing for all


@dataclass(frozen=True)
class Between:
    """The difference of mean changes, treated minus controls, its standard error and degrees of freedom."""

    effect: float
    se: float
    df: float


def between(mine: Floats, others: Floats, noise: float = 1.0) -> Between:
    """Compare the changes of the treated (n,) with those of the controls (m,), n at least 1 and m at least 2.

    Student's error, from the spread within both groups, where the treated's variance is taken to be `noise` times the
    controls': as it was before, for a few treated units cannot tell their own. Where they then vary more than that can
    explain (an F test at 5%), Welch's error, so that each side counts for itself.

    Source: Student (1908); Welch (1947), Biometrika 34:28.
    """
    n, m = len(mine), len(others)
    effect = float(mine.mean() - others.mean())
    own, theirs = (float(np.var(side, ddof=1)) if len(side) > 1 else 0.0 for side in (mine, others))
    if n > 1 and theirs > 0 and own / theirs / noise > fdtri(n - 1, m - 1, SURPRISED):
        parts = own / n, theirs / m
        df = sum(parts) ** 2 / (parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (m - 1))
        return Between(effect, math.sqrt(sum(parts)), df)
    squares = own * (n - 1) / noise + theirs * (m - 1)
    return Between(effect, math.sqrt(squares / (n + m - 2) * (noise / n + 1 / m)), n + m - 2)


def relative_noise(before: Floats, mine: NDArray[np.bool_]) -> float:
    """How much noisier the treated are from month to month than the controls, as a ratio of variances, at least 1.

    From the months before the start (N, T) that any control has, each against the controls' median, so that what moves
    everybody is out. 1 where there is less than a year to read it from.
    """
    seen = before[:, np.isfinite(before[~mine]).any(axis=0)]
    if seen.shape[1] < YEAR - 1:
        return 1.0
    apart = np.diff(seen - np.nanmedian(seen[~mine], axis=0), axis=1)
    if not np.isfinite(apart).any(axis=1).all():
        return 1.0
    each = np.nanmean(apart**2, axis=1)
    usual = float(np.mean(each[~mine]))
    return max(1.0, float(np.mean(each[mine])) / usual) if usual > 0 else 1.0
