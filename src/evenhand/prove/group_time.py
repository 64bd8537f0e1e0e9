"""Callaway and Sant'Anna: an effect for each group of starters and each period, then put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .doubly_robust import doubly_robust
from .panel_table import Table
from .two_stage import Averages

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Controls = Literal["never", "not-yet"]


@dataclass(frozen=True, eq=False)
class Cell:
    """The effect on those treated from `group`, in `period`; influence of each cluster (G,), already over n;
    left_out: the effect without each cluster (G,), NaN where it is then not to be known, or covariates are used."""

    group: int
    period: int
    estimate: float
    influence: Floats
    left_out: Floats
    units: int

    @property
    def since(self) -> int:
        """Periods since the start; below 0 before it."""
        return self.period - self.group


def cells(table: Table, controls: Controls) -> list[Cell]:
    """Every effect by group and period, against the last period before the start (before the start: the one before).

    Only units seen in both periods count. Controls are never treated in the file, or not yet treated by then.

    Raises
    ------
    InputError
        If there is nobody to compare with.

    Source: Callaway and Sant'Anna (2021), Journal of Econometrics 225:200; short differences before the start.
    """
    groups = np.unique(table.start[np.isfinite(table.start)]).astype(np.int64)
    never = ~np.isfinite(table.start)
    found: list[Cell] = []
    for g in groups:
        before = np.flatnonzero(table.periods < g)
        if not len(before):
            continue  # treated from the first period on: nothing to compare with
        for t in range(1, table.y.shape[1]):
            base = t - 1 if table.periods[t] < g else before[-1]
            mine = table.start == g
            others = never if controls == "never" else table.start > max(table.periods[t], table.periods[base])
            both = table.seen[:, t] & table.seen[:, base]
            ours, theirs = mine & both, others & ~mine & both
            if ours.any() and theirs.any():
                found.append(_cell(table, int(g), t, int(base), ours, theirs))
    if not any(cell.since >= 0 for cell in found):
        raise InputError(f"no {'never' if controls == 'never' else 'not yet'} treated unit to compare the treated with")
    return found


def _cell(table: Table, g: int, t: int, base: int, ours: Bools, theirs: Bools) -> Cell:
    change = table.y[:, t] - table.y[:, base]
    rows = np.flatnonzero(ours | theirs)
    clusters = table.clusters
    influence = np.zeros(clusters)
    if table.covariates.shape[2]:
        estimate, own = doubly_robust(change[rows], ours[rows], table.covariates[rows, min(t, base)])
        np.add.at(influence, table.cluster[rows], own / len(rows))
        return Cell(g, int(table.periods[t]), estimate, influence, np.full(clusters, np.nan), int(ours.sum()))
    sides = []
    for side, sign in ((ours, 1.0), (theirs, -1.0)):
        at = np.flatnonzero(side)
        count = np.bincount(table.cluster[at], minlength=clusters)
        total = np.bincount(table.cluster[at], change[at], minlength=clusters)
        mean = total.sum() / count.sum()
        influence += sign * (total - count * mean) / count.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = (total.sum() - total) / (count.sum() - count)
        sides.append((mean, rest))
    return Cell(g, int(table.periods[t]), float(sides[0][0] - sides[1][0]), influence,
                np.asarray(sides[0][1] - sides[1][1]), int(ours.sum()))  # fmt: skip


def together(table: Table, found: list[Cell], since: list[int]) -> Averages:
    """The mean over groups and periods after the start (column 0), then over groups at each of `since`.

    Each cell weighs as many units as its group has; the influence holds that these shares are themselves drawn.
    """
    picks: list[list[Cell]] = [[c for c in found if c.since >= 0], *([c for c in found if c.since == e] for e in since)]
    return _stacked([_average(table, some) for some in picks])


def overall(table: Table, found: list[Cell], how: Literal["simple", "dynamic", "group"]) -> Averages:
    """One number for all: simple as in `together`; dynamic, the mean over periods since the start, each alike; group,
    the mean over groups, each its mean over periods, weighed by its units."""
    after = [c for c in found if c.since >= 0]
    if how == "simple":
        return together(table, found, [])
    if how == "dynamic":
        parts = together(table, found, sorted({c.since for c in after}))
        return Averages(*(np.asarray(a[..., 1:].mean(axis=-1, keepdims=True))
                          for a in (parts.estimate, parts.influence, parts.left_out)))  # fmt: skip
    return _stacked([_average(table, list(_groups(after)))])


def _groups(after: list[Cell]) -> Iterator[Cell]:
    for g in sorted({c.group for c in after}):
        own = [c for c in after if c.group == g]
        yield Cell(g, g, float(np.mean([c.estimate for c in own])), np.mean([c.influence for c in own], axis=0),
                   np.mean([c.left_out for c in own], axis=0), own[0].units)  # fmt: skip


def _average(table: Table, some: list[Cell]) -> tuple[float, Floats, Floats]:
    """Cells weighed by the units of their groups: estimate, influence (G,), left out (G,)."""
    n = len(table.units)
    size = {g: np.bincount(table.cluster[table.start == g], minlength=table.clusters).astype(np.float64)
            for g in {c.group for c in some}}  # fmt: skip
    everyone = np.bincount(table.cluster, minlength=table.clusters)
    whole = sum(float(size[c.group].sum()) for c in some)
    estimate = sum(float(size[c.group].sum()) * c.estimate for c in some) / whole
    influence = np.zeros(table.clusters)
    top, bottom = np.zeros(table.clusters), np.zeros(table.clusters)
    for c in some:
        total = float(size[c.group].sum())
        influence += total / whole * c.influence
        # the shares are drawn too: what each cluster does to this group's share, times its distance from the mean
        influence += (size[c.group] - everyone * total / n) * (c.estimate - estimate) / whole
        rest = total - size[c.group]
        top += np.where(rest > 0, rest * c.left_out, 0.0)
        bottom += rest
    with np.errstate(divide="ignore", invalid="ignore"):
        return estimate, influence, np.where(bottom > 0, top / bottom, np.nan)


def _stacked(parts: list[tuple[float, Floats, Floats]]) -> Averages:
    return Averages(np.array([p[0] for p in parts]), np.column_stack([p[1] for p in parts]),
                    np.column_stack([p[2] for p in parts]))  # fmt: skip
