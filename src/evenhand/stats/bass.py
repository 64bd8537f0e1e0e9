"""Bass: how a change spreads from some to others, as a formula: those who start by themselves, those who follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def adopted(time: ArrayLike, p: ArrayLike, q: ArrayLike) -> Floats:
    """Of those who will ever adopt, the share that has, `time` after the first could.

    p: the rate at which people start by themselves; q: at which they follow others; both per unit of `time`.
    Half have adopted soonest where both are large; new adopters are most at ln(q/p) / (p + q), if q > p.

    Source: Bass (1969), Management Science 15:215; METHODS E.3.

    >>> adopted([0.0, 5.0, 100.0], 0.03, 0.38).round(3).tolist()
    [0.0, 0.331, 1.0]
    """
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    fading = np.exp(-(p + q) * np.clip(np.asarray(time, dtype=np.float64), 0, None))
    share: Floats = (1 - fading) / (1 + q / p * fading)
    return share


def hazard(share: ArrayLike, p: ArrayLike, q: ArrayLike, time: ArrayLike) -> Floats:
    """The chance that one who has not adopted does so within `time`, when `share` of those who ever will have.

    With p = 0 it is the logistic: nobody starts by himself, and a share of 0 stays 0.

    >>> bool(np.isclose(hazard(0.0, 0.03, 0.38, 5.0), adopted(5.0, 0.03, 0.38)))
    True
    """
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    known = np.asarray(share, dtype=np.float64)
    fading = np.exp(-(p + q) * np.asarray(time, dtype=np.float64))
    below = p + q * known + q * (1 - known) * fading
    chance: Floats = 1 - np.divide((p + q) * fading, below, out=np.ones(np.broadcast_shapes(
        np.shape(below), np.shape(fading))), where=below > 0)  # fmt: skip
    return chance
