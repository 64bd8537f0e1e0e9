"""Result: a survey question, estimated; and what of it a page may show."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from ..records import Record, plain

EVERYONE = "all"
FEWEST = 10  # ENGAGEMENT.md C3: no cell under ten is shown
ENOUGH, RARER, FEW_DF = 150, 20, 20  # benchmarks/survey_coverage.py: from here on intervals cover as they say


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


def suppress(
    result: SurveyResult, *, fewest: int = FEWEST, also: frozenset[str] = frozenset()
) -> SurveyResult:  # fmt: skip
    """The result as a page or an export may show it: no group under `fewest` answers, and none to be worked out.

    The hidden groups are two at least and hold `fewest` answers or more together, the next smallest going with them,
    for else they are the total minus the rest. `also` are groups that must be hidden for another reason.

    Source: ENGAGEMENT.md C3 (cells under 10).
    """
    small = {e.group for e in result.estimates if (e.n is not None and e.n < fewest) or e.group in also}
    counts = {e.group: e.n for e in result.estimates if e.n is not None}
    shown = sorted((group for group in counts if group not in small), key=lambda group: counts[group])
    while small and shown and (len(small) == 1 or sum(counts.get(group, fewest) for group in small) < fewest):
        small.add(shown.pop(0))

    def hide(rows: tuple[GroupEstimate, ...]) -> tuple[GroupEstimate, ...]:
        return tuple(GroupEstimate(e.group, None, *[math.nan] * 6) if e.group in small else e for e in rows)

    return replace(result, estimates=hide(result.estimates), unweighted=hide(result.unweighted))


def publish(
    result: SurveyResult, *, fewest: int = FEWEST, also: frozenset[str] = frozenset()
) -> SurveyResult:  # fmt: skip
    """The result as a page, a chart or an export shows it: suppressed, and without intervals where there is no frame.

    Source: ENGAGEMENT.md C3.
    """
    shown = suppress(result, fewest=fewest, also=also)
    if shown.has_frame:
        return shown

    def bare(rows: tuple[GroupEstimate, ...]) -> tuple[GroupEstimate, ...]:
        return tuple(replace(e, se=math.nan, low=math.nan, high=math.nan, deff=math.nan) for e in rows)

    return replace(shown, estimates=bare(shown.estimates), unweighted=bare(shown.unweighted))


def cautions(result: SurveyResult) -> tuple[str, ...]:
    """What a reader must know before they lean on an interval; () where it covers as often as it says.

    Source: benchmarks/survey_coverage.py, where intervals of shares hold the truth in 93 to 97 of 100 surveys from
    150 answers and 20 of the rarer kind on, and in fewer with less than 20 degrees of freedom.
    """
    if not result.has_frame:
        return ("These are those who answered, and no more: nothing says whom they stand for.",)
    found = []
    for e in result.estimates:
        if e.n is None or math.isnan(e.estimate):
            continue
        why = []
        if result.statistic == "share" and e.n < ENOUGH:
            why.append(f"fewer than {ENOUGH} answers")
        elif result.statistic == "share" and e.n * min(e.estimate, 1 - e.estimate) < RARER:
            why.append(f"fewer than {RARER} of the rarer answer")
        if e.df < FEW_DF:
            why.append(f"{e.df:.0f} degrees of freedom (clusters minus strata)")
        if why:
            who = "" if e.group == EVERYONE else f"{e.group}: "
            found.append(f"{who}{' and '.join(why)}: the interval may hold the truth less often than it says.")
    return tuple(found)


def as_document(result: SurveyResult) -> dict[str, Any]:
    """The result as the command line and the API give it."""
    document: dict[str, Any] = plain(result)
    document["cautions"] = list(cautions(result))
    document["unweighted"] = [
        {key: row[key] for key in ("group", "n", "estimate", "low", "high")} for row in document["unweighted"]
    ]
    return document
