"""EngagementFunnel: who was reached, and how far each went."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Record


@dataclass(frozen=True, eq=False)
class FunnelStage(Record):
    """People at one stage, and what share of the stage before they are (0 to 1, with Wilson's interval).

    The first stage follows nothing: of_previous, low and high are NaN there, and after a stage of nobody.
    """

    stage: str
    people: int
    of_previous: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class EngagementFunnel(Record):
    """The stages in order, the exits beside them, and the gap between what is said and what moved.

    reported: people who say that they changed; verified: those of them whose practice's measure moved;
    self_report_gap: reported minus verified. exits: (why, people) for those who left with a reason.
    out_of_order: person x content x stage rows not counted, as an earlier stage is not there; repeats: rows
    that say again what an earlier row said. beside: (stage, people) for those who came to a stage past an earlier
    one, as somebody who promises from a letter and never opens the module; they are in none of the other numbers.
    """

    stages: tuple[FunnelStage, ...]
    reported: int
    verified: int
    self_report_gap: int
    exits: tuple[tuple[str, int], ...]
    out_of_order: int
    repeats: int
    beside: tuple[tuple[str, int], ...] = ()
