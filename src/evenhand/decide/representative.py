"""Representative statements: what sets an opinion group apart, tested as if somebody else had made the groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ..records import Record, plain
from .ballots import Ballots
from .classes import Classes
from .verdict import FEWEST, MAJORITY, bound

LEVEL = 0.05  # of calling any statement of a round representative by chance
MOST = 5  # ENGAGEMENT.md B1.9: five a group can be read


@dataclass(frozen=True, eq=False)
class Representative(Record):
    """A statement that a group holds more than the others do.

    says: agree or disagree; share, others: of those who agreed or disagreed, how many in the group and outside say so,
    0 to 1; p: that chance made the difference, corrected for every statement and group tried.
    """

    statement: str
    says: str
    share: float
    others: float
    p: float

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {name: plain(value) for name, value in self.__dict__.items()}


def representative(
    votes: Ballots, found: Classes, names: tuple[str, ...], *, most: int = MOST
) -> tuple[tuple[Representative, ...], ...]:
    """For each group the statements that set it apart, the widest difference first.

    A vote never helps to place its own person: each is weighed by the group its person's *other* votes put them in.
    Two shares are compared by the two-proportion z, every statement, group and direction is a test, and Holm's rule
    keeps the chance of any false one at 5%. A group must also hold the view by itself (its lower bound is above half)
    and ten votes must stand on either side. One group has none: nothing sets everyone apart.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65.
    """
    groups, statements = found.agree.shape
    if groups == 1:
        return ((),)
    weight = _others_say(votes, found)
    cells = (votes.statement[:, None] * groups + np.arange(groups)).ravel()
    size = groups * statements
    seen = np.bincount(cells, weight.ravel(), minlength=size).reshape(statements, groups)
    agreed = np.bincount(cells, (weight * votes.agree[:, None]).ravel(), minlength=size).reshape(statements, groups)
    rest, rest_agreed = seen.sum(axis=1, keepdims=True) - seen, agreed.sum(axis=1, keepdims=True) - agreed
    enough = (seen >= FEWEST) & (rest >= FEWEST)
    inside, outside = _share(agreed, seen), _share(rest_agreed, rest)
    pooled = _share(agreed + rest_agreed, seen + rest)
    error = np.sqrt(pooled * (1 - pooled) * (1 / np.maximum(seen, 1) + 1 / np.maximum(rest, 1)))
    z = np.where(enough & (error > 0), (inside - outside) / np.where(error > 0, error, 1), 0.0)
    p = _holm(ndtr(-np.stack([z, -z])), tests=2 * int(enough.sum()))
    chosen: list[tuple[Representative, ...]] = []
    for k in range(groups):
        rows = []
        for says, corrected, hits, mine, theirs in (
            ("agree", p[0], agreed, inside, outside), ("disagree", p[1], seen - agreed, 1 - inside, 1 - outside),
        ):  # fmt: skip
            for j in np.flatnonzero(enough[:, k] & (corrected[:, k] < LEVEL)):
                if bound(min(float(hits[j, k]), float(seen[j, k])), float(seen[j, k])) > MAJORITY:
                    rows.append(Representative(
                        names[j], says, float(mine[j, k]), float(theirs[j, k]), float(corrected[j, k])))  # fmt: skip
        rows.sort(key=lambda row: (-(row.share - row.others), row.statement))
        chosen.append(tuple(rows[:most]))
    return tuple(chosen)


def _others_say(votes: Ballots, found: Classes) -> NDArray[np.float64]:
    """How likely the person of each vote is in each group by their other votes: float64 (V, K)."""
    chance = found.agree.T[votes.statement]
    weight = found.belongs[votes.person] / np.where(votes.agree[:, None], chance, 1 - chance)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _share(hits: NDArray, n: NDArray) -> NDArray[np.float64]:
    return np.asarray(np.where(n > 0, hits / np.where(n > 0, n, 1), 0.5))


def _holm(p: NDArray[np.float64], *, tests: int) -> NDArray[np.float64]:
    flat = p.ravel()
    order = np.argsort(flat)
    step = np.maximum(tests - np.arange(len(flat)), 1)
    corrected = np.empty(len(flat))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(flat[order] * step))
    return corrected.reshape(p.shape)
