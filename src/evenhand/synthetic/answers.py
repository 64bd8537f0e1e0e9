"""Answers: what people say when the survey of 2010 is put to them, and how their answers come in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chance import stream
from .clinicians import Clinicians

OPENED = np.datetime64("2026-01-12T08:00:00")
DAYS_OPEN = 21
BARRIERS = ("time", "no figures of my own", "not my decision", "patients would mind", "nothing")
_BARRIER = (0.38, 0.24, 0.14, 0.10, 0.14)  # the chance of each (ours)
ACT = (0.30, 0.72)  # would change a decision for a colleague's evidence: not positive, positive (ours)
HALF_WAY, TWICE, LATE, MISTYPED = 0.12, 0.04, 0.02, 0.01  # ways in which answers arrive (ours)


@dataclass(frozen=True)
class Answers:
    """What each of K people would say: aware yes or no, positive yes or no (blank if not aware), barrier, would_act;
    second: int64 (K,), when they answer, after the opening."""

    aware: tuple[str, ...]
    positive: tuple[str, ...]
    barrier: tuple[str, ...]
    would_act: tuple[str, ...]
    second: NDArray[np.int64]


def answers(people: Clinicians, seed: int) -> Answers:
    """What everybody in the frame would answer."""
    rng = stream(seed, "answers")
    count = len(people.person)
    act = rng.random(count) < np.array(ACT)[people.positive.astype(np.int64)]
    # most answer in the first days after an invitation and each of two weekly reminders
    second = (rng.integers(3, size=count) * 7 * 86_400 + rng.exponential(1.2 * 86_400, count)).astype(np.int64)
    return Answers(
        aware=_yes(people.aware),
        positive=tuple(said if heard else "" for said, heard in zip(_yes(people.positive), people.aware, strict=True)),
        barrier=tuple(BARRIERS[i] for i in rng.choice(len(BARRIERS), count, p=_BARRIER)),
        would_act=_yes(act),
        second=np.minimum(second, DAYS_OPEN * 86_400 - 3600),
    )


def _yes(said: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple("yes" if s else "no" for s in said)
