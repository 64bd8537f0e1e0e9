"""Over-dispersion: how much more do z-scores vary than chance allows, with the extremes trimmed first?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


def truncated(z: Floats, trim: float) -> tuple[Rows, Floats]:
    """The rows kept, and their z-scores, when the lowest and highest share `trim` by rank is dropped.

    Source: NHS Digital, SHMI methodology (deciles 1 and 10 dropped); tied ranks are averaged.
    """
    if trim == 0:
        return np.arange(len(z)), z
    parts = 1 / trim
    decile = np.floor(stats.rankdata(z) * parts / (len(z) + 1))
    kept = np.flatnonzero((decile > 0) & (decile < parts - 1))
    return kept, z[kept]


def winsorised(z: Floats, trim: float) -> tuple[Rows, Floats]:
    """All rows, and z-scores with those beyond the quantiles `trim` and 1 - `trim` pulled in to them.

    Source: Spiegelhalter (2005) Statist. Med. 24:1185, section 5; quantiles of type 7.
    """
    low, high = np.quantile(z, [trim, 1 - trim])
    return np.arange(len(z)), np.clip(z, low, high)


def between_variance(phi: float, s: Floats) -> float:
    """tau2, the variance between units beyond chance, by moments; 0 if phi leaves none.

    Source: DerSimonian & Laird (1986) Contr. Clin. Trials 7:177, as Spiegelhalter (2005), equation 10, uses it.
    """
    n = len(s)
    if n < 2 or n * phi < n - 1:
        return 0.0
    w = 1 / s**2
    return float(max(0.0, (n * phi - (n - 1)) / (w.sum() - (w**2).sum() / w.sum())))
