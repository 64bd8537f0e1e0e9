"""The guardrails that a scheme does not name: judged all the same, and shown; they block nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .. import prove, table
from ..errors import InputError
from ..lake import Lake
from ..measures import Measure
from ..measures.guardrails import LibraryGuardrail, library, wait_of
from ..records import Guardrail, Record, Scheme
from ..table import Table
from . import sight_keys, sights
from .watched_places import Places, by_area, drawn
from .watched_values import NAN, judge, not_assessed, those_seen, values_of, whole

METHOD = 1  # rises when the same rows and scheme would be judged otherwise


@dataclass(frozen=True, eq=False)
class Watched(Record):
    """One guardrail that the scheme does not name, as it was judged.

    level: '' where the lake holds nothing of it that fits; by: drawn (those who were, arm against arm), chosen (those
    who take part, where chance chose nobody), named (the places of a guardrail that the scheme names) or matched (areas
    with it and without); treated, controls: how many there are, the latter before the nearest are kept; left_out: of
    those who take part, without a month that is needed. not_held_by_chance, breach_by_chance: how often it would not
    be held, or be a breach, if nothing at all went on (NaN where it was not assessed).
    """

    measure: str
    title: str
    unit: str
    share: bool
    level: str
    by: str
    treated: int
    controls: int
    left_out: int
    says: Guardrail
    not_held_by_chance: float
    breach_by_chance: float


@dataclass(frozen=True, eq=False)
class Watch(Record):
    """Every guardrail of the library that a scheme does not name. window: the first and last month looked at.

    guardrails: those of which the lake holds something; without: those of which it holds nothing that fits, with why.
    """

    scheme: str
    window: tuple[str, str]
    guardrails: tuple[Watched, ...]
    without: tuple[Watched, ...]

    @property
    def assessed(self) -> tuple[Watched, ...]:
        """Those that could be judged."""
        return tuple(one for one in self.guardrails if one.says.verdict != "not_assessed")

    @property
    def breaches(self) -> tuple[Watched, ...]:
        """Those that are at risk."""
        return tuple(one for one in self.guardrails if one.says.verdict == "breach")

    @property
    def not_held_by_chance(self) -> float:
        """How many would not be held, with nothing going on at all."""
        return float(sum(one.not_held_by_chance for one in self.assessed))

    @property
    def breach_by_chance(self) -> float:
        """How many would be called at risk, with nothing going on at all."""
        return float(sum(one.breach_by_chance for one in self.assessed))


def watch(lake: Lake, scheme: Scheme, allocation: Table | None = None, *, folder: Path | None = None) -> Watch:
    """Judge every guardrail of the library that a scheme neither names nor is judged by.

    By the method of those it names, over the same months, with the library's margin. Where a measure is counted for
    those who were drawn, they are compared (networks together, if networks were drawn); else the places of a guardrail
    that the scheme names; else the areas where it runs against their nearest ones where it does not. A month of the
    follow-up that is missing is never passed over. allocation: who was drawn, as the scheme's file says unless given
    (beside it in `folder`, or in LAKE/schemes).
    """
    if allocation is None:
        file = (folder or lake.path / "schemes") / scheme.allocation
        allocation = table.read(file, needs=("unit", "arm")) if file.is_file() else None
        if allocation is not None:
            allocation.unique("unit")
    every = sights.known(lake)
    named = {rule.measure for rule in scheme.guardrails} | {scheme.measure}
    found = [_one(lake, scheme, rule, allocation, every) for rule in library() if rule.measure not in named]
    return Watch(scheme.id, (scheme.start, scheme.follow_up.last), tuple(one for one in found if one.level),
                 tuple(one for one in found if not one.level))  # fmt: skip


def rests_on(lake: Lake, scheme: Scheme) -> tuple[str, ...]:
    """All that `watch` depends on but the allocation: the lake's rows, the scheme, the library and its measures."""
    every = sights.known(lake)
    return (str(METHOD), scheme.model_dump_json(), sight_keys.state(lake),
            *(one.model_dump_json() for one in library()),
            *(sight_keys.key(lake, every[one.measure]) for one in library() if one.measure in every))  # fmt: skip


def titles(lake: Lake | None, scheme: Scheme) -> tuple[str, ...]:
    """What will be watched besides what a scheme names, by title; nothing is looked at for it."""
    every = {} if lake is None else sights.known(lake)
    named = {rule.measure for rule in scheme.guardrails} | {scheme.measure}
    return tuple(_title(rule, every.get(rule.measure)) for rule in library() if rule.measure not in named)


def _one(
    lake: Lake, scheme: Scheme, rule: LibraryGuardrail, allocation: Table | None, every: dict[str, Measure]
) -> Watched:
    measure, why = every.get(rule.measure), ""
    unit = rule.unit or (measure.unit if measure else "")
    empty = Watched(rule.measure, _title(rule, measure), unit, bool(measure and measure.is_share), "", "", 0, 0, 0,
                    not_assessed(rule, NAN, ""), NAN, NAN)  # fmt: skip
    for look in _ways(lake, scheme, rule, allocation):
        try:
            places = look()
        except InputError as error:
            why = why or str(error)
            continue
        if places is None or not _published_by(measure, places.level):
            continue
        values = values_of(lake, scheme, rule, places)
        if isinstance(values, str):
            why = why or values
            continue
        every_month = whole(values, scheme)
        kept, lost = those_seen(every_month, scheme) if places.groups else (every_month, 0)
        says = judge(kept, scheme, rule, _breaks(scheme, rule, every), places.match)
        missed, breach = prove.by_chance(says)
        return replace(empty, level=places.level, by=places.by, treated=sum(kept.treated), left_out=lost, says=says,
                       controls=len(kept.treated) - sum(kept.treated), not_held_by_chance=missed,
                       breach_by_chance=breach)  # fmt: skip
    return replace(empty, says=not_assessed(rule, NAN, why or "it is counted nowhere that the scheme can be seen"))


def _published_by(measure: Measure | None, level: str) -> bool:
    """Whether asking for it by this level makes sense, before anything is counted."""
    if measure is None or measure.kind in ("waits", "emergency", "diagnostics", "hospital"):
        return level not in ("practice", "pcn")
    return measure.kind != "prescribing" or level not in ("provider", "specialty")


def _ways(
    lake: Lake, scheme: Scheme, rule: LibraryGuardrail, allocation: Table | None
) -> Iterator[Callable[[], Places | None]]:
    """Where it may be looked at, the best first; each is tried only if those before cannot be."""
    if allocation is not None and (rule.percent is None or scheme.cluster == "unit"):
        yield lambda: drawn(scheme, allocation)
    for known in dict.fromkeys((one.level, one.treated, one.controls) for one in scheme.guardrails):
        yield lambda known=known: Places("named", *known, groups=None, match=None)  # type: ignore[misc]
    if allocation is not None:
        for level in ("sicbl", "icb"):
            yield lambda level=level: by_area(lake, scheme, allocation, level)  # type: ignore[misc]


def _breaks(scheme: Scheme, rule: LibraryGuardrail, every: dict[str, Measure]) -> dict[np.datetime64, str]:
    """When it changed, as the library says and as the scheme says of what it names of the same publication."""

    def kind(measure: str) -> str:
        return "waits" if wait_of(measure) else every[measure].kind if measure in every else measure

    same = [one for named in scheme.guardrails if kind(named.measure) == kind(rule.measure) for one in named.breaks]
    return {np.datetime64(one.month, "M"): one.why for one in (*rule.breaks, *same)}


def _title(rule: LibraryGuardrail, measure: Measure | None) -> str:
    words = rule.measure.replace("_", " ")
    return rule.title or (measure.title if measure else words[:1].upper() + words[1:])
