"""Two-stage difference in differences: what untreated units and months foretell is taken off what was treated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .absorb import equations, own
from .panel_table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Averages:
    """m averages of effects: estimates (m,), influence of each cluster (G, m), and estimates without each (G, m)."""

    estimate: Floats
    influence: Floats
    left_out: Floats


def usable(table: Table) -> tuple[Table, str]:
    """The panel without what has no comparison, and what was left out, in words: units treated from their first
    value on, and months in which no unit is untreated.

    Raises
    ------
    InputError
        If nothing treated, or nothing untreated, is then left.
    """
    always = np.asarray(~(table.seen & ~table.treated).any(axis=1))
    base = table.keep(np.broadcast_to(~always[:, None], table.y.shape)) if not always.all() else table
    words = [f"{int(always.sum())} units that have no value before they are treated"] if always.any() else []
    free = np.asarray((base.seen & ~base.treated).any(axis=0))
    if (~free).any() and not always.all():
        words.append(f"{int((~free).sum())} periods in which every unit is treated")
        base = base.keep(np.broadcast_to(free[None, :], base.y.shape))
    if always.all() or not (base.seen & base.treated).any():
        raise InputError("no unit has values both before and after it is treated, in periods when others are "
                         "untreated; there is nothing to compare")  # fmt: skip
    return base, " and ".join(words)


def two_stage(table: Table, since: list[int], *, trends: bool = False) -> Averages:
    """The mean effect over all that is treated (column 0), then over what is treated for each of `since` periods.

    First stage: effects of units and periods, by least squares on what is untreated. Second: the mean of what is
    treated minus what the first stage foretells. The influence of a cluster holds both stages (the
    generalised method of moments); leaving a cluster out repeats both.

    Raises
    ------
    InputError
        If the effects of periods cannot be told from what is untreated.

    Source: Gardner (2022), arXiv:2207.05943, equation for the variance; the estimate is that of Borusyak, Jaravel
    and Spiess (2024), Review of Economic Studies 91:3253.
    """
    free = table.keep(~table.treated)
    if free.y.shape != table.y.shape:
        raise InputError("a unit or period has nothing untreated; leave it out first")
    first = equations(free, trends=trends)
    gap, pull, weight = _sums(table, free, since, first.right.shape[0], trends)
    whole = weight.sum(axis=0)
    a, b = gap.sum(axis=0) / whole, pull.sum(axis=0) / whole[:, None]
    estimate = a - b @ first.beta
    own_part = (gap - pull @ first.beta - weight * estimate) / whole
    influence = own_part - first.scores() @ np.linalg.solve(first.matrix, b.T)
    rest = whole - weight
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = (gap.sum(axis=0) - gap
                    - np.einsum("gmk,gk->gm", pull.sum(axis=0) - pull, first.left_out())) / rest  # fmt: skip
    left_out[~(rest > 1e-9 * whole)] = np.nan
    return Averages(np.asarray(estimate), np.asarray(influence), np.asarray(left_out))


def _sums(table: Table, free: Table, since: list[int], k: int, trends: bool) -> tuple[Floats, Floats, Floats]:
    """By cluster, over the treated cells of each average: y less the unit's own part, the same of the columns of
    periods, and the weight: (G, m), (G, m, k), (G, m). A cell's effect is then the first minus the second x beta."""
    groups, m = table.clusters, 1 + len(since)
    gap, pull, weight = np.zeros((groups, m)), np.zeros((groups, m, k)), np.zeros((groups, m))
    basis = own(free.w, free.periods, trends)
    y0, columns = np.where(free.seen, free.y, 0.0), slice(1, table.y.shape[1] - trends)
    treated, ago = table.seen & table.treated, table.since
    for j, when in enumerate([None, *since]):
        w = np.where(treated & (True if when is None else ago == when), table.w, 0.0)
        y = np.where(w > 0, table.y, 0.0)
        part, moved = np.sum(w * y, axis=1), w.copy()
        for q in basis:  # what the unit's untreated values say of its treated ones
            reach = np.sum(w * q, axis=1)
            part = part - reach * np.sum(free.w * q * y0, axis=1)
            moved = moved - reach[:, None] * free.w * q
        np.add.at(gap[:, j], table.cluster, part)
        np.add.at(pull[:, j], table.cluster, moved[:, columns])
        np.add.at(weight[:, j], table.cluster, w.sum(axis=1))
    return gap, pull, weight


def leads(table: Table, most: int, *, trends: bool = False) -> tuple[list[int], Averages | None]:
    """The nearest periods before the start against those further back, on what is untreated: trends before the event.

    At most `most` of them, and no more than leave one period further back; none where that cannot be told.

    Source: Borusyak, Jaravel and Spiess (2024), section 4.4.
    """
    free = table.keep(~table.treated)
    ago = free.since
    there = np.unique(ago[free.seen & np.isfinite(ago)]).astype(np.int64)
    asked = [int(e) for e in there[::-1][: max(0, min(most, len(there) - 1))]][::-1]
    while asked:
        x = np.stack([(ago == e).astype(np.float64) for e in asked], axis=2)
        try:
            found = equations(free, x, trends=trends)
        except InputError:
            asked = asked[1:]  # the furthest is what cannot be told from the rest
            continue
        bread = np.linalg.inv(found.matrix)
        p = len(asked)
        return asked, Averages(found.beta[-p:], (found.scores() @ bread)[:, -p:], found.left_out()[:, -p:])
    return [], None
