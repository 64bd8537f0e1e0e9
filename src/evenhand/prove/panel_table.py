"""A panel as arrays: units by periods, when each unit is treated from, and what lies together in a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Table:
    """N units by T periods, units sorted by cluster.

    periods: int (T,), ascending, as they are counted; y: float (N, T), NaN where nothing was seen; w: float (N, T), the
    weight of what was seen and 0 elsewhere; start: float (N,), the first treated period, inf for never within the
    file; cluster: int (N,), 0 to G - 1, ascending; covariates: float (N, T, K); missing: rows without a value.
    """

    units: tuple[str, ...]
    periods: Ints
    y: Floats
    w: Floats
    start: Floats
    cluster: Ints
    covariates: Floats
    missing: int

    @property
    def seen(self) -> Bools:
        """Where there is a value (N, T)."""
        return self.w > 0

    @property
    def treated(self) -> Bools:
        """Where a unit is treated, seen or not (N, T)."""
        return np.asarray(self.periods[None, :] >= self.start[:, None])

    @property
    def clusters(self) -> int:
        """How many clusters."""
        return int(self.cluster.max()) + 1

    @property
    def since(self) -> Floats:
        """Periods since a unit's start (N, T): 0 is the first treated one; -inf where never."""
        return np.asarray(self.periods[None, :] - self.start[:, None])

    @property
    def waves(self) -> Ints:
        """The wave of each cluster (G,): a number for each start that all its units share; -1 where they do not."""
        first, last = np.full(self.clusters, np.inf), np.full(self.clusters, -np.inf)
        np.minimum.at(first, self.cluster, self.start)
        np.maximum.at(last, self.cluster, self.start)
        return np.where(first == last, np.unique(first, return_inverse=True)[1], -1).astype(np.int64)

    def keep(self, where: Bools) -> Table:
        """The same panel with only what `where` (N, T) marks; units and periods that are empty then fall away."""
        kept = where & self.seen
        rows, columns = np.asarray(kept.any(axis=1)), np.asarray(kept.any(axis=0))
        cut = np.ix_(rows, columns)
        return Table(
            tuple(name for name, own in zip(self.units, rows, strict=True) if own), self.periods[columns],
            np.where(where, self.y, np.nan)[cut], np.where(where, self.w, 0.0)[cut], self.start[rows],
            np.unique(self.cluster[rows], return_inverse=True)[1].astype(np.int64), self.covariates[cut], self.missing,
        )  # fmt: skip


def tabulate(
    units: Sequence[str],
    periods: Ints,
    values: Floats,
    starts: Floats,
    *,
    clusters: Sequence[str] | None = None,
    weights: Floats | None = None,
    covariates: Mapping[str, Floats] | None = None,
) -> Table:
    """Rows in any order (n each) as a panel; rows without a value, weight or covariate are counted and left out.

    starts: the unit's first treated period, inf for never, the same in all rows of a unit.

    Raises
    ------
    InputError
        If a unit has a period twice, two starts or two clusters, or a weight is below 0.
    """
    names, row = _coded(units)
    start = _one_each(starts, row, units, "is treated from two different periods; expected one start for each unit")
    if clusters is None:
        words, cluster = names, np.arange(len(names))
    else:
        words, code = _coded(clusters)
        cluster = _one_each(code, row, units, "lies in two clusters; expected one for each unit").astype(np.int64)
    given = np.ones(len(row)) if weights is None else weights
    if (given < 0).any():
        raise InputError(f"unit {units[int(np.argmax(given < 0))]!r}: expected a weight of 0 or more, "
                         f"found {given[given < 0][0]:g}")  # fmt: skip
    extra = np.column_stack([*(covariates or {}).values()]) if covariates else np.zeros((len(row), 0))
    _once(row, periods, units)
    known = np.isfinite(values) & np.isfinite(given) & (given > 0) & np.isfinite(extra).all(axis=1)
    if not known.any():
        raise InputError("no row has a value; expected one for each unit and period")
    times, column = np.unique(periods[known], return_inverse=True)
    there = np.unique(row[known])
    order = there[np.lexsort((np.array([names[i] for i in there]), np.array([words[cluster[i]] for i in there])))]
    place = np.full(len(names), -1)
    place[order] = np.arange(len(order))
    cells = place[row[known]], column
    y, w = np.full((len(order), len(times)), np.nan), np.zeros((len(order), len(times)))
    x = np.full((len(order), len(times), extra.shape[1]), np.nan)
    y[cells], w[cells], x[cells] = values[known], given[known], extra[known]
    first = np.where(start[order] > times[-1], np.inf, start[order])
    code = cluster[order]
    return Table(tuple(names[i] for i in order), times.astype(np.int64), y, w, first,
                 np.cumsum(np.r_[0, code[1:] != code[:-1]]).astype(np.int64), x, int((~known).sum()))  # fmt: skip


def enough(table: Table) -> None:
    """Refuse a panel with fewer than two clusters treated in the file, or two untreated while others are treated."""
    inside = np.isfinite(table.start) & (table.start > table.periods[0])
    treated = len(np.unique(table.cluster[np.isfinite(table.start)]))
    if table.y.shape[1] < 2:
        raise InputError("there is one period only; expected some before the start and some after")
    if treated == 0:
        raise InputError("no unit is treated within the file; expected a start for some and none for others")
    if not inside.any():
        raise InputError("every treated unit is treated from the first period on; expected values before the start")
    if treated < 2:
        raise InputError("one cluster is treated; a panel needs at least 2 (for one, see prove synthetic)")
    later = table.start > np.min(table.start[inside])
    if len(np.unique(table.cluster[later])) < 2:
        raise InputError(f"{len(np.unique(table.cluster[later]))} clusters are untreated while others are treated; "
                         "a panel needs at least 2")  # fmt: skip


def _coded(words: Sequence[str]) -> tuple[list[str], Ints]:
    names = list(dict.fromkeys(words))
    place = {name: i for i, name in enumerate(names)}
    return names, np.array([place[word] for word in words], dtype=np.int64)


def _one_each(values: Floats | Ints, row: Ints, units: Sequence[str], wrong: str) -> Floats:
    """The value of each unit, which must be the same in all its rows."""
    found = np.zeros(int(row.max()) + 1)
    found[row[::-1]] = values[::-1]
    differs = found[row] != values
    if differs.any():
        raise InputError(f"unit {units[int(np.argmax(differs))]!r} {wrong}")
    return found


def _once(row: Ints, periods: Ints, units: Sequence[str]) -> None:
    order = np.lexsort((periods, row))
    twice = (np.diff(row[order]) == 0) & (np.diff(periods[order]) == 0)
    if twice.any():
        at = int(order[int(np.argmax(twice)) + 1])
        raise InputError(f"unit {units[at]!r} has one period twice; expected one row for each unit and period")
