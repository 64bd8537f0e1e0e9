"""Change and Changes: when each of many units began to change, how fast and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Record, plain

Label = np.datetime64 | int


@dataclass(frozen=True, eq=False)
class Change(Record):
    """One unit. `changed` is None where nothing can be said, and `reason` says why; then all else is missing.

    `changed` is False, with the rest filled, where it bends the asked way but moves no further than by chance.
    start: where its steepest stretch begins; start_index: the same, counted from 1; slope_per_month: of that
    stretch; before, after: the levels it came from and ended at; size: before minus after, so a fall is positive;
    size_share: the size as a share of before; size_fitted: the size read off the fitted line, where the published
    reading can go astray (`note` says so); breaks: where the fitted line bends; months, missing: points with
    and without a value.
    """

    unit: str
    changed: bool | None
    start: Label | None = None
    slope_per_month: float = np.nan
    size: float = np.nan
    size_share: float = np.nan
    before: float = np.nan
    after: float = np.nan
    size_fitted: float = np.nan
    start_index: int | None = None
    breaks: tuple[Label, ...] = ()
    months: int = 0
    missing: int = 0
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class Changes(Record):
    """All units, with the quartiles over those that changed: of start (label and index) and of size.

    points: what each point is called, a date or a whole number; series, fitted: float64 (U, T), NaN where there is
    none; neither is part of the JSON.
    """

    units: tuple[Change, ...]
    quartiles: dict[str, list[Any]]
    direction: str
    expected: str
    p: float
    levels: str
    points: NDArray[Any]
    series: NDArray[np.float64]
    fitted: NDArray[np.float64]

    @property
    def changed(self) -> int:
        """How many units changed."""
        return sum(unit.changed is True for unit in self.units)

    @property
    def unknown(self) -> int:
        """Of how many units nothing can be said."""
        return sum(unit.changed is None for unit in self.units)

    def as_json(self) -> dict[str, Any]:
        """The units, the quartiles, and what was asked."""
        said = ("direction", "expected", "p", "levels")
        return {
            "units": [unit.as_json() for unit in self.units], "quartiles": plain(self.quartiles),
            "changed": self.changed, "unknown": self.unknown, "points": len(self.points),
        } | {name: getattr(self, name) for name in said}  # fmt: skip
