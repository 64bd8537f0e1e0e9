"""Reaching: what the planning model of reach is fed with, out of a lake, its funnel and its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..account.reach import Parameters
from ..account.reach_fed import FedReach, reach_fed
from ..errors import InputError
from ..lake import Lake
from ..measures import for_lake
from ..records import Record, Scheme, Verdict
from .forecasting import Promised
from .judge import verdict
from .people import People
from .reach_inputs import Input, One, assumed, field_of

WHERE = ("schemes", "everywhere")
ADOPTED = ("verified", "intends")  # the stage that counts as adopting: what the data bears out, else what is promised


@dataclass(frozen=True, eq=False)
class LakeReach(Record):
    """The model's answer, what it was asked for, and every input with where it came from."""

    where: str
    found: FedReach
    inputs: tuple[Input, ...]


def reach_of(
    lake: Lake | Path, *, where: str | None = None, adoption: float | None = None, target: float = float("nan"),
    parameters: Parameters | None = None, draws: int = 20_000, seed: int = 1, people: People | None = None,
) -> LakeReach:  # fmt: skip
    """How far what is under way reaches in a year, or, `where` everywhere, all measures of the lake if all were asked.

    where: 'schemes' (the practices that schemes invited; the default where there is a scheme) or 'everywhere'.

    Raises
    ------
    InputError
        If there is no lake, or nothing in it to gain.
    """
    opened = lake if isinstance(lake, Lake) else Lake.open(lake)
    people = people or People.of(opened)
    live = _live(opened, people)
    place = where or ("schemes" if live else "everywhere")
    if place not in WHERE:
        raise InputError(f"where: expected schemes or everywhere, found {where!r}")
    if place == "schemes" and not live:
        raise InputError(f"{opened.path}: no scheme with an allocation is there; ask for --where everywhere")
    known = parameters or Parameters()
    fields, inputs = [], []
    for one in live if place == "schemes" else _all(opened, live):
        made, named = field_of(opened, one)
        if made is not None:
            fields.append(made)
            inputs += named
    if not fields:
        raise InputError(f"{opened.path}: no measure with something to gain; load prescribing, or an indicator in "
                         "pounds, of 10 organisations or more")  # fmt: skip
    found = reach_fed(fields, adoption=adoption, parameters=known, target=target, draws=draws, seed=seed)
    return LakeReach(place, found, (*inputs, *assumed(known, adoption, parameters is not None)))


def _live(lake: Lake, people: People) -> list[One]:
    """Every scheme whose practices were allocated."""
    known, found = for_lake(lake), []
    for scheme in people.schemes():
        allocation = people.allocation(scheme)
        if allocation is None or scheme.measure not in known:
            continue
        pairs = zip(allocation.text("unit"), allocation.text("arm"), strict=True)
        invited = tuple(unit for unit, arm in pairs if arm in scheme.treated_arms)
        adopters, stage = adopted(people, scheme, invited)
        found.append(One(
            known[scheme.measure], scheme.level, scheme.baseline.first, scheme.baseline.last,
            scheme.money.pounds_per_unit, scheme, invited, False, adopters, len(invited), stage,
            _judged(lake, people, scheme),
        ))  # fmt: skip
    return found


def _all(lake: Lake, live: Sequence[One]) -> list[One]:
    """Every measure of the lake that has a price; those with a scheme keep its funnel and verdict."""
    mine = {one.measure.id: one for one in live}
    asked, adopters = sum(one.asked for one in live), sum(one.adopters for one in live)
    found = []
    for measure in for_lake(lake).values():
        own = mine.get(measure.id)
        if own is not None:
            found.append(replace(own, everywhere=True))
        else:
            found.append(One(measure, "practice", None, None, everywhere=True, adopters=adopters, asked=asked,
                             stage="all schemes together"))  # fmt: skip
    return found


def promised(people: People) -> dict[str, Promised]:
    """The live funnel of every scheme that has an allocation and of which anything is known, by scheme."""
    found = {}
    for scheme in people.schemes():
        allocation = people.allocation(scheme)
        if allocation is None:
            continue
        pairs = zip(allocation.text("unit"), allocation.text("arm"), strict=True)
        invited = [unit for unit, arm in pairs if arm in scheme.treated_arms]
        adopters, stage = adopted(people, scheme, invited)
        if stage:
            found[scheme.id] = Promised(adopters, len(invited))
    return found


def adopted(people: People, scheme: Scheme, invited: Sequence[str]) -> tuple[int, str]:
    """How many of the invited organisations adopted, by the live funnel, and which stage says so ('' without events).

    An organisation adopts where somebody in it has come to the stage: 'verified' if anybody has, else 'intends'.
    """
    events = people.table("engagement_events")
    if events is None:
        return 0, ""
    where, wanted = _workplaces(people), set(invited)
    reached: dict[str, set[str]] = {stage: set() for stage in ADOPTED}
    seen = False
    for person, content, stage in zip(*(events.text(c) for c in ("person", "content", "stage")), strict=True):
        seen = seen or content == scheme.id
        if content == scheme.id and stage in reached and where.get(person) in wanted:
            reached[stage].add(where[person])
    if not seen:
        return 0, ""
    stage = next((stage for stage in ADOPTED if reached[stage]), ADOPTED[-1])
    return len(reached[stage]), stage


def _workplaces(people: People) -> dict[str, str]:
    """Where each person works, from whatever file says it."""
    found: dict[str, str] = {}
    for name, who in (("participants", "participant"), ("survey", "person"), ("staff_frame", "person"),
                      ("commitments", "person")):  # fmt: skip
        given = people.table(name)
        if given is not None and given.has(who) and given.has("organisation"):
            found |= dict(zip(given.text(who), given.text("organisation"), strict=True))
    return found


def _judged(lake: Lake, people: People, scheme: Scheme) -> Verdict | None:
    """The scheme's verdict; None while there is none, or its follow-up is not published."""
    if people.judged is not None:
        return people.judged.get(scheme.id)
    try:
        found = verdict(lake, scheme)
    except InputError:
        return None
    return found if np.isfinite(found.saving_pounds.value) else None
