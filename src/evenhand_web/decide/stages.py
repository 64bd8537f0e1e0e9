"""What became of a scheme after it was agreed: later steps say it, and the scheme's page asks.

DECIDE knows no later step. CHANGE and PROVE hand their sentence in when they start:
`stages.register(say)` in `AppConfig.ready`, with `say(plan, organisation) -> list[Stage]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evenhand_web.people.models import Organisation

from .models import Plan


@dataclass(frozen=True)
class Stage:
    """One line on a scheme's page. state: a word of the `{% state %}` tag, or '' for none; url: where to read on."""

    title: str
    words: str
    state: str = ""
    url: str = ""


Say = Callable[[Plan, Organisation], list[Stage]]
_said: list[Say] = []


def register(say: Say) -> None:
    """Let a later step speak on the page of a scheme; the first to register is the first to be shown."""
    if say not in _said:
        _said.append(say)


def of(plan: Plan, organisation: Organisation) -> list[Stage]:
    """What later steps say of a scheme, for a reader at this organisation."""
    return [stage for say in _said for stage in say(plan, organisation)]


@dataclass(frozen=True)
class Section:
    """A part of a scheme's page that a later step draws: its template, which finds `facts` as `section`."""

    template: str
    facts: Mapping[str, object]


Draw = Callable[[Plan, Organisation], Section]
_drawn: list[Draw] = []


def register_section(draw: Draw) -> None:
    """Let a later step draw a section on the page of a scheme."""
    if draw not in _drawn:
        _drawn.append(draw)


def sections(plan: Plan, organisation: Organisation) -> list[Section]:
    """The sections that later steps draw on the page of a scheme, for a reader at this organisation."""
    return [draw(plan, organisation) for draw in _drawn]


Verified = Callable[[Sequence[Plan]], dict[int, date]]
_verified: list[Verified] = []


def register_verified(dates: Verified) -> None:
    """Let the step that proves say on which day schemes were judged."""
    if dates not in _verified:
        _verified.append(dates)


def verified(plans: Sequence[Plan]) -> dict[int, date]:
    """The day on which each scheme got its first verdict, by plan; only of those that have one."""
    return {key: day for dates in _verified for key, day in dates(plans).items()}
