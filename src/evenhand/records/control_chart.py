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

    values, mean, lower, upper: float64 (T,) in the measure's own unit; a gap has a NaN value, and
    limits are NaN where no moving range exists. phase: int64 (T,), rising from 0 where it was rebased.
    special_cause: the rule each point breaks, or None; point_type: common_cause or special_cause_...
    (improvement, concern, neutral_high, neutral_low), None at a gap. trial: bool (T,), True in a phase of
    fewer than 13 points, whose limits are trial limits. target: NaN where there is none.
    variation, assurance: the icons of the last point, None where they cannot be said.
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
