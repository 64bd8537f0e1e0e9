"""Estimate: a number with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Record


@dataclass(frozen=True, eq=False)
class Estimate(Record):
    """A value with its standard error and interval; NaN where it cannot be known.

    `level` is the coverage of `low` to `high`, between 0 and 1.
    """

    value: float
    se: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    level: float = 0.95

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"
