"""Answers: what people say when Evenhand's survey `qipp_awareness_2010` is put to them, and how the answers come in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chance import stream
from .clinicians import Clinicians

OPENED = np.datetime64("2026-01-12T08:00:00")
DAYS_OPEN = 21
# Answers beside the two that are planted, with the chance of each (ours).
HEARD_FROM = {"employer": 0.4, "colleague": 0.25, "meeting": 0.15, "journal": 0.12, "other": 0.08}
NOT_POSITIVE = {"none": 0.5, "unsure": 0.3, "negative": 0.2}
CARE_AND_MONEY = {"1": 0.06, "2": 0.12, "3": 0.22, "4": 0.38, "5": 0.22}
PATHWAY = {"diabetes": 0.34, "mental_health": 0.28, "coronary_heart_disease": 0.16, "cancer": 0.14, "other": 0.08}
BARRIER = {"time": 0.40, "data": 0.25, "say": 0.15, "evidence": 0.12, "nothing": 0.08}
ASKED_TO_DECIDE = 0.18
HOURS = 2.2  # a month, mean
QUESTIONS = (
    "heard_of_qipp", "heard_from", "expected_difference", "care_and_money", "pathway_priority", "asked_to_decide",
    "hours_a_month", "barrier", "first_change",
)  # fmt: skip
# Ways in which answers arrive (ours); GAVE_UP is of those who never submit.
HALF_WAY, TWICE, LATE, MISTYPED, NOT_ASKED, GAVE_UP = 0.12, 0.04, 0.02, 0.01, 0.01, 0.02


@dataclass(frozen=True)
class Answers:
    """What each of K people would say to each question, '' where it is not asked or not answered; `second`: int64
    (K,), when they answer, after the opening."""

    said: dict[str, list[str]]
    second: NDArray[np.int64]


@dataclass(frozen=True)
class Event:
    """One save or submission: when (seconds after the opening), by which person (row), its status and its answers."""

    second: int
    person: int
    status: str
    said: dict[str, str]


def answers(people: Clinicians, seed: int) -> Answers:
    """What everybody in the frame would answer."""
    rng = stream(seed, "answers")
    count = len(people.person)
    expects = np.where(people.positive, "positive", _draw(rng, NOT_POSITIVE, count))
    second_pathway = _draw(rng, PATHWAY, count)
    first_pathway = _draw(rng, PATHWAY, count)
    two = (rng.random(count) < 0.5) & (first_pathway != second_pathway)
    said = {
        "heard_of_qipp": np.where(people.aware, "yes", "no"),
        "heard_from": np.where(people.aware, _draw(rng, HEARD_FROM, count), ""),
        "expected_difference": np.where(people.aware, expects, ""),
        "care_and_money": _draw(rng, CARE_AND_MONEY, count),
        "pathway_priority": np.array([f"{a};{b}" if both else a for a, b, both in
                                      zip(first_pathway, second_pathway, two, strict=True)]),
        "asked_to_decide": np.where(rng.random(count) < ASKED_TO_DECIDE, "yes", "no"),
        "hours_a_month": np.minimum(rng.poisson(HOURS, count), 40).astype(str),
        "barrier": _draw(rng, BARRIER, count),
        "first_change": np.full(count, ""),
    }  # fmt: skip
    # most answer in the first days after the invitation and each of two weekly reminders
    second = (rng.integers(3, size=count) * 7 * 86_400 + rng.exponential(1.2 * 86_400, count)).astype(np.int64)
    second = np.clip(second, 3600, DAYS_OPEN * 86_400 - 3600)
    return Answers({question: said[question].tolist() for question in QUESTIONS}, second)


def arrivals(people: Clinicians, given: Answers, seed: int) -> list[Event]:
    """How the answers came in: some half-way, some twice, some late, some with a slip, and one from a stranger.

    The stranger, whom nobody invited, is person -1.
    """
    rng = stream(seed, "arrivals")
    events = [Event(86_400, -1, "submitted", {"heard_of_qipp": "yes"})]
    gave_up = ~people.responded & (rng.random(len(people.person)) < GAVE_UP)
    for i in np.flatnonzero(gave_up).tolist():
        events.append(Event(int(given.second[i]), i, "partial", {"heard_of_qipp": given.said["heard_of_qipp"][i]}))
    for i in np.flatnonzero(people.responded).tolist():
        full = {question: column[i] for question, column in given.said.items()}
        second = int(given.second[i])
        half, twice, late, slip, extra = rng.random(5) < (HALF_WAY, TWICE, LATE, MISTYPED, NOT_ASKED)
        if half:
            events.append(Event(second - 900, i, "partial", {"heard_of_qipp": full["heard_of_qipp"]}))
        said = full | ({"hours_a_month": "400"} if slip else {})
        said |= {"heard_from": "other"} if extra and said["heard_of_qipp"] == "no" else {}
        events.append(Event(second, i, "submitted", said))
        if twice:
            events.append(Event(second + 1800, i, "submitted", full))
        if late:
            events.append(Event(second + 2 * DAYS_OPEN * 86_400, i, "submitted", full))
    return sorted(events, key=lambda event: (event.second, event.person))


def _draw(rng: np.random.Generator, chances: dict[str, float], count: int) -> NDArray[np.str_]:
    return rng.choice(list(chances), count, p=list(chances.values()))
