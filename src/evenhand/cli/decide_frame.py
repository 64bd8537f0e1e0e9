"""Votes raked to the workforce: what all who could have voted would say, estimated by LISTEN from DECIDE's votes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..decide import Participants, Votes
from ..decide.moderation import counting
from ..decide.votes import AGREE
from ..errors import InputError
from ..listen import Design, estimate, suppress
from ..table import Table


def weighted(
    votes: Votes,
    frame: Table,
    rake: Sequence[str],
    participants: Participants | None,
    statements: dict[str, str] | None,
    *,
    interval: str = "logit",
) -> dict[str, dict[str, Any]]:
    """Of each statement, the share of the workforce that agrees (among those who would agree, disagree or pass).

    Each statement is raked by itself, as not everybody saw each: those who saw it stand for the frame by its margins.
    Where a margin has nobody who saw it, it is said which, and nothing is estimated.
    """
    frame.need("participant", *rake)
    frame.unique("participant")
    place = {name: i for i, name in enumerate(frame.text("participant"))}
    standing = counting(votes, participants, statements)
    named = np.array([place.get(name, -1) for name in standing.people], dtype=np.int64)
    voted = np.unique(standing.person)
    stranger = next((standing.people[i] for i in voted.tolist() if named[i] < 0), None)
    if stranger is not None:
        raise InputError(f"participant {stranger!r} voted but is not in the frame {frame.name}")
    labels = {column: frame.text(column) for column in rake}
    found: dict[str, dict[str, Any]] = {}
    for j, statement in enumerate(standing.statements):
        mine = standing.statement == j
        rows = named[standing.person[mine]]
        said = np.full(len(frame), np.nan)
        said[rows] = standing.value[mine] == AGREE
        found[statement] = _one(said, labels, interval)
    return found


def _one(said: np.ndarray, labels: dict[str, list[str]], interval: str) -> dict[str, Any]:
    design = Design(len(said), responded=np.isfinite(said), rake=labels)
    try:
        result = suppress(estimate(said, design, share=True, interval=interval))
    except InputError as error:
        return {"n": int(np.isfinite(said).sum()), "estimate": None, "low": None, "high": None, "why_not": str(error)}
    everyone = result.estimates[0]
    return {
        "n": result.n, "population": result.population, "response_rate": result.response_rate,
        "kish_ess": result.kish_ess, "estimate": everyone.estimate, "se": everyone.se, "low": everyone.low,
        "high": everyone.high, "unweighted": result.unweighted[0].estimate, "level": result.level,
    }  # fmt: skip
