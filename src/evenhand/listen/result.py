"""Result: a survey question, estimated; and what of it a page may show."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from ..records import Record, plain

EVERYONE = "all"


@dataclass(frozen=True, eq=False)
class GroupEstimate(Record):
    """One group's share, mean or total. n: answers; None when the group is suppressed because it is too small."""

    group: str
    n: int | None
    estimate: float
    se: float
    low: float
    high: float
    df: float
    deff: float

    @property
    def suppressed(self) -> bool:
        """Whether too few answered for this group to be shown."""
        return self.n is None


@dataclass(frozen=True, eq=False)
class WeightSummary(Record):
    """The weights of the respondents."""

    min: float
    max: float
    sum: float


@dataclass(frozen=True, eq=False)
class SurveyResult(Record):
    """A survey question, estimated, with the unweighted figure beside.

    n: respondents; population: how many they stand for; response_rate: respondents among all rows of the frame,
    NaN if nobody says who was asked; kish_ess: respondents of equal weight that would be as informative;
    has_frame: False means these are those who answered, and no more: show no interval.
    """

    n: int
    population: float
    response_rate: float
    kish_ess: float
    weights: WeightSummary
    estimates: tuple[GroupEstimate, ...]
    unweighted: tuple[GroupEstimate, ...]
    statistic: str
    interval: str
    has_frame: bool
    level: float = 0.95

    def group(self, name: str = EVERYONE) -> GroupEstimate:
        """One group's estimate; KeyError if there is none."""
        for found in self.estimates:
            if found.group == name:
                return found
        raise KeyError(name)


def suppress(result: SurveyResult, *, fewest: int = 10) -> SurveyResult:
    """The result as a page or an export may show it: no group under `fewest` answers, and none to be worked out.

    Where just one group would be hidden, the next smallest is hidden with it, for else it is the total minus the rest.

    Source: ENGAGEMENT.md C3 (cells under 10).
    """
    small = {e.group for e in result.estimates if e.n is not None and e.n < fewest}
    shown = sorted((e for e in result.estimates if e.group not in small), key=lambda e: e.n or 0)
    if len(small) == 1 and shown:
        small.add(shown[0].group)

    def hide(rows: tuple[GroupEstimate, ...]) -> tuple[GroupEstimate, ...]:
        return tuple(GroupEstimate(e.group, None, *[math.nan] * 6) if e.group in small else e for e in rows)

    return replace(result, estimates=hide(result.estimates), unweighted=hide(result.unweighted))


def as_document(result: SurveyResult) -> dict[str, Any]:
    """The result as the command line and the API give it."""
    document: dict[str, Any] = plain(result)
    document["unweighted"] = [
        {key: row[key] for key in ("group", "n", "estimate", "low", "high")} for row in document["unweighted"]
    ]
    return document
