"""Union: what several opportunities are worth together when they would save the same pounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, did_you_mean
from ..records.base import Record

WAYS = ("alternative", "additive")

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Union(Record):
    """Pounds. gross: float64 (K,), each opportunity alone; net: (K,), what each adds to those before it (a waterfall
    in the order given); overlap: what the sum counts more than once; total: of all together."""

    gross: Floats
    net: Floats
    overlap: float
    total: float


def union(savings: ArrayLike, spend: ArrayLike | None = None, *, way: str = "alternative") -> Union:
    """Ask what K opportunities save together, cell by cell of claim.

    The largest opportunity alone <= total <= their sum, and no cell saves more than is spent on it.

    Parameters
    ----------
    savings
        float64 (K, C): what each would save in each cell (organisation, month, presentation), 0 or more. NaN is 0.
    spend
        float64 (C,): what is spent on a cell; without it a cell has no cap.
    way
        alternative: other ways to save the same pound, so that a cell saves what the best of them does; additive:
        each comes on top of the others (stop some, switch the rest).

    Raises
    ------
    InputError
        If a saving or a spend is negative or infinite, shapes differ, or the way is unknown.

    Source: METHODS B.7 (our rule), after the NAO's 17.4 against 16.4 for overlapping drug savings.

    >>> found = union([[6.0, 0, 4], [5.0, 2, 0]], [8.0, 2, 4])
    >>> found.total, found.net.tolist(), found.overlap
    (12.0, [10.0, 2.0], 5.0)
    """
    if way not in WAYS:
        raise InputError(f"way: expected alternative or additive, found {way!r}{did_you_mean(way, WAYS)}")
    a = np.nan_to_num(np.asarray(savings, dtype=np.float64), nan=0.0, posinf=np.inf)
    if a.ndim != 2:
        raise InputError(f"savings: expected a row an opportunity and a column a cell, found {a.ndim} dimensions")
    cap = np.full(a.shape[1], np.inf) if spend is None else np.asarray(spend, dtype=np.float64)
    if cap.shape != (a.shape[1],):
        raise InputError(f"spend: expected {a.shape[1]} numbers, one a cell, found {cap.size}")
    for what, column in (("saving", a), ("spend", cap)):
        wrong = (column < 0) | (np.isinf(column) if what == "saving" else False)
        if wrong.any():
            raise InputError(f"a {what} must be a number of 0 or more, found {column[wrong][0]:g}")
    own = np.minimum(a, cap)
    running = np.maximum.accumulate(own, axis=0) if way == "alternative" else np.minimum(np.cumsum(a, axis=0), cap)
    net = np.diff(np.concatenate([np.zeros((1, a.shape[1])), running]), axis=0).sum(axis=1)
    gross, total = own.sum(axis=1), float(net.sum())
    return Union(gross, net, float(gross.sum() - total), total)


def by_presentation(pounds: Sequence[float], shares: Sequence[dict[str, float]], spend: dict[str, float]) -> Union:
    """The union of opportunities of which only the total is known, each laid over the presentations it counts.

    Parameters
    ----------
    pounds
        What each opportunity is worth, K of them.
    shares
        For each, presentation -> its share of the numerator's spend; they are made to add up to 1.
    spend
        Presentation -> what is spent on it, the most that can be saved there.

    Raises
    ------
    InputError
        As `union`, or if an opportunity has no presentation.

    >>> by_presentation([10.0, 10.0], [{"x": 1.0}, {"x": 0.5, "y": 0.5}], {"x": 100.0, "y": 100.0}).total
    15.0
    """
    codes = sorted({code for share in shares for code in share})
    rows = np.zeros((len(shares), len(codes)))
    for row, (worth, share) in enumerate(zip(pounds, shares, strict=True)):
        whole = sum(share.values())
        if not whole > 0:
            raise InputError(f"opportunity {row + 1}: expected presentations with a share above 0, found none")
        for code, part in share.items():
            rows[row, codes.index(code)] = worth * part / whole
    return union(rows, [spend.get(code, 0.0) for code in codes])
