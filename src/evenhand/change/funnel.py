"""From reached to verified: how far people went with what was sent to them, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import EngagementFunnel, FunnelStage
from ..stats.wilson import wilson

# METHODS E.2: each stage needs the former.
STAGES = ("reached", "viewed", "completed", "evaluated", "intends", "reported", "verified")
EXITS = ("disagreed", "not_applicable", "already_doing", "barrier")


def funnel(
    person: Sequence[str],
    content: Sequence[str],
    stage: Sequence[str],
    time: NDArray[np.datetime64],
    *,
    level: float = 0.95,
) -> EngagementFunnel:
    """Count the people at each stage, each stage as a share of the one before, with Wilson's interval.

    One row is one event. Of the same person, content and stage only the first in time counts. A stage counts only
    where the same person has every earlier stage for the same content; a person who reached a stage with any
    content is one person there. Who came to a stage past an earlier one, as somebody who promises from a letter
    without the module, stands `beside` that stage, and is in no share, interval or gap. `reported` is what people say
    and `verified` what their practice's measure shows; the gap between them is never banked.

    Parameters
    ----------
    person, content, stage, time
        N each, in any order. A stage is one of `STAGES`, or an exit: `EXITS`, a barrier with its reason as
        `barrier(no time)` or `barrier: no time`.

    Raises
    ------
    InputError
        If a stage is unknown, or a person or content is blank.

    Source: METHODS E.2, retold in docs/reference/proof.md; Wilson (1927).

    >>> when = np.array(["2025-04-01", "2025-04-02", "2025-04-01"], dtype="datetime64[D]")
    >>> found = funnel(["A", "A", "B"], ["dpp4"] * 3, ["reached", "viewed", "reached"], when)
    >>> [(s.stage, s.people) for s in found.stages[:3]]
    [('reached', 2), ('viewed', 1), ('completed', 0)]
    """
    first: dict[tuple[str, str], set[str]] = {}
    out: dict[str, set[str]] = {}
    repeats = 0
    for i in np.argsort(time, kind="stable"):
        who, what, which = person[i], content[i], stage[i]
        if not who or not what:
            raise InputError(f"event number {i + 1}: its {'content' if who else 'person'} is blank; give one")
        if (reason := _exit(which)) is not None:
            out.setdefault(reason, set()).add(who)
            continue
        if right := unknown(which):
            raise InputError(f"event number {i + 1}: no stage {which!r}; expected {right}")
        had = first.setdefault((who, what), set())
        repeats += which in had
        had.add(which)
    depth = {pair: _depth(had) for pair, had in first.items()}
    people = [len({who for (who, _), d in depth.items() if d > k}) for k in range(len(STAGES))]
    reported, verified = people[STAGES.index("reported")], people[STAGES.index("verified")]
    return EngagementFunnel(
        stages=tuple(_stage(k, people, level) for k in range(len(STAGES))),
        reported=reported, verified=verified, self_report_gap=reported - verified,
        exits=tuple((reason, len(who)) for reason, who in out.items()),
        out_of_order=sum(len(had) for had in first.values()) - sum(depth.values()), repeats=repeats,
        beside=_beside(first, depth),
    )  # fmt: skip


def unknown(stage: str) -> str:
    """What would be right in place of a word that is neither a stage nor an exit; empty if it is one."""
    known = (*STAGES, *EXITS)
    if stage in known or _exit(stage) is not None:
        return ""
    return f"one of {', '.join(known)}{did_you_mean(stage, known)}"


def _depth(had: set[str]) -> int:
    """How many stages from the first on are all there."""
    return next((k for k, stage in enumerate(STAGES) if stage not in had), len(STAGES))


def _beside(
    first: Mapping[tuple[str, str], set[str]], depth: Mapping[tuple[str, str], int]
) -> tuple[tuple[str, int], ...]:
    """Of each stage, the people who have it and are not counted there, with any content; stages of nobody left out."""
    found = []
    for k, stage in enumerate(STAGES):
        counted = {who for (who, _), d in depth.items() if d > k}
        past = {who for (who, _), had in first.items() if stage in had} - counted
        found += [(stage, len(past))] if past else []
    return tuple(found)


def _stage(k: int, people: Sequence[int], level: float) -> FunnelStage:
    if k == 0 or people[k - 1] == 0:
        nothing = float("nan")
        return FunnelStage(STAGES[k], people[k], nothing, nothing, nothing, level)
    share = wilson(people[k], people[k - 1], level=level)
    return FunnelStage(STAGES[k], people[k], share.value, share.low, share.high, level)


def _exit(stage: str) -> str | None:
    """The reason of an exit, None if the word is no exit."""
    if stage in EXITS:
        return stage
    word, _, reason = stage.replace("(", ":", 1).removesuffix(")").partition(":")
    return f"barrier: {reason.strip()}" if word.strip() == "barrier" and reason.strip() else None
