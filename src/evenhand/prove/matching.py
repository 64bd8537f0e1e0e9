"""Which controls stood and moved like the treated before?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEAR, QUARTER = 12, 3  # months


def nearest(before: Floats, mine: NDArray[np.bool_], each: int) -> NDArray[np.bool_]:
    """Keep the treated, and for each of them the `each` controls that stood and moved most like it before the start.

    Three things are compared, each in units of its spread over all: the level; how far the months that the later ones
    are compared with lay from it; and how far the last quarter did. The second and third are what a unit chosen for a
    rise or a fall will lose again by itself, and so must its controls. A unit with no value before is never chosen.

    Parameters
    ----------
    before, mine
        (N, T) months before the start, NaN where missing; (N,) who is treated.
    """
    usable = np.isfinite(before).any(axis=1)
    year = before[:, -YEAR:]
    parts = [_mean(before), _mean(year[:, : len(year[0]) // 2]), _mean(before[:, -QUARTER:])]
    places = np.column_stack([_scaled(parts[0]), _scaled(parts[1] - parts[0]), _scaled(parts[2] - parts[0])])
    places[~np.isfinite(places)] = 0.0
    kept = mine.copy()
    for row in np.flatnonzero(mine & usable):
        far = np.where(mine | ~usable, np.inf, np.sum((places - places[row]) ** 2, axis=1))
        chosen = np.argsort(far, kind="stable")[:each]
        kept[chosen[np.isfinite(far[chosen])]] = True
    return kept


def _mean(values: Floats) -> Floats:
    seen = np.isfinite(values).sum(axis=1)
    return np.asarray(np.where(seen > 0, np.nansum(values, axis=1) / np.maximum(seen, 1), np.nan))


def _scaled(values: Floats) -> Floats:
    spread = float(np.nanstd(values))
    return np.asarray(values / spread if spread > 0 else values * 0.0)
