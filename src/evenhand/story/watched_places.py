"""Where a guardrail that a scheme does not name is looked at: those who were drawn, or areas with and without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InputError
from ..lake import Lake
from ..measures import latest_month
from ..measures.levels import parent_of
from ..records import Scheme
from ..sources import organisations as organisations_source
from ..table import Table

MATCHED = 3  # controls to each area with the scheme, where chance chose none: benchmarks/guardrail_truth.py


@dataclass(frozen=True)
class Places:
    """Who is compared with whom. by: drawn, chosen, named or matched; groups: of a network, those in it that take part;
    match: keep so many of the nearest controls of each treated place."""

    by: str
    level: str
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]] | None
    match: int | None


def drawn(scheme: Scheme, allocation: Table) -> Places | None:
    """What was drawn, arm against arm: each unit, or each cluster as the sum of its units. None if an arm is empty.

    Where chance chose nobody, those who take part against their nearest among the others.
    """
    groups: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
    names = allocation.text("unit" if scheme.cluster == "unit" else scheme.cluster)
    for unit, arm, name in zip(allocation.text("unit"), allocation.text("arm"), names, strict=True):
        if arm == scheme.control_arm or arm in scheme.treated_arms:
            groups[arm in scheme.treated_arms].setdefault(name, []).append(unit)
    if not groups[True] or not groups[False]:
        return None
    if both := sorted(set(groups[True]) & set(groups[False])):
        raise InputError(f"{scheme.cluster} {both[0]!r} is in both arms; expected all of it in one")
    held = {name: tuple(units) for side in groups.values() for name, units in side.items()}
    by, match = ("chosen", MATCHED) if scheme.why_not_randomised else ("drawn", None)
    return Places(by, scheme.level, tuple(groups[True]), tuple(groups[False]), held, match)


def by_area(lake: Lake, scheme: Scheme, allocation: Table, level: str) -> Places | None:
    """The areas of a level with anybody in a treated arm, against the nearest of those with nobody in the scheme."""
    organisations, as_of = organisations_source.read(lake), latest_month(lake)
    areas: dict[bool, set[str]] = {True: set(), False: set()}
    for unit, arm in zip(allocation.text("unit"), allocation.text("arm"), strict=True):
        if (area := parent_of(unit, level, organisations, as_of)) is not None:
            areas[arm in scheme.treated_arms].add(area)
    free = sorted(set(organisations.at(level)) - areas[True] - areas[False])
    return Places("matched", level, tuple(sorted(areas[True])), tuple(free), None, MATCHED) if areas[True] else None
