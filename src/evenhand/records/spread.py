"""Spread: one measure at one level as pages show it, everything worked out; Standing: one organisation in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .base import Record

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Spread(Record):
    """U organisations of a level on one measure over a window of months, and the course of the middle.

    numerator, denominator, value: float64 (U,) over the window `first` to `last`; fair: bool (U,), large enough to
    be compared. outlier: high, low or None, outside the 99.8% limits. expected: float64 (U,), the numerator that
    patients like theirs would give, NaN without case-mix; unlike: as outlier, for observed over expected.
    z, z_unlike: standard normal by chance, of the value and of observed over expected; NaN where not compared.
    worse: probability of truly lying on the worse side of the benchmark; units, pounds, low, high: what they could
    gain, together with those below them where `together`. icon: of the latest month's control chart.
    months: datetime64[M] (T,); top, bottom: float64 (U, T), or (0, T) where they were not read.
    facts: what holds for all: see `evenhand.story.sights`.
    """

    measure: str
    level: str
    first: str
    last: str
    codes: tuple[str, ...]
    numerator: Floats
    denominator: Floats
    fair: NDArray[np.bool_]
    outlier: tuple[str | None, ...]
    expected: Floats
    unlike: tuple[str | None, ...]
    z: Floats
    z_unlike: Floats
    worse: Floats
    units: Floats
    pounds: Floats
    low: Floats
    high: Floats
    together: bool
    icon: tuple[str | None, ...]
    months: NDArray[np.datetime64]
    top: Floats
    bottom: Floats
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> Floats:
        """numerator / denominator (U,); NaN where there is nothing to divide by."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.denominator > 0, self.numerator / self.denominator, np.nan)

    @property
    def ratio(self) -> Floats:
        """observed / expected (U,): 1 is what patients like theirs would give."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.expected > 0, self.numerator / self.expected, np.nan)

    def row(self, code: str) -> int | None:
        """The row of an organisation; None if it is not there."""
        return self.codes.index(code) if code in self.codes else None

    def with_row(self, code: str, rows: list[int]) -> Spread:
        """The same with one more row at the end: the sums over `rows`; nothing is said of its chance or gain."""
        missing = np.append(np.zeros(0), np.nan)
        sums = {name: np.append(getattr(self, name), np.nansum(getattr(self, name)[rows]))
                for name in ("numerator", "denominator", "expected")}  # fmt: skip
        course = {name: np.vstack([getattr(self, name), np.nansum(getattr(self, name)[rows], axis=0)])
                  for name in ("top", "bottom")}  # fmt: skip
        unknown = ("z", "z_unlike", "worse", "units", "pounds", "low", "high")
        blank = {name: np.append(getattr(self, name), missing) for name in unknown}
        words = {name: (*getattr(self, name), None) for name in ("outlier", "unlike", "icon")}
        changed: dict[str, Any] = {**sums, **course, **blank, **words}
        return replace(self, codes=(*self.codes, code), fair=np.append(self.fair, True), **changed)


@dataclass(frozen=True, eq=False)
class Standing(Record):
    """One organisation on one measure: its numbers from the spread, the middle of the others, its own course.

    z, z_unlike: as in the spread; compared_by: what they rest on, '' for nothing.
    rank: the share of the others that lie below, 0 to 1. price: pounds saved when a unit moves, NaN if nothing says
    so. tenths: float64 (9,), the deciles of everybody's values. months (T,), top, bottom: float64 (T,).
    """

    measure: str
    level: str
    code: str
    first: str
    last: str
    numerator: float
    denominator: float
    expected: float
    fair: bool
    outlier: str | None
    unlike: str | None
    z: float
    z_unlike: float
    compared_by: str
    rank: float
    middle: float
    compared: int
    worse: float
    units: float
    pounds: float
    low: float
    high: float
    together: bool
    price: float
    icon: str | None
    tenths: Floats
    months: NDArray[np.datetime64]
    top: Floats
    bottom: Floats

    @property
    def value(self) -> float:
        """numerator / denominator; NaN where there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator > 0 else float("nan")

    @property
    def ratio(self) -> float:
        """observed / expected; NaN without case-mix."""
        return self.numerator / self.expected if self.expected > 0 else float("nan")

    @property
    def course(self) -> Floats:
        """Its value month by month (T,); NaN where nothing was published."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.bottom > 0, self.top / self.bottom, np.nan)
