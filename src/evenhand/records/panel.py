"""Panel: a measure's numerator and denominator, organisation by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .base import Record


@dataclass(frozen=True, eq=False)
class Panel(Record):
    """One measure at one level.

    organisations: codes, P of them; months: datetime64[M] (T,), rising;
    numerator, denominator: float64 (P, T), NaN where nothing was published, 0 where none was counted.
    A rate per 1,000 patients has patients/1,000 as its denominator, so that value is always
    numerator / denominator and a higher level is always a ratio of sums.
    `source` says which lake snapshots (table, key, sha256) it was computed from.
    """

    measure: str
    level: str
    organisations: tuple[str, ...]
    months: NDArray[np.datetime64]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    source: tuple[str, ...] = ()

    @property
    def value(self) -> NDArray[np.float64]:
        """numerator / denominator (P, T); nothing divided by nothing is NaN."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.numerator / self.denominator
        return np.where(self.denominator == 0, np.nan, ratio)

    def row(self, organisation: str) -> int:
        """The row of an organisation; KeyError if the panel does not have it."""
        try:
            return self.organisations.index(organisation)
        except ValueError:
            raise KeyError(organisation) from None

    def between(self, first: str, last: str) -> Panel:
        """The same panel, months `first` to `last` (YYYY-MM), both included."""
        keep = (self.months >= np.datetime64(first, "M")) & (self.months <= np.datetime64(last, "M"))
        return Panel(
            self.measure, self.level, self.organisations, self.months[keep],
            self.numerator[:, keep], self.denominator[:, keep], self.source,
        )  # fmt: skip

    def only(self, organisations: tuple[str, ...] | list[str]) -> Panel:
        """The same panel with only these organisations, in the order given."""
        rows = [self.row(code) for code in organisations]
        return Panel(
            self.measure, self.level, tuple(organisations), self.months,
            self.numerator[rows], self.denominator[rows], self.source,
        )  # fmt: skip
