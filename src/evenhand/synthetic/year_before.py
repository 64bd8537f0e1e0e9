"""The year before: what the same staff frame would have answered a year earlier, so that change has data.

Planted: 55% had not heard of QIPP, and of those who had, 90% were not positive; a year later 42% and 87%. Most people
would have given their other answers then, too, and about half of those who answer are the same people.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .answers import QUESTIONS, Answers, answers
from .chance import stream
from .clinicians import NETWORK_ANSWERS, RESPONSE, Clinicians

OPENED = np.datetime64("2025-01-13T08:00:00")
UNAWARE, NOT_POSITIVE = 0.55, 0.90  # planted (ours)
SAME_ANSWER, SAME_RESPONSE = 0.7, 0.5  # how often somebody gives the later answer; is as willing to answer (ours)
NOT_ASKED_THEN = 0.4  # of those asked to decide a year later, who were not yet (ours)


def year_before(people: Clinicians, given: Answers, seed: int) -> tuple[Clinicians, Answers]:
    """The frame as it thought a year before, and what everybody would have answered; exactly the planted shares."""
    rng = stream(seed, "year before")
    count = len(people.person)
    aware = people.aware.copy()
    forget = round(UNAWARE * count) - int((~aware).sum())  # nobody unlearns: who had heard then has heard now
    aware[rng.choice(np.flatnonzero(aware), forget, replace=False)] = False
    positive = np.zeros(count, dtype=bool)
    keen = np.flatnonzero(people.positive & aware)
    positive[rng.choice(keen, min(len(keen), round((1 - NOT_POSITIVE) * int(aware.sum()))), replace=False)] = True
    chance = np.array(RESPONSE)[people.profession] * np.where(people.network, NETWORK_ANSWERS, 1.0)
    responded = np.where(rng.random(count) < SAME_RESPONSE, people.responded, rng.random(count) < chance)
    then = replace(people, aware=aware, positive=positive, responded=responded)
    fresh = answers(then, seed + 1)
    keep = rng.random(count) < SAME_ANSWER
    said = {name: _mixed(fresh.said[name], given.said[name], keep) for name in QUESTIONS}
    said["heard_of_qipp"], said["expected_difference"] = fresh.said["heard_of_qipp"], fresh.said["expected_difference"]
    said["heard_from"] = ["" if not a else b for a, b in zip(fresh.said["heard_from"], said["heard_from"], strict=True)]
    not_yet = rng.random(count) < NOT_ASKED_THEN
    said["asked_to_decide"] = ["no" if early else word
                               for word, early in zip(said["asked_to_decide"], not_yet, strict=True)]  # fmt: skip
    return then, Answers(said, fresh.second)


def _mixed(fresh: list[str], later: list[str], keep: np.ndarray) -> list[str]:
    return [b if same else a for a, b, same in zip(fresh, later, keep.tolist(), strict=True)]
