"""PDSA cycles of an organisation: planned with a prediction, studied once they have ended, drawn on the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import transaction
from django.utils import timezone

from evenhand.change import Cycle as Tried
from evenhand.change import Studied
from evenhand.change import study as studied_by
from evenhand.errors import InputError
from evenhand.measures import Measure
from evenhand.stats.xmr import xmr
from evenhand.story.sight import IMPROVES
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import around

from .evidence import known_measure, standing
from .models import Cycle, CycleResult

# a cycle's state: words, NHS.UK tag colour, sign
STATES = {
    "planned": ("planned", "grey", "▢"), "running": ("running", "blue", "◔"),
    "waiting": ("to be studied", "yellow", "?"), "adopt": ("adopted", "green", "✓"),
    "adapt": ("adapted", "purple", "↻"), "abandon": ("abandoned", "white", "✕"),
}  # fmt: skip
MOST = 5  # cycles in a short list


@dataclass(frozen=True)
class Line:
    """One cycle as pages show it. number: among those of its organisation and measure, as on the chart."""

    cycle: Cycle
    number: int
    state: str
    definition: Measure | None
    studied: Studied | None = None

    @property
    def tag(self) -> dict[str, str]:
        """Its state as a word, a colour and a sign."""
        words, colour, sign = STATES[self.state]
        return {"words": words, "colour": colour, "sign": sign}


def state(cycle: Cycle, today: date) -> str:
    """planned, running, waiting for its study, or what was decided."""
    result = getattr(cycle, "result", None)
    if result is not None:
        return str(result.decision)
    return "planned" if today < cycle.starts else "running" if today <= cycle.ends else "waiting"


def of_organisation(organisation: Organisation, today: date) -> list[Line]:
    """Every cycle of an organisation, what waits to be studied first, then the newest."""
    found = _lines(_cycles().filter(organisation=organisation), today)
    return sorted(found, key=lambda line: (line.state != "waiting", -line.cycle.starts.toordinal(), -line.cycle.pk))


def of_measure(organisation: Organisation, measure: str, today: date) -> list[Line]:
    """The cycles of an organisation on a measure in the order of their starts, held against its chart."""
    found = list(_cycles().filter(organisation=organisation, measure=measure))
    if not found:
        return []
    definition = known_measure(measure)
    studied = _studied(organisation, definition, found) if definition else [None] * len(found)
    return [Line(cycle, number, state(cycle, today), definition, one)
            for number, (cycle, one) in enumerate(zip(found, studied, strict=True), start=1)]  # fmt: skip


def of_plan(plan: Plan, organisation: Organisation, today: date) -> list[Line]:
    """The newest cycles of a scheme, of organisations that the reader's organisation has to do with."""
    found = _cycles().filter(version__plan=plan, organisation__in=around(organisation, Cycle))
    return _lines(list(found.order_by("-starts", "-id")[:MOST]), today)


def marks(lines: Sequence[Line]) -> tuple[tuple[np.datetime64, str], ...]:
    """Where cycles began, for a chart."""
    return tuple((np.datetime64(line.cycle.starts, "D"), f"Cycle {line.number}") for line in lines)


def expected(lines: Sequence[Line]) -> tuple[tuple[np.datetime64, np.datetime64, float], ...]:
    """What was predicted, for a chart."""
    return tuple(
        (np.datetime64(c.starts, "D"), np.datetime64(c.ends, "D"), c.expected)
        for c in (line.cycle for line in lines) if c.expected is not None
    )  # fmt: skip


def study(cycle: Cycle, person: Person, happened: str, decision: str, why: str, value: float | None) -> CycleResult:
    """Keep what happened and what the team does with the idea: once, and not before the cycle has ended.

    Raises
    ------
    InputError
        If it has not ended, or was studied before. Nothing is kept then.
    """
    with transaction.atomic():
        fresh = Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
        if timezone.localdate() <= fresh.ends:
            raise InputError(f"This cycle ends on {fresh.ends:%-d %B %Y}: nobody studies it before. Nothing was kept.")
        if CycleResult.objects.filter(cycle=fresh).exists():
            raise InputError("This cycle was studied already. Its result stands.")
        return CycleResult.objects.create(
            cycle=fresh, person=person, happened=happened, decision=decision, why=why, value=value
        )


def came(line: Line) -> float | None:
    """The value that the data shows for a cycle's months; None while it shows none."""
    value = line.studied.came.value if line.studied else float("nan")
    return value if np.isfinite(value) else None


def _cycles():  # type: ignore[no-untyped-def]
    return Cycle.objects.select_related("result", "organisation", "version__plan", "person")


def _lines(cycles: Sequence[Cycle], today: date) -> list[Line]:
    """Lines without the chart; a number is a place among the same organisation's cycles on the same measure."""
    keys = {(c.organisation_id, c.measure) for c in cycles}
    numbers: dict[int, int] = {}
    for place, measure in keys:
        held = Cycle.objects.filter(organisation=place, measure=measure).values_list("pk", flat=True)
        numbers |= {pk: number for number, pk in enumerate(held, start=1)}
    known = {measure: known_measure(measure) for _, measure in keys}
    return [Line(c, numbers[c.pk], state(c, today), known[c.measure]) for c in cycles]


def _studied(organisation: Organisation, definition: Measure, cycles: Sequence[Cycle]) -> Sequence[Studied | None]:
    here = standing(organisation, definition)
    if here is None or not np.isfinite(here.course).any():
        return [None] * len(cycles)
    chart = xmr(here.course, improves=IMPROVES[definition.direction])
    tried = [
        Tried(f"{c.pk} {c.idea}", c.prediction, np.datetime64(c.starts, "D"), np.datetime64(c.ends, "D"),
              float("nan") if c.expected is None else c.expected)
        for c in cycles
    ]  # fmt: skip
    return studied_by(here.months.astype("datetime64[D]"), chart, tried, share=definition.is_share)
