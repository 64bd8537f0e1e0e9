"""Limits of a funnel at given denominators: plain, or widened by over-dispersion."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..records import Limits
from .plain_funnel import share_limits

# Two-sided normal points, rounded as NHS funnel plots publish them, and each one's tail.
Z = {95.0: 1.959964, 99.8: 3.090232}
TAIL = {95.0: 0.025, 99.8: 0.001}

Floats = NDArray[np.float64]


def draw(
    d: Floats,
    s: Floats,
    target: float,
    kind: str,
    method: str,
    tau2: float | None,
    multiplier: float,
    size: int | None = None,
    there: NDArray[np.int64] | None = None,
) -> Limits:
    """Limits at denominators `d`, whose transformed values have standard deviation `s`.

    tau2 None draws plain limits: exact Poisson for a ratio. With `size` and `there`, the limits are laid among
    NaN for the units that have none.
    """
    columns = []
    for level in (95.0, 99.8):
        if kind == "proportion" and method == "phe":
            low, high = share_limits(d, target, level=1 - 2 * TAIL[level])
        elif tau2 is None and (kind == "ratio" or method == "phe"):
            low, high = (target * end for end in _poisson(target * d, TAIL[level]))
        else:
            low, high = _back(Z[level] * np.sqrt(s**2 + (tau2 or 0.0)), target, kind, method)
        columns += [multiplier * low, multiplier * high]
    if size is not None and there is not None:
        columns = [_among(column, size, there) for column in columns]
    return Limits(*columns)


def _back(half: Floats, target: float, kind: str, method: str) -> tuple[Floats, Floats]:
    """target -/+ half on the transformed scale, brought back to the scale of the value."""
    if kind == "proportion":
        angle = np.arcsin(np.sqrt(target))
        low, high = np.maximum(angle - half, 0.0), np.minimum(angle + half, np.pi / 2)
        return np.sin(low) ** 2, np.sin(high) ** 2
    if kind == "ratio" and method == "cqc":
        return np.maximum(1 - half, 0.0) ** 2, (1 + half) ** 2  # squared back: decision 0040
    return target * np.exp(-half), target * np.exp(half)


def _poisson(expected: Floats, tail: float) -> tuple[Floats, Floats]:
    """Exact Poisson limits of observed over expected. Source: Garwood (1936) Biometrika 28:437."""
    low = stats.chi2.ppf(tail, 2 * expected) / 2 / expected
    high = stats.chi2.ppf(1 - tail, 2 * expected + 2) / 2 / expected
    return low, high


def _among(values: Floats, size: int, there: NDArray[np.int64]) -> Floats:
    out = np.full(size, np.nan)
    out[there] = values
    return out
