"""A survey asked twice around an awareness campaign, with what the campaign does planted in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WAVES = ("before", "after")


@dataclass(frozen=True)
class AskedTwice:
    """One row for each place in the frame and wave, people in one order in both.

    answer: float64 (rows,), 1 knew, 0 did not, NaN did not answer; planted: the effect on the share, of all in the
    frame, that the campaign has by design.
    """

    person: tuple[str, ...]
    cluster: tuple[str, ...]
    arm: tuple[str, ...]
    wave: tuple[str, ...]
    answer: NDArray[np.float64]
    planted: float


def asked_twice(
    arm_of: Mapping[str, str],
    rng: np.random.Generator,
    *,
    control: str,
    effect: float,
    people: int = 12,
    known: float = 0.42,
    everywhere: float = 0.04,
    spread: float = 0.08,
    respond: float = 0.5,
) -> AskedTwice:
    """Ask the people of some clusters before and after a campaign that reached those of all arms but the control.

    Who knew before still knows after. Of those who did not, some have heard by then everywhere, and more of them where
    the campaign went, so that the share rises by `everywhere` in all arms and by `effect` more in those written to.

    Parameters
    ----------
    arm_of
        The arm of every cluster.
    people
        In each cluster, on average (Poisson, one at least).
    known, spread
        The share who knew before, and its standard deviation between clusters.
    respond
        The chance that somebody answers, the same in both waves and arms.
    """
    clusters = list(arm_of)
    size = np.maximum(1, rng.poisson(people, len(clusters)))
    share = np.clip(rng.normal(known, spread, len(clusters)), 0.05, 1 - everywhere - abs(effect) - 0.05)
    gain = np.array([everywhere + (0.0 if arm_of[name] == control else effect) for name in clusters])
    home = np.repeat(np.arange(len(clusters)), size)
    before = rng.random(len(home)) < share[home]
    after = before | (rng.random(len(home)) < (gain / (1 - share))[home])
    names = [f"{clusters[c]}-{number:04d}" for number, c in enumerate(home)]
    answers = [np.where(rng.random(len(home)) < respond, knew.astype(float), np.nan) for knew in (before, after)]
    where: Sequence[str] = [clusters[c] for c in home]
    return AskedTwice(
        (*names, *names), (*where, *where), tuple(arm_of[name] for name in (*where, *where)),
        (WAVES[0],) * len(home) + (WAVES[1],) * len(home), np.concatenate(answers), effect,
    )  # fmt: skip
