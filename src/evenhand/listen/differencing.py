"""Differencing: what two published tables of one survey tell together that neither tells alone, and how it is kept.

Two ways lead to a few people: tables that overlap (by profession and by region, where all GPs but two are in one
region), and a table published twice, with a few people more or fewer. The first is found by linear algebra over the
people; against the second, published figures stand until ten people have moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .result import FEWEST, GroupEstimate, SurveyResult, WeightSummary

Masks = Mapping[str, NDArray[np.bool_]]
NEAR = 1e-9  # a weight; those of the combinations looked at are whole numbers or simple fractions
MOST, FEW = 14, 4  # 2^14 unions are looked at in a tenth of a second


def told(cells: Sequence[NDArray[np.bool_]], *, fewest: int = FEWEST) -> list[NDArray[np.bool_]]:
    """Which sets of fewer than `fewest` people can be worked out from published sums over `cells`, masks (people,)?

    People who are in the same cells cannot be told apart; a set of them, or several such sets together, is told if its
    sum is a linear combination of the published ones. Of more than 14 such sets under `fewest`, unions of four at most
    are looked at, and what one cell leaves of another that holds all of it.

    Source: linear disclosure of additive tables, as in Fellegi (1972), JASA 67:7.
    """
    if not cells:
        return []
    rows = np.array([np.asarray(cell, dtype=bool) for cell in cells])
    patterns, which = np.unique(rows, axis=1, return_inverse=True)
    size = np.bincount(which.reshape(-1), minlength=patterns.shape[1])
    small = np.flatnonzero((size < fewest) & patterns.any(axis=0)).tolist()
    sets = [atoms for many in range(1, (len(small) if len(small) <= MOST else FEW) + 1)
            for atoms in combinations(small, many) if size[list(atoms)].sum() < fewest]  # fmt: skip
    asked = np.zeros((len(sets), patterns.shape[1]))
    for row, atoms in zip(asked, sets, strict=True):
        row[list(atoms)] = 1.0
    A = patterns.astype(np.float64)
    left = np.abs(asked - asked @ np.linalg.pinv(A) @ A).max(axis=1, initial=0.0)
    found = [np.isin(which.reshape(-1), atoms) for atoms, far in zip(sets, left.tolist(), strict=True) if far < NEAR]
    for one in range(len(rows)):
        for other in range(len(rows)):
            rest = rows[other] & ~rows[one]
            if one != other and not (rows[one] & ~rows[other]).any() and 0 < rest.sum() < fewest:
                found.append(rest)
    return found


def overlapping(own: Masks, beside: Sequence[NDArray[np.bool_]], *, fewest: int = FEWEST) -> frozenset[str]:
    """Which groups of a table must be hidden so that, beside what else is published, it tells no small set of people.

    own: group -> who of the people is in it and answered; beside: the same for every cell of the other tables, and for
    everybody. Hidden are the groups under `fewest`, then the smallest until nothing is told.
    """
    shown = dict(sorted(((g, m) for g, m in own.items() if m.sum() >= fewest), key=lambda row: int(row[1].sum())))
    while shown and told([*shown.values(), *beside], fewest=fewest):
        shown.pop(next(iter(shown)))
    return frozenset(own) - frozenset(shown)


def renewed(now: SurveyResult, before: SurveyResult, *, fewest: int = FEWEST) -> SurveyResult:
    """The table to publish after `before` was: the new one if every group has moved by nobody or by `fewest` people or
    more, and so has what the hidden groups hold together; else the old one as it stood.

    One who changes their mind moves a figure as one who comes does. Groups are compared by plain counts.

    Raises
    ------
    InputError
        If the two are not of the same kind.
    """
    if (now.statistic, now.has_frame) != (before.statistic, before.has_frame):
        raise InputError(f"what was published before is a {before.statistic}; expected a {now.statistic} of the same "
                         "question")  # fmt: skip
    shown = {e.group: (e.n, u.estimate) for e, u in zip(now.estimates, now.unweighted, strict=True) if e.n is not None}
    earlier = {e.group: (e.n, u.estimate)
               for e, u in zip(before.estimates, before.unweighted, strict=True) if e.n is not None}  # fmt: skip
    if set(shown) != set(earlier):
        return before
    moved = [_moved(shown[group], earlier[group]) for group in shown]
    hidden = abs((now.n - sum(n for n, _ in shown.values())) - (before.n - sum(n for n, _ in earlier.values())))
    return now if all(change == 0 or change >= fewest for change in (*moved, hidden)) else before


def far_apart(now: Mapping[str, Sequence[str]], before: Mapping[str, Sequence[str]], groups: Sequence[str], *,
              fewest: int = FEWEST) -> bool:  # fmt: skip
    """Whether two releases of answers, column -> cells, differ by nobody or by `fewest` people or more in each group.

    What one has and the other has not, row by row as a multiset, is what a reader of both learns of those who moved.
    """
    if list(now) != list(before):
        return False
    rows = [Counter(zip(*side.values(), strict=True)) for side in (now, before)]
    places = [list(now).index(name) for name in groups]
    for more in (rows[0] - rows[1], rows[1] - rows[0]):
        counts: Counter[tuple[str, ...]] = Counter()
        for row, n in more.items():
            counts[tuple(row[place] for place in places)] += n
        if any(0 < n < fewest for n in counts.values()):
            return False
    return True


def read_published(document: Mapping[str, Any], like: SurveyResult) -> SurveyResult:
    """What `listen estimate --publish --json` said before, as a result of the kind that `like` is.

    Raises
    ------
    InputError
        If it is no such document.
    """
    try:
        estimates, unweighted = (tuple(_group(row) for row in document[side]) for side in ("estimates", "unweighted"))
        weights = document["weights"]
        return replace(
            like, n=int(document["n"]), population=_number(document, "population"),
            response_rate=_number(document, "response_rate"), kish_ess=_number(document, "kish_ess"),
            weights=WeightSummary(*(_number(weights, end) for end in ("min", "max", "sum"))),
            estimates=estimates, unweighted=unweighted, statistic=str(document["statistic"]),
            interval=str(document["interval"]), has_frame=bool(document["has_frame"]), level=float(document["level"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"expected what `listen estimate --publish --json` gave before; found no {error}") from error


def _group(row: Mapping[str, Any]) -> GroupEstimate:
    n = row["n"]
    figures = (_number(row, name) for name in ("estimate", "se", "low", "high", "df", "deff"))
    return GroupEstimate(str(row["group"]), None if n is None else int(n), *figures)


def _number(row: Mapping[str, Any], name: str) -> float:
    value = row.get(name)
    return float("nan") if value is None else float(value)


def _moved(now: tuple[int, float], before: tuple[int, float]) -> float:
    """The fewest people who can have made this change of a count and of a plain mean; any change is one at least."""
    if now == before:
        return 0
    sums = abs(now[0] * now[1] - before[0] * before[1])
    return max(abs(now[0] - before[0]), round(sums) if np.isfinite(sums) else 0, 1)
