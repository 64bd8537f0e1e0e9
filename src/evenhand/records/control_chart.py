"""ControlChart: a series over time, its limits, and the points that chance does not explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .base import Record


@dataclass(frozen=True, eq=False)
class Runs(Record):
    """One phase looked at as a run chart about its centre line (Anhoej's two rules).

    None where no point lies off the centre line. signal: an unusually long run, or unusually few crossings.
    """

    phase: int
    longest_run: int | None
    longest_max: int | None
    crossings: int | None
    crossings_min: int | None
    signal: bool | None


@dataclass(frozen=True, eq=False)
class ControlChart(Record):
    """A chart of T points in time order.

    values, mean, lower, upper: float64 (T,) in the measure's own unit; a gap has a NaN value, and limits are NaN
    where nothing gives them. mean is the centre line: a median on run and g charts. phase: int64 (T,), rising from
    0 where it was rebased.
    special_cause: the rule each point breaks, or None; point_type: common_cause or special_cause_...
    (improvement, concern, neutral_high, neutral_low), None at a gap. trial: bool (T,), True in a phase of
    fewer than 13 points, whose limits are trial limits. target: NaN where there is none.
    variation, assurance: the icons of the last point, None where they cannot be said. kind: xmr, i, ip, run, p, pp,
    u, up, c, t, g, xbar or s. left_out: positions that count for no line and no rule, though they are drawn.
    """

    values: NDArray[np.float64]
    mean: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    target: float
    phase: NDArray[np.int64]
    special_cause: tuple[str | None, ...]
    point_type: tuple[str | None, ...]
    trial: NDArray[np.bool_]
    runs: tuple[Runs, ...]
    variation: str | None
    assurance: str | None
    improves: str
    rules: str
    kind: str = "xmr"
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class SuggestedRebase(Record):
    """A new phase that somebody who knows the cause may begin; never begun unasked.

    position: the first point of the level that lasted. phase: the phase it would divide. direction: up or down.
    mean_before, mean_after: of points_before and points_after, in the measure's own unit. strength: the difference
    in standard errors. reason: one sentence with the rule's own figures.
    """

    position: int
    phase: int
    direction: str
    mean_before: float
    mean_after: float
    points_before: int
    points_after: int
    strength: float
    reason: str


@dataclass(frozen=True, eq=False)
class BoardLine(Record):
    """One measure on a board's page: its newest value, when, its target (NaN for none), and both icons.

    variation, assurance: as on a ControlChart; variation_says, assurance_says: the same in words.
    """

    name: str
    when: str
    value: float
    target: float
    variation: str | None
    assurance: str | None
    variation_says: str
    assurance_says: str
    rules: str
