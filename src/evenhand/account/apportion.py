"""Sharing whole pence: parts that add up exactly, however the shares fall."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

Pence = NDArray[np.int64]


def to_the_penny(
    share: NDArray[np.float64],
    total: int,
    name: Sequence[str],
    *,
    least: Pence | None = None,
    most: Pence | None = None,
) -> Pence:
    """Round shares (pence, adding up to about `total`) to whole pence that add up to it exactly.

    Each gets its whole pence; the pence left over go one each to the largest remainders, and between equal
    remainders to the first name, so that the order of the rows decides nothing. Nobody leaves `least` to `most`,
    which must leave room for `total`.

    Source: Hamilton's method of largest remainders.

    >>> to_the_penny(np.array([33.4, 33.3, 33.3]), 100, ["b", "a", "c"]).tolist()
    [34, 33, 33]
    """
    low = np.zeros(len(share), dtype=np.int64) if least is None else least
    high = np.full(len(share), np.iinfo(np.int64).max) if most is None else most
    whole = np.clip(np.floor(share).astype(np.int64), low, high)
    remainder = share - np.floor(share)
    while (left := total - int(whole.sum())) != 0:
        step = 1 if left > 0 else -1
        free = whole < high if left > 0 else whole > low
        order = np.lexsort((np.asarray(name), -step * remainder))
        chosen = order[free[order]][: abs(left)]
        assert len(chosen), "the bounds leave no room for the total"
        whole[chosen] += step
    return whole


def pence(pounds: Decimal | float | str) -> int:
    """Pounds as whole pence, half a penny up.

    >>> pence("10.005"), pence(0.29)
    (1001, 29)
    """
    return int((Decimal(str(pounds)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
