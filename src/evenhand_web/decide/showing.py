"""Showing: which statement was shown to whom with which chance, kept, and whether routing does what it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenhand.decide import Exposure, Lottery, Next, monitor
from evenhand_web.people.models import Person

from . import camps
from .models import Round, Showing, Statement


@dataclass(frozen=True)
class Watch:
    """How statements of a round were shown. exposure: how evenly they were seen, None while nobody has voted;
    lottery: whether they are drawn as routing says; showings: how many are kept."""

    exposure: Exposure | None
    lottery: Lottery
    showings: int

    @property
    def alarms(self) -> list[str]:
        """What is wrong, in words; none if nothing is."""
        return [*(self.exposure.alarms if self.exposure else ()), *([self.lottery.alarm] if self.lottery.alarm else [])]


def keep(statement: Statement, person: Person, drawn: Next) -> None:
    """Keep a showing; the same page once more is the same showing."""
    Showing.objects.get_or_create(
        statement=statement, person=person, given=drawn.given,
        defaults={"probability": drawn.probability, "candidates": drawn.candidates, "why": drawn.why},
    )  # fmt: skip


def watch(round_: Round) -> Watch:
    """What the log of showings and the votes say of the routing of a round."""
    kept = list(Showing.objects.filter(statement__round=round_).values_list("probability", "candidates"))
    chance, among = np.array(kept, dtype=np.float64).reshape(-1, 2).T
    return Watch(camps.exposed(round_), monitor(chance, among.astype(np.int64)), len(kept))
